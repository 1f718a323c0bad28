import re

import pytest
from nbformat import v4

from riskbench.core.evidence import Evidence, Table
from riskbench.core.thresholds import Threshold
from riskbench.report.layout import Dossier, Page, judged
from riskbench.report.parameters import Parameter, parameters
from riskbench.report.stage_page import render_stage

STAGES = [Page("features", "Features", made=False), Page("scorecard", "Scorecard"), Page("policy", "Policy")]
DOSSIER = Dossier(STAGES, run="demo-1")
AUC = Evidence(
    id="scorecard.card.auc.test",
    stage="scorecard",
    kind="check",
    title="AUC, test",
    value=0.7723,
    lower=0.7601,
    upper=0.7842,
    level=0.95,
    status="green",
    threshold=Threshold(key="auc", direction="at_least", green=0.7, amber=0.6, basis="convention", source="x"),
)


def key_figures(*ids):
    value = Table(columns=["id"], rows=[[key] for key in ids])
    return Evidence(id="scorecard.page.key_figures", stage="scorecard", kind="table", title="Key figures", value=value)


def conclusion(html):
    return Evidence(id="scorecard.page.conclusion", stage="scorecard", kind="text", title="Conclusion", value=html)


def cell(source="x = 1", *outputs, tags=(), name="c1"):
    node = v4.new_code_cell(source, id=name, outputs=list(outputs))
    node.metadata["tags"] = list(tags)
    return node


def shown(data, **metadata):
    return v4.new_output("display_data", data, metadata=metadata)


def page(*cells, evidence=(), dossier=DOSSIER):
    title = v4.new_markdown_cell("# The *card*\n\nDoes it rank?", id="title")
    return render_stage(v4.new_notebook(cells=[title, *cells]), "scorecard", dossier, evidence)


def main(html):
    return html[html.index("<main") : html.index("</main>")]


def test_the_title_of_the_notebook_is_the_one_h1():
    html = page(v4.new_markdown_cell("# Another title\n\n## Part"))
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", html) == ["The card"]
    assert '<h2 id="another-title">Another title</h2>' in html


def test_a_notebook_without_a_title_takes_the_name_of_its_page():
    html = render_stage(v4.new_notebook(cells=[]), "scorecard", DOSSIER, [])
    assert "<h1>Scorecard</h1>" in html
    assert "This stage recorded no conclusion." in html


def test_the_answer_comes_before_the_notebook():
    html = main(page(cell(), evidence=[AUC, conclusion("It <b>ranks</b>."), key_figures(AUC.id)]))
    places = [
        html.index(text)
        for text in ("It <b>ranks</b>.", "0.772", "95\N{NO-BREAK SPACE}% interval", "meets", "Does it rank?")
    ]
    assert places == sorted(places)


def test_the_conclusion_is_cleaned():
    html = page(evidence=[conclusion('Fine<script>alert(1)</script> <i onclick="x">now</i>')])
    assert "Fine <i>now</i>" in html
    assert "alert" not in html


def test_key_figures_that_are_not_recorded_are_refused():
    with pytest.raises(ValueError, match=r"may only name evidence of the run, got scorecard\.card\.gini\.test"):
        page(evidence=[AUC, key_figures(AUC.id, "scorecard.card.gini.test")])


def test_code_folds_away_under_the_id_of_its_cell():
    html = page(cell("card = fit(X)  # why\n", name="fit"))
    assert '<div class="cell" id="cell-fit">' in html
    assert re.search(r'<details class="code"><summary>.*?Code.*?<span class="c1"># why</span>', html, re.DOTALL)


def test_formulas_become_mathml_and_a_broken_one_stays_readable():
    html = page(v4.new_markdown_cell("with $x_i$ and\n\n$$\\frac{a}{b}$$\n\nand $\\nonsense$"))
    assert html.count("<math ") == 2
    assert '<div class="formula" tabindex="0"><math display="block">' in html
    assert "<code>\\nonsense</code>" in html


