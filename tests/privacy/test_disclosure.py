from itertools import combinations_with_replacement, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.privacy.disclosure import hidden_cells, suppress, suppression_rule

cells = st.lists(st.integers(0, 60), min_size=1, max_size=12)


def consistent(hidden: int, total: int) -> list[set[int]]:
    """What each of `hidden` non-empty cells may hold, for a reader who knows only their number and their total."""
    ways = [way for way in combinations_with_replacement(range(1, total + 1), hidden) if sum(way) == total]
    return [set(values) for values in zip(*(p for way in ways for p in permutations(way)), strict=True)]


@given(cells, st.integers(2, 15))
def test_no_small_cell_is_shown(counts, minimum):
    counts = np.array(counts)
    shown = counts[~hidden_cells(counts, minimum)]
    assert ((shown == 0) | (shown >= minimum)).all()


@given(cells, st.integers(2, 15))
def test_hidden_cells_are_two_or_more_and_together_large_enough_where_the_table_allows(counts, minimum):
    counts = np.array(counts)
    hidden = hidden_cells(counts, minimum)
    if hidden.any() and not hidden[counts > 0].all():
        assert hidden.sum() >= 2
        assert counts[hidden].sum() >= minimum


@given(st.lists(st.integers(0, 6), min_size=3, max_size=6), st.integers(2, 4))
def test_no_hidden_cell_follows_from_the_total(counts, minimum):
    counts = np.array([*counts, 9])
    hidden = hidden_cells(counts, minimum)
    if hidden.any() and not hidden[counts > 0].all() and hidden.sum() <= 4:
        assert all(len(values) > 1 for values in consistent(int(hidden.sum()), int(counts[hidden].sum())))


@given(cells.filter(lambda counts: len(set(counts)) == len(counts)), st.randoms(use_true_random=False))
def test_the_choice_does_not_depend_on_the_order_of_rows(counts, random):
    order = random.sample(range(len(counts)), len(counts))
    again = hidden_cells(np.array(counts)[order], 10)
    assert again.tolist() == hidden_cells(np.array(counts), 10)[order].tolist()


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([40, 12, 3], [12, 3]),  # one small cell takes the next smallest with it
        ([40, 12, 3, 4], [12, 3, 4]),  # 3 + 4 = 7 is fewer than 10
        ([40, 12, 8, 7], [8, 7]),  # two that are 15 together protect each other
        ([40, 12, 9, 9], [12, 9, 9]),  # 18 from two cells below ten could only be 9 and 9
        ([40, 12, 0], []),  # an empty cell names nobody
        ([3], [3]),
    ],
)
def test_secondary_suppression_by_hand(counts, hidden):
    counts = np.array(counts)
    assert counts[hidden_cells(counts, 10)].tolist() == hidden


def test_all_columns_of_a_hidden_cell_are_masked_and_the_others_are_untouched():
    frame = pd.DataFrame({"grade": list("ABC"), "n": [40, 12, 3], "bads": [2, 3, 1], "rate": [0.05, 0.25, 1 / 3]})
    result = suppress(frame, "n", 10, ["bads", "rate"])
    assert result["suppressed"].tolist() == [False, True, True]
    assert result[["n", "bads", "rate"]].isna().all(axis=1).tolist() == [False, True, True]
    assert result.loc[0, ["grade", "n", "bads", "rate"]].tolist() == ["A", 40, 2, 0.05]
    assert frame["n"].tolist() == [40, 12, 3]


def test_groups_with_totals_of_their_own_are_protected_one_by_one():
    frame = pd.DataFrame({"month": [1, 1, 1, 2, 2, 2], "grade": list("ABCABC"), "n": [40, 12, 3, 40, 12, 30]})
    assert suppress(frame, "n", 10, [], within=["month"])["suppressed"].tolist() == [False, True, True] + [False] * 3


@pytest.mark.parametrize("counts", [[1.5], [-1], [np.nan]])
def test_counts_that_are_no_counts_are_refused(counts):
    with pytest.raises(ValueError, match="whole numbers >= 0, column n holds others"):
        suppress(pd.DataFrame({"n": counts}), "n", 10, [])


def test_a_minimum_of_one_hides_nothing_and_is_refused():
    with pytest.raises(ValueError, match="at least 2, got 1"):
        suppress(pd.DataFrame({"n": [1]}), "n", 1, [])


def test_the_rule_names_its_minimum():
    assert "fewer than 7 people" in suppression_rule(7)
