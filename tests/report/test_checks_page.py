import pytest

from riskbench.core.evidence import Evidence
from riskbench.core.thresholds import Threshold
from riskbench.report.checks_page import render_checks
from riskbench.report.layout import Dossier, Page

DOSSIER = Dossier([Page("scorecard", "Scorecard"), Page("policy", "Policy")], run="micro-1")
LIMIT = Threshold(
    key="k", direction="at_least", green=0.7, amber=0.6, basis="convention", source="x", override_reason="thin <files>"
)


def check(name, status, value=0.5, stage="scorecard", **fields):
    given = {"kind": "check", "title": name.title(), "threshold": LIMIT} | fields
    return Evidence(id=f"{stage}.{name}.auc.test", stage=stage, value=value, status=status, **given)


CHECKS = [
    check("good", "green", 0.772),
    check("late", "not_evaluated", None, reason="one class only"),
    check("weak", "amber", 0.65),
    check("bad", "red", 0.51),
]


def test_what_does_not_meet_its_limit_stands_the_worst_first_with_its_reason():
    table = render_checks(DOSSIER, CHECKS)
    assert table.index("Bad<") < table.index("Weak<") < table.index("Late<")
    assert "Good<" not in table
    assert "one class only" in table
    assert "set by the study: thin &lt;files&gt;" in table


def test_checks_stand_below_the_heading_of_their_stage():
    html = render_checks(DOSSIER, [*CHECKS, check("low", "red", stage="policy")])
    assert html.index('<h2 id="scorecard">') < html.index("Bad<") < html.index('<h2 id="policy">') < html.index("Low<")


def test_checks_that_were_not_evaluated_for_one_reason_share_a_row_and_each_leads_to_its_evidence():
    lacking = [check(name, "not_evaluated", None, reason="no dates") for name in ("psi", "csi")]
    html = render_checks(DOSSIER, [*lacking, check("ks", "not_evaluated", None, reason="one class only")])
    assert html.count("<tr>") == 3  # the header, one row for both, one for the other reason
    assert html.count("no dates") == 1
    for name in ("psi", "csi"):
        assert f'<a href="evidence.html#e-scorecard.{name}.auc.test">{name.title()}</a>' in html


def test_a_check_is_named_with_its_sample_and_its_weight():
    html = render_checks(DOSSIER, CHECKS)
    assert "<small>test</small>" in html
    assert "<td>low</td>" in html


@pytest.mark.parametrize("checks", [[], [CHECKS[0]]])
def test_without_an_open_check_the_page_says_so(checks):
    assert "No check is open." in render_checks(DOSSIER, checks)
