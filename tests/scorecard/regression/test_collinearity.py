"""Columns that repeat others: exact combinations by name, near ones by their variance inflation."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.outliers_influence import variance_inflation_factor

from riskbench.scorecard.regression.collinearity import dependent_columns, vif

DRAW = np.random.default_rng(0)
W = pd.DataFrame({"a": DRAW.normal(size=500), "b": DRAW.normal(size=500)})
W["near"] = W["a"] + 0.3 * DRAW.normal(size=500)


def test_vif_agrees_with_statsmodels():
    design = np.column_stack([np.ones(len(W)), W])
    assert vif(W).tolist() == pytest.approx([variance_inflation_factor(design, i) for i in (1, 2, 3)], rel=1e-9)


def test_vif_is_infinite_for_a_combination_and_missing_for_a_constant():
    factors = vif(W[["a", "b"]].assign(sum=W["a"] + W["b"], constant=1.0))
    assert np.isinf(factors[["a", "b", "sum"]]).all()
    assert np.isnan(factors["constant"])


def test_vif_of_no_column_is_of_none():
    assert vif(W[[]]).empty


def test_a_combination_is_named_and_what_is_only_near_one_is_not():
    assert dependent_columns(W) == []
    assert dependent_columns(W.assign(twice=2 * W["a"], sum=W["a"] + W["b"])) == ["twice", "sum"]
