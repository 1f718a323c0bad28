"""The pages of a dossier in a real browser: alone, without script, on a phone and on paper."""

import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

NAMES = [
    *("index", "committee", "intake", "scorecard", "challengers"),
    *("checks", "findings", "reperformance", "signatures", "evidence", "glossary"),
]
LAPTOP, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}


@pytest.fixture
def open_page(browser: Browser, dossier: Path):
    contexts = []

    def opened(name: str, viewport=LAPTOP, script: bool = True) -> tuple[Page, list[str]]:
        context = browser.new_context(viewport=viewport, java_script_enabled=script, offline=True)
        contexts.append(context)
        page, heard = context.new_page(), []
        page.on("request", lambda request: heard.append(request.url))
        page.on("console", lambda message: heard.append(message.text))
        page.goto((dossier / f"{name}.html").as_uri())
        return page, heard

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_for_nothing_but_itself_and_the_browser_has_no_complaint(open_page, dossier, name):
    _, heard = open_page(name)
    assert [text for text in heard if not text.startswith("data:image/")] == [(dossier / f"{name}.html").as_uri()]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_one_h1_no_script_and_no_picture_without_words(open_page, name):
    page, _ = open_page(name)
    assert page.locator("h1").count() == 1
    assert page.locator("script, iframe, link, object").count() == 0
    assert page.locator("img:not([alt]), img[alt='']").count() == 0
    handlers = "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => a.name.startsWith('on')))"
    assert page.evaluate(f"{handlers}.length") == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("viewport", [PHONE, LAPTOP], ids=["phone", "laptop"])
def test_a_page_never_scrolls_sideways_even_with_everything_unfolded(open_page, name, viewport):
    page, _ = open_page(name, viewport)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_on_a_phone_the_navigation_folds_and_on_a_laptop_it_is_open(open_page):
    phone, _ = open_page("scorecard", PHONE)
    intake = phone.locator("header nav a[href='intake.html']")
    assert not intake.is_visible()
    phone.locator("header nav summary").click()
    assert intake.is_visible()
    laptop, _ = open_page("scorecard")
    assert laptop.locator("header nav a[href='intake.html']").is_visible()
    assert not laptop.locator("header nav summary").is_visible()


def test_on_a_phone_checks_are_read_without_scrolling_sideways(open_page):
    page, _ = open_page("scorecard", PHONE)
    hidden = "[...document.querySelectorAll('.table-box.checks')].map(box => box.scrollWidth - box.clientWidth)"
    assert page.evaluate(hidden) == [0]


def test_a_name_that_is_not_repeated_on_screen_is_printed_on_paper(open_page):
    page, _ = open_page("scorecard")
    repeated = page.locator("#cell-points .again")
    assert repeated.bounding_box()["width"] <= 1
    page.emulate_media(media="print")
    assert repeated.bounding_box()["width"] > 20


def test_every_picture_is_drawn(open_page):
    page, _ = open_page("scorecard")
    widths = page.evaluate("[...document.images].map(i => i.complete && i.naturalWidth)")
    assert widths
    assert all(width > 200 for width in widths)


def test_letters_in_figures_stay_readable_on_a_phone(open_page):
    page, _ = open_page("scorecard", PHONE)
    # drawn at 96 px an inch with letters of 10 pt = 13.3 px; below two thirds of that they are too small to read
    scales = page.evaluate("[...document.images].map(i => i.clientWidth / i.naturalWidth)")
    assert min(scales) > 0.66


def test_without_script_the_answer_reads_and_the_code_still_unfolds(open_page):
    page, _ = open_page("scorecard", script=False)
    assert "AUC of 0.772" in page.locator(".conclusion").inner_text()
    code = page.locator("details.code").first
    assert not code.locator("pre").is_visible()
    code.locator("summary").click()
    assert code.locator("pre").is_visible()


def test_a_number_leads_to_its_row_and_the_row_to_its_cell(open_page):
    page, _ = open_page("scorecard")
    page.locator(".conclusion a.figure").first.click()
    row = page.locator("tr:target")
    assert "scorecard.card.auc.test" in row.inner_text()
    row.get_by_text("cell checks").click()
    assert page.url.endswith("scorecard.html#cell-checks")
    assert page.locator("#cell-checks").is_visible()


