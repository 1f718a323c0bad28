"""The champion at another level: what moved, the line that mends it, and whether it does on rows it has not seen."""

import numpy as np
import pytest
from scipy.special import expit, logit

from riskbench.pipeline.proposing.recalibrated import (
    Line,
    cross_fitted,
    fitted_line,
    level_moved,
    nearer,
)

DRAW = np.random.default_rng(7)
TRUE = expit(DRAW.normal(-1.8, 0.9, 20_000))
BAD = (DRAW.random(20_000) < TRUE).astype(float)


@pytest.mark.parametrize("shift", [-0.5, 0.0, 0.5])
def test_a_level_that_moved_is_found_with_its_interval(shift):
    moved = level_moved(BAD, expit(logit(TRUE) - shift))  # the PDs lie `shift` below the truth
    assert moved.lower < shift < moved.upper
    assert moved.upper - moved.lower < 0.1


def test_a_line_by_level_and_spread_undoes_what_was_done_to_the_pds():
    line = fitted_line(BAD, expit(-0.4 + 0.6 * logit(TRUE)), "slope")
    assert np.isclose(line.slope, 1 / 0.6, atol=0.1)  # x = -.4 + .6 t, so t = .4/.6 + x/.6
    assert np.isclose(line.intercept, 0.4 / 0.6, atol=0.1)


def test_each_row_is_judged_by_a_line_that_has_not_seen_it():
    y, pd = BAD[:500].copy(), TRUE[:500]
    before = cross_fitted(y, pd, "intercept")
    y[0] = 1 - y[0]
    after = cross_fitted(y, pd, "intercept")
    assert after[0] == before[0]  # its own label plays no part
    assert (after != before).mean() == pytest.approx(0.8)  # the four other parts are fitted with it


def test_recalibration_gains_where_the_level_moved_and_not_where_it_holds():
    low = expit(logit(TRUE) - 0.5)
    assert nearer(BAD, low, cross_fitted(BAD, low, "intercept")).lower > 0
    assert nearer(BAD, TRUE, cross_fitted(BAD, TRUE, "intercept")).lower <= 0


def test_one_class_gives_no_line():
    assert fitted_line(np.zeros(20), np.full(20, 0.1), "intercept") is None
    assert cross_fitted(np.zeros(20), np.full(20, 0.1), "intercept") is None
    assert level_moved(np.zeros(20), np.full(20, 0.1)).value is None


def test_a_line_that_would_turn_the_ranking_round_is_none():
    y = (DRAW.random(2000) < 1 - TRUE[:2000]).astype(float)
    assert fitted_line(y, TRUE[:2000], "slope") is None


def test_a_line_keeps_the_ranking():
    assert (np.argsort(Line(0.3, 0.8).applied(TRUE)) == np.argsort(TRUE)).all()
