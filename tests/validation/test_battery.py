"""The battery of discrimination and calibration."""

import numpy as np
import pytest

from riskbench import metrics
from riskbench.core.evidence import Evidence
from riskbench.core.thresholds import Thresholds
from riskbench.validation.battery import CALIBRATION, DISCRIMINATION, calibration, discrimination

THRESHOLDS = Thresholds()


def portfolio(n=3000, seed=0, shift=0.0):
    """PDs and outcomes; the true log-odds are `shift` above those of the PD."""
    rng = np.random.default_rng(seed)
    x = rng.normal(-2, 1.2, n)
    y = rng.random(n) < 1 / (1 + np.exp(-x - shift))
    return y.astype(float), 1 / (1 + np.exp(-x))


def by_name(results):
    return {r.name: r for r in results}


def test_every_line_of_the_table_is_run_on_every_sample():
    samples = {"test": portfolio(), "out_of_time": portfolio(seed=1)}
    results = discrimination(samples, THRESHOLDS, 0.8) + calibration(samples, THRESHOLDS)
    expected = [f"{line.name}.{s}" for line in (*DISCRIMINATION, *CALIBRATION) for s in samples]
    assert [r.name for r in results] == expected


def test_every_result_can_be_written_down_as_evidence():
    samples = {"development": portfolio(), "test": ([], []), "out_of_time": ([0, 0], [0.1, 0.2])}
    for result in discrimination(samples, THRESHOLDS, 0.8) + calibration(samples, THRESHOLDS):
        evidence = Evidence.of("validation", result)
        assert (evidence.value is None) == (evidence.status == "not_evaluated")
        assert evidence.reason or evidence.value is not None


def test_a_right_model_is_green():
    samples = {"test": portfolio()}
    results = discrimination(samples, THRESHOLDS, 0.78) + calibration(samples, THRESHOLDS)
    assert {r.status for r in results if r.threshold} == {"green"}


def test_pds_that_are_too_low_fail_calibration_but_not_discrimination():
    samples = {"test": portfolio(shift=0.5)}
    found = by_name(discrimination(samples, THRESHOLDS) + calibration(samples, THRESHOLDS))
    assert found["champion.auc.test"].status == "green"
    assert found["portfolio.jeffreys.test"].status == "red"
    assert found["champion.calibration_intercept.test"].estimate.value == pytest.approx(0.5, abs=0.15)


def test_tests_are_judged_by_their_p_values():
    y, p = portfolio()
    found = by_name(discrimination({"test": (y, p)}, THRESHOLDS, 0.9) + calibration({"test": (y, p)}, THRESHOLDS))
    change = metrics.auc_deterioration(0.9, y, p)
    assert found["champion.auc_change.test"].estimate.value == change.p_value
    assert found["champion.auc_change.test"].status == "red"
    spiegelhalter = found["champion.spiegelhalter.test"].estimate
    assert (spiegelhalter.value, spiegelhalter.lower) == (metrics.spiegelhalter(y, p).p_value, None)


def test_the_portfolio_is_tested_at_its_mean_pd():
    y, p = portfolio()
    found = by_name(calibration({"test": (y, p)}, THRESHOLDS))
    expected = metrics.jeffreys(len(y), y.sum(), p.mean())
    assert found["portfolio.jeffreys.test"].estimate.value == expected.p_value
    assert found["portfolio.bad_rate.test"].estimate == expected


def test_development_is_not_compared_with_itself():
    samples = {"development": portfolio(), "test": portfolio(seed=1)}
    names = by_name(discrimination(samples, THRESHOLDS, 0.8))
    assert "champion.auc_change.development" not in names
    assert "champion.auc_change.test" in names


def test_without_an_auc_at_development_its_change_is_not_evaluated():
    change = by_name(discrimination({"test": portfolio()}, THRESHOLDS))["champion.auc_change.test"]
    assert (change.status, change.reason) == ("not_evaluated", "the AUC at development is not known")


def test_cases_without_a_label_do_not_count():
    y, p = portfolio()
    with_unknown = np.append(y, [np.nan] * 10), np.append(p, [0.5] * 10)
    one, other = (calibration({"test": s}, THRESHOLDS) for s in ((y, p), with_unknown))
    assert [r.estimate for r in one] == [r.estimate for r in other]


def test_on_the_sample_that_pds_were_fitted_on_hosmer_lemeshow_has_two_degrees_of_freedom_less():
    y, p = portfolio()
    samples = {"development": (y, p), "test": (y, p), "out_of_time": (y, p)}
    found = by_name(calibration(samples, THRESHOLDS, ("development", "out_of_time")))
    inside, outside = (metrics.hosmer_lemeshow(y, p, in_sample=fitted).p_value for fitted in (True, False))
    name = "champion.hosmer_lemeshow."
    assert [found[name + s].estimate.value for s in samples] == [inside, outside, inside]


def test_tests_without_a_limit_of_their_own_inform():
    found = by_name(calibration({"test": portfolio(shift=0.5)}, THRESHOLDS))
    names = ("champion.hosmer_lemeshow.test", "champion.calibration_line.test", "portfolio.binomial.test")
    assert {found[name].status for name in names} == {"information"}
    assert max(found[name].estimate.value for name in names) < 0.001
