import datetime as dt

import pytest

from riskbench.core.errors import CannotRun
from riskbench.governance.registry.acting import (
    Act,
    accept_edit,
    exception_of,
    finding_of,
    finish_review,
    move_finding,
    move_version,
    plan_review,
    raise_finding,
    request_exception,
    retire_model,
    set_finding,
    set_model,
)
from riskbench.governance.registry.records import Review
from riskbench.governance.registry.states import Refused, move

LATER = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)
DAY, PAST = dt.date(2027, 1, 31), dt.date(2026, 11, 25)
NEW = {"model": "loans", "title": "No plan for a stop", "severity": "low"}


def act(by="wang", because="seen", hours=0, roles=None):
    return Act(by, because, LATER + dt.timedelta(hours=hours), roles)


def grant(registry, about="F-0001", expires=DAY):
    asked = request_exception(registry, {"model": "loans", "about": about, "expires": expires}, act("li"))
    granted = move(asked.model_copy(update={"granted_by": "chen"}), "granted", "chen", "signed", LATER)
    registry.write(granted)
    return granted


def test_a_finding_with_owner_and_day_is_open_and_without_them_a_draft(registry):
    assert raise_finding(registry, NEW, act()).state == "draft"
    written = raise_finding(registry, {**NEW, "owner": "li", "due": DAY}, act())
    assert (written.id, written.state, written.raised_by) == ("F-0003", "open", "wang")
    assert finding_of(registry, "F-0003") == written


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"model": "cards"}, "no model 'cards' in the inventory"),
        ({"version": 7}, "loans has no version 7; there are: 1"),
    ],
)
def test_a_finding_is_of_something_that_there_is(registry, values, told):
    with pytest.raises(CannotRun, match=told):
        raise_finding(registry, NEW | values, act())
    assert len(registry.findings()) == 1


def test_a_day_that_is_over_is_no_day_to_mend_by(registry):
    with pytest.raises(Refused, match="due on a day to come, got 2026-11-25"):
        raise_finding(registry, {**NEW, "owner": "li", "due": PAST}, act())
    draft = raise_finding(registry, NEW, act())
    with pytest.raises(Refused, match="due on a day to come"):
        move_finding(registry, draft.id, "open", {"owner": "li", "due": PAST}, act())


def test_a_finding_goes_its_way_to_the_end(registry):
    walk = [
        ("in_remediation", {}, "li"),
        ("remediated", {"remedy": "calibrated again in loans-2"}, "li"),
        ("closed", {}, "wang"),
    ]
    for hours, (state, values, by) in enumerate(walk):
        move_finding(registry, "F-0001", state, values, act(by, hours=hours))
    done = finding_of(registry, "F-0001")
    assert [step.after for step in done.history] == ["open", "in_remediation", "remediated", "closed"]
    assert done.remedy == "calibrated again in loans-2"


def test_a_remedy_is_shown_before_it_counts(registry):
    move_finding(registry, "F-0001", "in_remediation", {}, act("li"))
    with pytest.raises(Refused, match="becomes remediated with remedy only, and remedy is not given"):
        move_finding(registry, "F-0001", "remediated", {}, act("li"))


def test_a_finding_is_accepted_under_an_exception_in_force_for_it(registry):
    granted = grant(registry)
    moved = move_finding(registry, "F-0001", "accepted", {"exception": granted.id}, act("li"))
    assert (moved.state, moved.exception) == ("accepted", "E-0002")


@pytest.mark.parametrize(
    ("exception", "told"),
    [
        ("", "becomes accepted with exception only"),
        ("E-0009", "loans has no exception E-0009"),
        ("E-0001", "E-0001 is not in force: it is requested"),
        ("E-0002", "E-0002 is not in force: it is granted and expires on 2026-11-26"),
        ("E-0003", "E-0003 is about F-0009, not about F-0001"),
    ],
)
def test_no_other_exception_will_do(registry, exception, told):
    grant(registry, expires=LATER.date())
    grant(registry, about="F-0009")
    with pytest.raises(Refused, match=told):
        move_finding(registry, "F-0001", "accepted", {"exception": exception}, act("li", hours=24))


def test_a_role_that_is_known_is_asked_for(registry):
    with pytest.raises(Refused, match="takes the role validator, and wang holds modeller"):
        move_finding(registry, "F-0001", "dismissed", {}, act(roles=["modeller"]))
    assert move_finding(registry, "F-0001", "dismissed", {}, act(roles=["validator"])).state == "dismissed"


def test_what_a_finding_says_is_changed_with_a_step(registry):
    changed = set_finding(registry, "F-0001", {"severity": "low", "owner": "zhao"}, act(because="few loans"))
    assert changed.history[-1].because == "few loans (severity from high to low; owner from li to zhao)"
    assert registry.findings()[0] == changed


@pytest.mark.parametrize("wrong", [{"severity": "bad"}, {"owner": "Li Wei"}, {"due": "soon"}])
def test_what_breaks_the_schema_is_not_written(registry, wrong):
    before = (registry.folder / "findings" / "F-0001.yaml").read_bytes()
    with pytest.raises(Refused, match=f"{next(iter(wrong))}: "):
        set_finding(registry, "F-0001", wrong, act())
    assert (registry.folder / "findings" / "F-0001.yaml").read_bytes() == before