def test_parameters_are_a_table_of_the_values_used():
    html = page(
        cell("study = 'a'  # portfolio\nbins = 8  # most bins\n", tags=["parameters"], name="p"),
        cell("# Parameters\nbins = 6\n", tags=["injected-parameters"], name="i"),
    )
    assert "Parameters (2)" in html
    assert "<code>6</code></td><td><code>8</code></td><td>most bins</td>" in html
    assert 'id="cell-p"' in html
    assert 'id="cell-i"' not in html


def test_parameters_are_read_from_the_syntax_not_by_running():
    assert parameters("a: int = 2**3  # cases\nb = [1, 2]") == [
        Parameter("a", "2 ** 3", "", "cases"),
        Parameter("b", "[1, 2]", "", ""),
    ]
    assert parameters("not python (") == []


def test_html_outputs_are_kept_without_script():
    html = page(cell("show()", shown({"text/html": "<table><tr><td>7</td></tr></table><script>x</script>"})))
    assert "<td>7</td>" in html
    assert "<script" not in html


def test_an_output_that_fetches_from_elsewhere_is_refused():
    with pytest.raises(ValueError, match="must not fetch anything from elsewhere"):
        page(cell("show()", shown({"text/html": '<img src="https://example.org/x.png">'})))


@pytest.mark.parametrize(
    ("data", "source"),
    [
        ({"image/png": "AAAA\n"}, "data:image/png;base64,AAAA"),
        ({"image/svg+xml": "<svg/>"}, "data:image/svg+xml;base64,PHN2Zy8+"),  # base64 of <svg/>
    ],
)
def test_pictures_are_carried_with_an_alt_text(data, source):
    html = page(cell("show()", shown(data, alt='a "drawing"')))
    assert f"""<img alt='a "drawing"' src="{source}\"""" in html


def test_plain_text_markdown_and_latex_outputs_are_shown():
    html = page(
        cell(
            "show()",
            shown({"text/plain": "a < b"}),
            shown({"text/markdown": "**bold**"}),
            shown({"text/latex": "$x$"}),
            v4.new_output("execute_result", {"text/plain": "42"}),
        )
    )
    for text in ('<pre class="output">a &lt; b</pre>', "<strong>bold</strong>", "<mi>x</mi>", "42"):
        assert text in html


def test_widgets_and_javascript_give_way_to_their_text():
    data = {"application/javascript": "alert(1)", "text/html": "<p>table</p>"}
    html = page(cell("show()", shown(data), shown({"application/javascript": "alert(2)"})))
    assert "<p>table</p>" in html
    assert "alert(1)" not in html
    assert "alert(2)" not in html


def test_messages_fold_away_without_colour_codes():
    html = page(cell("fit()", v4.new_output("stream", name="stderr", text="\x1b[31mwarned <7>\x1b[0m\n")))
    assert "<summary>Messages</summary><pre>warned &lt;7&gt;\n</pre>" in html


def test_a_failed_notebook_says_so_first_and_still_shows_the_rest():
    error = v4.new_output("error", ename="ValueError", evalue="must be <1>", traceback=["\x1b[31mline 1\x1b[0m"])
    noted = v4.new_markdown_cell("runner's note")
    noted.metadata["tags"] = ["papermill-error-cell-tag"]
    notebook = v4.new_notebook(cells=[noted, v4.new_markdown_cell("# Policy"), cell("go()", error, name="go")])
    html = main(render_stage(notebook, "policy", DOSSIER, []))
    assert html.index("This stage did not finish") < html.index("This cell failed")
    assert '<a href="#cell-go">' in html
    assert "ValueError: must be &lt;1&gt;" in html
    assert "<pre>line 1</pre>" in html
    assert "runner" not in html


def test_raw_cells_are_shown_as_text():
    assert "<pre>&lt;b&gt;</pre>" in page(v4.new_raw_cell("<b>"))


