"""What a page shows follows from the record and from the bundle: points sum, limits are the policy's own."""

import pytest

from riskbench.decision.bundle.bundle import load_bundle
from riskbench.decision.log.record import DecisionRecord, outcome_fields
from riskbench.decision.row import RowDecider
from riskbench.service.review.facts import facts_of


@pytest.fixture(scope="module")
def rich(bundles):
    return load_bundle(bundles / "rich.json")


@pytest.fixture(scope="module")
def facts(rich, application):
    """The facts of an application: `facts(annual_income=39_000)`."""
    decide = RowDecider(rich)

    def made(age=2.0, **inputs):
        given = application(**{"term_months": 3} | inputs)["inputs"]
        ages = {"bureau": age}
        outcome = decide(given, customer="C-7", ages=ages)
        tokens = {"application": "a" * 32, "customer": "c" * 32}
        record = DecisionRecord(
            caller="shop", bundle=rich.address, inputs=given, ages=ages, **tokens, **outcome_fields(outcome)
        )
        return facts_of(record, rich)

    return made


@pytest.mark.parametrize("inputs", [{}, {"night_share": None}, {"employment": "informal"}, {"annual_income": 21_000}])
def test_the_points_of_all_features_add_up_to_the_score(facts, inputs):
    made = facts(**inputs)
    assert made.base + sum(feature.points for feature in made.features) == made.record.score
    assert all(feature.best >= feature.points for feature in made.features)


def test_without_a_referral_the_policy_would_lend_what_it_does_lend(facts):
    lent, referred = facts(amount_requested=900), facts(amount_requested=900, enquiries_6m=9)
    assert referred.record.said.action == "refer"
    said = lent.record.said
    # 2 % of an income of 39,000 are 780, less than the 900 asked for and the cap of 1,000
    assert said.amount == 780
    assert referred.lending.most == said.amount
    assert (referred.lending.whole.rate, referred.lending.whole.all_in_rate) == (said.rate, said.all_in_rate)
    assert [(part.kind, part.leaves) for part in referred.lending.parts] == [
        ("band", 900), ("table", 780), ("cap", 1000),
    ]  # fmt: skip


def test_a_band_that_does_not_lend_has_a_cap_and_no_limit_of_its_own(facts, rich):
    made = next(
        one for income in range(15_000, 39_000, 500) if (one := facts(annual_income=income)).band_action == "refer"
    )
    assert made.lending.whole is None
    assert made.lending.most is None
    assert [part.kind for part in made.lending.parts] == ["cap"]


def test_each_hit_says_what_it_asks_for_and_which_of_them_decided(facts):
    made = facts(age=30.0, enquiries_6m=9, delinquencies_12m=None)
    assert [(hit.rule, hit.action, hit.decided) for hit in made.hits] == [
        ("repeated_delinquency", "refer", True),  # it would decline: the value is missing
        ("many_enquiries", "refer", False),
        ("stale:bureau", "refer", False),
    ]
    assert made.hits[2].told.zh == "征信数据已超过一天"
    assert made.declining == []


def test_inputs_are_shown_as_they_came_and_what_is_odd_of_them_is_said(facts):
    remarks = {one.name: one.remark for one in facts(night_share=None, enquiries_6m=-999, annual_income=-1).inputs}
    assert remarks["night_share"] == "missing"
    assert remarks["enquiries_6m"] == "special"
    assert remarks["annual_income"] == "outside"
    assert remarks["employment"] == ""


def test_where_an_input_was_not_logged_it_is_said_and_nothing_is_made_up(facts, rich):
    record = facts().record
    cut = record.model_copy(update={"inputs": {k: v for k, v in record.inputs.items() if k != "night_share"}})
    made = facts_of(cut, rich)
    assert made.why_not == "lacks night_share"
    assert (made.features, made.lending) == ([], None)
