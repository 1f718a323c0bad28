import datetime as dt
import re

import pytest

from riskbench.core.evidence import Evidence, Table
from riskbench.core.thresholds import Threshold
from riskbench.governance.standing import Standing
from riskbench.report.committee_page import render_committee
from riskbench.report.index_page import RunSummary
from riskbench.report.layout import Dossier, Page

DOSSIER = Dossier([Page("validation", "Validation"), Page("fairness", "Fairness"), Page("monitoring", "Monitoring")])
SUMMARY = RunSummary("micro", "Micro-loans", dt.datetime(2026, 11, 20, tzinfo=dt.UTC), holdout="test")
RATIO = Threshold(
    key="fairness.adverse_impact_ratio", direction="at_least", green=0.8, amber=0.7, basis="convention", source="x"
)


def table(id_, columns, *rows):
    value = Table(columns=columns, rows=[list(row) for row in rows])
    return Evidence(id=id_, stage=id_.split(".")[0], kind="table", title=id_, value=value)


def check(id_, status, value=0.5):
    return Evidence(id=id_, stage=id_.split(".")[0], kind="check", title=id_, value=value, status=status,
                    threshold=RATIO)  # fmt: skip


MODELS = table(
    "challengers.models.comparison.test",
    ["model", "n", "auc", "lower", "upper"],
    ("champion", 900, 0.74, 0.72, 0.76),
    ("forest", 900, 0.75, 0.73, 0.77),
)
GRADES = table(
    "validation.grades.calibration_curve.test",
    ["label", "predicted", "observed", "lower", "upper"],
    ("A", 0.02, 0.03, 0.01, 0.05),  # holds the predicted PD
    ("B", 0.10, 0.15, 0.12, 0.18),  # does not
    ("C", 0.20, None, None, None),  # nothing observed
)
CURVE = table(
    "policy.portfolio.profit_curve.test",
    ["cut_off", "approval_share", "bad_rate", "profit", "lower", "upper"],
    *((i / 100, i / 50, i / 200, 0.01 * i, 0.009 * i, 0.011 * i) for i in range(1, 51)),
)
RATIOS = table("fairness.groups.adverse_impact_ratio.test", ["label", "n", "adverse_impact_ratio"],
               ("sex: female", 400, 0.85), ("sex: other", 3, None))  # fmt: skip
MONTHS = table("monitoring.score.psi_by_month", ["month", "n", "psi"], ("2026-01", 99, 0.01), ("2026-02", 99, 0.31))
ALL = [MODELS, GRADES, CURVE, RATIOS, MONTHS, check("validation.champion.auc.test", "green", 0.74)]


def sheets(*evidence):
    html = render_committee(SUMMARY, DOSSIER, evidence, Standing())
    return re.findall(r'<section class="sheet">(.*?)</section>', html, re.DOTALL)


def test_a_deck_is_five_figures_each_with_alt_text_its_data_and_its_evidence():
    made = sheets(*ALL)
    assert len(made) == 5
    for sheet in made:
        assert len(re.findall(r'<img alt="[^"]{20,}"', sheet)) == 1
        assert sheet.count("<table>") == 1
        assert 'href="evidence.html#e-' in sheet or "Decision" in sheet


def test_without_evidence_every_sheet_says_not_evaluated_and_why():
    made = sheets()
    assert len(made) == 5
    assert all("not evaluated" in sheet and "<img" not in sheet for sheet in made)
    assert "This run has not recorded challengers.models.comparison.test." in made[1]


def test_a_table_that_could_not_be_made_gives_its_own_reason():
    lacking = Evidence(id=GRADES.id, stage="validation", kind="table", title="x", value=None, status="not_evaluated",
                       reason="no labels")  # fmt: skip
    assert "no labels" in sheets(lacking)[2]


def test_the_decision_names_its_rule_and_counts_the_checks():
    assert "By rule R3 the evidence speaks for: approve. The one check meets its limit." in sheets(*ALL)[0]


def test_the_counts_behind_the_verdict_are_named_in_words():
    heads = re.findall(r"<th[^>]*>([^<]*)</th>", sheets(*ALL)[0])
    assert {"fails", "watch", "not evaluated", "meets"} <= set(heads)
    assert not {"red", "amber", "green"} & set(heads)


@pytest.mark.parametrize(
    ("auc", "said"),
    [
        (0.75, "The highest AUC of all models is 0.750, that of random forest."),
        (0.73, "No challenger has a higher one."),
    ],
)
def test_the_model_with_the_highest_auc_is_named_in_words(auc, said):
    models = table("challengers.models.comparison.test", ["model", "n", "auc", "lower", "upper"],
                   ("champion", 900, 0.74, 0.72, 0.76), ("forest", 900, auc, 0.7, 0.78))  # fmt: skip
    assert said in sheets(models, check("validation.champion.auc.test", "green", 0.74))[1]


def test_calibration_counts_the_grades_whose_interval_holds_the_pd():
    assert "In 1 of 2 grades the interval of the bad rate holds the predicted PD" in sheets(*ALL)[2]


def test_a_long_table_behind_a_figure_is_thinned():
    assert 0 < sheets(*ALL)[3].count("<tr>") <= 13  # the header and at most a dozen rows


@pytest.mark.parametrize(
    ("fairness", "monitoring", "shown"),
    [
        ("red", "amber", "fairness has the worse check"),
        ("green", "amber", "stability has the worse check"),
        ("amber", "amber", "fairness has the worse check"),
    ],
)
def test_of_fairness_and_stability_the_worse_is_shown(fairness, monitoring, shown):
    judged = [check("fairness.sex.adverse_impact_ratio.test", fairness), check("monitoring.score.psi.test", monitoring)]
    assert shown in sheets(*ALL, *judged)[4]


def test_where_the_worse_of_the_two_cannot_be_drawn_the_other_is():
    judged = [check("fairness.sex.adverse_impact_ratio.test", "red")]
    assert "<img" in sheets(MONTHS, *judged)[4]


def test_the_ratio_of_one_attribute_is_told_apart_from_that_of_two():
    one, two = (check(f"fairness.{name}.test", "red", value) for name, value in
                (("groups.lowest_ratio", 0.74), ("intersections.adverse_impact_ratio", 0.57)))  # fmt: skip
    said = sheets(*ALL, one, two)[4]
    assert said.index("of any group of one attribute is") < said.index(">0.74") < said.index("together it is")
    assert said.index("together it is") < said.index(">0.57")
