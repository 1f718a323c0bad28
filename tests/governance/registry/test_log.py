import datetime as dt

import pytest

from riskbench.core.errors import CannotRun
from riskbench.governance.registry.acting import Act, finish_review, move_finding, set_model
from riskbench.governance.registry.log import log

LATER = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)


def test_every_step_of_every_record_stands_in_order_of_time(registry):
    move_finding(registry, "F-0001", "in_remediation", {}, Act("li", "begun", LATER))
    set_model(registry, "loans", {"owner": "zhao"}, Act("li", "moved", LATER - dt.timedelta(hours=1)))
    finish_review(registry, "loans", None, Act("chen", "fit for use", LATER + dt.timedelta(days=1)))
    found = log(registry, "loans")
    assert [entry.at for entry in found] == sorted(entry.at for entry in found)
    assert {entry.what for entry in found[:5]} == {"model loans", "version 1", "F-0001", "E-0001"}
    assert [(e.what, e.change, e.by) for e in found[5:]] == [
        ("model loans", "changed", "li"),
        ("F-0001", "open to in remediation", "li"),
        ("annual review", "done, due 2027-03-31", "chen"),
    ]


def test_a_re_performance_stands_in_the_log_of_its_version(registry):
    [seen] = [entry for entry in log(registry, "loans") if entry.change.startswith("performed")]
    assert (seen.what, seen.by, seen.change) == ("version 1", "wang", "performed again: every figure matches")


def test_a_model_that_is_not_there_has_no_log(registry):
    with pytest.raises(CannotRun, match="no model 'cards'"):
        log(registry, "cards")
