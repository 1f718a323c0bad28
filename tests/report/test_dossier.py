import re

import pytest

from riskbench.core.evidence import Evidence, Input, Table
from riskbench.core.thresholds import Threshold
from riskbench.report.dossier import RunSummary, render_evidence, render_index, verdict
from riskbench.report.pages import Page

PAGES = [
    Page("index", "Summary", "index.html"),
    Page("scorecard", "Scorecard", "scorecard.html"),
    Page("policy", "Policy", "policy.html", "failed"),
    Page("fairness", "Fairness", "fairness.html", "not run"),
    Page("evidence", "Evidence", "evidence.html"),
]
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
    run_id="micro-1",
    study_name="micro",
    study_title="Micro-loans",
    synthetic=True,
    created="2026-11-20",
    facts=[("Population", "booked loans"), ("Data", "loans.parquet <sha>")],
    decisions=["Whether the card may decide."],
    default_definition=["90 days past due."],
    appendices=[("Drift report", "appendix/drift.html")],
    cached=["intake"],
)


def index(summary=SUMMARY, evidence=(*CHECKS, *TEXTS)):
    return render_index(summary, PAGES, evidence)


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
    parts = ["<h1>Micro-loans</h1>", "Synthetic data.", "Of 4 checks, 1 fails", "What is to be decided", "What is not green",
             "What each stage found", "riskbench verify reports/micro-1", "What the hashes protect", "Appendices"]  # fmt: skip
    places = [html.index(part) for part in parts]
    assert places == sorted(places)


def test_a_real_portfolio_is_not_called_synthetic():
    summary = RunSummary("r", "s", "Title", synthetic=False, created="2026-11-20")
    html = index(summary, [])
    assert "Synthetic data." not in html
    assert "No check was recorded." in html


def test_what_is_not_green_stands_red_first_with_its_reason():
    html = index()
    table = html[html.index("What is not green") : html.index("What each stage found")]
    assert table.index("Bad") < table.index("Weak") < table.index("Late")
    assert "Good" not in table
    assert "one class only" in table
    assert "set by the study: thin &lt;files&gt;" in table


def test_when_all_is_green_the_summary_says_so():
    html = index(evidence=[CHECKS[0]])
    assert "Nothing: every check meets its limit." in html


def test_each_stage_gives_its_conclusion_its_figures_and_its_counts():
    html = index()
    found = html[html.index("What each stage found") : html.index("How to perform it again")]
    for text in (
        '<a href="scorecard.html">',
        "It <b>ranks</b>.",
        "0.772",
        "1 fails",
        "did not finish",
        "Not run: Fairness.",
    ):
        assert text in found


def test_stages_that_did_not_finish_are_part_of_the_verdict():
    assert "2 of 3 stages did not finish or were not run." in index()


def test_facts_are_escaped():
    assert "loans.parquet &lt;sha&gt;" in index()


def test_the_limits_of_hashes_and_the_absence_of_a_signature_are_said():
    html = index()
    assert "Only a signature stops that" in html
    assert "the run was not signed" in html


def test_signers_are_named():
    signed = RunSummary("r", "s", "t", synthetic=False, created="2026", signed_by=["A. Validator"])
    assert "This run was signed by A. Validator when the page was made." in index(signed)


def row(html, evidence_id):
    return re.search(rf'<tr id="e-{re.escape(evidence_id)}">.*?</tr>', html, re.DOTALL)[0]


def test_every_figure_has_a_row_with_its_whole_story():
    shown = row(render_evidence(CHECKS, PAGES), "scorecard.good.auc.test")
    for text in ("0.772", "95\N{NO-BREAK SPACE}% interval 0.760 to 0.784", "n = 14,037", "p-value 0.0400", "DeLong", "Siddiqi", "sample test",
                 "meets", "(convention; set by the study: thin &lt;files&gt;)", "from features",
                 '<a href="scorecard.html#cell-roc">'):  # fmt: skip
        assert text in shown, text


def test_what_was_not_evaluated_says_why_in_its_row():
    assert "one class only" in row(render_evidence(CHECKS, PAGES), "scorecard.late.auc.test")


def test_only_the_conclusion_is_taken_as_markup():
    html = render_evidence(TEXTS, PAGES)
    assert "It <b>ranks</b>." in row(html, "scorecard.page.conclusion")
    assert "&lt;b&gt;plain&lt;/b&gt;" in row(html, "scorecard.page.note")


def test_a_recorded_table_is_one_click_away():
    html = render_evidence(TEXTS, PAGES)
    assert "table, 1 row\n" in row(html, "scorecard.page.key_figures")
    assert "<caption>Key figures</caption>" in html


def test_evidence_is_grouped_in_the_order_of_the_pages_and_unknown_stages_come_last():
    made = [check("a", "green", stage="zeta"), check("b", "green", stage="policy"), check("c", "green")]
    headings = re.findall(r"<h2>(.*?)</h2>", render_evidence(made, PAGES))
    assert headings == ["Scorecard", "Policy", "zeta"]


def test_every_link_of_the_summary_leads_to_a_row():
    everything = [*CHECKS, *TEXTS]
    targets = set(re.findall(r'evidence\.html#(e-[^"]+)"', index()))
    assert targets
    assert targets <= set(re.findall(r'id="(e-[^"]+)"', render_evidence(everything, PAGES)))
