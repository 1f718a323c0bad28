import math

import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.data.oversampling import outcome_weights
from riskbench.decision.policy import Economics, Policy
from riskbench.decision.simulation import REWEIGHTED, UNIT_EXPOSURE, profit_curve, simulate
from riskbench.metrics.economics import expected_return

POLICY = Policy.model_validate(
    {
        "schema_version": 1,
        "bands": [
            {"name": "high", "action": "approve", "from": 550, "to": math.inf},
            {"name": "middle", "action": "limit", "from": 520, "to": 550, "limit_share": 0.5},
            {"name": "low", "action": "decline", "from": -math.inf, "to": 520},
        ],
        "economics": {
            "lgd": 0.5,
            "margin": 0.25,
            "funding_cost": 0.05,
            "cost_per_application": 1,
            "cost_per_account": 2,
        },
    }
)
FRAME = pd.DataFrame(
    {
        "score": [600, 560, 530, 500, 480],
        "pd": [0.02, 0.08, 0.15, 0.30, 0.50],
        "amount": [100.0, 200, 100, 100, 100],
        "y": [0, 1, 0, np.nan, np.nan],
        "legacy": [True, False, False, True, True],
    }
)


def run(frame: pd.DataFrame = FRAME, policy: Policy = POLICY):
    return simulate(policy, frame, sample="test", thresholds=Thresholds())


def check(simulation, name: str):
    return next(c for c in simulation.checks if c.name == f"portfolio.{name}.test")


def portfolio(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    risk = rng.beta(1, 6, n)
    score = 487.123 + 28.8539 * np.log((1 - risk) / risk)
    return pd.DataFrame({"score": score, "pd": risk, "amount": rng.uniform(50, 500, n), "y": rng.random(n) < risk})


def test_actions_are_counted_with_expected_and_observed_bad_rates_side_by_side():
    table = run().by_action.set_index("action")
    assert list(table.n) == [2, 1, 0, 2]  # approve, limit, refer, decline
    assert table.loc["approve", ["mean_pd", "expected_bad_rate", "observed_bad_rate"]].tolist() == [0.05, 0.05, 0.5]
    assert table.loc["decline", "n_labelled"] == 0
    assert math.isnan(table.loc["decline", "observed_bad_rate"])


def test_expected_profit_adds_up_by_hand():
    # approved: 100·(.98·.20 − .02·.5) − 2 − 1 = 15.6;  200·(.92·.20 − .08·.5) − 3 = 25.8
    # limited to 50: 50·(.85·.20 − .15·.5) − 3 = 1.75;  each declined application costs 1
    table = run().by_action.set_index("action")
    assert table.expected_profit.to_dict() == pytest.approx({"approve": 41.4, "limit": 1.75, "refer": 0, "decline": -2})
    assert check(run(), "expected_profit").estimate.value == pytest.approx((41.4 + 1.75 - 2) / 350)


def test_profit_per_unit_lent_agrees_with_the_metric_where_all_are_approved():
    frame, costs = portfolio(500), POLICY.economics.model_copy(update={"cost_per_application": 0.0})
    bands = [{"name": "all", "action": "approve", "from": -math.inf, "to": math.inf}]
    everyone = Policy.model_validate({"schema_version": 1, "bands": bands, "economics": costs})
    expected = expected_return(frame.pd, costs.net_margin, costs.lgd, frame.amount, costs.cost_per_account)
    assert check(run(frame, everyone), "expected_profit").estimate.value == pytest.approx(expected.value)


def test_bands_are_listed_from_the_safest_and_their_sums_are_those_of_the_actions():
    simulation = run()
    assert list(simulation.by_band.band) == ["high", "middle", "low"]
    for column in ("n", "share", "amount", "expected_profit"):
        assert simulation.by_band[column].sum() == pytest.approx(simulation.by_action[column].sum())


def test_the_swap_set_crosses_earlier_and_new_decisions():
    simulation = run()
    cells = simulation.swaps.set_index(["legacy", "action"]).n
    assert (cells["approve", "approve"], cells["decline", "approve"], cells["decline", "limit"]) == (1, 1, 1)
    assert cells["approve", "decline"] == 2
    # in: mean(.08, .15); out: mean(.30, .50)
    assert simulation.swap_difference.value == pytest.approx(0.115 - 0.40)


def test_without_earlier_decisions_the_swap_set_is_not_evaluated():
    simulation = run(FRAME.drop(columns="legacy"))
    assert simulation.swaps.empty
    assert check(simulation, "swap_bad_rate_difference").status == "not_evaluated"


def test_without_amounts_unit_exposure_is_used_and_said():
    simulation = run(FRAME.drop(columns="amount"))
    assert UNIT_EXPOSURE in simulation.notes
    assert UNIT_EXPOSURE in check(simulation, "expected_profit").estimate.method
    assert simulation.by_action.amount.sum() == 2.5


def test_a_policy_that_approves_nobody_has_no_profit_to_judge():
    result = check(run(FRAME.assign(score=400)), "expected_profit")
    assert (result.status, result.reason) == ("not_evaluated", "nothing is lent")


def test_expected_profit_is_judged_by_its_threshold_and_rates_are_information():
    simulation = run()
    assert check(simulation, "expected_profit").status == "green"
    assert check(simulation, "approval_rate").status == "information"
    assert check(simulation, "approval_rate").estimate.value == 0.6
    assert check(simulation, "expected_bad_rate").estimate.value == pytest.approx((0.02 + 0.08 + 0.15) / 3)


def test_the_interval_of_the_profit_covers_what_other_samples_of_applicants_give():
    # the spread of the value over 200 bootstrap samples against the analytic half-width
    frame, rng = portfolio(400), np.random.default_rng(2)
    e = check(run(frame), "expected_profit").estimate
    again = [check(run(frame.iloc[rng.integers(0, 400, 400)]), "expected_profit").estimate.value for _ in range(200)]
    assert 1.96 * np.std(again) == pytest.approx((e.upper - e.lower) / 2, rel=0.2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pd": 1.2}, r"pd must lie in \[0, 1\], got 1.2"),
        ({"y": 2}, "y must be 1"),
        ({"legacy": "approve"}, "legacy must be boolean"),
    ],
)
def test_input_out_of_its_domain_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        run(FRAME.assign(**changes))


