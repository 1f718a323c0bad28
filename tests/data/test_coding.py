import numpy as np
import pandas as pd
import pytest

from riskbench.data.coding import Coding, kind_of


@pytest.mark.parametrize("dtype", ["bool", "boolean"])
def test_a_boolean_is_a_number(dtype):
    assert kind_of(pd.Series([True, False], dtype=dtype)) == "numeric"


def test_words_under_a_numeric_coding_are_refused():
    with pytest.raises(ValueError, match="column 'x' must hold numbers, got str"):
        Coding.numeric([1.0]).codes(pd.Series(["low"], name="x"))


def test_edges_must_rise():
    with pytest.raises(ValueError, match="edges must rise strictly"):
        Coding.numeric([2.0, 2.0])


@pytest.mark.parametrize("kind", ["float64", "Int64", "Float64", "int64", "str", "object", "category"])
def test_whole_numbers_are_the_same_levels_whatever_type_holds_them(kind):
    values = [2, 1, 3] if kind in ("int64", "str") else [2, 1, 3, None]
    places = Coding.categorical(["1", "2"]).codes(pd.Series(values, dtype=kind)).tolist()
    assert places == [1, 0, -1, 2][: len(values)]


@pytest.mark.parametrize("edges", [3, 64, 65, 300])
def test_codes_are_the_number_of_edges_at_or_below(edges):
    coding = Coding.numeric(np.arange(edges), specials=[-7])
    x = pd.Series([-1.0, 0.0, edges - 1.5, edges - 1.0, 1e9, -7.0, np.nan])
    assert coding.codes(x).tolist() == [0, 1, edges - 1, edges, edges, edges + 1, edges + 2]


@pytest.mark.parametrize("dtype", ["str", "object", "category", pd.StringDtype("python")])
def test_levels_of_every_kind_are_coded_alike(dtype):
    coding = Coding.categorical(["a", "b"], specials=["?"])
    assert coding.codes(pd.Series(["b", None, "?", "new", "a"], dtype=dtype)).tolist() == [1, 3, 2, -1, 0]


def test_a_level_that_is_not_known_has_no_code():
    assert Coding.categorical(["a", "b"]).codes(pd.Series(["a", "c", None])).tolist() == [0, -1, 2]
