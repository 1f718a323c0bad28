import datetime as dt

import pytest

from riskbench.core.evidence import Evidence
from riskbench.core.thresholds import Threshold
from riskbench.governance.recommendation import concerns, recommend
from riskbench.governance.registry.records import Finding, RiskException, Verification
from riskbench.governance.standing import Standing

DAY = dt.date(2026, 11, 20)
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def check(id_, status="red", basis="convention"):
    limit = Threshold(key="k", direction="at_least", green=0.7, amber=0.6, basis=basis, source="x")
    value = None if status == "not_evaluated" else 0.5
    return Evidence(id=id_, stage=id_.split(".")[0], kind="check", title=id_, value=value, status=status,
                    threshold=limit)  # fmt: skip


HEAVY, LIGHT = check("validation.champion.auc.test"), check("features.selection.largest_iv")


def finding(**fields):
    given = {"id": "F-0001", "model": "m", "title": "t", "severity": "high", "raised_by": "li", "state": "open"}
    return Finding(**given | fields)


def exception(**fields):
    given = {"id": "E-0001", "model": "m", "about": HEAVY.id, "because": "time", "requested_by": "li"}
    return RiskException(**given | {"expires": DAY, "state": "granted"} | fields)


def word(checks, standing=None, absent=()):
    standing = standing or Standing()
    return recommend(concerns(checks, standing, DAY), standing, absent, len(checks)).rule.word


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ([check("intake.a.b", "green")], "approve"),
        ([check("intake.a.b", "amber")], "approve with conditions"),
        ([check("intake.a.b", "not_evaluated")], "approve with conditions"),
        ([LIGHT], "approve with conditions"),
        ([check("validation.champion.auc.test", "amber")], "approve with conditions"),
        ([HEAVY], "do not approve"),
        ([], "do not approve"),
    ],
)
def test_the_first_rule_that_holds_is_taken(checks, expected):
    assert word(checks) == expected


def test_a_limit_that_a_rule_sets_always_weighs_much():
    assert word([check("features.selection.largest_iv", basis="rule")]) == "do not approve"


def test_a_stage_that_was_not_run_speaks_against_approval():
    assert word([check("intake.a.b", "green")], absent=["Fairness"]) == "do not approve"


def test_an_open_finding_of_high_severity_speaks_against_approval_though_every_check_is_met():
    assert word([check("intake.a.b", "green")], Standing(findings=[finding()])) == "do not approve"


@pytest.mark.parametrize("state", ["closed", "dismissed"])
def test_a_finding_that_is_done_with_does_not(state):
    assert word([check("intake.a.b", "green")], Standing(findings=[finding(state=state)])) == "approve"


@pytest.mark.parametrize(("expires", "expected"), [(DAY, "approve"), (DAY - dt.timedelta(1), "do not approve")])
def test_an_accepted_finding_weighs_again_when_its_exception_ends(expires, expected):
    standing = Standing(
        findings=[finding(state="accepted", exception="E-0001")],
        exceptions=[exception(about="F-0001", expires=expires)],
    )
    assert word([check("intake.a.b", "green")], standing) == expected


def test_an_exception_in_force_leaves_conditions():
    assert word([HEAVY], Standing(exceptions=[exception()])) == "approve with conditions"


@pytest.mark.parametrize("fields", [{"expires": DAY - dt.timedelta(1)}, {"state": "requested"}, {"about": "x"}])
def test_an_exception_that_expired_was_not_granted_or_is_about_something_else_does_not_count(fields):
    assert word([HEAVY], Standing(exceptions=[exception(**fields)])) == "do not approve"


def test_an_exception_for_the_finding_of_a_check_counts_for_the_check():
    standing = Standing(findings=[finding(evidence=HEAVY.id)], exceptions=[exception(about="F-0001")])
    assert word([HEAVY], standing) == "approve with conditions"


def test_the_severity_of_a_check_is_that_of_its_finding_where_there_is_one():
    standing = Standing(findings=[finding(evidence=LIGHT.id, severity="high", severity_because="small sample")])
    concern = concerns([LIGHT], standing, DAY)[0]
    assert (concern.severity, concern.because) == ("high", "small sample")
    assert word([LIGHT], standing) == "do not approve"


def test_a_finding_that_was_dismissed_answers_its_check():
    standing = Standing(findings=[finding(evidence=HEAVY.id, state="dismissed")])
    assert word([HEAVY], standing) == "approve with conditions"


def test_a_re_performance_that_does_not_hold_speaks_against_approval():
    seen = Verification(run="r", manifest_sha256="0" * 64, by="wang", at=NOON, seconds=1, python="3.11", system="L",
                        files=3, figures=7, differing=["auc"])  # fmt: skip
    assert word([check("intake.a.b", "green")], Standing(verifications=[seen])) == "do not approve"


def test_what_fails_comes_first_and_what_decides_by_itself_before_the_rest():
    amber = check("validation.champion.ks.test", "amber")
    order = [c.title for c in concerns([amber, LIGHT, HEAVY], Standing(), DAY)]
    assert order == [HEAVY.id, LIGHT.id, amber.id]
