import re
from pathlib import Path

from riskbench.core.glossary import glossary
from riskbench.report.glossary_page import id_parts, main, markdown, render_glossary
from riskbench.report.layout import Dossier

COMMITTED = Path(__file__).parents[2] / "docs" / "glossary.md"
DOSSIER = Dossier([], run="micro-1")


def test_the_committed_page_is_what_the_glossary_says():
    rule = "a term changed: run `python -m riskbench.report.glossary_page docs/glossary.md` and commit the page"
    assert COMMITTED.read_text("utf-8") == markdown(), rule


def test_the_page_is_written_where_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["page", str(tmp_path / "glossary.md")])
    main()
    assert (tmp_path / "glossary.md").read_text("utf-8") == markdown()


def test_every_term_has_an_anchor_of_its_key_on_both_pages_in_the_order_of_the_file():
    assert re.findall(r'^### <a id="(\w+)"></a>', markdown(), re.MULTILINE) == list(glossary())
    assert re.findall(r'<div id="t-(\w+)">', render_glossary(DOSSIER)) == list(glossary())


def test_a_formula_of_the_dossier_is_mathml_and_no_latex_is_left():
    html = render_glossary(DOSSIER)
    formulas = [term for term in glossary().values() if term.formula]
    assert html.count('<math display="block">') == len(formulas)
    assert not re.search(r"\\(frac|sum|mathrm)", html)
    assert "$" not in html


def test_an_evidence_id_is_explained_part_by_part_in_the_words_of_its_module():
    assert [(part.name, part.example) for part in id_parts()] == [
        ("stage", "validation"), ("subject", "champion"), ("statistic", "auc"), ("sample", "out_of_time"),
    ]  # fmt: skip
    assert "here `auc`: what was measured of it" in markdown()
    assert "what was measured of it, in the words of the glossary: <code>auc</code>" in render_glossary(DOSSIER)


def test_the_page_stands_in_the_navigation_of_its_run():
    html = render_glossary(DOSSIER)
    assert '<a href="glossary.html" aria-current="page">Glossary</a>' in html
    assert "micro-1" in html
