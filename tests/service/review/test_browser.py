"""The queue in a real browser: by keyboard alone, at every width, and as axe-core judges it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
XSS = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"


@pytest.fixture(scope="module")
def rich(serving):
    """A service whose policy has limits, a price, ages and a shadow."""
    served = serving("--four-eyes", "800", bundle="rich.json")
    yield served
    served.end()


@pytest.fixture
def sign_in():
    def signed_in(page, served, name="override"):
        page.goto(f"{served.url}/review/login")
        page.wait_for_selector("#key:focus")  # without a click
        page.keyboard.type(served.keys[name])
        page.keyboard.press("Enter")
        page.wait_for_url(f"{served.url}/review")

    return signed_in


def tab_to(page, selector):
    """Press Tab until the element has the focus, as a person without a mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"the keyboard never comes to {selector}")


def violations(page):
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    return [f"{rule['id']} ({rule['impact']}): {rule['nodes'][0]['html'][:200]}" for rule in found]


def test_a_reviewer_decides_by_keyboard_alone(serving, open_page, sign_in, refer, history):
    served = serving()
    first, second = (refer(served, name) for name in ("A1", "A2"))
    page = open_page()
    sign_in(page, served)
    assert "2 applications wait" in page.inner_text("main")
    tab_to(page, "tbody a")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served.url}/review/{first}")  # the oldest
    tab_to(page, "#verdict-approve")
    page.keyboard.press("Space")
    tab_to(page, "#amount")
    page.keyboard.press("Control+A")
    page.keyboard.type("400")
    tab_to(page, "#code-income_verified")
    page.keyboard.press("Space")
    tab_to(page, "#text")
    page.keyboard.type("payslips of three months")
    tab_to(page, "form.entry button")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{served.url}/review")
    assert "Written down: limit, 400" in page.inner_text("main")
    assert "1 application waits" in page.inner_text("main")
    told = history(served, first)
    assert told["standing"] == {"action": "limit", "amount": 400}
    (change,) = told["history"]
    assert (change["kind"], change["by"], change["codes"]) == ("review", "override", ["income_verified"])
    assert change["reason"] == "payslips of three months"
    assert change["seconds"] > 0
    assert history(served, second)["history"] == []
    served.end()


def test_the_summary_of_faults_takes_the_focus_and_leads_to_its_fields(rich, open_page, sign_in, refer):
    id_ = refer(rich, term_months=3)
    page = open_page()
    sign_in(page, rich)
    page.goto(f"{rich.url}/review/{id_}")
    page.check("#verdict-approve")
    page.fill("#amount", "a lot")
    page.click("form.entry button")
    assert page.evaluate("document.activeElement.id") == "faults"
    assert page.input_value("#amount") == "a lot"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#amount:focus")
    assert page.locator("#faults li").count() == 2  # the amount, and no reason


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(rich, open_page, refer, language, width):
    id_ = refer(rich, f"W{width}{language}", ages={"bureau": 30.0}, term_months=3, amount_requested=900)
    page = open_page(width, language, bypass=True)
    found, wide = [], []

    def judge(what):
        found.extend(f"{what}: {fault}" for fault in violations(page))
        wide.extend([what] * (page.evaluate("document.documentElement.scrollWidth") > width))

    page.goto(f"{rich.url}/review/login")
    judge("login")
    page.fill("#key", "rb_0_0")
    page.click("form.entry button")
    judge("login refused")
    page.fill("#key", rich.keys["override"])
    page.click("form.entry button")
    judge("queue")
    page.goto(f"{rich.url}/review/{id_}")
    judge("case")
    page.check("#verdict-approve")
    page.click("form.entry button")
    judge("faults")
    page.check("#code-income_verified")
    page.fill("#text", XSS)
    page.fill("#amount", "790")  # above what the policy would lend, 2 % of an income of 39,000
    page.click("form.entry button")
    judge("confirm")
    assert "780" in page.inner_text(".cautions")
    page.click("form.entry button")
    page.goto(f"{rich.url}/review/{id_}")
    judge("decided")
    page.goto(f"{rich.url}/review/" + "0" * 32)
    judge("not there")
    assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-Hans"}[language]
    assert found == []
    assert wide == []


def test_what_people_write_is_text_and_never_markup(rich, open_page, sign_in, refer, reviewer):
    id_ = refer(rich, term_months=3)
    person = reviewer(rich)
    person.decide(id_, text=XSS, verdict="decline", code="adverse", amount="", confirmed="yes")
    page = open_page()
    sign_in(page, rich)
    for path in (f"/review/{id_}", f"/review?reason={XSS}", f"/review/login?next={XSS}"):
        page.goto(rich.url + path)
        assert "taken" not in page.title()
        assert page.locator("script, img").count() == 0
    page.goto(f"{rich.url}/review/{id_}")
    assert XSS in page.inner_text("main")


def test_a_page_holds_no_script_and_no_style_of_its_own_and_the_browser_complains_of_nothing(
    rich, open_page, sign_in, refer
):
    id_ = refer(rich, term_months=3)
    page, complaints = open_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    sign_in(page, rich)
    page.goto(f"{rich.url}/review/{id_}")
    assert page.locator("script, [style], style").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontWeight") == "650"  # the sheet was taken
    assert complaints == []


def test_the_first_stop_of_the_keyboard_leads_to_the_content(rich, open_page, sign_in):
    page = open_page()
    sign_in(page, rich)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
