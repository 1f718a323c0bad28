import json

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.regression.collinearity import dependent_columns
from riskbench.scorecard.regression.inference import statsmodels_difference
from riskbench.scorecard.regression.logit import Logit, fit_logit
from riskbench.scorecard.regression.separation import SeparationError


def spector():
    data = sm.datasets.spector.load_pandas()
    return data.exog[["GPA", "TUCE", "PSI"]], data.endog


def simulated(n=2000, seed=0):
    draw = np.random.default_rng(seed)
    W = pd.DataFrame(draw.normal(size=(n, 3)), columns=["a", "b", "c"])
    return W, (draw.random(n) < 1 / (1 + np.exp(1.5 + 0.8 * W["a"]))).astype(int)


def test_spector_gives_the_textbook_logit():
    fit = fit_logit(*spector())
    table = fit.table().set_index("term")
    assert table["coefficient"].round(6).tolist() == [-13.021347, 2.826113, 0.095158, 2.378688]
    assert round(table.at["GPA", "standard_error"], 6) == 1.262941
    assert round(fit.log_likelihood, 6) == -12.889634


def test_statistics_agree_with_statsmodels_to_its_digits():
    W, y = spector()
    mine, other = fit_logit(W, y), sm.Logit(y, sm.add_constant(W)).fit(disp=0)
    table = mine.table()
    assert table["p_value"].to_numpy() == pytest.approx(other.pvalues.to_numpy(), rel=1e-5)
    assert table[["lower", "upper"]].to_numpy() == pytest.approx(other.conf_int().to_numpy(), rel=1e-5)
    assert mine.null_log_likelihood == pytest.approx(other.llnull, rel=1e-9)
    assert mine.likelihood_ratio().p_value == pytest.approx(other.llr_pvalue, rel=1e-6)


def test_the_second_opinion_is_within_its_threshold():
    W, y = simulated()
    gap = statsmodels_difference(W, y, fit_logit(W, y))
    assert Thresholds()["scorecard.equivalence"].judge(gap.value) == "green"


@pytest.mark.parametrize(("shift", "scale"), [(5, 1e7), (0, 1e-9), (1e6, 1.0), (0, 1e150)])
def test_a_column_in_other_units_is_the_same_fit_in_these_units(shift, scale):
    W, y = simulated()
    mine, other = fit_logit(W.assign(a=(W["a"] + shift) * scale), y), fit_logit(W, y)
    assert mine.slopes * [scale, 1, 1] == pytest.approx(other.slopes, rel=1e-6)
    assert mine.intercept == pytest.approx(other.intercept - shift * other.slopes[0], rel=1e-6)
    assert mine.z[1:] == pytest.approx(other.z[1:], rel=1e-6)
    assert mine.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-9)


def test_a_start_in_large_units_leads_to_the_same_answer():
    W, y = simulated()
    large = W.assign(a=(W["a"] + 5) * 1e7)
    cold, warm = fit_logit(large[["a", "b"]], y), fit_logit(large[["a", "b"]], y, start=fit_logit(large, y))
    assert warm.coefficients == pytest.approx(cold.coefficients, rel=1e-7)


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_column_with_a_value_that_is_not_finite_is_named(wrong):
    W, y = simulated(50)
    W.loc[3, "b"] = wrong
    with pytest.raises(ValueError, match="columns must hold finite numbers, got missing or infinite ones in b"):
        fit_logit(W, y)


def test_one_class_is_refused():
    W, _ = simulated(50)
    with pytest.raises(ValueError, match=r"y must hold both classes, got 50 times \[0.0\]"):
        fit_logit(W, np.zeros(50))


def test_mean_pd_equals_the_bad_rate():
    W, y = simulated()
    assert fit_logit(W, y).probability(W).mean() == pytest.approx(y.mean(), abs=1e-9)  # score equation of b0


def test_a_start_near_by_leads_to_the_same_answer():
    W, y = simulated()
    cold, warm = fit_logit(W[["a", "b"]], y), fit_logit(W[["a", "b"]], y, start=fit_logit(W, y))
    assert warm.coefficients == pytest.approx(cold.coefficients, abs=1e-9)


