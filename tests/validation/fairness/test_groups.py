"""Which groups may be shown."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.validation.fairness.groups import shown_groups


def test_small_groups_are_pooled():
    group = ["a"] * 20 + ["b"] * 6 + ["c"] * 5
    assert shown_groups(group, 10).value_counts().to_dict() == {"a": 20, "(small groups)": 11}


def test_a_missing_group_is_a_group():
    assert shown_groups(pd.Series(["a", None, "a", None]), 2).tolist() == ["a", "(missing)", "a", "(missing)"]


@given(st.lists(st.sampled_from("abcde"), max_size=60), st.integers(1, 12))
def test_no_group_smaller_than_the_smallest_cell_is_ever_shown(group, min_cell):
    shown = shown_groups(group, min_cell)
    assert all(n >= min_cell for name, n in shown.value_counts().items() if name)


def test_a_cell_of_nobody_is_refused():
    with pytest.raises(ValueError, match="min_cell must be 1 or more, got 0"):
        shown_groups(["a"], 0)
