"""What each kind of rule says of a month like those before, of one that has changed, and of one it cannot judge."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from riskbench.metrics.disparity import adverse_impact_ratio
from riskbench.monitoring.counts.baseline import Baseline
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.warning.evaluate import evaluate
from riskbench.monitoring.warning.kinds.disparity import rings_by_itself
from riskbench.monitoring.warning.observed import Observed

from .conftest import AT, baseline, month, monthly, outcomes, rules

CHANGES = [
    (monthly("approval"), {"approved": 0.5}),
    (monthly("null_rate"), {"missing": 0.2}),
    (monthly("mean_score"), {"mean": 540.0}),
    (monthly("label_free"), {"pd_": 0.13}),
    (monthly("drift", of="score"), {"low": 0.8}),
    (monthly("drift", of="features", q=0.05), {"low": 0.8}),
    (monthly("volume"), {"n": 2000}),
    (monthly("outcomes", age="3"), {"bad": 0.2}),
    (monthly("vintage", age="3"), {"bad": 0.2}),
    (monthly("early_outcomes", ages=["3"], within=dt.timedelta(days=60)), {"bad": 0.2}),
]
KINDS = [rule["kind"] + rule.get("of", "") for rule, _ in CHANGES]


@pytest.mark.parametrize(("rule", "change"), CHANGES, ids=KINDS)
def test_a_month_like_those_before_is_quiet(say, rule, change) -> None:
    assert {reading.state for reading in say(rule)} == {"quiet"}


@pytest.mark.parametrize(("rule", "change"), CHANGES, ids=KINDS)
def test_a_month_that_changed_signals_with_value_limit_and_advice(say, rule, change) -> None:
    (reading,) = say(rule, **change)
    assert reading.state == "signal"
    assert (reading.advice, reading.reason) == ("look", "")
    assert reading.n > 0
    assert reading.value is not None
    assert reading.limit is not None
    assert 0 <= reading.chance <= 1 / 20  # the q of features; once in 200 looks, or an EWMA's share of looks
    assert reading.text.endswith(".")


@pytest.mark.parametrize(("rule", "change"), CHANGES, ids=KINDS)
def test_without_a_baseline_nothing_is_evaluated(rule, change) -> None:
    (reading,) = evaluate(rules(rule), Observed(AT, None, month("2026-01")))
    assert (reading.state, reading.reason) == ("not_evaluated", "there is no baseline to hold it against")


@pytest.mark.parametrize(("rule", "change"), CHANGES[:6], ids=KINDS[:6])
def test_an_empty_month_is_said_and_is_not_quiet(say, rule, change) -> None:
    (reading,) = say(rule, last=outcomes(month("2026-01")))
    assert (reading.state, reading.reason) == ("not_evaluated", "there were no applications in January 2026")


def test_no_application_at_all_is_a_signal_of_volume(say) -> None:
    (reading,) = say(monthly("volume"), last=CountTable.empty())
    assert (reading.state, reading.value) == ("signal", 0)
    assert reading.text.startswith("No application came in January 2026; expected 1,000")


@pytest.mark.parametrize("kind", ["approval", "mean_score", "label_free", "null_rate"])
def test_too_few_cases_are_not_judged(say, kind) -> None:
    (reading,) = say(monthly(kind), n=29, approved=0.0)
    assert reading.reason == "there were 29 applications in January 2026, and 30 are needed"


def test_before_outcomes_are_known_rules_about_them_say_so(reference) -> None:
    rule = monthly("early_outcomes", ages=["fpd", "3"], within=dt.timedelta(days=60))
    (reading,) = evaluate(rules(rule), Observed(AT, baseline(reference), month("2026-01", bad=None)))
    assert reading.reason == "no outcome is known yet (first payment missed)"


def test_loans_that_are_not_old_enough_are_said(reference) -> None:
    known = CountTable.merged([outcomes(reference), month("2026-01", bad=None)])
    (reading,) = evaluate(rules(monthly("vintage", age="3")), Observed(AT, baseline(reference), known))
    assert reading.reason == "no loan decided after 2025-12-15 is old enough (bad by month 3)"


def test_a_tolerance_lets_through_what_nobody_would_act_on(say) -> None:
    assert say(monthly("approval"), approved=0.5)[0].state == "signal"
    assert say(monthly("approval", tolerance=0.15), approved=0.5)[0].state == "quiet"


def test_drift_needs_a_psi_that_matters_as_well_as_one_beyond_chance(say) -> None:
    # .5/.5 against .6/.4: .1 ln(.6/.5) - .1 ln(.4/.5) = .0182 + .0223 = .041, far beyond chance at 12,000 against 1,000
    assert say(monthly("drift", of="score", floor=0.03), low=0.6)[0].state == "signal"
    assert say(monthly("drift", of="score"), low=0.6)[0].state == "quiet"


def test_features_that_are_left_out_are_not_looked_at(say) -> None:
    (reading,) = say(monthly("drift", of="features", q=0.05, without=["channel"]), low=0.8)
    assert (reading.state, reading.reason) == ("not_evaluated", "no feature is left to look at")


def test_a_segment_is_its_own_subject_and_one_the_reference_lacks_is_said(reference) -> None:
    before = CountTable.merged([reference, month("2025-06", segment="channel=app")])
    parts = [month("2026-01"), month("2026-01", approved=0.3, segment="channel=app")]
    now = CountTable.merged([*parts, month("2026-01", segment="channel=web")])
    said = evaluate(rules(monthly("approval", segments=["channel"])), Observed(AT, baseline(before), now))
    assert [(r.key, r.state) for r in said] == [
        ("r", "quiet"),
        ("r[channel=app]", "signal"),
        ("r[channel=web]", "not_evaluated"),
    ]
    assert said[2].reason == "the reference has no applications where channel is web"


def test_a_rule_of_many_subjects_states_the_false_alarms_of_all_of_them(reference) -> None:
    before = CountTable.merged([reference, *(month(m, segment="channel=app") for m in ("2025-06", "2025-07"))])
    now = CountTable.merged([month("2026-01"), month("2026-01", segment="channel=app")])
    looked = Observed(AT, baseline(before), now)
    alone, both = (evaluate(rules(monthly("approval", segments=s)), looked)[0] for s in ([], ["channel"]))
    assert both.limit < alone.limit < alone.value  # the lower limit moves away: each of two rings half as often


def test_counts_of_another_model_are_left_aside_but_for_volume(reference) -> None:
    frame = month("2026-01").frame.assign(model="next")
    looked = Observed(AT, baseline(reference), CountTable.of(frame))
    approval, volume = evaluate(rules(monthly("approval"), monthly("volume", name="v")), looked)
    assert approval.reason == "none of the 1,000 applications in January 2026 was decided by the model in use"
    assert (volume.state, volume.n) == ("quiet", 1000)


@pytest.mark.parametrize("kind", ["approval", "volume", "vintage"])
def test_a_study_without_dates_is_not_evaluated_in_one_sentence(reference, kind) -> None:
    undated = baseline(reference, dated="none")
    (reading,) = evaluate(rules(monthly(kind)), Observed(AT, undated, month("2026-01")))
    assert reading.reason == "the study has no decision dates"


def test_days_are_not_asked_of_a_run_that_knows_months_only(reference) -> None:
    rule = monthly("approval") | {"period": "week"}
    (reading,) = evaluate(rules(rule), Observed(AT, baseline(reference, dated="month"), month("2026-01")))
    assert reading.reason == "the run knows the month of a decision only, and the rule looks at each week"


def test_outcomes_counted_by_nobody_are_not_quiet(say) -> None:
    (override,) = say(monthly("override_rate", expected=0.03))
    (outside,) = say(monthly("out_of_range"))
    assert override.state == outside.state == "not_evaluated"
    assert override.reason.endswith("what was decided before this policy was in use is no override of it")
    assert outside.reason == "the baseline names no column whose values are checked"


def test_overrides_are_held_against_the_share_agreed_on(reference) -> None:
    frame = month("2026-01").frame
    one = frame[frame["subject"] == "action"].iloc[[0]].assign(subject="override", cell="decline>approve", n=80)
    now = CountTable.merged([month("2026-01"), CountTable.of(one)])
    (reading,) = evaluate(rules(monthly("override_rate", expected=0.03)), Observed(AT, baseline(reference), now))
    assert (reading.state, reading.value) == ("signal", 0.08)  # 80 of 1,000


def test_values_outside_are_held_against_none_at_development(reference) -> None:
    frame = month("2026-01").frame
    one = frame[frame["subject"] == "pd"].assign(subject="outside:income", cell="above", n=20)
    now = CountTable.merged([month("2026-01"), CountTable.of(one)])
    (reading,) = evaluate(rules(monthly("out_of_range")), Observed(AT, baseline(reference), now))
    assert (reading.key, reading.state, reading.value) == ("r[column=income]", "signal", 0.02)


def checking(reference: CountTable, *columns: str) -> Baseline:
    """A baseline whose bundle holds these columns against a range."""
    plain = baseline(reference)
    yardstick = plain.record.yardstick.model_copy(update={"checked": columns})
    return dataclasses.replace(plain, record=plain.record.model_copy(update={"yardstick": yardstick}))


def test_a_column_that_is_checked_and_was_never_outside_is_quiet(reference) -> None:
    now = Observed(AT, checking(reference, "income", "term"), month("2026-01"))
    told = evaluate(rules(monthly("out_of_range")), now)
    assert [(r.key, r.state, r.value) for r in told] == [
        ("r[column=income]", "quiet", 0),
        ("r[column=term]", "quiet", 0),
    ]


def test_a_column_that_no_decision_checks_is_not_evaluated(reference) -> None:
    now = Observed(AT, checking(reference, "income"), month("2026-01"))
    (reading,) = evaluate(rules(monthly("out_of_range", columns=["purpose"])), now)
    assert reading.reason == "purpose has neither range nor levels that a decision checks"


@pytest.mark.parametrize(("rate", "state"), [(0.6, "quiet"), (0.5, "quiet"), (0.3, "signal")])
def test_a_disparity_must_be_below_the_ratio_by_more_than_chance(reference, rate, state) -> None:
    # .5/.6 is .83; .3/.6 is .5, and with a thousand each its whole interval lies below .8
    both = [month("2026-01", segment="sex=F", approved=rate), month("2026-01", segment="sex=M")]
    rule = monthly("disparity", attribute="sex", reference="M", at_least=0.8)
    looked = Observed(AT, baseline(reference), CountTable.merged([month("2026-01"), *both]))
    (reading,) = evaluate(rules(rule), looked)
    assert (reading.key, reading.state) == ("r[sex=F]", state)


@pytest.mark.parametrize("ratio", [0.9, 0.85, 0.8])
def test_a_disparity_rings_by_itself_as_often_as_it_says(ratio) -> None:
    random, sizes, stated = np.random.default_rng(61), [300, 300], 0.1
    approved = random.binomial(sizes, [0.6, 0.6 * ratio], (1500, 2))
    below = [adverse_impact_ratio(k, sizes, 0, 1 - 2 * stated)[1].upper < 0.8 for k in approved]
    before = [(6_000_000, 10_000_000), (round(6_000_000 * ratio), 10_000_000)]
    said = rings_by_itself(before, sizes, 0.8, stated)
    assert np.mean(below) == pytest.approx(said, abs=0.024)  # three standard errors
    assert (said == stated) == (ratio == 0.8)


def test_nothing_known_of_groups_before_leaves_the_stated_chance() -> None:
    assert rings_by_itself([(0, 0), (0, 0)], [300, 300], 0.8, 0.01) == 0.01


def test_features_together_ring_by_themselves_no_more_often_than_q(say) -> None:
    rule = rules(monthly("drift", of="features", q=0.05, floor=0)).rules[0]
    readings = say(monthly("drift", of="features", q=0.05, floor=0))
    assert [reading.chance for reading in readings] == pytest.approx([0.05])  # without a floor, q decides
    assert rule.at_a_look([0.04, 0.04]) == 0.05
    assert rule.at_a_look([0.001, 0.002]) == pytest.approx(0.003)


def test_a_reading_that_was_evaluated_says_how_likely_it_was(say) -> None:
    (quiet,), (lacking,) = say(monthly("approval")), say(monthly("approval"), n=0)
    assert 0 < quiet.chance <= 1 / 200
    assert lacking.chance is None


def test_a_group_of_few_people_is_neither_compared_nor_shown(reference) -> None:
    both = [month("2026-01", 29, segment="sex=F"), month("2026-01", segment="sex=M")]
    rule = monthly("disparity", attribute="sex", reference="M", at_least=0.8)
    looked = Observed(AT, baseline(reference), CountTable.merged([month("2026-01"), *both]))
    (reading,) = evaluate(rules(rule), looked)
    assert reading.reason == "in January 2026 a group had fewer than 30 applications, and is not shown"
    assert reading.n is None


def test_the_same_observed_gives_the_same_readings(say) -> None:
    for rule, change in CHANGES:
        assert [dataclasses.asdict(r) for r in say(rule, **change)] == [
            dataclasses.asdict(r) for r in say(rule, **change)
        ]
