"""The commands of findings and exceptions, from the draft of a check to its end."""

import datetime as dt

import pytest

from riskbench.governance.registry.states import move
from riskbench.governance.registry.store import Registry

NEXT_YEAR = str(dt.datetime.now(dt.UTC).date() + dt.timedelta(days=365))
MOVE = ("finding", "move", "F-0001")
WHY = ("--because", "so it is")


def open_draft(call):
    call(*MOVE, "open", "--by", "chen", *WHY, "--owner", "li", "--due", NEXT_YEAR)


def test_findings_are_listed_by_weight_model_and_state(registered):
    registered("finding", "new", "microloan", "--title", "王 saw it", "--severity", "high", "--by", "chen")
    lines = registered("finding", "list").splitlines()
    assert [line.split()[0] for line in lines] == ["finding", "F-0002", "F-0001"]
    assert registered("finding", "list", "--state", "closed") == "No finding.\n"
    assert "a finding is draft, open, dismissed, " in registered("finding", "list", "--state", "lost", code=2)
    assert "no model 'cards'" in registered("finding", "list", "--model", "cards", code=2)


def test_a_draft_goes_to_its_end_by_command(registered):
    open_draft(registered)
    registered(*MOVE, "in_remediation", "--by", "li", *WHY)
    registered(*MOVE, "remediated", "--by", "li", *WHY, "--remedy", "calibrated again in loans-2")
    assert "li is its owner, and it takes another person" in registered(*MOVE, "closed", "--by", "li", *WHY, code=1)
    assert registered(*MOVE, "closed", "--by", "chen", *WHY) == "F-0001 is closed.\n"
    shown = registered("finding", "show", "f-0001")
    assert "F-0001 [closed] Area under the curve" in shown
    assert "Remedy: calibrated again in loans-2\n" in shown
    assert [line.split()[2] for line in shown.splitlines()[-5:]] == ["draft,", "open,", "in", "remediated,", "closed,"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("open", "--by", "chen", *WHY), 1, "becomes open with owner and due only, and owner is not given"),
        (
            ("closed", "--by", "chen", *WHY),
            1,
            "a finding that is draft cannot become closed: from draft it can become open",
        ),
        (("lost", "--by", "chen", *WHY), 1, "cannot become lost: from draft it can become open or dismissed"),
        (("open", "--by", "chen"), 2, "Missing option '--because'"),
        (("open", "--by", "chen", "--because", " ", "--owner", "li", "--due", NEXT_YEAR), 1, "because: "),
        (("open", "--by", "chen", *WHY, "--owner", "li", "--due", "2020-01-31"), 1, "due on a day to come"),
        (("open", "--by", "chen", *WHY, "--owner", "Li"), 2, "a name has small letters"),
    ],
)
def test_an_illegal_move_is_refused_with_what_is_allowed(registered, words, code, told):
    assert told in registered(*MOVE, *words, code=code)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("finding", "new", "microloan", "--title", " ", "--severity", "low", "--by", "li"),
            "title: it says nothing",
        ),
        (
            ("finding", "new", "microloan", "--title", "x", "--severity", "low", "--by", "li", "--evidence", "auc"),
            "evidence: ",
        ),
        (("exception", "new", "microloan", "--about", " ", *WHY, "--expires", NEXT_YEAR, "--by", "li"), "about: "),
        (("inventory", "set", "microloan", "--by", "li", *WHY, "--purpose", " "), "purpose: it says nothing"),
        (("inventory", "review", "microloan", "--plan", NEXT_YEAR, "--what", " "), "what: it says nothing"),
    ],
)
def test_words_that_say_nothing_are_refused_by_their_key(registered, words, told):
    assert told in registered(*words, code=1)


def test_a_number_that_is_not_there_is_told(registered):
    assert "no finding F-0009; there are: F-0001 to F-0001" in registered("finding", "show", "F-0009", code=2)


def test_what_a_finding_says_is_changed_with_its_reason(registered):
    said = registered("finding", "set", "F-0001", "--by", "chen", *WHY, "--severity", "high")
    assert "severity from medium to high" in said
    assert "Severity: high (Set by chen: so it is)\n" in registered("finding", "show", "F-0001")
    assert "nothing to change" in registered("finding", "set", "F-0001", "--by", "chen", *WHY, code=2)


def test_an_exception_is_asked_for_granted_and_excuses_until_its_day(registered, home):
    open_draft(registered)
    new = ("exception", "new", "microloan", "--about", "F-0001", *WHY, "--expires", NEXT_YEAR, "--by", "li")
    assert "E-0001 [requested] about F-0001" in registered(*new, "--compensated-by", "a lower limit")
    accept = (*MOVE, "accepted", "--by", "li", *WHY, "--exception", "E-0001")
    assert "E-0001 is not in force: it is requested" in registered(*accept, code=1)

    registry = Registry(home / "reports" / "registry")  # the grant is a signed act
    asked = registry.exceptions()[0].model_copy(update={"granted_by": "chen"})
    registry.write(move(asked, "granted", "chen", "signed", dt.datetime.now(dt.UTC)))

    assert registered(*accept) == "F-0001 is accepted.\n"
    assert f"accepted until {NEXT_YEAR}" in registered("finding", "list")
    assert " none " in registered("inventory").splitlines()[1]
    assert f"in force until {NEXT_YEAR}" in registered("exception", "list")
    assert "Compensated by: a lower limit" in registered("exception", "show", "E-0001")


def test_an_exception_ends_on_a_day_to_come(registered):
    words = ("exception", "new", "microloan", "--about", "F-0001", *WHY, "--by", "li", "--expires")
    assert "ends on a day to come, got 2020-01-31" in registered(*words, "2020-01-31", code=1)
    assert registered("exception", "list") == "No exception.\n"
