"""The status page in a real browser: at every width, without script, and as axe-core judges it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def place(serving):
    served = serving()
    yield served
    served.end()


def sign_in(page, served, scope="override"):
    page.goto(f"{served.url}/status")
    page.fill("#key", served.keys[scope])
    page.click("form.entry button")
    page.wait_for_url(f"{served.url}/status*")


def violations(page):
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    return [f"{rule['id']} ({rule['impact']}): {rule['nodes'][0]['html'][:200]}" for rule in found]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_the_page_is_no_wider_than_the_window(place, open_page, known, signal, language, width):
    known(place.project, signal(), signal("warning", "77"), signal("notice", "88"))
    page = open_page(width, language, bypass=True)
    sign_in(page, place)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-Hans"}[language]


def test_without_script_an_incident_is_taken_by_a_button(place, open_page, known, signal):
    known(place.project, signal(device="99"))
    page = open_page(script=False)
    sign_in(page, place)
    row = page.locator("tr[id^=incident]", has_text="device=99")
    row.get_by_role("button").click()
    page.wait_for_load_state()
    assert "is yours until" in page.inner_text("main")
    assert "override, until" in page.locator("tr[id^=incident]", has_text="device=99").inner_text()


def test_the_browser_complains_of_nothing_and_takes_the_sheet(place, open_page, known, signal):
    known(place.project, signal())
    page, complaints = open_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    sign_in(page, place)
    assert page.locator("script, [style], style").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('.headline')).borderLeftStyle") == "solid"
    assert page.locator("svg.sparkline[aria-label]").count() == 2  # a score that is not known has no line
    assert complaints == []