def test_the_navigation_reaches_every_page_that_was_made(open_page, dossier):
    page, _ = open_page("index")
    linked = page.eval_on_selector_all("header nav a", "links => links.map(a => a.getAttribute('href'))")
    assert linked == [f"{name}.html" for name in NAMES]
    assert all((dossier / href).exists() for href in linked)


def test_text_stands_out_from_its_ground(open_page):
    page, _ = open_page("scorecard")
    colours = page.evaluate(
        "[...document.querySelectorAll('main p, td, th, dt, dd, figcaption, summary, nav a, nav .absent, footer p')]"
        ".map(e => getComputedStyle(e).color.match(/[0-9]+/g).map(Number))"
    )
    assert min(contrast_on_white(colour) for colour in colours) >= 4.5  # WCAG 2.2, 1.4.3


def contrast_on_white(rgb: list[int]) -> float:
    linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb[:3]]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_paper_shows_short_tables_hides_code_and_repeats_headers(open_page):
    page, _ = open_page("scorecard")
    page.emulate_media(media="print")
    assert page.locator("details.data:not(.long) table").first.is_visible()
    assert not page.locator("details.code pre").first.is_visible()
    assert not any(nav.is_visible() for nav in page.locator("nav").all())
    display = "getComputedStyle(document.querySelector('thead')).display"
    assert page.evaluate(display) == "table-header-group"


@pytest.mark.parametrize("name", NAMES)
def test_no_table_is_wider_than_the_sheet(open_page, name):
    width = 297 - 16 - 16 if name == "committee" else 210 - 24 - 8  # A4 less its two margins; the deck lies on its side
    sheet = round(width / 25.4 * 96)  # in pixels
    page, _ = open_page(name, {"width": sheet, "height": 900})
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= sheet


def printed(page: Page, hidden: str = "") -> PdfReader:
    if hidden:
        page.add_style_tag(content=f"{hidden} {{ display: none }}")
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))


def test_the_summary_proper_is_one_sheet_of_a4(open_page):
    page, _ = open_page("index")
    sheets = printed(page, "main > section.after, footer").pages
    assert len(sheets) == 1
    assert [round(float(side)) for side in sheets[0].mediabox[2:]] == [595, 842]  # 210 by 297 mm at 72 points an inch


def test_what_follows_the_summary_begins_on_a_sheet_of_its_own(open_page):
    page, _ = open_page("index")
    first, second, *_ = (sheet.extract_text() for sheet in printed(page).pages)
    assert "Performed again" in first
    assert "Contents" not in first
    assert "Contents" in second


def test_the_committee_has_five_landscape_sheets(open_page):
    page, _ = open_page("committee")
    sheets = printed(page).pages
    assert len(sheets) == 5
    assert all(sheet.mediabox.width > sheet.mediabox.height for sheet in sheets)


def test_a_long_page_lists_its_own_headings_folded_on_a_phone(open_page):
    laptop, _ = open_page("scorecard")
    here = laptop.locator("nav[aria-label='On this page'] a")
    assert here.first.is_visible()
    here.get_by_text("Calibration").click()
    assert laptop.locator("h2:target").inner_text() == "Calibration"
    phone, _ = open_page("scorecard", PHONE)
    assert not phone.locator("nav[aria-label='On this page'] a").first.is_visible()


def test_the_search_of_the_browser_opens_what_is_folded(open_page):
    page, _ = open_page("scorecard")
    folded = page.locator("details.depth", has_text="max_bins")
    assert not folded.evaluate("fold => fold.open")
    page.goto(page.url + "#:~:text=max_bins")
    page.wait_for_function("fold => fold.open", arg=folded.element_handle())


def test_a_link_into_something_folded_opens_it(open_page):
    page, _ = open_page("scorecard")
    page.evaluate("document.querySelector('details.depth td').id = 'inside'")
    page.evaluate("location.hash = 'inside'")
    assert page.locator("details.depth").first.evaluate("fold => fold.open")
