"""The swap set: who would be decided otherwise than by the policy in force."""

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.decision.simulation.swap_set import UNKNOWN, swap_set, swap_set_of_table, swapped_in_less_out


def test_the_swap_set_crosses_earlier_and_new_decisions(simulated, frame):
    table = swap_set(simulated(frame))
    cells = table.set_index(["in_force", "this_policy"]).n
    assert (cells["approve", "approve"], cells["decline", "approve"], cells["decline", "limit"]) == (1, 1, 1)
    assert cells["approve", "decline"] == 2
    assert table["share"].sum() == pytest.approx(1)


def test_those_swapped_in_are_compared_with_those_swapped_out(simulated, frame):
    # in: mean(.08, .15); out: mean(.30, .50)
    difference = swapped_in_less_out(simulated(frame))
    assert difference.value == pytest.approx(0.115 - 0.40)
    assert (difference.n, difference.lower < difference.value < difference.upper) == (4, True)


def test_a_comparison_takes_two_of_each(simulated, frame):
    one_in = simulated(frame.assign(in_force=[True, False, True, True, True]))
    assert swapped_in_less_out(one_in).reason == "1 are swapped in and 2 out; a comparison takes two of each"


def test_without_earlier_decisions_the_swap_set_is_not_evaluated(simulated, frame):
    alone = simulated(frame.drop(columns="in_force"))
    with pytest.raises(NotEvaluated, match=UNKNOWN):
        swap_set(alone)
    assert swapped_in_less_out(alone).reason == UNKNOWN


def test_a_database_gives_the_same_swap_set_as_numpy(simulated, portfolio, policy):
    simulation = simulated(portfolio(300).assign(in_force=lambda rows: rows["amount"] > 200))
    columns = simulation.applications[["in_force", "action", "pd", "lent"]].assign(y=simulation.applications["y"])
    table = ibis.memtable(pa.Table.from_pandas(columns, preserve_index=False))
    pd.testing.assert_frame_equal(swap_set_of_table(table, policy.economics), swap_set(simulation))
