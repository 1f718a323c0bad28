import re

import pytest

from riskbench.core.evidence import Evidence, Input, Maker, Table
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


AUC = figure("card.gini.test", 0.772, kind="check", status="green", threshold=LIMIT, lower=0.760, upper=0.784, level=0.95,
             n=14037, method="DeLong", source="Siddiqi", inputs=TABLES[:1], cell="roc", p_value=0.04,
             dims={"grade": "7"}, formula=r"2\,\mathrm{AUC}-1", parameters={"seed": 7, "method": "lasso", "keep": []},
             makers=[Maker(code="riskbench.metrics.auc", does="The `area`.")])  # fmt: skip


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
        "<summary>rests on 1 input, 3 parameters</summary>",
        'from features <a href="#in-1">aaaaaaaa</a>',
        "<code>seed = 7</code>",
        "<code>method = &#39;lasso&#39;</code>",
        "<code>keep = []</code>",
        "The <code>area</code>. <code>metrics.<wbr>auc</code>",
        "<math ",
        '<a href="glossary.html#t-gini">Gini coefficient</a>',
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


def test_the_whole_hash_of_an_input_stands_once_whoever_was_computed_from_it():
    html = render_evidence(
        [AUC, figure("card.gini", inputs=TABLES), figure("a.b", stage="policy", inputs=TABLES)], DOSSIER
    )
    assert html.count("a" * 64) == 1
    assert f'<div id="in-1"><dt>features.parquet</dt><dd><code>{"a" * 64}</code></dd></div>' in html
    assert '<a href="#inputs">Inputs</a> 2' in html


def test_two_versions_of_a_table_are_two_inputs():
    other = figure("a.b", stage="policy", inputs=[Input(table="features.parquet", sha256="c" * 64)])
    assert 'features <a href="#in-2">cccccccc</a>' in row(AUC, other, of=other)


def test_the_page_says_of_how_many_figures_the_provenance_is_on_record():
    followed = AUC.model_copy(update={"parameters": {}})
    assert "Every one of them can be followed back" in render_evidence([followed], DOSSIER)
    html = render_evidence([followed, figure("card.gini")], DOSSIER)
    assert "Of them 1 of 2 can be followed back" in html
    assert "rests on 0 inputs, parameters not on record" in html


def test_of_a_long_table_the_first_rows_are_shown_and_the_words_of_its_columns():
    long = Table(columns=["bin", "bad_rate"], rows=[[f"b{i}", 0.1] for i in range(50)])
    bins = figure("card.bins", long, kind="table")
    html = render_evidence([bins], DOSSIER)
    assert ("b19" in html, "b20" in html) == (True, False)
    assert "The first 20 of 50 rows; all of them stand on the page of the stage." in html
    assert '<a href="glossary.html#t-bad_rate">bad rate</a>' in row(bins, of=bins)


def test_a_list_of_ids_that_the_pages_follow_is_no_figure():
    keys = figure("page.key_figures", Table(columns=["id"], rows=[[AUC.id]]), kind="table")
    html = render_evidence([AUC, keys], DOSSIER)
    assert "page.key_figures" not in html
    assert "This dossier rests on 1 check." in html


def test_the_page_opens_with_what_it_holds_and_where():
    html = render_evidence([AUC, figure("card.a"), figure("card.b"), figure("bands.a", stage="policy")], DOSSIER)
    assert "This dossier rests on 3 estimates and 1 check. The one check meets its limit." in html
    assert re.findall(r'<li><a href="#(\w+)">\w+</a> (\d)</li>', html) == [
        ("scorecard", "3"),
        ("policy", "1"),
        ("inputs", "1"),
    ]


def test_evidence_is_grouped_in_the_order_of_the_pages_and_unknown_stages_come_last():
    made = [figure("a.b", stage="zeta"), figure("a.b", stage="policy"), figure("a.b")]
    headings = re.findall(r'<h2 id="(\w+)">(.*?)</h2>', render_evidence(made, DOSSIER))
    assert headings == [("scorecard", "Scorecard"), ("policy", "Policy"), ("zeta", "zeta")]