def test_a_simulation_of_nobody_is_refused():
    with pytest.raises(ValueError, match="at least one application"):
        run(FRAME.iloc[:0])


# --- the profit curve --------------------------------------------------------------------------------------------


def test_the_curve_earns_most_at_the_break_even_pd():
    # net margin .2, LGD .5: break-even at .2 / .7 = .2857; costs aside
    economics = Economics(lgd=0.5, margin=0.25, funding_cost=0.05)
    curve = profit_curve(np.linspace(0, 1, 1001), np.ones(1001), economics)
    assert curve.cut_off[curve.profit.idxmax()] == pytest.approx(economics.break_even_pd, abs=0.006)
    assert (curve.profit_lent.diff().dropna() < 0).all()


def test_a_point_of_the_curve_is_what_the_policy_with_that_cut_off_earns():
    frame = portfolio(300)
    curve = profit_curve(frame.pd, frame.amount, POLICY.economics, points=20)
    point, approved = curve.iloc[9], frame.pd <= curve.cut_off[9]
    bands = [
        {"name": "yes", "action": "approve", "from": 0.5, "to": math.inf},
        {"name": "no", "action": "decline", "from": -math.inf, "to": 0.5},
    ]
    policy = Policy.model_validate({"schema_version": 1, "bands": bands, "economics": POLICY.economics})
    e = check(run(frame.assign(score=approved.astype(float)), policy), "expected_profit").estimate
    assert (point.profit_lent, point.lent_lower, point.lent_upper) == pytest.approx((e.value, e.lower, e.upper))
    assert (point.approval_share, point.bad_rate) == pytest.approx((approved.mean(), frame.pd[approved].mean()))
    assert point.profit * frame.amount.sum() == pytest.approx(e.value * frame.amount[approved].sum())


def test_the_curve_has_at_most_the_points_asked_for_and_ends_with_everyone():
    frame = portfolio(5000)
    curve = profit_curve(frame.pd, frame.amount, POLICY.economics)
    assert len(curve) == 200
    assert curve.approval_share.iloc[-1] == 1
    assert (curve.lower <= curve.profit).all()


def test_equal_pds_are_approved_together_whatever_the_order_of_rows():
    economics = Economics(lgd=0.5, margin=0.25, funding_cost=0.05)
    a = profit_curve([0.1, 0.3, 0.1], [1, 1, 3], economics)
    assert list(a.approval_share) == pytest.approx([2 / 3, 1])
    pd.testing.assert_frame_equal(a, profit_curve([0.3, 0.1, 0.1], [1, 3, 1], economics))


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="one length"):
        profit_curve([0.1], [1, 2], POLICY.economics)


# --- bads drawn more often than goods -------------------------------------------------------------------------------


def oversampled(times: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A population, and the same with one of `times` goods kept; PDs are those of the population in both."""
    sample = portfolio(400).assign(y=lambda rows: rows["y"].astype(float))
    goods = sample[sample["y"] == 0]
    return pd.concat([sample[sample["y"] == 1], *[goods] * times], ignore_index=True), sample


def test_weighted_figures_are_those_of_the_population_that_the_sample_was_drawn_from():
    population, sample = oversampled(7)
    whole = run(population)
    drawn = simulate(POLICY, sample, sample="test", thresholds=Thresholds(), shift=-math.log(7))
    for name in ("share", "mean_pd", "expected_bad_rate", "observed_bad_rate"):
        np.testing.assert_allclose(drawn.by_band[name], whole.by_band[name])
    for name in ("expected_profit", "approval_rate", "expected_bad_rate"):
        assert check(drawn, name).estimate.value == pytest.approx(check(whole, name).estimate.value)


def test_fewer_cases_than_the_population_has_give_wider_intervals():
    population, sample = oversampled(7)
    drawn = check(simulate(POLICY, sample, sample="test", thresholds=Thresholds(), shift=-math.log(7)), "approval_rate")
    whole = check(run(population), "approval_rate")
    assert drawn.estimate.upper - drawn.estimate.lower > whole.estimate.upper - whole.estimate.lower


def test_the_weighted_curve_is_that_of_the_population():
    population, sample = oversampled(7)
    whole = profit_curve(population["pd"], population["amount"], POLICY.economics, points=10**6)
    weight = outcome_weights(sample["y"], -math.log(7))
    drawn = profit_curve(sample["pd"], sample["amount"], POLICY.economics, points=10**6, weight=weight)
    for name in ("cut_off", "approval_share", "bad_rate", "profit", "profit_lent"):
        np.testing.assert_allclose(drawn[name], whole[name])


def test_the_reader_is_told_that_figures_are_weighted():
    told = simulate(POLICY, FRAME, sample="test", thresholds=Thresholds(), shift=-1.0).notes
    assert REWEIGHTED in told
    assert REWEIGHTED not in run().notes
