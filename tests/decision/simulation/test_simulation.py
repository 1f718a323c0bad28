"""What a policy would bring: sums by hand, intervals against other samples, and what is refused."""

import math

import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.decision.policy.policy import Policy
from riskbench.decision.simulation.simulation import REWEIGHTED, UNIT_EXPOSURE
from riskbench.metrics.economics import expected_return


def test_actions_are_counted_with_expected_and_observed_bad_rates_side_by_side(simulated, frame):
    table = simulated(frame).by_action.set_index("action")
    assert list(table.n) == [2, 1, 0, 2]  # approve, limit, refer, decline
    assert table.loc["approve", ["mean_pd", "expected_bad_rate", "observed_bad_rate"]].tolist() == [0.05, 0.05, 0.5]
    assert table.loc["decline", "n_labelled"] == 0
    assert math.isnan(table.loc["decline", "observed_bad_rate"])


def test_expected_profit_adds_up_by_hand(simulated, frame):
    # approved: 100·(.98·.20 − .02·.5) − 2 − 1 = 15.6;  200·(.92·.20 − .08·.5) − 3 = 25.8
    # limited to 50: 50·(.85·.20 − .15·.5) − 3 = 1.75;  each declined application costs 1
    simulation = simulated(frame)
    profit = simulation.by_action.set_index("action").expected_profit.to_dict()
    assert profit == pytest.approx({"approve": 41.4, "limit": 1.75, "refer": 0, "decline": -2})
    assert simulation.profit_per_unit_lent.value == pytest.approx((41.4 + 1.75 - 2) / 350)


def test_profit_per_unit_lent_agrees_with_the_metric_where_all_are_approved(simulated, portfolio, policy):
    frame, costs = portfolio(500), policy.economics.model_copy(update={"cost_per_application": 0.0})
    bands = [{"name": "all", "action": "approve", "from": -math.inf, "to": math.inf}]
    everyone = Policy.model_validate({"schema_version": 2, "bands": bands, "economics": costs})
    expected = expected_return(frame.pd, costs.net_margin, costs.lgd, frame.amount, costs.cost_per_account)
    assert simulated(frame, everyone).profit_per_unit_lent.value == pytest.approx(expected.value)


def test_bands_are_listed_from_the_safest_and_their_sums_are_those_of_the_actions(simulated, frame):
    simulation = simulated(frame)
    assert list(simulation.by_band.band) == ["high", "middle", "low"]
    for column in ("n", "share", "amount", "expected_profit"):
        assert simulation.by_band[column].sum() == pytest.approx(simulation.by_action[column].sum())


def test_without_amounts_unit_exposure_is_used_and_said(simulated, frame):
    simulation = simulated(frame.drop(columns="amount"))
    assert UNIT_EXPOSURE in simulation.note.lower()
    assert UNIT_EXPOSURE in simulation.profit_per_unit_lent.method
    assert simulation.by_action.amount.sum() == 2.5


def test_where_nothing_needs_saying_the_note_is_empty(simulated, frame):
    assert simulated(frame).note == ""


def test_a_policy_that_approves_nobody_has_neither_profit_nor_bad_rate(simulated, frame):
    simulation = simulated(frame.assign(score=400))
    assert simulation.profit_per_unit_lent.reason == "nothing is lent"
    assert simulation.expected_bad_rate.reason == "fewer than two applications are approved"
    assert {check.status for check in simulation.checks("test", Thresholds())} == {"not_evaluated"}


def test_expected_profit_is_judged_by_its_threshold(simulated, frame):
    profit = simulated(frame).checks("test", Thresholds())[0]
    assert (profit.name, profit.status) == ("portfolio.expected_profit.test", "green")


@pytest.mark.parametrize(("bads", "count"), [(30, 1), (10, 0)])
def test_a_lending_band_worse_than_expected_beyond_chance_is_counted_and_named(simulated, bads, count):
    # all 100 lie in band high with a PD of .1: 30 bads lie beyond chance, 10 are what is expected
    frame = pd.DataFrame({"score": [600] * 100, "pd": 0.1, "y": [1] * bads + [0] * (100 - bads)})
    check = simulated(frame).checks("test", Thresholds())[1]
    assert (check.name, check.estimate.value, check.estimate.n) == ("bands.underestimated.test", count, 1)
    assert ("(high)" in check.title) == bool(count)


def test_approved_are_counted_with_those_limited(simulated, frame):
    simulation = simulated(frame)
    assert simulation.approval_rate.value == 0.6
    assert simulation.expected_bad_rate.value == pytest.approx((0.02 + 0.08 + 0.15) / 3)


def test_the_interval_of_the_profit_covers_what_other_samples_of_applicants_give(simulated, portfolio):
    # the spread of the value over 200 bootstrap samples against the analytic half-width
    frame, rng = portfolio(400), np.random.default_rng(2)
    e = simulated(frame).profit_per_unit_lent
    again = [simulated(frame.iloc[rng.integers(0, 400, 400)]).profit_per_unit_lent.value for _ in range(200)]
    assert 1.96 * np.std(again) == pytest.approx((e.upper - e.lower) / 2, rel=0.2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pd": 1.2}, r"pd must lie in \[0, 1\], got 1.2"),
        ({"y": 2}, "y must be 1"),
        ({"in_force": "approve"}, "in_force must be boolean"),
    ],
)
def test_input_out_of_its_domain_is_refused(simulated, frame, changes, message):
    with pytest.raises(ValueError, match=message):
        simulated(frame.assign(**changes))


def test_a_simulation_of_nobody_or_without_pds_is_refused(simulated, frame):
    with pytest.raises(ValueError, match="at least one application"):
        simulated(frame.iloc[:0])
    with pytest.raises(ValueError, match="needs a column pd, got score"):
        simulated(frame[["score"]])


# --- bads drawn more often than goods -------------------------------------------------------------------------------


def test_weighted_figures_are_those_of_the_population_that_the_sample_was_drawn_from(simulated, oversampled):
    population, sample = oversampled(7)
    whole, drawn = simulated(population), simulated(sample, shift=-math.log(7))
    for name in ("share", "mean_pd", "expected_bad_rate", "observed_bad_rate"):
        np.testing.assert_allclose(drawn.by_band[name], whole.by_band[name])
    for name in ("profit_per_unit_lent", "approval_rate", "expected_bad_rate"):
        assert getattr(drawn, name).value == pytest.approx(getattr(whole, name).value)


def test_fewer_cases_than_the_population_has_give_wider_intervals(simulated, oversampled):
    population, sample = oversampled(7)
    drawn, whole = simulated(sample, shift=-math.log(7)).approval_rate, simulated(population).approval_rate
    assert drawn.upper - drawn.lower > whole.upper - whole.lower


def test_the_reader_is_told_that_figures_are_weighted(simulated, frame):
    assert REWEIGHTED in simulated(frame, shift=-1.0).note.lower()
