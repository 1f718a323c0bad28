"""Migration matrices."""

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from riskbench import metrics

MATRIX = [[80, 15, 5], [10, 70, 20], [2, 18, 80]]  # statistics.md


def test_bandwidths_and_z_reproduce_the_published_example():
    moves = metrics.migration(MATRIX)
    far = moves.tests[1, 3]
    assert (round(moves.upper.value, 2), round(moves.lower.value, 2)) == (0.75, 0.64)
    assert (round(far.statistic, 6), round(far.p_value, 6)) == (2.294157, 0.989109)


def test_every_move_is_tested_against_the_move_one_grade_nearer():
    tests = metrics.migration(MATRIX).tests
    assert sorted(tests) == [(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)]
    assert tests[3, 1].value == pytest.approx(0.18 - 0.02)


def test_p_values_are_adjusted_by_holm():
    moves = metrics.migration([[50, 20, 30], [25, 40, 35], [30, 20, 50]])
    cells = sorted(moves.tests)
    expected = multipletests([moves.tests[c].p_value for c in cells], method="holm")[1]
    assert [moves.holm[c] for c in cells] == pytest.approx(list(expected))


def test_bandwidths_turn_when_the_grades_are_turned():
    one, other = metrics.migration(MATRIX), metrics.migration(np.array(MATRIX)[::-1, ::-1])
    assert (one.upper.value, one.upper.lower) == pytest.approx((other.lower.value, other.lower.lower))


def test_interval_of_the_bandwidth_is_that_of_its_sampling_distribution():
    rng, p = np.random.default_rng(0), np.array(MATRIX) / 100
    draws = [metrics.migration([rng.multinomial(100, row) for row in p]).upper.value for _ in range(400)]
    e = metrics.migration(MATRIX).upper
    assert (e.upper - e.lower) / 2 / 1.96 == pytest.approx(np.std(draws), rel=0.12)


def test_a_matrix_where_nobody_moves_has_no_bandwidth():
    moves = metrics.migration(np.diag([10, 10, 0]))
    assert moves.upper.reason == moves.lower.reason == "nobody moved to that side"
    assert moves.tests[3, 1].reason == "nobody was in that grade"


@pytest.mark.parametrize("matrix", [[[1]], [[1, 2, 3], [4, 5, 6]], [1, 2]])
def test_a_matrix_that_is_not_square_is_refused(matrix):
    with pytest.raises(ValueError, match="must be square, of two grades or more, got shape"):
        metrics.migration(matrix)
