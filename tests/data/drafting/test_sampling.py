"""Periods: the last months out of time, both classes on each side, or none at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.data.drafting.sampling import propose_periods


def days(*months: str) -> np.ndarray:
    return np.array([f"{month}-15" for month in months], dtype="datetime64[D]")


def test_of_ten_months_the_last_three_are_out_of_time() -> None:
    months = [f"2024-{m:02}" for m in range(1, 11) for _ in range(2)]  # .28 of 10 is nearest to 3
    periods = propose_periods(days(*months), np.array([0.0, 1.0] * 10))
    assert (str(periods.development.first), str(periods.development.last)) == ("2024-01-01", "2024-07-31")
    assert (str(periods.out_of_time.first), str(periods.out_of_time.last)) == ("2024-08-01", "2024-10-31")
    assert periods.why == "the last 3 of 10 months with decisions are out of time"


def test_the_cut_moves_to_where_both_sides_have_both_classes() -> None:
    y = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0])
    periods = propose_periods(days(*[f"2024-{m:02}" for m in range(1, 9)]), y)
    assert str(periods.out_of_time.first) == "2024-04-01"  # the last bad loan is of April


@pytest.mark.parametrize(
    ("months", "y", "why"),
    [
        (["2024-01"] * 4, [0, 1, 0, 1], "the decisions fall in one month alone, so there is no out-of-time period"),
        (["2024-01", "2024-02", "2024-03"], [1, 0, 0], "3 months, of which no later part has both classes"),
    ],
)
def test_where_no_cut_will_do_there_is_no_out_of_time_period(months, y, why: str) -> None:
    periods = propose_periods(days(*months), np.array(y, float))
    assert (periods.development, periods.out_of_time) == (None, None)
    assert why in periods.why


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0.0, 1.0, np.nan])), min_size=2, max_size=60))
def test_the_periods_have_both_classes_follow_each_other_and_cover_every_decision(rows) -> None:
    when = np.datetime64("2020-01-31") + np.array([31 * month for month, _ in rows])
    y = np.array([label for _, label in rows])
    periods = propose_periods(when, y)
    if periods.development is None:
        return
    parts = [
        (when >= np.datetime64(p.first)) & (when <= np.datetime64(p.last))
        for p in (periods.development, periods.out_of_time)
    ]
    assert all({0.0, 1.0} <= set(y[part]) for part in parts)
    assert (parts[0] ^ parts[1]).all()