def test_a_column_without_variation_has_coefficient_0_and_no_error():
    W, y = simulated()
    table = fit_logit(W.assign(k=3.0), y).table().set_index("term")
    assert table.at["k", "coefficient"] == 0.0
    assert np.isnan(table.at["k", "standard_error"])
    assert table.at["a", "coefficient"] == pytest.approx(fit_logit(W, y).slopes[0], abs=1e-12)


def test_without_any_variation_the_intercept_is_the_log_odds():
    fit = fit_logit(pd.DataFrame({"k": [1.0] * 4}), [0, 0, 0, 1])
    assert fit.intercept == pytest.approx(np.log(1 / 3))
    assert fit.likelihood_ratio().p_value is None


def test_combinations_of_columns_are_refused_by_name():
    W, y = simulated()
    with pytest.raises(ValueError, match="columns must not be combinations of others, got"):
        fit_logit(W.assign(d=W["a"] - 2 * W["b"]), y)
    assert len(dependent_columns(W.assign(d=W["a"], e=W["b"]))) == 2


def test_a_column_that_separates_the_classes_is_named():
    W, y = simulated()
    with pytest.raises(SeparationError, match="'leak' separates some of them perfectly"):
        fit_logit(W.assign(leak=y + 0.1 * W["b"].clip(-1, 1)), y)


def test_a_column_that_separates_part_of_the_cases_is_named():
    W, y = simulated()
    flag = ((W["c"] > 1) & (y == 1)).astype(float)  # 1 only where bad, 0 for both classes
    with pytest.raises(SeparationError) as caught:
        fit_logit(W.assign(flag=flag), y)
    assert caught.value.features == ["flag"]


def test_columns_that_separate_only_together_are_named():
    a, b = (v.ravel() for v in np.meshgrid(np.arange(-10, 11.0), np.arange(-10, 11.0)))
    W, y = pd.DataFrame({"a": a, "b": b})[a + b != 0], (a + b > 0)[a + b != 0]
    with pytest.raises(SeparationError) as caught:
        fit_logit(W, y)
    assert caught.value.features == ["a", "b"]


def test_strong_but_overlapping_classes_are_fitted():
    x = np.concatenate([np.linspace(-30, 1, 200), np.linspace(-1, 30, 200)])
    fit = fit_logit(pd.DataFrame({"x": x}), [0] * 200 + [1] * 200)
    assert np.abs(fit.log_odds(pd.DataFrame({"x": x}))).max() > 10
    assert fit.slopes[0] > 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_a_whole_weight_is_the_row_so_many_times(seed):
    W, y = simulated(200, seed)
    k = np.random.default_rng(seed).integers(1, 5, len(y))
    weighted = fit_logit(W, y, weights=k)
    repeated = fit_logit(W.loc[W.index.repeat(k)], y.repeat(k))
    assert weighted.coefficients == pytest.approx(repeated.coefficients, rel=1e-7, abs=1e-8)
    assert weighted.covariance == pytest.approx(repeated.covariance, rel=1e-7, abs=1e-10)
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, rel=1e-10)
    assert (weighted.n, weighted.null_log_likelihood) == pytest.approx((k.sum(), repeated.null_log_likelihood))


def test_weights_agree_with_those_of_statsmodels():
    W, y = simulated()
    weights = np.random.default_rng(1).uniform(0.2, 3.0, len(y))
    fit = fit_logit(W, y, weights=weights)
    assert statsmodels_difference(W, y, fit, weights).value < 1e-8
    assert fit.n == pytest.approx(weights.sum())


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.nan, np.inf])
def test_a_weight_that_is_not_positive_and_finite_is_refused(wrong):
    W, y = simulated(50)
    with pytest.raises(ValueError, match="weights must be finite and above zero, got"):
        fit_logit(W, y, weights=np.r_[wrong, np.ones(49)])


def test_a_saved_logit_is_the_same_logit():
    W, y = simulated()
    fit = fit_logit(W.assign(k=1.0), y)
    again = Logit.from_dict(json.loads(json.dumps(fit.to_dict(), allow_nan=False)))
    pd.testing.assert_frame_equal(again.table(), fit.table(), check_exact=True)
