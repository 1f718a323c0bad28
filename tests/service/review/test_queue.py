"""What the queue shows: the oldest first, why in words, filtered, counted and paged; and what stands beside a case."""

import re

import pytest


@pytest.fixture(scope="module")
def served(serving):
    """A service of which nothing but these tests asks."""
    served = serving(bundle="rich.json")
    yield served
    served.end()


def ids(page):
    return re.findall(r'<th scope="row"><a href="/review/([0-9a-f]{32})">', page)


def test_an_empty_queue_says_so_then_fills_and_turns_its_pages(served, reviewer, refer):
    person = reviewer(served)
    assert "Nothing waits for a person" in person.get("/review").text
    sent = [refer(served, f"Q{n}", term_months=3) for n in range(26)]
    sent.append(refer(served, "old", ages={"bureau": 48.0}, enquiries_6m=1, term_months=3))
    first, second = person.get("/review").text, person.get("/review?page=2").text
    assert ids(first) + ids(second) == sent  # 25 a page, the oldest first
    assert "27 applications wait" in first
    assert "Page 2 of 2" in second
    assert ids(person.get("/review?page=99").text) == ids(second)


def test_a_filter_keeps_one_reason_and_says_how_many_it_keeps(served, reviewer, refer):
    refer(served, "many", term_months=3)
    old = refer(served, "stale", ages={"bureau": 48.0}, enquiries_6m=1, term_months=3)
    person = reviewer(served)
    page = person.get("/review?reason=stale:bureau").text
    assert old in ids(page)
    assert "the file of the bureau is older than a day (" in page  # as a choice of the filter, counted
    assert re.search(rf"{len(ids(page))} of \d+ match the filter", page)
    assert "eight or more enquiries" not in re.sub(r"<option.*?</option>", "", page, flags=re.DOTALL)


def test_by_age_nothing_of_today_is_older_than_a_day_and_nonsense_asks_for_nothing(served, reviewer, refer):
    refer(served, "new", term_months=3)
    person = reviewer(served)
    assert "matches the filter" in person.get("/review?age=24").text
    for query in ("age=-1", "age=x&page=0", "page=%F0%9F%98%80", "page=" + "9" * 400, "reason=" + "a" * 900):
        assert person.get(f"/review?{query}").status_code == 200


def test_the_language_that_was_chosen_stays_for_the_session(served, reviewer, refer):
    id_ = refer(served, "zh", term_months=3)
    person = reviewer(served)
    assert person.get("/review?lang=zh").headers["Content-Language"] == "zh"
    page = person.get(f"/review/{id_}").text
    assert '<html lang="zh-Hans">' in page
    assert "半年内征信查询八次或以上" in page  # of the policy, by the bundle
    assert person.get("/review?lang=en").headers["Content-Language"] == "en"


def test_beside_a_case_stand_the_same_customers_others_and_what_became_of_cases_like_it(
    served, reviewer, refer, application
):
    first, second = (refer(served, name, term_months=3) for name in ("one", "two"))
    person = reviewer(served)
    person.decide(first, "decline", code="adverse", amount="", confirmed="yes")
    page = person.get(f"/review/{second}").text
    assert first in ids(page)
    people = re.search(r"decline</span></th><td class=\"number\">\d+</td><td class=\"number\">(\d+)</td>", page)
    assert int(people[1]) >= 1
    assert "expected, not observed: the bundle names no run" in page
    for name in ("two", "C-7"):
        assert f">{name}<" not in page  # tokens only
    assert "without_rules" in page  # the shadow


@pytest.mark.parametrize("path", ["/review/" + "0" * 32, "/review/abc", "/review/" + "0" * 31 + "%0A"])
def test_what_is_not_there_is_a_page_that_says_so(served, reviewer, path):
    answer = reviewer(served).get(path)
    assert answer.status_code == 404
    assert "There is no such application" in answer.text
