import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard.stability import psi_of_columns, row_mask

# statistics.md: PSI .067693, critical .025183
BEFORE, NOW = [253, 302, 204, 134, 72, 26, 8], [177, 262, 285, 158, 88, 25, 6]


def test_each_column_has_the_published_psi_of_its_frozen_bins_whatever_the_codes_are_called():
    codes = np.concatenate([np.repeat(range(7), BEFORE), np.repeat(range(7), NOW)])
    reference = np.arange(len(codes)) < sum(BEFORE)
    found = psi_of_columns(pd.DataFrame({"a": codes, "b": 10 - codes}), reference, ~reference)
    assert [round(e.value, 6) for e in found.values()] == [0.067693, 0.067693]
    assert [round(e.critical, 6) for e in found.values()] == [0.025183, 0.025183]


def test_no_row_now_is_not_evaluated_and_no_row_of_reference_is_refused():
    codes = pd.DataFrame({"a": [0, 1]})
    assert psi_of_columns(codes, [True, True], [False, False])["a"].reason == "one of the two samples is empty"
    with pytest.raises(ValueError, match="the reference must have rows, got none"):
        psi_of_columns(codes, [False, False], [True, True])


def test_a_mask_is_boolean_and_as_long_as_its_table():
    with pytest.raises(ValueError, match=r"a mask must be boolean with 2 rows, got bool with shape \(3,\)"):
        row_mask([True] * 3, pd.DataFrame({"a": [0, 1]}))
