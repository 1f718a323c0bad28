"""Only labelled cases are validated."""

import numpy as np
import pandas as pd
import pytest

from riskbench.validation.labels import labelled


@pytest.mark.parametrize("kind", [list, np.array, pd.Series])
def test_rows_without_a_label_leave_every_column(kind):
    y, p, names = labelled(kind([1, np.nan, 0]), kind([0.1, 0.2, 0.3]), kind(["a", "b", "c"]))
    assert (y.tolist(), p.tolist(), names.tolist()) == ([1, 0], [0.1, 0.3], ["a", "c"])


def test_pandas_missing_labels_are_missing_labels():
    assert labelled(pd.Series([1, None, 0], dtype="Int64"))[0].tolist() == [1, 0]


def test_columns_of_another_length_are_refused():
    with pytest.raises(ValueError, match="got 2 labels beside 1 values"):
        labelled([0, 1], [0.5])
