"""The H-measure."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import beta

from riskbench import metrics

rows = st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=1, max_size=30).map(
    lambda more: np.array([(True, 5), (False, 2), *more]).T
)


def by_all_cut_offs(y, risk, weight):
    """Definition by brute force: the cheapest of all cut-offs at each of 20,000 costs, averaged over the weight."""
    c = (np.arange(20_000) + 0.5) / 20_000
    cut_offs = [risk >= at for at in np.append(np.unique(risk), np.inf)]
    good_flagged = np.array([np.mean(flag & (y == 0)) for flag in cut_offs])
    bad_passed = np.array([np.mean(~flag & (y == 1)) for flag in cut_offs])

    def cost(cuts):
        return (np.outer(c, good_flagged[cuts]) + np.outer(1 - c, bad_passed[cuts])).min(axis=1) @ weight.pdf(c)

    return 1 - cost(slice(None)) / cost([0, -1])  # without a ranking: flag all, or none


@settings(max_examples=40)
@given(rows)
def test_it_is_the_least_cost_over_all_cut_offs_and_costs(data):
    y, risk = data
    pi = y.mean()
    expected = by_all_cut_offs(y, risk, beta(1 + pi, 2 - pi))
    assert metrics.h_measure(y, risk).value == pytest.approx(expected, abs=2e-4)
    assert metrics.h_measure(y, risk, severity=0.25).value == pytest.approx(
        by_all_cut_offs(y, risk, beta(2, 5)), abs=2e-4
    )


def test_the_published_example_of_another_implementation_is_reproduced():
    # the readme of the Python package hmeasure, whose default severity is π/(1 − π) = 7/3
    y = [1, 1, 0, 1, 1, 0, 1, 1, 1, 0]
    risk = [0.84901876, 0.10282827, 0.43752488, 0.46004468, 0.90878931]
    risk += [0.77179719, 0.5297229, 0.13803906, 0.73166264, 0.22959056]
    assert metrics.h_measure(y, risk, severity=7 / 3).value == pytest.approx(0.18889596344769588, abs=1e-12)


def test_by_hand():
    # hull segments with bad rates 0, ½ and 1: only the middle two of six cases cost what all six cost without a ranking
    assert metrics.h_measure([0, 0, 1, 0, 1, 1], [1, 2, 3, 4, 5, 6]).value == pytest.approx(1 - 2 / 6)


@given(rows)
def test_it_hangs_on_the_ranking_alone(data):
    y, risk = data
    one, other = metrics.h_measure(y, risk), metrics.h_measure(y, np.exp(risk / 3))
    assert (one.value, one.lower) == (other.value, other.lower)


@given(rows)
def test_it_lies_between_0_and_1_which_are_no_and_all_order(data):
    y, risk = data
    assert 0 <= metrics.h_measure(y, risk).value <= 1
    assert metrics.h_measure(y, y).value == pytest.approx(1)
    assert metrics.h_measure(y, -1 * y).value == pytest.approx(0, abs=1e-12)


def test_row_order_changes_nothing():
    rng = np.random.default_rng(0)
    y, risk = rng.integers(0, 2, 200), rng.integers(0, 20, 200)
    order = rng.permutation(200)
    one, other = metrics.h_measure(y, risk), metrics.h_measure(y[order], risk[order])
    assert (one.value, one.lower, one.upper) == pytest.approx((other.value, other.lower, other.upper))


def test_its_interval_corrects_for_the_optimism_of_the_hull():
    # bads N(.74, 1), goods N(0, 1), AUC .7: H of two million cases is .069 at a bad rate of 10 %
    rng, y = np.random.default_rng(4), np.arange(1500) < 150
    found = [metrics.h_measure(y, rng.normal(np.sqrt(2) * ndtri(0.7) * y)) for _ in range(150)]
    assert np.mean([e.value for e in found]) > 0.08
    assert np.mean([e.lower <= 0.069 <= e.upper for e in found]) >= 0.9


def test_few_cases_of_a_class_have_no_interval_and_say_why():
    e = metrics.h_measure([0] * 20 + [1] * 9, range(29))
    assert (e.value, e.lower) == (1, None)
    assert e.method.endswith("no interval: fewer than 10 cases in a class")


def test_a_perfect_order_has_an_interval_that_is_not_trusted():
    e = metrics.h_measure([0] * 30 + [1] * 10, range(40))
    assert (e.value, e.upper) == (1, 1)
    assert e.method.endswith("can cover less than 93 % here: no case is out of order")


def test_the_weight_is_said():
    assert "Hand and Anagnostopoulos, 2014" in metrics.h_measure([0, 1], [1, 2]).method
    assert "Beta(2, 2)" in metrics.h_measure([0, 1], [1, 2], severity=1).method


def test_a_severity_that_is_none_is_refused():
    with pytest.raises(ValueError, match="severity must be positive, got 0"):
        metrics.h_measure([0, 1], [1, 2], severity=0)
