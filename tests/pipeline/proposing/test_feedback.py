"""Outcomes led back to the decisions of a real log and of a run, by the command, and kept month by month."""

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from riskbench.core.project import Project
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.places import token_key
from riskbench.decision.log.record import DecisionRecord, OverrideRecord, Said
from riskbench.decision.log.tokens import load_tokens
from riskbench.governance.registry.records import Model
from riskbench.governance.registry.states import begin
from riskbench.governance.registry.store import Registry
from riskbench.monitoring.feedback.joining import COLUMNS
from riskbench.pipeline.bundles import read_bundle

LOANS = 60  # in the log, and 5 of them decided twice
WHEN = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


@pytest.fixture
def own(championed, tmp_path) -> Project:
    """The project with its champion, to be written to."""
    return Project(Path(shutil.copytree(championed.project.root, tmp_path / "project", symlinks=True)))


@pytest.fixture
def logged(own) -> Path:
    """A log of the first loans of the portfolio, and of one application that nobody knows."""
    keys = pd.read_parquet(own.data / "microloan" / "applications.parquet")["application_id"].sort_values()
    tokens, bundle = load_tokens(token_key(own)), read_bundle(own.reports / "champion")
    said = Said(action="decline", band="low", rule="", unknown=False, amount=0.0)
    names = [*keys[:LOANS], *keys[:5], "nobody"]
    records = [
        DecisionRecord(
            id=f"{i:032x}", at=WHEN + dt.timedelta(hours=i), caller="web", application=tokens.application(name),
            customer=tokens.customer("C1"), bundle=bundle.address, run="champion", inputs={"monthly_income": 5.0},
            arm="champion", score=500, pd=0.2, said=said,
        )
        for i, name in enumerate(names)
    ]  # fmt: skip
    overridden = OverrideRecord(
        at=WHEN + dt.timedelta(days=9), caller="li", decision_id=records[7].id, actor="li", reason="a known customer",
        from_action="decline", from_amount=0.0, to_action="approve", to_amount=100.0,
    )  # fmt: skip
    place = own.root / "log.sqlite"
    with open_log(place, create=True) as log:
        log.append([*records, overridden])
    return place


def test_each_logged_decision_gets_the_outcome_of_its_application(own, logged, riskbench):
    out = own.root / "feedback.parquet"
    done = riskbench("feedback", "microloan", "--log", str(logged), "--out", str(out), cwd=own.root)
    assert done.returncode == 0, done.stderr
    assert "66 decisions, of which 5 were superseded by a later one of the same application" in done.stdout
    assert "1 decisions of applications that the tables do not hold" in done.stdout
    rows = pd.read_parquet(out)
    assert (list(rows.columns), len(rows)) == (COLUMNS, LOANS)
    assert f"{0:032x}" not in set(rows["decision"])  # decided again later
    assert rows.set_index("decision").loc[f"{7:032x}", ["action", "override"]].tolist() == ["approve", True]


def test_the_outcomes_are_those_of_the_intake(own, logged, riskbench):
    out = own.root / "feedback.parquet"
    riskbench("feedback", "microloan", "--log", str(logged), "--as-of", "2026-12-31", "--out", str(out), cwd=own.root)
    intake = pd.read_parquet(own.reports / "champion" / "artifacts" / "intake" / "applications.parquet")
    assert sorted(pd.read_parquet(out)["label"]) == sorted(intake["label"][:LOANS])  # rows keep the order of the keys


def test_nothing_that_was_decided_later_is_known(own, logged, riskbench):
    out = own.root / "feedback.parquet"
    riskbench("feedback", "microloan", "--log", str(logged), "--as-of", "2026-01-06", "--out", str(out), cwd=own.root)
    rows = pd.read_parquet(out)
    assert len(rows) == 48  # an hour apart, from midnight of the 5th on
    assert not rows["override"].any()  # of the 14th


def test_an_outcome_holds_nothing_personal(own, logged, riskbench):
    out = own.root / "feedback.parquet"
    riskbench("feedback", "microloan", "--log", str(logged), "--out", str(out), cwd=own.root)
    content = out.read_bytes()
    tokens = load_tokens(token_key(own))
    assert tokens.customer("C1").encode() not in content
    assert not {"application", "customer", "inputs", "monthly_income"} & set(pd.read_parquet(out))


def test_without_a_log_the_months_are_those_of_a_run_and_each_is_recorded_once(own, riskbench):
    model = Model(
        id="microloan", title="Loans", study="microloan", owner="li", purpose="Lend", tier=2, tier_because=["Small."],
        state="in_development",
    )  # fmt: skip
    registry = Registry(own.registry)
    registry.write(begin(model, "li", "it begins", WHEN))
    asked = ("feedback", "microloan", "--run", "reports/champion", "--record", "--by", "li", "--as-of")
    first = riskbench(*asked, "2024-06-30", cwd=own.root)
    assert "18 months recorded, 0 as before." in first.stdout, first.stderr
    assert "0 months recorded, 18 as before." in riskbench(*asked, "2024-06-30", cwd=own.root).stdout
    later = riskbench(*asked, "2024-07-31", cwd=own.root)
    assert "as of 2024-07-31, before as of 2024-06-30: matured from 0 to " in later.stdout
    months = registry.performance("microloan")
    assert months[0].observed.value is not None
    assert max(record.revision for record in months) == 2
    assert {record.month for record in months if record.revision == 2} == {"2024-01"}  # the month that has closed


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--log", "absent.sqlite"), "there is no key of tokens"),
        (("--log", "x", "--run", "y"), "from --log or from --run, not from both"),
        (("--out", "table.csv"), "name a file that ends with .parquet"),
        ((), "no version of microloan is in use"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(championed, riskbench, words, why):
    done = riskbench("feedback", "microloan", *words, cwd=championed.project.root)
    assert done.returncode in (1, 2)
    assert why in done.stderr
