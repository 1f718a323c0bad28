"""What calibration changed, side by side."""

import numpy as np
import pytest
from scipy.special import expit, logit

from riskbench.core.thresholds import Thresholds
from riskbench.data.oversampling import moved
from riskbench.data.study.calibration import MasterScale
from riskbench.validation.before_after import TOO_LOW, before_and_after, calibration_tests, told

THRESHOLDS, SCALE = Thresholds(), MasterScale()
SLOPE = "Slope of the calibration line (ideal 1)"


def portfolio(n=4000, seed=0):
    """Outcomes that follow the PDs."""
    rng = np.random.default_rng(seed)
    pd = expit(rng.normal(-2, 1, n))
    return (rng.random(n) < pd).astype(float), pd


Y, PD = portfolio()
TOO_FAR_APART = expit(1.6 * logit(PD) + 0.5)


def table(before=TOO_FAR_APART, after=PD, **more):
    found = before_and_after({"test": (Y, before)}, {"test": (Y, after)}, SCALE, THRESHOLDS, **more)
    return found.set_index("test")


def test_every_test_stands_once_with_both_values():
    found = table()
    assert found.index.is_unique
    slope = found.loc[SLOPE]
    # a line through log odds that were multiplied by 1.6
    assert slope["test_after"] == pytest.approx(1.6 * slope["test_before"])
    assert slope["test_after"] == pytest.approx(1, abs=0.1)


def test_the_values_are_those_of_the_tests_alone():
    alone = {
        t.title.removesuffix(" (p-value)"): t.estimate.value
        for t in calibration_tests(Y, PD, SCALE, THRESHOLDS, "test")
    }
    after = table()["test_after"].drop(TOO_LOW)
    assert after.to_dict() == {title: alone[title] for title in after.index}


def test_p_values_measures_and_counts_are_told_apart():
    kinds = table()["kind"]
    assert kinds[["Brier score", SLOPE, TOO_LOW]].tolist() == ["measure", "measure", "count"]
    assert kinds["Test that the mean PD is not too low"] == "p-value"
    assert kinds.drop_duplicates().tolist() == ["p-value", "measure", "count"]


def test_what_improved_and_what_worsened_is_told_by_point_values():
    changed = table().reset_index()
    assert "worsened: none" in told(changed)
    assert f"{SLOPE}" in told(changed)
    back = table(before=PD, after=TOO_FAR_APART).reset_index()
    assert "On test, by calibration improved: none;" in told(back)


def test_what_changed_is_told_of_samples_alone_that_lent_no_labels():
    both = {"development": (Y, PD), "out_of_time": (Y, PD)}
    assert told(before_and_after(both, both, SCALE, THRESHOLDS)).startswith("On out-of-time, by calibration")
    fitted = before_and_after(both, both, SCALE, THRESHOLDS, fitted=tuple(both))
    assert told(fitted) == "Every sample lent labels: no test is independent."


def test_grades_whose_pd_is_too_low_are_counted():
    too_low = table(before=PD / 3).loc[TOO_LOW]
    assert too_low["test_before"] >= 4
    assert too_low["test_after"] == 0


def test_columns_on_samples_that_lent_labels_are_marked():
    assert list(table().columns) == ["kind", "test_before", "test_after"]
    assert list(table(fitted=("development", "test")).columns)[1:] == ["test_before", "test_after_in_sample"]
    both = dict.fromkeys(("development", "test"), (Y, PD))
    found = before_and_after(both, both, SCALE, THRESHOLDS).set_index("test")
    assert list(found.columns)[1:3] == ["development_before_in_sample", "development_after_in_sample"]
    assert np.isnan(found.loc[SLOPE, "development_after_in_sample"])


def test_grades_go_by_the_pd_that_is_applied():
    shift = np.log(0.1)  # odds of the population are a tenth of those of the data
    tests = calibration_tests(Y, PD, SCALE, THRESHOLDS, "test", shift=shift)
    safest = next(t for t in tests if t.name == "grade_1.jeffreys.test").estimate
    assert safest.n == int((moved(PD, shift) < 0.01).sum()) > int((PD < 0.01).sum())


def test_labels_that_are_missing_do_not_count():
    longer = np.append(Y, [np.nan] * 5), np.append(PD, [0.5] * 5)
    one, other = (before_and_after({"test": s}, {"test": s}, SCALE, THRESHOLDS) for s in ((Y, PD), longer))
    assert one.equals(other)