def test_the_navigation_marks_this_page_and_does_not_link_what_was_not_run():
    html = page()
    assert '<a href="scorecard.html" aria-current="page">Scorecard</a>' in html
    assert 'href="features.html"' not in html
    assert '<a rel="prev" href="committee.html">' in html
    assert '<a rel="next" href="policy.html">' in html
    assert "Stage 2 of 3" in html


def test_the_navigation_folds_and_tells_the_stages_from_the_rest():
    html = page()
    assert "<details><summary>All pages</summary>" in html
    titles = re.findall(r"<li( class=\"apart\")?><(?:a|span)[^>]*>(\w+)", html)
    front, back = ["Summary", "Committee"], ["Open", "Findings", "Re", "Signatures", "Evidence", "Glossary"]
    assert [title for _, title in titles] == [*front, "Features", "Scorecard", "Policy", *back]
    assert [title for apart, title in titles if apart] == ["Features", "Open"]


def test_governance_is_read_before_the_data_and_the_checks_after_the_stages():
    names = [page.name for page in Dossier([Page("intake", "Intake"), Page("governance", "Governance")]).pages]
    assert names[:5] == ["index", "committee", "governance", "intake", "checks"]


@pytest.mark.parametrize("synthetic", [True, False])
def test_every_page_of_synthetic_data_says_so_on_screen_and_in_the_running_head(synthetic):
    html = page(dossier=Dossier(STAGES, "demo-1", synthetic))
    assert ("<span>synthetic data</span>" in html) == synthetic
    assert ('"riskbench demo-1, synthetic data"' in html) == synthetic


def test_a_page_forbids_itself_everything_but_its_own_style_and_pictures():
    html = page(cell())
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in html
    assert '<html lang="en">' in html
    assert not re.search(r"https?:|url\(|@import|<link", html)


def test_a_title_cannot_break_out_of_the_running_head():
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell('# A "</style>" \\ title')])
    html = render_stage(notebook, "scorecard", DOSSIER, [])
    assert html.count("</style>") == 1
    assert "<h1>A &#34;&lt;/style&gt;&#34; \\ title</h1>" in html


def test_rendering_leaves_the_notebook_as_it_was_and_gives_equal_bytes():
    notebook = v4.new_notebook(cells=[v4.new_markdown_cell("# T", id="t"), cell("a = 1", tags=["parameters"])])
    before = str(notebook)
    assert render_stage(notebook, "scorecard", DOSSIER, [AUC]) == render_stage(notebook, "scorecard", DOSSIER, [AUC])
    assert str(notebook) == before


def test_a_key_figure_that_repeats_a_check_is_judged_as_the_check_is():
    limit = Threshold(key="k", direction="at_least", green=0.8, amber=0.7, basis="convention", source="x")
    common = {"stage": "fairness", "title": "Ratio", "value": 0.75, "lower": 0.6, "upper": 0.9}
    lowest = Evidence(id="fairness.groups.lowest.test", kind="estimate", **common)
    ratio = Evidence(id="fairness.sex.ratio.test", kind="check", status="amber", threshold=limit, **common)
    assert judged(lowest, [lowest, ratio]).status == "amber"
    for other in (ratio.model_copy(update={"value": 0.76}), ratio.model_copy(update={"stage": "policy"})):
        assert judged(lowest, [lowest, other]).status == "information"


@pytest.mark.parametrize(("name", "registered", "told"), [("rules", True, True), ("rules", False, False),
                                                          ("scorecard", True, False)])  # fmt: skip
def test_a_page_that_proposes_leads_to_what_was_decided_since(name, registered, told):
    dossier = Dossier([Page(name, name.title())], registered=registered)
    html = main(render_stage(v4.new_notebook(cells=[]), name, dossier, []))
    assert ("What people have decided since stands on other pages" in html) is told
