"""Optimism and the learning curve."""

import numpy as np
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.metrics.discrimination import auc, auc_error
from riskbench.validation.robustness import draws
from riskbench.validation.robustness.overfitting import gained_by_doubling, learning_curve, optimism_checks


def optimism(bench, builds):
    return {c.name.split(".")[1]: c for c in optimism_checks(bench, builds, Thresholds())}


def test_optimism_is_harrells_mean_of_gains_on_ones_own_draw(dated, builds):
    rows = dated.developed
    gaps = [auc(dated.y[b.rows], -b.score[b.rows]).value - auc(dated.y[rows], -b.score[rows]).value for b in builds]
    found = optimism(dated, builds)
    assert found["optimism"].estimate.value == pytest.approx(np.mean(gaps))
    apparent, corrected = found["auc_apparent"].estimate, found["auc_corrected"].estimate
    assert apparent.value == auc(dated.y[rows], -dated.original.score[rows]).value
    assert corrected.value == pytest.approx(apparent.value - np.mean(gaps))
    assert corrected.upper - corrected.lower == pytest.approx(apparent.upper - apparent.lower)


def test_the_632_bootstrap_weighs_what_draws_left_out(dated, builds):
    left = [dated.developed & ~np.isin(np.arange(len(dated.y)), b.rows) for b in builds]
    outside = [auc(dated.y[rows], -b.score[rows]).value for b, rows in zip(builds, left, strict=True)]
    found = optimism(dated, builds)
    expected = 0.368 * found["auc_apparent"].estimate.value + 0.632 * np.mean(outside)
    assert found["auc_632"].estimate.value == pytest.approx(expected)


def test_a_holdout_of_one_class_is_not_evaluated_and_stops_nothing(dated, builds, with_labels):
    y = np.where(dated.judging, 0.0, dated.y)
    found = optimism(with_labels(dated, y), builds)
    assert [name for name, check in found.items() if check.status == "not_evaluated"] == ["auc"]
    curve = learning_curve(with_labels(dated, y), {0.5: builds})
    assert curve["auc"].isna().all()
    assert gained_by_doubling(with_labels(dated, y), builds).reason.startswith("it needs bad and good")


def test_the_learning_curve_rises_to_the_champion(dated):
    curve = learning_curve(dated, {0.1: draws.parts(dated, 0.1, 4), 0.5: draws.parts(dated, 0.5, 4)})
    assert curve["share"].tolist() == [0.1, 0.5, 1.0]
    assert curve["auc"].is_monotonic_increasing
    full = auc(dated.y[dated.judged], -dated.original.score[dated.judged])
    last = curve.iloc[-1]
    assert (last["auc"], last["auc_lower"], last["auc_upper"]) == pytest.approx((full.value, full.lower, full.upper))
    assert last["mean_cases"] == dated.developed.sum()


def test_the_interval_of_a_share_joins_the_draws_and_the_holdout(dated):
    halves = draws.parts(dated, 0.5, 4)
    row = learning_curve(dated, {0.5: halves}).iloc[0]
    found = [auc(dated.y[dated.judged], -b.score[dated.judged]) for b in halves]
    within = np.mean([auc_error(dated.y[dated.judged], -b.score[dated.judged]) ** 2 for b in halves])
    error = np.sqrt(within + np.var([e.value for e in found], ddof=1) / 4)
    assert row["auc_upper"] - row["auc"] == pytest.approx(1.959964 * error, rel=1e-6)


def test_what_the_second_half_gained_is_the_champion_less_the_halves(dated):
    halves = draws.parts(dated, 0.5, 3)
    values = [auc(dated.y[dated.judged], -b.score[dated.judged]).value for b in [dated.original, *halves]]
    assert gained_by_doubling(dated, halves).value == pytest.approx(values[0] - np.mean(values[1:]))


def test_a_share_without_cards_has_no_auc(dated):
    assert learning_curve(dated, {0.1: []}).iloc[0].drop("share").isna().all()
