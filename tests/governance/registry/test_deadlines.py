import datetime as dt

import pytest

from riskbench.governance.registry.deadlines import (
    exception_told,
    finding_told,
    in_force,
    next_review,
    overdue,
    version_told,
    weighs,
)
from riskbench.governance.registry.records import Model, Review

DAY, EVE, AFTER = dt.date(2027, 3, 31), dt.date(2027, 3, 30), dt.date(2027, 4, 1)


@pytest.fixture
def granted(registry):
    return registry.exceptions()[0].model_copy(update={"state": "granted", "granted_by": "chen"})


@pytest.fixture
def accepted(registry):
    return registry.findings()[0].model_copy(update={"state": "accepted", "exception": "E-0001"})


def test_an_exception_counts_from_its_grant_to_the_end_of_its_last_day(registry, granted):
    assert [in_force(granted, day) for day in (EVE, DAY, AFTER)] == [True, True, False]
    assert not in_force(registry.exceptions()[0], EVE)
    assert exception_told(granted, DAY) == "in force until 2027-03-31"
    assert exception_told(granted, AFTER) == "expired on 2027-03-31: it counts no more"
    assert exception_told(registry.exceptions()[0], EVE) == "requested"


def test_an_accepted_finding_weighs_again_once_its_exception_has_ended(accepted, granted):
    assert not weighs(accepted, [granted], DAY)
    assert weighs(accepted, [granted], AFTER)
    assert weighs(accepted, [granted.model_copy(update={"state": "revoked"})], EVE)
    assert finding_told(accepted, [granted], DAY) == "accepted until 2027-03-31"
    assert finding_told(accepted, [granted], AFTER) == "accepted, but E-0001 is not in force: it weighs"


@pytest.mark.parametrize("other", [{"about": "F-0002"}, {"model": "cards"}, {"id": "E-0002"}])
def test_an_exception_about_something_else_excuses_nothing(accepted, granted, other):
    assert weighs(accepted, [granted.model_copy(update=other)], EVE)


def test_an_exception_about_the_check_excuses_the_finding_that_it_opened(accepted, granted):
    of_a_check = accepted.model_copy(update={"evidence": "validation.champion.auc.test"})
    assert not weighs(of_a_check, [granted.model_copy(update={"about": "validation.champion.auc.test"})], EVE)


@pytest.mark.parametrize("state", ["draft", "open", "in_remediation", "remediated"])
def test_a_finding_that_is_not_done_with_weighs_a_draft_as_well(registry, state):
    assert weighs(registry.findings()[0].model_copy(update={"state": state}), [], EVE)


@pytest.mark.parametrize("state", ["closed", "dismissed"])
def test_a_finding_that_is_done_with_weighs_no_more_and_is_never_late(registry, state):
    done = registry.findings()[0].model_copy(update={"state": state})
    assert not weighs(done, [], AFTER)
    assert overdue(done, AFTER) == 0
    assert finding_told(done, [], AFTER) == state


def test_what_is_overdue_is_told_by_how_much(registry):
    finding, review = registry.findings()[0], registry.reviews()[0]
    assert [overdue(finding, day) for day in (EVE, DAY, AFTER)] == [0, 0, 1]
    assert finding_told(finding, [], DAY) == "open, due 2027-03-31"
    assert finding_told(finding, [], AFTER + dt.timedelta(11)) == "open, overdue by 12 days"
    assert overdue(review, AFTER) == 1
    assert overdue(review.model_copy(update={"done": DAY}), AFTER) == 0


def test_an_approval_expires(registry):
    version = registry.versions()[0].model_copy(update={"state": "live", "expires": DAY})
    assert version_told(version, DAY) == "live until 2027-03-31"
    assert version_told(version, AFTER) == "live, but the approval expired on 2027-03-31"
    assert version_told(registry.versions()[0], AFTER) == "candidate"


def test_the_next_review_is_the_first_that_is_not_done(registry):
    model, first = registry.models()[0], registry.reviews()[0]
    later = Review(model="loans", kind="monitoring", due=AFTER, what="drift")
    done = first.model_copy(update={"done": EVE})
    assert next_review(model, [later, first]) == first
    assert next_review(model, [later, done]) == later
    assert next_review(Model.model_validate(model.model_dump() | {"id": "cards"}), [later]) is None
