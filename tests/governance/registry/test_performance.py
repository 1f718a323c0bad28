"""What a month came to, in the registry: written once, never over, and told in a line."""

import datetime as dt

import pytest

from riskbench.core.errors import CannotRun
from riskbench.governance.registry.acting import Act, accept_edit
from riskbench.governance.registry.consistency import disagreements
from riskbench.governance.registry.records import MonthFigure, Performance
from riskbench.governance.registry.states import Refused
from riskbench.governance.registry.telling import model_told

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
UNKNOWN = MonthFigure(reason="the windows of 3 loans are still open")


def month(revision: int = 1, **other) -> Performance:
    known = MonthFigure(value=0.6, lower=0.5, upper=0.7, n=100)
    values = dict.fromkeys(("approval", "override", "psi"), known) | dict.fromkeys(
        ("expected", "observed", "auc"), UNKNOWN
    )
    values |= {"because": "the first record", "decisions": 100} | other
    return Performance(
        model="loans", month="2026-03", bundle_sha256="a" * 64, revision=revision, as_of=NOON.date(), at=NOON, by="li",
        source="log", synthetic=False, matured=0, **values,
    )  # fmt: skip


def test_a_month_is_read_as_it_was_written(registry):
    registry.write(month())
    registry.write(month())  # the same again changes nothing
    assert registry.performance("loans") == [month()]
    assert "performance/loans/2026-03-aaaaaaaaaaaa-1.yaml" in registry.listed()


def test_a_month_is_never_written_over(registry):
    registry.write(month())
    with pytest.raises(Refused, match="another figure is another revision"):
        registry.write(month(decisions=101))


def test_a_month_edited_by_hand_is_noticed_and_cannot_be_sealed_again(registry):
    path = registry.write(month())
    path.write_text(path.read_text("utf-8").replace("decisions: 100", "decisions: 900"), "utf-8")
    with pytest.raises(CannotRun, match="seal: the content is not what a command wrote"):
        registry.performance("loans")
    with pytest.raises(CannotRun, match="never changed; git checkout brings it back"):
        accept_edit(registry, path, Act("li", "it looked better", NOON))


def test_a_revision_that_is_missing_is_a_disagreement(registry):
    registry.write(month(2, because="more loans matured"))
    (told,) = [line for line in disagreements(registry, NOON.date()) if "revisions" in line]
    assert told.endswith("the revisions of a month must be numbered from 1 on, got 2")


def test_a_model_tells_the_last_revision_of_each_month(registry):
    registry.write(month())
    registry.write(month(2, because="more loans matured", decisions=120))
    told = "\n".join(model_told(registry, "loans", NOON.date()))
    assert "2026-03 by aaaaaaaaaaaa: 120 decisions; approved 60.0%; overridden 60.0%" in told
    assert "observed not evaluated" in told
    assert "revision 2)" in told
    assert "100 decisions" not in told
