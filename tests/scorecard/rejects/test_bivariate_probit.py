"""The bivariate probit of decision and default: its normal integral, its estimates, and what it refuses to say."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.stats import multivariate_normal, norm

from riskbench.scorecard.rejects.bivariate_probit import _Likelihood, bivariate_normal, fit_bivariate_probit

SIZES = st.floats(-6, 6)
CORRELATIONS = st.floats(-0.97, 0.97)


def simulated(rho, n=3000, seed=1):
    """Known where .3 + .5 x + z + u > 0, bad where -.8 - .6 x + e > 0, u and e correlated by rho."""
    draw = np.random.default_rng(seed)
    u, x, z = draw.normal(size=(3, n))
    e = rho * u + np.sqrt(1 - rho**2) * draw.normal(size=n)
    bad = (-0.8 - 0.6 * x + e > 0).astype(float)
    X = pd.DataFrame({"x": x})
    return X, np.where(0.3 + 0.5 * x + z + u > 0, bad, np.nan), X.assign(z=z), bad


X, Y, Z, BAD = simulated(-0.5)
MODEL = fit_bivariate_probit(X, Y, Z)


@settings(max_examples=60, deadline=None)
@given(SIZES, SIZES, CORRELATIONS)
def test_the_bivariate_normal_is_that_of_scipy(h, k, rho):
    expected = multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([h, k])
    assert bivariate_normal(h, k, rho) == pytest.approx(expected, abs=1e-8)  # scipy integrates to about 1e-9


@settings(max_examples=60, deadline=None)
@given(SIZES, SIZES, CORRELATIONS)
def test_the_bivariate_normal_of_both_sides_sums_to_that_of_one_variable(h, k, rho):
    assert bivariate_normal(h, k, rho) + bivariate_normal(h, -k, -rho) == pytest.approx(norm.cdf(h), abs=1e-14)


@pytest.mark.parametrize(("rho", "expected"), [(0.0, 1 / 4), (0.5, 1 / 3), (-0.5, 1 / 6)])
def test_at_the_origin_the_bivariate_normal_is_sheppards_formula(rho, expected):
    # 1/4 + arcsin(rho) / (2 pi), and arcsin(1/2) = pi / 6
    assert bivariate_normal(0, 0, rho) == pytest.approx(expected, abs=1e-15)


def test_the_gradient_is_that_of_the_likelihood():
    likelihood = _Likelihood(X, Y, Z)
    at = np.array([-0.5, 0.2, 0.1, 0.4, 0.7, -0.3])
    numeric = approx_fprime(at, lambda p: likelihood.both(p)[0], 1e-7)
    assert likelihood.both(at)[1] == pytest.approx(numeric, abs=1e-6)


@pytest.mark.parametrize("rho", [-0.5, 0.0, 0.6])
def test_a_known_correlation_lies_in_its_interval(rho):
    found = fit_bivariate_probit(*simulated(rho)[:3]).rho
    assert found.lower < rho < found.upper
    assert found.upper - found.lower < 0.5


def test_the_likelihood_ratio_tells_a_correlation_from_none():
    assert MODEL.independence.value < 0.001
    assert fit_bivariate_probit(*simulated(0.0)[:3]).independence.value > 0.05


def test_coefficients_are_those_that_the_cases_were_drawn_from():
    # standard errors are about .05 at 3,000 applications
    assert MODEL.outcome.to_numpy() == pytest.approx([-0.8, -0.6], abs=0.2)
    assert MODEL.decision.to_numpy() == pytest.approx([0.3, 0.5, 1.0], abs=0.15)
    assert list(MODEL.decision.index) == ["intercept", "x", "z"]


def test_without_correlation_it_is_two_probits_of_statsmodels():
    likelihood, known = _Likelihood(X, Y, Z), ~np.isnan(Y)
    found, reached = likelihood.maximise(np.zeros(likelihood.size - 1), 0.0)
    outcome = sm.Probit(Y[known], sm.add_constant(X[known].to_numpy())).fit(disp=0)
    decision = sm.Probit(known.astype(float), sm.add_constant(Z.to_numpy())).fit(disp=0)
    assert found == pytest.approx([*outcome.params, *decision.params], abs=1e-5)
    assert reached == pytest.approx(outcome.llf + decision.llf, abs=1e-6)


def test_the_ends_of_the_interval_lie_where_the_likelihood_has_fallen_by_the_quantile():
    likelihood = _Likelihood(X, Y, Z)
    start = np.concatenate([MODEL.outcome, MODEL.decision])
    for end in (MODEL.rho.lower, MODEL.rho.upper):
        fallen = 2 * (MODEL.log_likelihood - likelihood.maximise(start, np.arctanh(end))[1])
        assert fallen == pytest.approx(3.8415, abs=1e-3)  # 95 % of chi square with one degree of freedom


def test_it_corrects_what_the_known_say_of_the_declined():
    declined = np.isnan(Y)
    true, marginal = BAD[declined].mean(), MODEL.probability(X)[declined].mean()
    given = MODEL.probability_given(X, Z, declined)[declined].mean()
    assert abs(given - true) < abs(marginal - true)
    assert given == pytest.approx(true, abs=0.05)


def test_the_pd_is_the_mix_of_the_pds_by_decision():
    accepted = norm.cdf(MODEL.decision["intercept"] + Z.to_numpy() @ MODEL.decision.to_numpy()[1:])
    mixed = accepted * MODEL.probability_given(X, Z, np.zeros(len(X))) + (1 - accepted) * MODEL.probability_given(
        X, Z, np.ones(len(X))
    )
    assert mixed == pytest.approx(MODEL.probability(X), abs=1e-9)


def test_the_correlation_is_identified_by_a_variable_that_moves_the_decision_alone():
    assert MODEL.identified
    assert not fit_bivariate_probit(X, Y, X).identified


@pytest.mark.parametrize(
    ("x", "y", "rule"),
    [
        (X, Y[:-1], "must have one length"),
        (X, BAD, "each of them at least once"),
        (X, np.where(np.isnan(Y), np.nan, 0.0), "each of them at least once"),
        (X, np.where(np.isnan(Y), np.nan, 2.0), "1 .bad., 0 .good. and NaN"),
        (X.assign(one=1.0), Y, "columns must vary, which is not the case for one"),
        (X.assign(twice=2 * X["x"]), Y, "combinations of others, got 'twice'"),
    ],
)
def test_what_has_no_answer_is_refused(x, y, rule):
    with pytest.raises(ValueError, match=rule):
        fit_bivariate_probit(x, y, Z)
