"""Policies side by side on the same applications."""

import numpy as np
import pytest

from riskbench.decision.simulation.candidates import Candidate, Candidates
from riskbench.decision.simulation.cut_off_policy import at_cut_off


@pytest.fixture
def against(policy, portfolio):
    frame = portfolio(400)
    candidates = [Candidate.of(str(c), at_cut_off(policy, c), frame) for c in (520, 560, 480)]
    return Candidates(
        candidates,
        *(frame[name].to_numpy(float) for name in ("pd", "amount")),
        np.ones(400),
        frame["y"].to_numpy(float),
        policy.economics,
    )


def test_a_gain_is_the_difference_of_the_profits(against):
    table = against.table.set_index("policy")
    gain = table.loc["480", "profit_each"] - table.loc["520", "profit_each"]
    assert table.loc["480", "profit_gain"] == pytest.approx(gain)
    assert np.isnan(table.loc["520", "profit_gain"])


def test_a_gain_on_the_same_applications_is_known_better_than_the_difference_of_two_samples(against):
    row, first = (against.table.set_index("policy").loc[name] for name in ("480", "520"))
    apart = np.hypot(*(r["profit_each_upper"] - r["profit_each"] for r in (row, first)))
    assert row["profit_gain_upper"] - row["profit_gain"] < apart


def test_a_candidate_is_what_the_simulation_says_of_its_policy(against, policy, portfolio, simulated):
    told, row = simulated(portfolio(400)), against.table.iloc[0]
    assert row["approval_share"] == pytest.approx(told.approval_rate.value)
    assert row["bad_rate"] == pytest.approx(told.expected_bad_rate.value)
    assert row["profit_each"] * 400 == pytest.approx(told.by_action["expected_profit"].sum())
