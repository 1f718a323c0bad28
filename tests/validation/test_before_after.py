"""What calibration changed, side by side."""

import numpy as np
import pytest
from scipy.special import expit, logit

from riskbench.core.thresholds import Thresholds
from riskbench.data.levels import MasterScale
from riskbench.data.prior import moved
from riskbench.validation.before_after import before_and_after, calibration_tests

THRESHOLDS, SCALE = Thresholds(), MasterScale()


def portfolio(n=4000, seed=0):
    """Outcomes that follow the PDs."""
    rng = np.random.default_rng(seed)
    pd = expit(rng.normal(-2, 1, n))
    return (rng.random(n) < pd).astype(float), pd


Y, PD = portfolio()
TOO_FAR_APART = expit(1.6 * logit(PD) + 0.5)


def table(sample="test", **more):
    found = before_and_after({sample: (Y, TOO_FAR_APART)}, {sample: (Y, PD)}, SCALE, THRESHOLDS, **more)
    return found.set_index("test")


def test_every_test_stands_once_with_both_values():
    found = table()
    assert found.index.is_unique
    slope = found.loc["Slope of the calibration line (ideal 1)"]
    assert slope["after"] == pytest.approx(1.6 * slope["before"])  # a line through log odds that were multiplied by 1.6
    assert (slope["status_before"], slope["status"]) == ("red", "green")


def test_the_values_are_those_of_the_tests_alone():
    alone = {t.title: t.estimate.value for t in calibration_tests(Y, PD, SCALE, THRESHOLDS, "test")}
    found = table()
    assert all(found.loc[title, "after"] == alone[title] for title in found.index if title in alone)


def test_grades_whose_pd_is_too_low_are_counted():
    found = before_and_after({"test": (Y, PD / 3)}, {"test": (Y, PD)}, SCALE, THRESHOLDS).set_index("test")
    too_low = found.loc["Grades whose PD is too low (Jeffreys' test red)"]
    assert (too_low["before"] >= 4, too_low["after"]) == (True, 0)


@pytest.mark.parametrize(("fitted", "independent"), [(("development",), "yes"), (("development", "test"), "no")])
def test_a_sample_that_set_the_level_is_said_to_be_no_independent_test(fitted, independent):
    assert set(table(fitted=fitted)["independent"]) == {independent}


def test_grades_go_by_the_pd_that_is_applied():
    shift = np.log(0.1)  # odds of the population are a tenth of those of the data
    tests = calibration_tests(Y, PD, SCALE, THRESHOLDS, "test", shift=shift)
    safest = next(t for t in tests if t.name == "grade_1.jeffreys.test").estimate
    assert safest.n == int((moved(PD, shift) < 0.01).sum()) > int((PD < 0.01).sum())


def test_labels_that_are_missing_do_not_count():
    longer = np.append(Y, [np.nan] * 5), np.append(PD, [0.5] * 5)
    one, other = (before_and_after({"test": s}, {"test": s}, SCALE, THRESHOLDS) for s in ((Y, PD), longer))
    assert one.equals(other)
