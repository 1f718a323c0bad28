"""The chance of an information value, and of false discoveries among many."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from riskbench.scorecard import WoeBinning
from riskbench.scorecard.selection.chance import cycles, false_discoveries, p_value


def test_the_chance_of_an_information_value_is_right_where_nothing_is_to_be_found():
    draw = np.random.default_rng(4)
    noise = pd.DataFrame(draw.normal(size=(1200, 150)), columns=[f"n{i}" for i in range(150)])
    y = (draw.random(1200) < 0.25).astype(int)
    bins = WoeBinning().fit(noise, y).features_
    p = np.array([p_value(of, 1200) for of in bins.values()])
    # doubled for two directions, so uniform below one half at best; the 1 % point of Kolmogorov's test at 150 is .13
    assert kstest(p[p < 0.4] / 0.4, "uniform").statistic < 1.63 / np.sqrt((p < 0.4).sum())
    assert (p < 0.05).mean() < 0.10


@given(st.integers(1, 60))
def test_the_cycles_of_a_permutation_are_a_distribution_with_the_harmonic_mean(k):
    weights = cycles(k)
    assert weights.sum() == pytest.approx(1)
    assert weights @ np.arange(1, len(weights) + 1) == pytest.approx(sum(1 / i for i in range(1, k + 1)))


def test_false_discoveries_follow_benjamini_and_hochberg():
    p = {"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.9}  # limits .025 .05 .075 .1 at a share of .1
    assert false_discoveries(p, 0.1) == {"a", "b", "c"}
    assert false_discoveries({"a": 0.5}, 0.1) == set()
