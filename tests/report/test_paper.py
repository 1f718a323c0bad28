"""Pages as one document for paper."""

import pytest
from bs4 import BeautifulSoup

from riskbench.report.paper import one_document

STYLE = '<style>p { color: red }\n@page { @top-left { content: "Intake" } @top-right { content: "run" } }\n</style>'


def page(main: str, kind: str = "", lang: str = "en") -> str:
    return (
        f'<html lang="{lang}"><head>{STYLE}</head><body class="{kind}"><main id="content">{main}</main></body></html>'
    )


def read(**pages: str) -> BeautifulSoup:
    return BeautifulSoup(one_document(pages, "Dossier"), "html.parser")


def test_every_link_of_a_document_leads_to_a_place_in_it():
    document = read(
        index=page(
            '<a href="intake.html">a</a><a href="intake.html#bins">b</a><a href="#top">c</a><h1 id="top">A</h1>'
        ),
        intake=page('<h1>B</h1><p id="bins">C</p>'),
    )
    targets = [link["href"].removeprefix("#") for link in document.find_all("a")]
    assert targets == ["intake", "intake--bins", "index--top"]
    assert all(document.find(id=target) for target in targets)


def test_a_link_to_what_is_not_in_the_document_stays_as_words():
    link = read(index=page('<a href="appendix/card.json">card</a>')).find("a")
    assert (link.get("href"), link.get_text()) == (None, "card")


def test_two_pages_may_use_one_id():
    document = read(intake=page('<p id="cell-open">1</p>'), features=page('<p id="cell-open">2</p>'))
    ids = [tag["id"] for tag in document.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_a_chapter_keeps_its_running_head_and_the_kind_of_its_page():
    html = one_document({"intake": page("<h1>A</h1>", "wide"), "features": page("<h1>B</h1>")}, "Dossier")
    assert '@page chapter-intake { @top-left { content: "Intake" }' in html
    assert html.count("p { color: red }") == 1
    assert BeautifulSoup(html, "html.parser").find(id="intake")["class"] == ["chapter", "wide"]


def test_the_document_is_in_the_language_of_its_pages():
    assert read(index=page("<h1>摘要</h1>", lang="zh-Hans")).html["lang"] == "zh-Hans"


def test_a_page_without_a_main_part_is_refused_by_name():
    with pytest.raises(ValueError, match="page intake has no main part"):
        one_document({"intake": "<p>nothing</p>"}, "Dossier")
    with pytest.raises(ValueError, match="needs a page"):
        one_document({}, "Dossier")


def test_the_deck_keeps_its_landscape_sheets_with_a_running_head():
    html = one_document({"index": page("<h1>A</h1>"), "committee": page("<h1>B</h1>", "deck")}, "Dossier")
    assert BeautifulSoup(html, "html.parser").find(id="committee")["style"] == "page: sheet"
    assert '@page sheet { @top-left { content: "Intake" }' in html
