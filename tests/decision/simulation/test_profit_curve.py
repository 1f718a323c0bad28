"""The profit of every other cut-off: its top, its single points, and weights."""

import math

import numpy as np
import pandas as pd
import pytest

from riskbench.data.oversampling import outcome_weights
from riskbench.decision.policy.economics import Economics
from riskbench.decision.policy.policy import Policy
from riskbench.decision.simulation.profit_curve import profit_curve


def test_the_curve_earns_most_at_the_break_even_pd():
    # net margin .2, LGD .5: break-even at .2 / .7 = .2857; costs aside
    economics = Economics(lgd=0.5, margin=0.25, funding_cost=0.05)
    curve = profit_curve(np.linspace(0, 1, 1001), np.ones(1001), economics)
    assert curve.cut_off[curve.profit.idxmax()] == pytest.approx(economics.break_even_pd, abs=0.006)
    assert (curve.profit_lent.diff().dropna() < 0).all()


def test_a_point_of_the_curve_is_what_the_policy_with_that_cut_off_earns(simulated, portfolio, policy):
    frame = portfolio(300)
    curve = profit_curve(frame.pd, frame.amount, policy.economics, points=20)
    point, approved = curve.iloc[9], frame.pd <= curve.cut_off[9]
    bands = [
        {"name": "yes", "action": "approve", "from": 0.5, "to": math.inf},
        {"name": "no", "action": "decline", "from": -math.inf, "to": 0.5},
    ]
    by_cut_off = Policy.model_validate({"schema_version": 2, "bands": bands, "economics": policy.economics})
    e = simulated(frame.assign(score=approved.astype(float)), by_cut_off).profit_per_unit_lent
    assert (point.profit_lent, point.lent_lower, point.lent_upper) == pytest.approx((e.value, e.lower, e.upper))
    assert (point.approval_share, point.bad_rate) == pytest.approx((approved.mean(), frame.pd[approved].mean()))
    assert point.profit * frame.amount.sum() == pytest.approx(e.value * frame.amount[approved].sum())


def test_the_curve_has_at_most_the_points_asked_for_and_ends_with_everyone(portfolio, policy):
    frame = portfolio(5000)
    curve = profit_curve(frame.pd, frame.amount, policy.economics)
    assert len(curve) == 200
    assert curve.approval_share.iloc[-1] == 1
    assert (curve.lower <= curve.profit).all()


def test_equal_pds_are_approved_together_whatever_the_order_of_rows():
    economics = Economics(lgd=0.5, margin=0.25, funding_cost=0.05)
    a = profit_curve([0.1, 0.3, 0.1], [1, 1, 3], economics)
    assert list(a.approval_share) == pytest.approx([2 / 3, 1])
    pd.testing.assert_frame_equal(a, profit_curve([0.3, 0.1, 0.1], [1, 3, 1], economics))


def test_columns_of_different_length_are_refused(policy):
    with pytest.raises(ValueError, match="one length"):
        profit_curve([0.1], [1, 2], policy.economics)


def test_the_weighted_curve_is_that_of_the_population(oversampled, policy):
    population, sample = oversampled(7)
    whole = profit_curve(population["pd"], population["amount"], policy.economics, points=10**6)
    weight = outcome_weights(sample["y"], -math.log(7))
    drawn = profit_curve(sample["pd"], sample["amount"], policy.economics, points=10**6, weight=weight)
    for name in ("cut_off", "approval_share", "bad_rate", "profit", "profit_lent"):
        np.testing.assert_allclose(drawn[name], whole[name])
