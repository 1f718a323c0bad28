"""Wrong input is refused with the rule and what arrived; whatever comes back can be written down as JSON."""

import math
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from riskbench import metrics

Y, P = [0, 1, 0, 1], [0.1, 0.4, 0.2, 0.3]
BY_CASE = [
    metrics.auc,
    metrics.gini,
    metrics.ks,
    metrics.brier,
    metrics.spiegelhalter,
    metrics.hosmer_lemeshow,
    metrics.calibration_line,
]
BY_PROBABILITY = BY_CASE[3:]


@pytest.mark.parametrize("statistic", BY_CASE)
def test_columns_of_two_lengths_are_refused(statistic):
    with pytest.raises(ValueError, match="same length, got y 4, pd 3"):
        statistic(Y, P[:3])


@pytest.mark.parametrize("statistic", BY_CASE)
@pytest.mark.parametrize("wrong", [2, math.nan, -1])
def test_labels_other_than_0_and_1_are_refused(statistic, wrong):
    with pytest.raises(ValueError, match=rf"y must hold only 0 and 1 \(1 = bad\), got {wrong:g}"):
        statistic([0, 1, 0, wrong], P)


@pytest.mark.parametrize("statistic", BY_CASE)
@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_a_pd_that_is_not_finite_is_refused(statistic, wrong):
    with pytest.raises(ValueError, match="pd must be finite, got"):
        statistic(Y, [0.1, 0.4, 0.2, wrong])


@pytest.mark.parametrize("statistic", BY_PROBABILITY)
@pytest.mark.parametrize("wrong", [-0.01, 1.01])
def test_a_pd_outside_0_and_1_is_refused_where_it_is_read_as_a_probability(statistic, wrong):
    with pytest.raises(ValueError, match=rf"pd must lie in \[0, 1\], got {wrong}"):
        statistic(Y, [0.1, 0.4, 0.2, wrong])


@pytest.mark.parametrize("statistic", BY_CASE)
def test_an_empty_sample_gives_no_value_but_a_reason(statistic):
    result = statistic([], [])
    estimate = getattr(result, "slope", result)
    assert (estimate.value, estimate.n, estimate.reason) == (None, 0, "there are no cases")


@pytest.mark.parametrize("statistic", [metrics.auc, metrics.gini, metrics.ks])
def test_one_class_only_gives_no_value_but_a_reason(statistic):
    assert statistic([1, 1, 1], [0.1, 0.2, 0.3]).reason == "it needs bad and good cases, and all 3 are bad"


def test_a_table_is_refused_where_a_column_is_wanted():
    with pytest.raises(ValueError, match="y must be one column, got 2 dimensions"):
        metrics.auc([[0, 1]], [[0.1, 0.2]])


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_is_a_share_strictly_inside_0_and_1(level):
    with pytest.raises(ValueError, match=r"level must lie in \(0, 1\)"):
        metrics.auc(Y, P, level=level)


@pytest.mark.parametrize("statistic", BY_CASE[:-1])
def test_series_arrays_and_lists_give_the_same_plain_python_numbers(statistic):
    y, p = Y * 5, P * 5
    results = [statistic(kind(y), kind(p)) for kind in (list, np.array, pd.Series)]
    assert results[0] == results[1] == results[2]
    numbers = [v for v in asdict(results[2]).values() if not isinstance(v, str) and v is not None]
    assert all(type(v) in (int, float) and math.isfinite(v) for v in numbers)
