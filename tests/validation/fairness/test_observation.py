"""Whose outcomes are known, and what could be true of the others."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.validation.fairness.observation import observation_by_group

CASE = st.tuples(st.sampled_from([0.0, 1.0, np.nan]), st.booleans())


def test_bounds_are_counted_by_hand():
    # 2 of 3 known goods approved, 1 of 2 bads; 2 unknown approved, 3 unknown declined
    y = [0, 0, 0, 1, 1, *[np.nan] * 5]
    row = observation_by_group(pd.Series(["a"] * 10), y, [1, 1, 0, 1, 0, 1, 1, 0, 0, 0]).iloc[0]
    assert (row["labelled_share"], row["bad_rate"]) == (0.5, 0.4)
    assert (row["bad_rate_lower"], row["bad_rate_upper"]) == (0.2, 0.7)
    assert (row["goods_approved_lower"], row["goods_approved_upper"]) == (2 / 6, 4 / 5)
    assert (row["bads_approved_lower"], row["bads_approved_upper"]) == (1 / 5, 3 / 4)


@given(st.lists(CASE, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_whatever_the_unknown_did_the_rates_lie_within_the_bounds(people, random):
    y, approved = (np.array(column, dtype=float) for column in zip(*people, strict=True))
    row = observation_by_group(pd.Series(["a"] * len(y)), y, approved).iloc[0]
    could = np.array([random.choice([0.0, 1.0]) if np.isnan(value) else value for value in y])
    assert row["bad_rate_lower"] - 1e-12 <= could.mean() <= row["bad_rate_upper"] + 1e-12
    for kind, name in ((0, "goods_approved"), (1, "bads_approved")):
        if (could == kind).any():
            rate = approved[could == kind].mean()
            assert row[f"{name}_lower"] - 1e-12 <= rate <= row[f"{name}_upper"] + 1e-12


def test_where_all_is_known_bounds_are_the_rate_itself():
    row = observation_by_group(pd.Series(["a"] * 4), [0, 0, 1, 1], [1, 0, 1, 0]).iloc[0]
    assert row[["goods_approved_lower", "goods_approved", "goods_approved_upper"]].tolist() == [0.5] * 3


def test_where_nothing_is_known_all_is_possible():
    row = observation_by_group(pd.Series(["a"] * 4), [np.nan] * 4, [1, 0, 1, 0]).iloc[0]
    assert (
        row[["goods_approved_lower", "goods_approved_upper", "bad_rate_lower", "bad_rate_upper"]].tolist() == [0, 1] * 2
    )
    assert np.isnan(row["goods_approved"])
    assert row["labelled_share"] == pytest.approx(0)
