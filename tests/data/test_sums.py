"""Sums by group: by hand, and the same by numpy and by a database, whatever the numbers."""

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.data.sums import frame_sums, table_sums

TERMS = [("a",), ("a", "b"), ("w", "b"), ("w", "w", "a", "a")]
numbers = st.one_of(st.none(), st.integers(-1000, 1000).map(lambda n: n / 8))  # eighths: sums are exact in any order
rows = st.lists(st.tuples(st.sampled_from(["x", "y", "z"]), st.booleans(), numbers, numbers), min_size=1, max_size=40)


@given(rows)
def test_a_database_and_numpy_give_the_same_sums(rows: list[tuple]) -> None:
    frame = pd.DataFrame(rows, columns=["g", "h", "a", "b"]).astype({"a": float, "b": float})
    table = ibis.memtable(pa.Table.from_pandas(frame, preserve_index=False))
    ours, theirs = (make(of, ["g", "h"], TERMS, ["w"]) for make, of in ((frame_sums, frame), (table_sums, table)))
    assert ours.keys.to_numpy().tolist() == theirs.keys.to_numpy().tolist()
    for term in [(), *TERMS]:
        np.testing.assert_array_equal(ours.of(*term), theirs.of(*term))


def test_a_product_with_a_missing_factor_adds_nothing_but_its_row_is_counted() -> None:
    # 2·3 + 4·(missing) = 6, over two rows
    found = frame_sums(pd.DataFrame({"g": [1, 1], "a": [2.0, 4.0], "b": [3.0, np.nan]}), ["g"], [("a", "b")])
    assert (found.of("b", "a").tolist(), found.of().tolist()) == ([6.0], [2.0])


def test_a_weight_that_the_data_do_not_have_is_one_for_everybody() -> None:
    frame = pd.DataFrame({"g": [1, 1], "a": [2.0, 4.0]})
    alone = frame_sums(frame, ["g"], [("w", "a")], ones=["w"])
    weighted = frame_sums(frame.assign(w=1.0), ["g"], [("w", "a")], ones=["w"])
    assert alone.of("w", "a") == weighted.of("w", "a") == [6.0]


def test_a_sum_that_was_never_asked_for_is_refused() -> None:
    with pytest.raises(KeyError):
        frame_sums(pd.DataFrame({"g": [1], "a": [2.0]}), ["g"], [("a",)]).of("a", "a")
