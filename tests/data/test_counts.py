import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.data.coding import Coding
from riskbench.data.counts import Counts, count, count_by


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


def test_many_distinct_values_are_cut_at_quantiles():
    x = np.arange(1000.0)
    counts = count(pd.Series(x), np.arange(1000) % 2, fine=10)
    assert counts.coding.edges.tolist() == [100.0 * i for i in range(1, 10)]
    assert counts.goods.tolist() == [50] * 10 + [0]


def test_a_frequent_value_takes_one_quantile_only():
    x = np.concatenate([np.zeros(900), np.arange(1, 101.0)])
    counts = count(pd.Series(x), np.zeros(1000, int), fine=10)
    assert counts.goods[0] == 900  # no edge falls inside a run of equal values


def test_an_unseen_level_is_left_out():
    coding = Coding.categorical(["a", "b"])
    assert count_by(coding, pd.Series(["a", "c", None]), np.array([1, 1, 0])).bads.tolist() == [1, 0, 0]


def test_weighted_counts_carry_the_design_effect_of_their_weights():
    counts = count(pd.Series([1.0, 1.0, 2.0]), np.array([0, 1, 0]), weights=[1, 1, 4])
    assert counts.design_effect == 18 / 6  # (1 + 1 + 16) / 6


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


@pytest.mark.parametrize("values", [[1, "1"], [True, 1], [True, 1.0, None], ["a", dt.date(2024, 1, 1)], [{}, "a"]])
def test_a_mixture_of_kinds_is_refused_by_column_when_counted_and_when_coded(values):
    column, y = pd.Series(values, dtype=object, name="flag"), np.zeros(len(values), int)
    with pytest.raises(ValueError, match="column 'flag' must hold one kind of values, got a mixture of"):
        count(column, y)
    with pytest.raises(ValueError, match="column 'flag' must hold one kind of values"):
        Coding.categorical(["1", "True"]).codes(column)


@pytest.mark.parametrize(
    "values", [[1, 2, None, 2], [Decimal(1), Decimal(2), None, Decimal(2)], [False, True, None, True]]
)
def test_numbers_and_booleans_as_objects_count_as_numbers(values):
    counts = count(pd.Series(values, dtype=object), np.array([0, 1, 0, 1]))
    assert counts.coding.kind == "numeric"
    assert (counts.goods.tolist(), counts.bads.tolist()) == ([1, 0, 1], [0, 2, 0])


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


@pytest.mark.parametrize("day", [dt.date(2024, 1, 1), dt.datetime(2024, 1, 1)])
def test_dates_as_objects_are_refused_like_dates(day):
    with pytest.raises(ValueError, match="column 'day' must hold numbers, strings or categories, got date"):
        count(pd.Series([day, None], dtype=object, name="day"), np.array([0, 1]))


def test_counts_must_have_one_entry_a_code():
    with pytest.raises(ValueError, match="one entry a code, 3, got 2 and 3"):
        Counts(Coding.numeric([1.0]), np.zeros(2, int), np.zeros(3, int))


def test_categories_of_whole_floats_are_counted_as_levels_of_integers():
    counts = count(pd.Series([1.0, 2.0, 2.5, None], dtype="category"), np.array([0, 1, 0, 1]))
    assert counts.coding.levels == ("1", "2", "2.5")


# --- weights --------------------------------------------------------------------------------------------------------

VALUES = st.one_of(st.none(), st.integers(-3, 40))
WEIGHTED = st.lists(st.tuples(VALUES, st.integers(0, 1), st.integers(1, 5)), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None)
@given(WEIGHTED, st.integers(2, 12), st.sampled_from(["Float64", "str"]))
def test_a_row_of_weight_k_counts_as_k_rows(rows, fine, dtype):
    x, y, k = (np.array(part, dtype=object) for part in zip(*rows, strict=True))
    column = pd.Series([v if v is None or dtype == "Float64" else str(v) for v in x], dtype=dtype)
    y, k = y.astype(int), k.astype(int)
    weighted = count(column, y, (-1, "-1"), fine, weights=k)
    repeated = count(column.repeat(k), y.repeat(k), (-1, "-1"), fine)
    assert weighted.coding.edges.tolist() == repeated.coding.edges.tolist()
    assert weighted.coding.below.tolist() == repeated.coding.below.tolist()
    assert weighted.coding.levels == repeated.coding.levels
    assert weighted.goods.tolist() == repeated.goods.tolist()
    assert weighted.bads.tolist() == repeated.bads.tolist()
    assert (weighted.goods.dtype, repeated.goods.dtype) == (np.float64, np.int64)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(VALUES, st.integers(0, 1), st.floats(1e-6, 1e6)), min_size=1, max_size=60),
    st.sampled_from(["Float64", "str"]),
    st.randoms(use_true_random=False),
)
def test_weighted_counts_do_not_depend_on_row_order_to_the_last_bit(rows, dtype, random):
    def counted(some):
        column = pd.Series([v if v is None or dtype == "Float64" else str(v) for v, _, _ in some], dtype=dtype)
        return count(column, np.array([y for _, y, _ in some]), fine=8, weights=[w for *_, w in some])

    once = counted(rows)
    random.shuffle(rows)
    again = counted(rows)
    assert (once.goods.tolist(), once.bads.tolist()) == (again.goods.tolist(), again.bads.tolist())
    assert once.coding.edges.tolist() == again.coding.edges.tolist()
    # what has no weight has none at all: no remainder of two sums
    assert once.n == pytest.approx(sum(w for *_, w in rows), rel=1e-9)
    assert np.array_equal(once.goods > 0, count_by(once.coding, *_column(rows, dtype)).goods > 0)


def _column(rows, dtype):
    column = pd.Series([v if v is None or dtype == "Float64" else str(v) for v, *_ in rows], dtype=dtype)
    return column, np.array([y for _, y, _ in rows])


# --- periods and cuts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["Float64", "str"])
@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 3.0, 4.0]])
def test_counts_by_period_add_up_to_the_counts(dtype, weights):
    column = pd.Series([1, 2, None, 1], dtype=dtype)
    counts = count(column, np.array([0, 1, 1, 1]), weights=weights, periods=np.array([0, 1, 1, 1]))
    goods, bads = counts.by_period
    assert goods.shape == (2, 3)
    assert goods.sum(axis=0).tolist() == counts.goods.tolist()
    assert bads.sum(axis=0).tolist() == counts.bads.tolist()
    assert bads[0].sum() == 0


def test_a_cut_that_is_asked_for_is_an_edge_whatever_the_quantiles():
    x = np.arange(1000.0)
    counts = count(pd.Series(x), np.arange(1000) % 2, fine=10, cuts=[123.4, -5.0, 2000.0])
    at = counts.coding.edges.tolist().index(124.0)
    assert counts.coding.below[at] == 123.0
    assert len(counts.coding.edges) == 10  # the nine quantiles and this one
