import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.monitoring.charts.run_length import (
    cusum_limit,
    cusum_run_length,
    ewma_limit,
    ewma_run_length,
    limit_of_maxima,
)


# Lucas and Saccucci (1990), table 3: pairs of weight and limit with a run length of 500 in control, and at one sd
@pytest.mark.parametrize(
    ("weight", "limit", "at_one"), [(0.40, 3.054, 14.3), (0.25, 2.998, 11.1), (0.20, 2.962, 10.5), (0.10, 2.814, 10.3)]
)
def test_run_lengths_of_an_ewma_are_those_of_the_published_table(weight, limit, at_one):
    assert ewma_run_length(limit, weight, steady=True) == pytest.approx(500, abs=1)
    assert ewma_run_length(limit, weight, shift=1.0, steady=True) == pytest.approx(at_one, abs=0.06)


# Montgomery, table 9.3 (k = .5): h = 4 and 5 with shifts of 0, .25, .5, 1 and 2 standard deviations
@pytest.mark.parametrize(("h", "lengths"), [(4, [168, 74.2, 26.6, 8.38, 3.34]), (5, [465, 139, 38.0, 10.4, 4.01])])
def test_run_lengths_of_a_cusum_are_those_of_the_published_table(h, lengths):
    found = [cusum_run_length(h, 0.5, shift) for shift in (0, 0.25, 0.5, 1, 2)]
    assert found == pytest.approx(lengths, rel=0.005)


def test_an_ewma_without_memory_is_shewharts_chart():
    assert ewma_run_length(3.0, 1.0) == pytest.approx(1 / 0.0026998, rel=1e-4)  # 1 / P(|z| > 3)


@pytest.mark.parametrize("tolerance", [0.0, 0.1])
def test_the_run_length_with_widening_limits_is_that_of_simulation(tolerance):
    random, weight, limit = np.random.default_rng(3), 0.1, 1.9
    z, alive, lengths = np.zeros(20_000), np.ones(20_000, bool), np.zeros(20_000)
    t = 0
    while alive.any():
        t += 1
        z = (1 - weight) * z + weight * random.standard_normal(len(z))
        edge = limit * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * t))) + tolerance
        rang = alive & (np.abs(z) > edge)
        lengths[rang], alive = t, alive & ~rang
    found = ewma_run_length(limit, weight, tolerance=tolerance)
    assert found == pytest.approx(lengths.mean(), abs=4 * lengths.std() / np.sqrt(len(z)))


@settings(max_examples=20)
@given(st.floats(0.03, 1.0), st.floats(5, 5000))
def test_the_limit_of_a_run_length_has_that_run_length(weight, once_in):
    assert ewma_run_length(ewma_limit(weight, once_in), weight) == pytest.approx(once_in, rel=1e-4)


@settings(max_examples=20)
@given(st.floats(0.2, 1.0), st.floats(5, 5000))
def test_the_limit_of_a_cusum_has_its_run_length(allowance, once_in):
    assert cusum_run_length(cusum_limit(allowance, once_in), allowance) == pytest.approx(once_in, rel=1e-4)


def test_the_limit_of_maxima_is_that_of_a_geometric_run_length():
    # without memory, the largest of 50 uniform values stays below 1 - 1/50 with probability .98^50 = .364, near 1/e
    maxima = np.random.default_rng(5).uniform(size=(40_000, 50)).max(axis=1)
    assert limit_of_maxima(maxima) == pytest.approx(1 - 1 / 50, abs=0.001)


@pytest.mark.parametrize("once_in", [1.0, float("nan"), float("inf")])
def test_a_run_length_that_says_nothing_is_refused(once_in):
    with pytest.raises(ValueError, match="once_in must be a finite number of looks, at least 2, got"):
        ewma_limit(0.2, once_in)


def test_weights_and_limits_out_of_their_domain_are_refused():
    with pytest.raises(ValueError, match=r"weight must lie in \(0, 1\], got 1.5"):
        ewma_run_length(3, 1.5)
    with pytest.raises(ValueError, match="limit must be positive and tolerance not negative"):
        ewma_run_length(0, 0.5)
    with pytest.raises(ValueError, match="limit must be positive and allowance not negative"):
        cusum_run_length(5, -1)
    with pytest.raises(ValueError, match="a limit needs simulated paths"):
        limit_of_maxima(np.empty(0))
