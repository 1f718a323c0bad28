"""The pages as people with other eyes and hands meet them: axe-core's rules of WCAG 2.2 AA, keyboard, zoom, reflow."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

NAMES = ["index", "intake", "scorecard", "challengers", "evidence", "glossary"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LAPTOP, PHONE, SMALLEST = 1280, 390, 320  # CSS pixels; WCAG 1.4.10 asks for reflow at 320, which is 1280 at 400 %
UNFOLD = "document.querySelectorAll('details').forEach(d => d.open = true)"


@pytest.fixture
def open_page(browser: Browser, dossier: Path):
    contexts = []

    def opened(name: str, width: int = LAPTOP) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True, offline=True)
        contexts.append(context)
        page = context.new_page()
        page.goto((dossier / f"{name}.html").as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds, whatever its weight, with everything unfolded: `rule (weight): first element`."""
    page.evaluate(UNFOLD)
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    return [f"{rule['id']} ({rule['impact']}): {rule['nodes'][0]['html'][:200]}" for rule in found]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_axe_finds_nothing_on_a_page(open_page: Callable[..., Page], name: str, width: int) -> None:
    assert violations(open_page(name, width)) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [SMALLEST, LAPTOP // 2], ids=["400 %", "200 %"])
def test_a_page_reflows_when_it_is_zoomed(open_page: Callable[..., Page], name: str, width: int) -> None:
    page = open_page(name, width)
    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(open_page: Callable[..., Page]) -> None:
    page = open_page("scorecard")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_keyboard_reaches_everything_that_a_mouse_does_and_shows_where_it_is(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("index")
    stops = page.evaluate(
        "[...document.querySelectorAll('a[href], summary, [tabindex=\"0\"]')].filter(e => e.checkVisibility()).length"
    )
    seen = []
    for _ in range(stops):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
    assert page.evaluate("document.activeElement.closest('footer') !== null")
    assert set(seen) == {"solid"}


def test_a_summary_unfolds_by_the_keyboard(open_page: Callable[..., Page]) -> None:
    page = open_page("scorecard")
    code = page.locator("details.code").first
    code.locator("summary").focus()
    page.keyboard.press("Enter")
    assert code.locator("pre").is_visible()
