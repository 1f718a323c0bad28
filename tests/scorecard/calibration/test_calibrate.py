"""A card taken to the level that its study asks for."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from riskbench.core.errors import StudyError
from riskbench.core.thresholds import Thresholds
from riskbench.data import oversampling
from riskbench.data.study import Study, load_study
from riskbench.metrics import calibration_line
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.calibration.anchors import fitted_samples
from riskbench.scorecard.calibration.calibrate import STEPS, calibrate, uncorrected
from riskbench.scorecard.calibration.long_run import long_run_average, period_rates
from riskbench.scorecard.regression.level import level_shift
from riskbench.scorecard.scores import score_table

MICROLOAN = load_study(Path(__file__).parents[3] / "data" / "microloan" / "study.toml").model_dump()
TARGET = {"kind": "target", "target": 0.06, "because": "the last ten years"}
EVERYWHERE = ["development", "test", "out_of_time"]
LONG_RUN = {"kind": "long_run", "because": "the whole history", "period": "month", "samples": EVERYWHERE}
RECENT = {"kind": "recent", "because": "the market has changed", "months": 2, "samples": EVERYWHERE}
OVERSAMPLED = {"bad_rate": 0.05, "because": "the bank's report"}


def portfolio(n=6000, seed=1):
    """Applications of five months; in the last two, out of time, bads are more and the score says less."""
    draw = np.random.default_rng(seed)
    month = draw.choice(["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"], n, p=[0.1, 0.3, 0.2, 0.2, 0.2])
    late = month >= "2024-04"
    X = pd.DataFrame({"burden": draw.normal(size=n).round(2), "late": draw.poisson(1.0, n).astype(float)})
    risk = -2 + 0.8 * X["burden"] + 0.5 * X["late"]
    y = (draw.random(n) < expit(np.where(late, 0.6 * risk + 0.1, risk))).astype(float)
    y[draw.random(n) < 0.1] = np.nan
    sample = np.where(late, "out_of_time", np.where(draw.random(n) < 0.3, "test", "development"))
    identity = {"application": np.arange(n), "month": month, "sample": sample, "label": "", "y": y}
    return pd.DataFrame(identity), X


APPLICATIONS, X = portfolio()
LABELLED = APPLICATIONS["y"].notna()
DEVELOPED = (APPLICATIONS["sample"] == "development") & LABELLED
CARD = Scorecard(WoeBinning(max_bins=5)).fit(X[DEVELOPED], APPLICATIONS.loc[DEVELOPED, "y"].to_numpy())


def study(**parts):
    return Study.model_validate(MICROLOAN | parts)


def calibrated(shrinkage=0.9, **parts):
    return calibrate(CARD, study(**parts), APPLICATIONS, X, shrinkage)


def mean_pd(card, rows, weights=None):
    return np.average(card.predict_proba(X[rows])[:, 1], weights=weights)


@given(st.lists(st.floats(-8, 8), min_size=1, max_size=30), st.floats(0.001, 0.999))
def test_a_level_is_met_exactly(log_odds, rate):
    assert expit(np.array(log_odds) + level_shift(log_odds, rate)).mean() == pytest.approx(rate, abs=1e-10)


def test_equal_pds_move_by_the_difference_of_log_odds_and_unequal_ones_by_another_amount():
    assert level_shift([logit(0.3)] * 3, 0.05) == pytest.approx(logit(0.05) - logit(0.3))
    assert level_shift([-3.0, 2.0], 0.05) != pytest.approx(logit(0.05) - logit(expit([-3.0, 2.0]).mean()), abs=0.1)


@pytest.mark.parametrize("rate", [0.0, 1.0, -0.1])
def test_a_level_lies_inside_0_and_1(rate):
    with pytest.raises(ValueError, match=r"rate must lie in \(0, 1\), got"):
        level_shift([0.0], rate)


def test_a_study_that_asks_for_nothing_keeps_the_bad_rate_of_its_development_sample():
    found = calibrated()
    assert mean_pd(found.card, DEVELOPED) == pytest.approx(APPLICATIONS.loc[DEVELOPED, "y"].mean(), abs=1e-10)
    assert (found.shift, found.rate.value, found.gap.value) == (0.0, None, None)
    assert [r.name for r in found.checks(Thresholds())] == ["champion.prior_shift"]
    assert found.steps["because"].iloc[-1].startswith("the study asks for none")


def test_a_target_is_the_mean_pd_of_the_labelled_development_sample():
    found = calibrated(calibration=TARGET)
    assert mean_pd(found.card, DEVELOPED) == pytest.approx(0.06, abs=1e-10)
    assert {r.name: r.status for r in found.checks(Thresholds())}["champion.calibration_gap"] == "green"


def test_a_long_run_rate_is_met_by_all_its_periods_alike():
    found = calibrated(calibration=LONG_RUN)
    rates = APPLICATIONS[LABELLED].groupby("month")["y"].mean()
    pds = pd.Series(found.card.predict_proba(X)[:, 1])[LABELLED].groupby(APPLICATIONS["month"]).mean()
    assert found.rate.value == pytest.approx(rates.mean())
    assert pds.mean() == pytest.approx(rates.mean(), abs=1e-10)
    assert found.rate == long_run_average(period_rates(study(calibration=LONG_RUN), APPLICATIONS, Thresholds()))


def test_a_long_run_of_the_samples_that_built_the_card_leaves_the_others_alone():
    found = calibrated(calibration={key: LONG_RUN[key] for key in ("kind", "because", "period")})
    built = LABELLED & APPLICATIONS["sample"].isin(["development", "test"])
    assert found.rate.value == pytest.approx(APPLICATIONS[built].groupby("month")["y"].mean().mean())


def test_the_newest_labels_set_the_level():
    found = calibrated(calibration=RECENT)
    newest = LABELLED & APPLICATIONS["month"].isin(["2024-04", "2024-05"])
    assert mean_pd(found.card, newest) == pytest.approx(APPLICATIONS.loc[newest, "y"].mean(), abs=1e-10)
    assert "2024-04 to 2024-05 of development, test, out_of_time" in found.steps["because"].iloc[-1]


def test_by_slope_the_newest_labels_set_level_and_spread_as_a_logistic_regression_would():
    found = calibrated(calibration=RECENT | {"method": "slope"})
    newest = LABELLED & APPLICATIONS["month"].isin(["2024-04", "2024-05"])
    line = calibration_line(APPLICATIONS.loc[newest, "y"], found.card.predict_proba(X[newest])[:, 1])
    assert (line.intercept.value, line.slope.value) == pytest.approx((0, 1), abs=1e-8)
    assert found.steps["slope"].iloc[-1] < 1  # the score says less there
    assert found.gap.value < 1e-9


def test_oversampled_data_are_moved_to_the_population_before_the_target_is_met_there():
    found = calibrated(oversampling=OVERSAMPLED, calibration=TARGET)
    weights = oversampling.outcome_weights(APPLICATIONS.loc[DEVELOPED, "y"], found.shift)
    # the weights give the development sample the population's bad rate
    assert np.average(APPLICATIONS.loc[DEVELOPED, "y"], weights=weights) == pytest.approx(0.05)
    assert mean_pd(found.card, DEVELOPED, weights) == pytest.approx(0.06, abs=1e-10)
    assert found.shift == oversampling.shift(study(oversampling=OVERSAMPLED), APPLICATIONS)


def test_what_is_compared_with_labels_undoes_the_sampling_and_nothing_else():
    found = calibrated(oversampling=OVERSAMPLED, calibration=TARGET)
    scores = score_table(found.card, APPLICATIONS, X, found.shift)
    apart = (logit(scores["pd_applied"]) - logit(scores["pd"])).to_numpy()
    assert apart == pytest.approx(np.full(len(apart), found.shift))


def test_the_steps_lead_from_the_logit_to_the_card():
    found = calibrated(oversampling=OVERSAMPLED, calibration=TARGET)
    assert found.steps["step"].tolist() == list(STEPS)
    log_odds = CARD.logit_.log_odds(CARD.binning_.transform(X))
    for step in found.steps.itertuples():
        log_odds = step.intercept + step.slope * log_odds
    assert expit(log_odds) == pytest.approx(found.card.predict_proba(X)[:, 1])
    assert found.steps["mean_pd"].iloc[-1] == pytest.approx(0.06)


@pytest.mark.parametrize("asked", [None, TARGET, LONG_RUN, RECENT, RECENT | {"method": "slope"}])
def test_calibration_changes_no_rank_and_its_points_follow(asked):
    card = calibrated(calibration=asked).card
    before, after = (c.predict_proba(X)[:, 1] for c in (CARD, card))
    assert (np.diff(after[np.argsort(before, kind="stable")]) >= -1e-15).all()
    assert np.abs(card.points(X) - card.exact_score(X)).max() <= len(card.points_) / 2
    assert Scorecard.from_dict(card.to_dict()).points(X).tolist() == card.points(X).tolist()


@pytest.mark.parametrize("asked", [None, TARGET, RECENT | {"method": "slope"}])
def test_the_pds_of_the_bare_logit_are_had_back(asked):
    card = calibrated(calibration=asked).card
    assert uncorrected(card, card.predict_proba(X)[:, 1]) == pytest.approx(CARD.predict_proba(X)[:, 1])


def test_samples_that_lent_labels_to_the_card_or_its_level_are_named():
    asked = {"none": None, "target": TARGET, "long run": LONG_RUN, "recent": RECENT}
    found = {name: fitted_samples(study(calibration=c), APPLICATIONS) for name, c in asked.items()}
    assert found["none"] == found["target"] == ("development",)
    assert found["long run"] == ("development", "test", "out_of_time")
    assert found["recent"] == ("development", "out_of_time")  # test lent no label of the newest two months


@pytest.mark.parametrize("asked", [LONG_RUN, RECENT])
@pytest.mark.parametrize(("label", "found"), [(1.0, "all are bad"), (0.0, "all are good"), (np.nan, "no")])
def test_labels_of_one_class_or_none_set_no_level(asked, label, found):
    later = APPLICATIONS["sample"] == "out_of_time"
    applications = APPLICATIONS.assign(y=APPLICATIONS["y"].where(~later, label))
    with pytest.raises(StudyError, match=f"needs labels of both classes: .*{found}"):
        calibrate(CARD, study(calibration=asked | {"samples": ["out_of_time"]}), applications, X)


def test_a_slope_that_would_turn_the_ranking_round_is_refused():
    later = APPLICATIONS["sample"] == "out_of_time"
    applications = APPLICATIONS.assign(y=APPLICATIONS["y"].where(~later, 1 - APPLICATIONS["y"]))
    with pytest.raises(StudyError, match=r"needs a slope above 0 .* turn the ranking round"):
        calibrate(CARD, study(calibration=RECENT | {"method": "slope"}), applications, X)


def test_a_card_is_recalibrated_by_a_slope_above_0_only():
    with pytest.raises(ValueError, match="slope must be above 0 and both finite, got slope 0"):
        CARD.recalibrated(0.1, 0)
