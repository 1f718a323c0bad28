import re

import pytest

from riskbench.core.evidence import Evidence, Input, Table
from riskbench.core.thresholds import Threshold
from riskbench.report.evidence_page import render_evidence
from riskbench.report.layout import Dossier, Page

DOSSIER = Dossier([Page("scorecard", "Scorecard"), Page("policy", "Policy"), Page("fairness", "Fairness", made=False)])
LIMIT = Threshold(
    key="k", direction="at_least", green=0.7, amber=0.6, basis="convention", source="x", override_reason="thin <files>"
)
TABLES = [Input(table=f"{name}.parquet", sha256=letter * 64) for name, letter in (("features", "a"), ("folds", "b"))]


def figure(name, value=0.5, **fields):
    given = {"stage": "scorecard", "kind": "estimate", "title": name.title()} | fields
    return Evidence(id=f"{given['stage']}.{name}", value=value, **given)


AUC = figure("card.auc.test", 0.772, kind="check", status="green", threshold=LIMIT, lower=0.760, upper=0.784, level=0.95,
             n=14037, method="DeLong", source="Siddiqi", inputs=TABLES[:1], cell="roc", p_value=0.04,
             dims={"grade": "7"})  # fmt: skip


def row(*evidence, of=AUC):
    html = render_evidence(evidence or [AUC], DOSSIER)
    return re.search(rf'<tr id="e-{re.escape(of.id)}">.*?</tr>', html, re.DOTALL)[0]


@pytest.mark.parametrize(
    "text",
    [
        "0.772",
        "95\N{NO-BREAK SPACE}% interval 0.760 to 0.784",
        "n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}14,037",
        "p-value\N{NO-BREAK SPACE}0.0400",
        "DeLong",
        "Siddiqi",
        "<small>test, grade 7</small>",
        "meets",
        "(convention; set by the study: thin &lt;files&gt;)",
        "from features",
        '<a href="scorecard.html#cell-roc">cell roc</a>',
    ],
)
def test_a_figure_has_a_row_with_its_whole_story(text):
    assert text in row()


def test_what_was_not_evaluated_says_why_in_its_row():
    late = figure("card.ks", None, kind="check", status="not_evaluated", reason="one class only")
    assert "one class only" in row(late, of=late)


def test_only_the_conclusion_is_taken_as_markup():
    said = figure("page.conclusion", "It <b>ranks</b>.", kind="text")
    noted = figure("page.note", "<b>plain</b>", kind="text")
    assert "It <b>ranks</b>." in row(said, noted, of=said)
    assert "&lt;b&gt;plain&lt;/b&gt;" in row(said, noted, of=noted)


def test_a_recorded_table_is_one_click_away_with_its_statuses_in_words():
    bins = figure("card.bins", Table(columns=["bin", "status"], rows=[["< 5", "red"]]), kind="table", title="Bins")
    html = render_evidence([bins], DOSSIER)
    assert "table, 1 row\n" in row(bins, of=bins)
    assert "<caption>Bins</caption>" in html
    assert ">red<" not in html


def test_the_hash_of_a_table_stands_once_at_the_head_of_its_stage():
    html = render_evidence([AUC, figure("card.gini", inputs=TABLES)], DOSSIER)
    assert html.count("aaaaaaaaaaaa</code>") == 1
    assert html.index("features.parquet <code") < html.index('<tr id="e-')
    assert "Computed from 2 tables" in html


def test_a_figure_made_of_every_table_of_its_stage_says_so_in_short():
    third = Input(table="c.parquet", sha256="c" * 64)
    everything = figure("card.gini", inputs=[*TABLES, third])
    assert "from all 3 tables" in row(AUC, everything, of=everything)
    assert "from features" in row(AUC, everything)


def test_a_list_of_ids_that_the_pages_follow_is_no_figure():
    keys = figure("page.key_figures", Table(columns=["id"], rows=[[AUC.id]]), kind="table")
    html = render_evidence([AUC, keys], DOSSIER)
    assert "page.key_figures" not in html
    assert "This dossier rests on 1 check." in html


def test_the_page_opens_with_what_it_holds_and_where():
    html = render_evidence([AUC, figure("card.a"), figure("card.b"), figure("bands.a", stage="policy")], DOSSIER)
    assert "This dossier rests on 3 estimates and 1 check. The one check meets its limit." in html
    assert re.findall(r'<li><a href="#(\w+)">\w+</a> (\d)</li>', html) == [("scorecard", "3"), ("policy", "1")]


def test_evidence_is_grouped_in_the_order_of_the_pages_and_unknown_stages_come_last():
    made = [figure("a.b", stage="zeta"), figure("a.b", stage="policy"), figure("a.b")]
    headings = re.findall(r'<h2 id="(\w+)">(.*?)</h2>', render_evidence(made, DOSSIER))
    assert headings == [("scorecard", "Scorecard"), ("policy", "Policy"), ("zeta", "zeta")]
