"""Counts by group, and who is compared with whom."""

import numpy as np
import pandas as pd
import pytest

from riskbench.validation.fairness.counts import count

GROUP = pd.Series([*"aaaaabbbbb", ""])
Y = [0, 0, 1, 1, np.nan, 0, 0, 0, 1, np.nan, 0]
APPROVED = [1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 1]


def test_goods_and_bads_are_counted_where_the_outcome_is_known():
    found = count(GROUP, Y, APPROVED)
    assert found.names == ["a", "b"]
    assert (found.n.tolist(), found.approved.tolist()) == ([5, 5], [3, 3])
    assert (found.goods.tolist(), found.goods_approved.tolist()) == ([2, 3], [1, 3])
    assert (found.bads.tolist(), found.bads_approved.tolist()) == ([2, 1], [1, 0])
    assert found.labelled.tolist() == [4, 4]


def test_the_reference_has_the_highest_rate_among_groups_that_are_large_enough():
    found = count(pd.Series(["a"] * 10 + ["b"] * 10 + ["c"] * 2), [0] * 22, [1] * 8 + [0] * 2 + [1] * 9 + [0] + [1] * 2)
    assert found.names[found.reference()] == "c"
    assert found.names[found.reference(5)] == "b"
    assert found.names[found.reference(50)] == "c"  # none is so large: the highest of all


def test_equals_are_compared_with_the_first_by_name():
    assert count(pd.Series(["b", "a"]), [0, 0], [1, 1]).reference() == 0


def test_row_order_changes_nothing():
    order = np.random.default_rng(0).permutation(len(Y))
    mixed = count(GROUP.iloc[order], np.array(Y)[order], np.array(APPROVED)[order])
    assert mixed.goods_approved.tolist() == count(GROUP, Y, APPROVED).goods_approved.tolist()


def test_nobody_to_show_gives_no_group():
    assert count(pd.Series(["", ""]), [0, 1], [1, 1]).names == []


@pytest.mark.parametrize(
    ("y", "approved", "message"),
    [
        ([0, 1], [1, 1, 1], "same length, got y 2, approved 3, group 3"),
        ([0, 1, 1], [1, 2, 1], r"approved must hold only 0 and 1 \(1 = approved\), got 2"),
        ([0, 1, 5], [1, 1, 1], r"y must hold only 0 and 1 \(1 = bad\), got 5"),
    ],
)
def test_wrong_columns_are_refused(y, approved, message):
    with pytest.raises(ValueError, match=message):
        count(pd.Series(list("abc")), y, approved)
