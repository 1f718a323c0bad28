"""What calibration changed, side by side."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.validation import battery
from riskbench.validation.battery.case import cases_by_sample
from riskbench.validation.calibration_effect import TOO_LOW, before_and_after, told, uncalibrated

SLOPE = "Slope of the calibration line (ideal 1)"


def outcomes(n=4000, seed=0):
    """Outcomes that follow the PDs."""
    rng = np.random.default_rng(seed)
    pd_ = expit(rng.normal(-2, 1, n))
    return (rng.random(n) < pd_).astype(float), pd_


Y, PD = outcomes()
TOO_FAR_APART = expit(1.6 * logit(PD) + 0.5)


def cases(risk, *samples, y=Y, **more):
    tables = [pd.DataFrame({"sample": s, "y": y, "pd": risk, "pd_applied": risk}) for s in samples or ("test",)]
    return cases_by_sample(pd.concat(tables, ignore_index=True), MasterScale(), Thresholds(), **more)


def changed(before=TOO_FAR_APART, after=PD):
    return before_and_after(cases(before), cases(after))


def table(before=TOO_FAR_APART, after=PD):
    return changed(before, after).set_index("test")


def test_every_test_stands_once_with_both_values():
    found = table()
    assert found.index.is_unique
    slope = found.loc[SLOPE]
    # a line through log odds that were multiplied by 1.6
    assert slope["test_after"] == pytest.approx(1.6 * slope["test_before"])
    assert slope["test_after"] == pytest.approx(1, abs=0.1)


def test_the_values_are_those_of_the_battery_without_bad_rate_mean_pd_and_the_other_side_of_a_test():
    case = cases(PD)["test"]
    alone = {
        result.title.removesuffix(" (p-value)"): result.estimate.value
        for result in [*battery.run("calibration", case), *battery.run("grades", case)]
        if "grade" not in result.dims
        and result.name not in ("portfolio.bad_rate.test", "portfolio.mean_pd.test", "portfolio.too_high.test")
    }
    assert table()["test_after"].drop(TOO_LOW).to_dict() == alone


def test_p_values_measures_and_counts_are_told_apart():
    kinds = table()["kind"]
    assert kinds[["Brier score", SLOPE, TOO_LOW]].tolist() == ["measure", "measure", "count"]
    assert kinds["Test that the mean PD is not too low"] == "p-value"
    assert kinds.drop_duplicates().tolist() == ["p-value", "measure", "count"]


def test_what_improved_and_what_worsened_is_told_by_point_values():
    assert "worse: none" in told(changed())
    assert SLOPE in told(changed())
    back = told(changed(before=PD, after=TOO_FAR_APART))
    assert back.startswith("On the test sample, better after calibration: none;")


def test_what_changed_is_told_of_samples_alone_that_lent_no_labels():
    both = ("development", "out_of_time")
    assert told(before_and_after(cases(PD, *both), cases(PD, *both))).startswith("On the out-of-time sample, better")
    fitted = before_and_after(cases(PD, *both), cases(PD, *both, fitted=both))
    assert told(fitted) == "Every sample lent labels: no test is independent."


def test_grades_whose_pd_is_too_low_are_counted():
    too_low = table(before=PD / 3).loc[TOO_LOW]
    assert too_low["test_before"] >= 4
    assert too_low["test_after"] == 0


def test_columns_on_samples_that_lent_labels_are_marked():
    both = ("development", "test")
    found = before_and_after(cases(PD, *both), cases(PD, *both, fitted=both)).set_index("test")
    before, after = (
        ["development_before_in_sample", "test_before"],
        ["development_after_in_sample", "test_after_in_sample"],
    )
    assert list(found.columns) == ["kind", before[0], after[0], before[1], after[1]]
    assert np.isnan(found.loc[SLOPE, after[0]])


def test_labels_that_are_missing_do_not_count():
    longer = cases(np.append(PD, [0.5] * 5), y=np.append(Y, [np.nan] * 5))
    assert before_and_after(longer, longer).equals(changed(PD, PD))


def test_the_bare_logit_is_what_the_card_was_before_it_was_shrunk_shifted_and_recalibrated():
    X = pd.DataFrame({"x": np.random.default_rng(0).normal(size=500)})
    y = (np.arange(500) % 5 == 0) | (X["x"] > 1)
    bare = Scorecard(WoeBinning().fit(X, y)).fit(X, y)
    card, shift = bare.shifted(-1.5).recalibrated(0.2, 0.8), -1.5
    scores = uncalibrated(pd.DataFrame({"pd": 0.0, "pd_applied": card.predict_proba(X)[:, 1]}), card, shift)
    assert scores["pd"].to_numpy() == pytest.approx(bare.predict_proba(X)[:, 1])
    assert logit(scores["pd_applied"].to_numpy()) == pytest.approx(logit(scores["pd"].to_numpy()) + shift)
