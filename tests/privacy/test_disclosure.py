"""No small count of a page follows from what the page shows."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from riskbench.privacy.disclosure import withheld, withheld_parts

COUNTS = st.lists(st.integers(0, 40), min_size=1, max_size=7)


def two_way(table):
    """Figures, counts and margins of a two-way table with its row and column totals and the total of all."""
    rows, columns = table.shape
    cells = np.eye(table.size).reshape(rows, columns, -1)
    figures = [cells.sum(axis=(0, 1)), *cells.sum(axis=1), *cells.sum(axis=0), *cells.reshape(table.size, -1)]
    at = 1 + rows + columns + np.arange(table.size).reshape(rows, columns)
    margins = {0: [at.ravel().tolist()]}
    margins |= {1 + i: [at[i].tolist()] for i in range(rows)}
    margins |= {1 + rows + j: [at[:, j].tolist()] for j in range(columns)}
    return np.array(figures), np.array(figures) @ table.ravel(), margins


def follows(wanted, shown):
    """Whether a vector is a combination of others, by rank: another way than that of the code."""
    stacked = np.vstack([shown, wanted])
    return len(shown) > 0 and np.linalg.matrix_rank(stacked) == np.linalg.matrix_rank(shown)


@st.composite
def tables(draw):
    shape = draw(st.tuples(st.integers(2, 4), st.integers(2, 4)))
    cells = draw(st.lists(st.integers(0, 30), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    return np.array(cells).reshape(shape)


def test_a_small_part_takes_the_next_smallest_with_it():
    assert withheld_parts([40, 12, 3], 5).tolist() == [False, True, True]  # 55 − 40 − 12 would be 3


def test_two_small_parts_that_are_few_together_take_a_third():
    # 55 − 40 − 9 = 6 people in the two hidden, still fewer than 10
    assert withheld_parts([40, 9, 3, 3], 10).tolist() == [False, True, True, True]


def test_nothing_is_hidden_without_need():
    assert not withheld_parts([40, 12, 10, 0], 10).any()
    assert withheld_parts([40, 20, 6, 5], 10).tolist() == [False, False, True, True]  # 11 together


def test_in_a_table_a_hidden_cell_needs_one_in_its_row_and_one_in_its_column():
    figures, counts, margins = two_way(np.array([[50, 20, 30], [20, 3, 40], [25, 60, 30]]))
    hidden = withheld(figures, counts, 10, margins)[7:].reshape(3, 3)
    assert hidden[1, 1]
    assert all(n in (0, 2) for n in [*hidden.sum(axis=0), *hidden.sum(axis=1)])  # a closed way over the hidden cells


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.integers(1, 15))
def test_no_small_part_follows_from_a_total(counts, minimum):
    assume(sum(counts) >= minimum)
    hidden, people = withheld_parts(counts, minimum), np.array(counts)
    shown = np.vstack([np.ones(len(counts)), np.eye(len(counts))[~hidden]])
    for i in np.flatnonzero((people > 0) & (people < minimum)):
        assert hidden[i]
        assert not follows(np.eye(len(counts))[i], shown)
    assert people[hidden].sum() == 0 or people[hidden].sum() >= minimum


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(2, 12))
def test_no_small_cell_is_a_combination_of_shown_cells_and_margins(table, minimum):
    figures, counts, margins = two_way(table)
    assume(all(counts[i] == 0 or counts[i] >= minimum for i in margins))
    hidden = withheld(figures, counts, minimum, margins)
    small = (counts > 0) & (counts < minimum)
    assert not hidden[list(margins)].any()
    assert not any(follows(figures[i], figures[~hidden]) for i in np.flatnonzero(small))


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(2, 12))
def test_what_is_left_of_a_margin_is_never_a_small_count(table, minimum):
    figures, counts, margins = two_way(table)
    assume(all(counts[i] == 0 or counts[i] >= minimum for i in margins))
    hidden = withheld(figures, counts, minimum, margins)
    for parts in (np.array(parts) for of in margins.values() for parts in of):
        left = counts[parts][hidden[parts]].sum()
        assert left == 0 or left >= minimum


def test_margins_that_give_a_count_away_are_refused():
    figures = np.array([[1, 1], [1, 0], [0, 1]])
    with pytest.raises(ValueError, match="the margins alone give away a count below 10: merge their smallest groups"):
        withheld(figures, [53, 50, 3], 10, {0: [], 1: []})
    with pytest.raises(ValueError, match=r"a margin must have no people or at least 10, got \[3.0\]"):
        withheld(figures, [53, 50, 3], 10, {2: []})


@pytest.mark.parametrize(
    ("counts", "minimum", "message"),
    [
        ([5, 3], 0, "minimum must be 1 or more, got 0"),
        ([5, -3], 2, "counts must be whole numbers >= 0"),
        ([5, 0.5], 2, "counts must be whole numbers >= 0"),
    ],
)
def test_counts_that_are_none_are_refused(counts, minimum, message):
    with pytest.raises(ValueError, match=message):
        withheld_parts(counts, minimum)


def test_no_parts_hide_nothing():
    assert withheld_parts([], 10).size == 0