def test_an_exception_is_asked_for_until_a_day_to_come(registry):
    with pytest.raises(Refused, match="ends on a day to come, got 2026-11-25"):
        request_exception(registry, {"model": "loans", "about": "F-0001", "expires": PAST}, act())
    asked = request_exception(registry, {"model": "loans", "about": "F-0001", "expires": DAY}, act("li", "time"))
    assert (asked.id, asked.state, asked.requested_by, asked.because) == ("E-0002", "requested", "li", "time")
    assert exception_of(registry, "E-0002") == asked


@pytest.mark.parametrize(("of", "id_"), [(finding_of, "F-0009"), (exception_of, "E-0009")])
def test_a_number_that_was_never_given_is_told_with_those_that_were(registry, of, id_):
    with pytest.raises(CannotRun, match=f"no .* {id_}; there are: {id_[0]}-0001 to {id_[0]}-0001"):
        of(registry, id_)


def test_a_model_follows_its_version_and_monitoring_is_planned_once_it_is_live(registry):
    [version] = registry.versions()
    for hours, (state, values) in enumerate((("in_validation", {}), ("approved", {"expires": DAY}), ("live", {}))):
        version, model = move_version(registry, version.model_copy(update=values), state, act("chen", hours=hours))
        assert (version.state, model.state) == (state, state)
    assert registry.models() == [model]
    assert {review.kind: review.due for review in registry.reviews()} == {
        "annual": dt.date(2027, 3, 31),  # planned before
        "monitoring": dt.date(2027, 2, 26),  # tier 2: three months
    }


def test_who_registered_a_version_does_not_approve_it(registry):
    version, _ = move_version(registry, registry.versions()[0], "in_validation", act("li"))
    with pytest.raises(Refused, match="li is who registered it, and it takes another person"):
        move_version(registry, version.model_copy(update={"expires": DAY}), "approved", act("li"))


def test_a_model_in_use_is_not_retired_and_only_its_owner_retires_it(registry):
    version, _ = move_version(registry, registry.versions()[0], "in_validation", act("chen"))
    version, _ = move_version(registry, version.model_copy(update={"expires": DAY}), "approved", act("chen"))
    version, _ = move_version(registry, version, "live", act("chen"))
    with pytest.raises(Refused, match="version 1 of loans is live: it is retired before the model is"):
        retire_model(registry, "loans", act("li"))
    move_version(registry, version, "retired", act("chen"))
    with pytest.raises(Refused, match="only its owner may, li"):
        retire_model(registry, "loans", act("wang"))
    assert retire_model(registry, "loans", act("li")).state == "retired"


def test_a_model_is_changed_with_a_step(registry):
    changed = set_model(registry, "loans", {"owner": "zhao"}, act(because="li left"))
    assert changed.history[-1].because == "li left (owner from li to zhao)"


def test_a_review_that_is_done_plans_the_next(registry):
    done, [following] = finish_review(registry, "loans", None, act("chen", "fit for use"))
    assert (done.done, done.by, done.outcome) == (LATER.date(), "chen", "fit for use")
    assert (following.kind, following.due) == ("annual", dt.date(2027, 11, 26))
    with pytest.raises(CannotRun, match="no monitoring review of loans is waiting; plan one"):
        finish_review(registry, "loans", "monitoring", act("chen", "fit"))


def test_a_review_more_is_planned_once_a_day_and_kind(registry):
    review = Review(model="loans", kind="ad_hoc", due=DAY, what="a complaint")
    plan_review(registry, review)
    with pytest.raises(Refused, match=r"reviews/loans-ad_hoc-2027-01-31.yaml stands in the calendar already"):
        plan_review(registry, review)
    with pytest.raises(CannotRun, match="no model 'cards'"):
        plan_review(registry, review.model_copy(update={"model": "cards"}))


def edit(registry, name, old, new):
    path = registry.folder / name
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return path


def test_an_edit_by_hand_is_kept_under_a_name(registry):
    path = edit(registry, "findings/F-0001.yaml", "title: PDs are low", "title: PDs are far too low")
    accept_edit(registry, path, act("wang", "a clearer title"))
    [found] = registry.findings()
    assert found.title == "PDs are far too low"
    assert (found.history[-1].by, found.history[-1].because) == ("wang", "edited by hand: a clearer title")


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("findings/F-0001.yaml", "state: open", "state: closed", "state: it is closed, but its history leads to open"),
        ("findings/F-0001.yaml", "severity: high", "severity: bad", "severity: Input should be"),
        ("findings/F-0001.yaml", "id: F-0001", "id: F-0002", r"belongs into findings/F-0002.yaml"),
        ("verifications/loans-1/20261120T120000Z-wang.yaml", "figures: 7", "figures: 8", "is never changed"),
        ("README.md", "# Registry", "# Register", "is no record of"),
    ],
)
def test_an_edit_that_breaks_a_rule_is_not_kept(registry, name, old, new, told):
    path = edit(registry, name, old, new)
    with pytest.raises((CannotRun, Refused), match=told):
        accept_edit(registry, path, act())
