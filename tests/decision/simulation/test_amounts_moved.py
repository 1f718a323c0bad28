"""What holds amounts down."""

import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.decision.simulation.amounts_moved import amounts_table


def test_amounts_are_parted_by_what_holds_them_down(simulated, frame):
    # 100 and 200 in full, 50 of 100 in the band that limits; the declined ask for nothing here
    table = amounts_table(simulated(frame), pd.Series([""] * 5)).set_index("held_by")
    assert table.loc["nothing: lent in full", ["n", "asked", "amount"]].tolist() == [2, 300, 300]
    assert table.loc["the band", ["n", "asked", "amount", "lent_share"]].tolist() == [1, 100, 50, 0.5]


def test_a_table_of_limits_that_decided_is_named(simulated, frame):
    rule = pd.Series(["", "", "affordability", "", ""])
    assert "affordability" in set(amounts_table(simulated(frame), rule)["held_by"])


def test_what_is_lent_in_all_is_the_sum_of_the_parts(simulated, frame):
    simulation = simulated(frame)
    table = amounts_table(simulation, pd.Series([""] * 5))
    assert table["amount"].sum() == simulation.by_action["amount"].sum()


def test_without_amounts_or_loans_nothing_can_be_said(simulated, frame):
    with pytest.raises(NotEvaluated, match="records no amounts"):
        amounts_table(simulated(frame.drop(columns="amount")), pd.Series([""] * 5))
    with pytest.raises(NotEvaluated, match="nothing is lent"):
        amounts_table(simulated(frame.assign(score=400)), pd.Series([""] * 5))
