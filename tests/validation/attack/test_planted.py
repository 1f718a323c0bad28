"""Errors planted in the tables and in the card, and who catches them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from riskbench.core.errors import NotEvaluated
from riskbench.validation.attack import planted_card, planted_rows
from riskbench.validation.attack.catching import ERRORS, plant_all
from riskbench.validation.attack.detectors import DETECTORS

EVERY = pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.name)


@EVERY
def test_an_error_goes_into_a_copy(desk, error):
    rows, X = desk.rows.copy(), desk.X.copy()
    error.plant(desk, error.sizes[0], np.random.default_rng(1))
    assert_frame_equal(desk.rows, rows)
    assert_frame_equal(desk.X, X)


@EVERY
def test_the_same_seed_plants_the_same_error(desk, error):
    one, other = (error.plant(desk, error.sizes[-1], np.random.default_rng(5)) for _ in range(2))
    assert_frame_equal(one.rows, other.rows)
    assert one.document == other.document


@EVERY
def test_sizes_grow(error):
    assert list(error.sizes) == sorted(error.sizes)
    assert all(error.written(size) for size in error.sizes)


def test_every_error_is_caught_and_nothing_rings_where_nothing_was_planted(desk):
    planted = plant_all(desk)
    assert planted.table.loc[planted.table["ringing"] == 0, "planted"].tolist() == []
    assert len(planted.table) == len(ERRORS)
    assert [check.status for check in planted.checks] == ["green", "green"]
    assert len(planted.tests) == sum(detector.test for detector in DETECTORS)


def test_every_error_is_caught_without_dates_and_segments(undated_desk):
    assert [check.status for check in plant_all(undated_desk).checks] == ["green", "green"]


def test_a_detector_that_rings_already_catches_nothing(desk):
    # the address is wrong before anything is planted: only an edited card could have been caught by it
    planted = plant_all(replace(desk, signed="another"))
    assert "Card other than the one signed" not in set(planted.table["caught_by"])
    assert planted.checks[1].estimate.value == 1


def test_without_both_outcomes_nothing_is_planted_and_the_reason_said(desk):
    missed, alarms = plant_all(replace(desk, rows=desk.rows.assign(y=0.0))).checks
    assert missed.status == alarms.status == "not_evaluated"
    assert "lacks goods or bads" in missed.reason


def test_without_numbers_what_needs_them_says_so(desk, rng):
    no_numbers = dict(desk.document) | {"logit": {"names": ["job"], "coefficients": [-1.0, -1.0]}}
    with pytest.raises(NotEvaluated, match="no number to spoil"):
        planted_rows.times_100(replace(desk, document=no_numbers), 0.1, rng(0))
    with pytest.raises(NotEvaluated, match="no two numbers to swap"):
        planted_rows.columns_swapped(replace(desk, document=no_numbers), 0.1, rng(0))


def test_flips_hit_the_share_of_the_judged_labels_and_no_other(desk, rng):
    flipped = planted_rows.labels_flipped(desk, 0.1, rng(0)).rows["y"]
    differ = (flipped != desk.rows["y"]) & flipped.notna()
    assert differ.sum() == round(0.1 * (desk.now & desk.labelled).sum())
    assert not differ[desk.development].any()


def test_a_feed_that_changes_is_scored_again(desk, rng):
    spoilt = planted_rows.times_100(desk, 1.0, rng(0))
    assert (spoilt.rows["score"] != desk.rows["score"])[desk.now].any()
    assert (spoilt.rows["score"] == desk.rows["score"])[desk.development].all()


def test_a_late_feed_leaves_gaps_in_the_newest_delivery_alone(desk, rng):
    late = planted_rows.feed_late(desk, 1.0, rng(0)).X.isna() & desk.X.notna()
    assert late.any(axis=1).to_numpy()[desk.now & desk.newest].all()
    assert not late.to_numpy()[~(desk.now & desk.newest)].any()


def test_an_intercept_moved_by_points_moves_scores_by_as_many(desk, rng):
    moved = planted_card.intercept_moved(desk, 10, rng(0))
    assert set(moved.rows["score"] - desk.rows["score"]) == {10}


def test_a_level_lost_multiplies_everybodys_odds(desk, rng):
    lost = planted_card.level_lost(desk, 2.0, rng(0)).rows["pd"]
    odds = [p / (1 - p) for p in (lost, desk.rows["pd"])]
    np.testing.assert_allclose(odds[0] / odds[1], 2.0)


def test_a_leak_is_on_the_card_and_empty_without_an_outcome(desk, rng):
    leaky = planted_card.leaked(desk, 0.6, rng(0))
    assert planted_card.LEAK in leaky.document["logit"]["names"]
    assert pd.isna(leaky.X[planted_card.LEAK]).tolist() == (~desk.labelled).tolist()
