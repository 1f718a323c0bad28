import dataclasses
import datetime as dt
import re

import pytest

from riskbench.core.evidence import Evidence, Input, Table
from riskbench.core.thresholds import Threshold
from riskbench.report.evidence_page import render_evidence
from riskbench.report.index_page import RunSummary, render_index, verdict
from riskbench.report.layout import Dossier, Page

DOSSIER = Dossier(
    [Page("scorecard", "Scorecard"), Page("policy", "Policy"), Page("fairness", "Fairness", made=False)],
    run="micro-1",
    synthetic=True,
)
LIMIT = Threshold(
    key="k", direction="at_least", green=0.7, amber=0.6, basis="convention", source="x", override_reason="thin <files>"
)


def check(name, status, value=0.5, **fields):
    given = {"stage": "scorecard", "kind": "check", "title": name.title(), "threshold": LIMIT} | fields
    return Evidence(id=f"{given['stage']}.{name}.auc.test", value=value, status=status, **given)


CHECKS = [
    check("good", "green", 0.772, lower=0.760, upper=0.784, level=0.95, n=14037, method="DeLong", source="Siddiqi",
          inputs=[Input(table="features", sha256="ab" * 32)], cell="roc", dims={"sample": "test"}, p_value=0.04),
    check("late", "not_evaluated", None, reason="one class only"),
    check("weak", "amber", 0.65),
    check("bad", "red", 0.51),
]  # fmt: skip
TEXTS = [
    Evidence(
        id="scorecard.page.conclusion", stage="scorecard", kind="text", title="Conclusion", value="It <b>ranks</b>."
    ),
    Evidence(id="scorecard.page.note", stage="scorecard", kind="text", title="Note", value="<b>plain</b>"),
    Evidence(
        id="scorecard.page.key_figures",
        stage="scorecard",
        kind="table",
        title="Key figures",
        value=Table(columns=["id"], rows=[["scorecard.good.auc.test"]]),
    ),
]
SUMMARY = RunSummary(
    study_name="micro",
    study_title="Micro-loans",
    created=dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC),
    facts=[("Data", "loans.parquet <sha>"), ("Limitations", "young"), ("Limitations", "small")],
    decisions=["Whether the card may decide."],
    default_definition=["90 days past due."],
    appendices=[("Drift report", "appendix/drift.html")],
    cached=["intake"],
)


def index(summary=SUMMARY, evidence=(*CHECKS, *TEXTS), dossier=DOSSIER):
    return render_index(summary, dossier, evidence)


@pytest.mark.parametrize(
    ("statuses", "sentence"),
    [
        (["green"], "The one check meets its limit."),
        (["red"], "The one check fails."),
        (["green"] * 3, "All 3 checks meet their limits."),
        (["amber"] * 2, "Of 2 checks, 2 are to be watched."),
        (["green", "red", "red"], "Of 3 checks, 2 fail and 1 meets its limit."),
        (
            ["red", "amber", "not_evaluated", "green"],
            "Of 4 checks, 1 fails, 1 is to be watched, 1 was not evaluated and 1 meets its limit.",
        ),
    ],
)
def test_the_verdict_counts_the_checks_the_worst_first(statuses, sentence):
    assert verdict([check("a", status) for status in statuses]) == sentence


def test_the_summary_answers_before_it_explains():
    html = index()
    parts = ["<h1>Micro-loans</h1>", "Synthetic data.", "Of 4 checks, 1 fails", "What is to be decided", "What does not meet its limit",
             "What each stage found", "riskbench verify reports/micro-1", "What the hashes protect", "Appendices"]  # fmt: skip
    places = [html.index(part) for part in parts]
    assert places == sorted(places)


def test_a_real_portfolio_is_not_called_synthetic():
    html = index(evidence=[], dossier=Dossier([], "micro-1"))
    assert "ynthetic data" not in html
    assert "No check was recorded." in html


def open_checks(html):
    return html[html.index("What does not meet its limit") : html.index("What each stage found")]


def test_what_does_not_meet_its_limit_stands_the_worst_first_with_its_reason():
    table = open_checks(index())
    assert table.index("Bad") < table.index("Weak") < table.index("Late")
    assert "Good" not in table
    assert "one class only" in table
    assert "set by the study: thin &lt;files&gt;" in table


def test_checks_that_were_not_evaluated_for_one_reason_share_a_row_and_each_leads_to_its_evidence():
    lacking = [check(name, "not_evaluated", None, reason="no dates") for name in ("psi", "csi")]
    table = open_checks(index(evidence=[*lacking, check("ks", "not_evaluated", None, reason="one class only")]))
    assert table.count("<tr>") == 3  # the header, one row for both, one for the other reason
    assert table.count("no dates") == 1
    for name in ("psi", "csi"):
        assert f'<a href="evidence.html#e-scorecard.{name}.auc.test">{name.title()}</a>' in table


def test_a_check_is_named_with_its_stage_and_its_sample():
    assert "<small>Scorecard, test</small>" in open_checks(index())


def test_facts_of_one_label_stand_together():
    assert "<dt>Limitations</dt><dd>young</dd><dd>small</dd>" in index()


def test_the_day_is_told_in_words():
    assert "Model dossier · 20 November 2026, 09:30 UTC" in index()


def test_when_every_check_meets_its_limit_the_summary_says_so():
    html = index(evidence=[CHECKS[0]])
    assert "Nothing: every check meets its limit." in html


def test_each_stage_gives_its_conclusion_and_its_counts():
    html = index()
    found = html[html.index("What each stage found") : html.index("How to perform it again")]
    for text in (
        '<a href="scorecard.html">',
        "It <b>ranks</b>.",
        "fails 1</span>",
        "meets 1</span>",
        "This stage recorded no conclusion.",
        "Not run: Fairness.",
    ):
        assert text in found


def test_stages_that_were_not_run_are_part_of_the_verdict():
    assert "1 of 3 stages were not run." in index()


def test_facts_are_escaped():
    assert "loans.parquet &lt;sha&gt;" in index()


def test_the_limits_of_hashes_and_the_absence_of_a_signature_are_said():
    html = index()
    assert "Only a signature stops that" in html
    assert "the run was not signed" in html


def test_signers_are_named():
    signed = dataclasses.replace(SUMMARY, signed_by=["A. Validator"])
    assert "This run was signed by A. Validator when the page was made." in index(signed)


def test_no_word_of_a_light_reaches_the_reader():
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", " ", index(), flags=re.DOTALL)
    assert not re.search(r"\b(green|amber|red)\b", shown)


def test_every_link_of_the_summary_leads_to_a_row():
    everything = [*CHECKS, *TEXTS]
    targets = set(re.findall(r'evidence\.html#(e-[^"]+)"', index()))
    assert targets
    assert targets <= set(re.findall(r'id="(e-[^"]+)"', render_evidence(everything, DOSSIER)))
