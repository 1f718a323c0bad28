import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.data.counts import Coding, Counts, count, count_by, kind_of


def test_each_distinct_number_is_a_code_and_edges_belong_to_the_right():
    counts = count(pd.Series([3.0, 1.0, 1.0, 2.0]), np.array([1, 0, 1, 0]))
    assert counts.coding.edges.tolist() == [2.0, 3.0]
    assert counts.coding.below.tolist() == [1.0, 2.0]
    assert counts.goods.tolist() == [1, 1, 0, 0]
    assert counts.bads.tolist() == [1, 0, 1, 0]


def test_special_values_and_missing_values_have_codes_of_their_own():
    counts = count(pd.Series([5.0, -1.0, np.nan, -9.0, -1.0]), np.array([0, 1, 1, 0, 0]), specials=(-1, -9))
    assert counts.coding.regular == 1
    assert counts.goods.tolist() == [1, 1, 1, 0]
    assert counts.bads.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("dtype", ["float64", "Int64", "Float64", "float32"])
def test_numbers_of_every_kind_count_alike(dtype):
    column = pd.Series([1, 2, 2, None], dtype=dtype)
    counts = count(column, np.array([0, 1, 0, 1]))
    assert (counts.goods.tolist(), counts.bads.tolist()) == ([1, 1, 0], [0, 1, 1])


@pytest.mark.parametrize("dtype", ["str", "category", "object"])
def test_levels_of_every_kind_count_alike(dtype):
    column = pd.Series(["b", "a", None, "b"], dtype=dtype)
    counts = count(column, np.array([1, 0, 1, 0]))
    assert counts.coding.levels == ("a", "b")
    assert (counts.goods.tolist(), counts.bads.tolist()) == ([1, 1, 0], [0, 1, 1])


@pytest.mark.parametrize("dtype", ["bool", "boolean"])
def test_a_boolean_is_a_number(dtype):
    assert kind_of(pd.Series([True, False], dtype=dtype)) == "numeric"


def test_many_distinct_values_are_cut_at_quantiles():
    x = np.arange(1000.0)
    counts = count(pd.Series(x), np.arange(1000) % 2, fine=10)
    assert counts.coding.edges.tolist() == [100.0 * i for i in range(1, 10)]
    assert counts.goods.tolist() == [50] * 10 + [0]


def test_a_frequent_value_takes_one_quantile_only():
    x = np.concatenate([np.zeros(900), np.arange(1, 101.0)])
    counts = count(pd.Series(x), np.zeros(1000, int), fine=10)
    assert counts.goods[0] == 900  # no edge falls inside a run of equal values


def test_an_unseen_level_has_no_code_and_is_left_out():
    coding = Coding.categorical(["a", "b"])
    column = pd.Series(["a", "c", None])
    assert coding.codes(column).tolist() == [0, -1, 2]
    assert count_by(coding, column, np.array([1, 1, 0])).bads.tolist() == [1, 0, 0]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.one_of(st.none(), st.integers(-3, 40)), st.integers(0, 1)), min_size=1, max_size=60),
    st.integers(2, 12),
    st.randoms(use_true_random=False),
)
def test_counting_sorted_values_equals_coding_every_row_in_any_order(rows, fine, random):
    random.shuffle(rows)
    x = pd.Series([value for value, _ in rows], dtype="Float64")
    y = np.array([label for _, label in rows])
    counts = count(x, y, specials=(-1,), fine=fine)
    again = count_by(counts.coding, x, y)
    assert counts.goods.tolist() == again.goods.tolist()
    assert counts.bads.tolist() == again.bads.tolist()
    assert counts.n == len(rows)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([None, "a", "b", "ß", "9", "none"]), st.integers(0, 1)), min_size=1),
    st.sampled_from(["str", "object", "category"]),
    st.sampled_from([(), ("none",), ("none", "9", "never")]),
)
def test_counting_levels_by_value_equals_coding_every_row(rows, dtype, specials):
    x, y = pd.Series([value for value, _ in rows], dtype=dtype), np.array([label for _, label in rows])
    counts = count(x, y, specials)
    again = count_by(counts.coding, x, y)
    assert set(counts.coding.levels) == {value for value, _ in rows} - {None, *specials}
    assert counts.goods.tolist() == again.goods.tolist()
    assert counts.bads.tolist() == again.bads.tolist()
    assert counts.n == len(rows)


def test_values_that_are_written_alike_are_one_level():
    counts = count(pd.Series([1, "1", "2"], dtype="object"), np.array([0, 1, 1]))
    assert counts.coding.levels == ("1", "2")
    assert (counts.goods.tolist(), counts.bads.tolist()) == ([1, 0, 0], [1, 1, 0])


def test_a_column_without_values_has_the_missing_code_only():
    counts = count(pd.Series([np.nan, np.nan]), np.array([0, 1]))
    assert (counts.goods.tolist(), counts.bads.tolist()) == ([0, 1], [0, 1])


@pytest.mark.parametrize("infinite", [np.inf, -np.inf])
def test_infinite_values_are_refused_by_column(infinite):
    with pytest.raises(ValueError, match="column 'ratio' must hold finite numbers or missing values"):
        count(pd.Series([1.0, infinite, None], name="ratio"), np.array([0, 1, 0]))


def test_dates_are_refused_by_column():
    with pytest.raises(ValueError, match="column 'day' must hold numbers, strings or categories, got datetime64"):
        count(pd.Series(pd.to_datetime(["2024-01-01"]), name="day"), np.array([0]))


def test_words_under_a_numeric_coding_are_refused():
    with pytest.raises(ValueError, match="column 'x' must hold numbers, got str"):
        Coding.numeric([1.0]).codes(pd.Series(["low"], name="x"))


def test_edges_must_rise():
    with pytest.raises(ValueError, match="edges must rise strictly"):
        Coding.numeric([2.0, 2.0])


def test_counts_must_have_one_entry_a_code():
    with pytest.raises(ValueError, match="one entry a code, 3, got 2 and 3"):
        Counts(Coding.numeric([1.0]), np.zeros(2, int), np.zeros(3, int))
