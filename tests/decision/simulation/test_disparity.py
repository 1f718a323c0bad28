"""How evenly cut-offs approve groups."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.decision.simulation.disparity import approval_ratios

FRAME = pd.DataFrame({"score": [500, 510, 520, 530], "lends": True})


def test_the_ratio_is_that_of_the_group_approved_least_over_the_one_approved_most():
    # from 510 on: one of two of a, two of two of b; from 520 on none of a; from 540 on nobody
    groups = pd.DataFrame({"sex": ["a", "a", "b", "b"]})
    found = approval_ratios(FRAME, groups, np.array([500, 510, 520, 540]), enough=2)
    np.testing.assert_equal(found["approval_ratio"].to_numpy(), [1.0, 0.5, 0.0, np.nan])
    assert found["attribute"].tolist() == ["sex", "sex", "sex", ""]


def test_small_and_unknown_groups_take_no_part():
    groups = pd.DataFrame({"sex": ["a", "b", "b", "unknown"], "age": ["x", "x", "y", "y"]})
    found = approval_ratios(FRAME, groups, np.array([520]), enough=2)
    assert found["attribute"].tolist() == ["age"]


def test_one_group_alone_is_not_evaluated():
    with pytest.raises(NotEvaluated, match="no protected attribute has two groups"):
        approval_ratios(FRAME, pd.DataFrame({"sex": ["a"] * 4}), np.array([500]), enough=1)
