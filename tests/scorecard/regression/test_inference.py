import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from riskbench.scorecard.regression.collinearity import vif
from riskbench.scorecard.regression.inference import coefficient_table, fit_measures, likelihood_ratio_tests, tjur
from riskbench.scorecard.regression.logit import fit_logit


def spector():
    data = sm.datasets.spector.load_pandas()
    return data.exog[["GPA", "TUCE", "PSI"]], data.endog


W, Y = spector()
FIT = fit_logit(W, Y)


def test_the_information_of_spector_agrees_with_statsmodels():
    told = fit_measures(FIT).set_index("measure")["value"]
    other = sm.Logit(Y, sm.add_constant(W)).fit(disp=0)
    assert told["log-likelihood"] == pytest.approx(-12.889634, abs=5e-7)
    assert (told["AIC"], told["BIC"]) == pytest.approx((other.aic, other.bic))
    assert (told["likelihood ratio"], told["McFadden R²"]) == pytest.approx((other.llr, other.prsquared))


def test_the_pseudo_r2_follow_from_their_formulas():
    # n 32, ℓ -12.889634, ℓ0 -20.591730: Cox-Snell 1 − exp(2 (ℓ0 − ℓ) / n) = .382071, at most 1 − exp(2 ℓ0 / n) = .723898
    told = fit_measures(FIT).set_index("measure")["value"]
    assert told["Cox-Snell R²"] == pytest.approx(0.382071, abs=1e-6)
    assert told["Nagelkerke R²"] == pytest.approx(0.382071 / 0.723898, abs=2e-6)


def test_tjur_is_the_mean_pd_of_bads_less_that_of_goods():
    p = FIT.probability(W)
    assert tjur(FIT, W, Y).value == pytest.approx(p[Y == 1].mean() - p[Y == 0].mean())


def test_each_coefficient_is_tested_by_the_fit_without_it():
    tests = likelihood_ratio_tests(FIT, W, Y).set_index("term")
    without = sm.Logit(Y, sm.add_constant(W.drop(columns="GPA"))).fit(disp=0)
    assert tests.at["GPA", "statistic"] == pytest.approx(2 * (FIT.log_likelihood - without.llf), rel=1e-8)
    assert np.isnan(tests.at["intercept", "statistic"])


def test_the_likelihood_ratio_sees_what_the_wald_test_cannot():
    # one bad among 500 where x is 0, one good among 500 where it is 1: the odds differ by 249,001, z is below 9,
    # while the likelihood ratio is that of two nearly perfect halves
    x = np.repeat([0.0, 1.0], 500)
    y = np.r_[1, np.zeros(499), np.ones(499), 0]
    fit = fit_logit(pd.DataFrame({"x": x}), y)
    test = likelihood_ratio_tests(fit, pd.DataFrame({"x": x}), y).set_index("term").loc["x"]
    assert fit.z[1] ** 2 < 80
    assert test["statistic"] > 1300


def test_a_column_without_variation_has_no_test():
    wide = W.assign(k=1.0)
    tests = likelihood_ratio_tests(fit_logit(wide, Y), wide, Y).set_index("term")
    assert np.isnan(tests.at["k", "p_value"])
    assert tests.at["PSI", "statistic"] == pytest.approx(likelihood_ratio_tests(FIT, W, Y)["statistic"][3], rel=1e-6)


def test_the_table_of_coefficients_has_both_tests_and_the_vif():
    table = coefficient_table(FIT, W, Y).set_index("term")
    assert round(table.at["GPA", "standard_error"], 6) == 1.262941
    assert table.at["PSI", "lr"] == likelihood_ratio_tests(FIT, W, Y)["statistic"][3]
    assert table["vif"].iloc[1:].tolist() == vif(W).tolist()


def test_weights_count_in_every_statistic():
    k = np.random.default_rng(0).integers(1, 4, len(Y))
    fit, repeated = fit_logit(W, Y, weights=k), W.loc[W.index.repeat(k)]
    again = fit_logit(repeated, Y.repeat(k))
    assert fit_measures(fit)["value"].to_numpy() == pytest.approx(fit_measures(again)["value"].to_numpy(), rel=1e-8)
    assert tjur(fit, W, Y, k).value == pytest.approx(tjur(again, repeated, Y.repeat(k)).value)
    mine, theirs = likelihood_ratio_tests(fit, W, Y, k), likelihood_ratio_tests(again, repeated, Y.repeat(k))
    assert mine["statistic"].to_numpy() == pytest.approx(theirs["statistic"].to_numpy(), rel=1e-6, nan_ok=True)
