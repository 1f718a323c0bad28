"""Cut-offs worth discussing: what another beats, what keeps the limits, and what is nearest where none does."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.decision.simulation.frontier import Constraints, best, undominated

TABLE = pd.DataFrame(
    {
        "cut_off": [500, 520, 540],
        "approval_share": [0.9, 0.7, 0.4],
        "bad_rate": [0.2, 0.12, 0.05],
        "approval_ratio": [0.95, 0.8, 0.6],
        "profit": [0.03, 0.05, 0.02],
        "expected_profit": [30.0, 50.0, 20.0],
    }
)


def test_without_constraints_the_best_is_expected_to_earn_most():
    assert best(TABLE, Constraints()).at["cut_off"] == 520


@pytest.mark.parametrize(
    ("constraints", "cut_off"),
    [
        (Constraints(largest_bad_rate=0.1), 540),
        (Constraints(least_approval=0.8), 500),
        (Constraints(least_disparity=0.9), 500),
        (Constraints(least_approval=0.5, largest_bad_rate=0.12, least_profit=0.05), 520),
    ],
)
def test_the_best_keeps_all_constraints(constraints, cut_off):
    choice = best(TABLE, constraints)
    assert (choice.at["cut_off"], choice.kept, choice.missed) == (cut_off, True, {})


def test_where_none_keeps_all_the_nearest_is_told_with_what_it_misses():
    # approval at least .8 and bad rate at most .1: 500 misses .10, 520 misses .10 + .02, 540 misses .40
    choice = best(TABLE, Constraints(least_approval=0.8, largest_bad_rate=0.1))
    assert (choice.at["cut_off"], choice.kept) == (500, False)
    assert choice.told == (
        "No cut-off keeps all constraints. The nearest is 500; it misses largest bad rate by 10.0 percentage points."
    )


def test_a_constraint_on_a_figure_that_is_not_known_is_refused_rather_than_kept_by_silence():
    with pytest.raises(ValueError, match="least_disparity cannot be asked for"):
        best(TABLE.drop(columns="approval_ratio"), Constraints(least_disparity=0.8))


def test_a_share_outside_zero_and_one_is_refused():
    with pytest.raises(ValueError, match=r"largest_bad_rate must lie in \[0, 1\], got 12"):
        Constraints(largest_bad_rate=12)


points = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=15)


@given(points)
def test_a_point_is_on_the_frontier_exactly_where_no_other_beats_it(points):
    table = pd.DataFrame(points, columns=["profit", "bad_rate"])
    beaten = [any(g >= p and c <= b and (g, c) != (p, b) for g, c in points) for p, b in points]
    assert undominated(table, "profit", "bad_rate").tolist() == np.logical_not(beaten).tolist()
