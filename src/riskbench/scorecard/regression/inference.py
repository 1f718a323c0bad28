"""What is told of a fitted logit: its fit as a whole, each coefficient tested twice, and a second opinion."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from riskbench.core.results import LEVEL, Estimate
from riskbench.scorecard.regression.collinearity import vif
from riskbench.scorecard.regression.logit import INTERCEPT, Logit, fit_logit, weights_of


def fit_measures(fit: Logit) -> pd.DataFrame:
    """How well the logit fits its own cases: columns measure, value, formula.

    With ℓ the log-likelihood, ℓ0 that of the intercept alone, k the coefficients and n the cases. The pseudo R² lie in
    [0, 1), larger is better, and cannot be compared between portfolios; AIC and BIC compare cards on the same cases,
    smaller is better. Sources: McFadden (1974); Cox and Snell (1989); Nagelkerke, Biometrika 78 (1991).

    >>> fit = fit_logit(pd.DataFrame({"x": [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]}), [0, 0, 1, 0, 1, 1])
    >>> fit_measures(fit).set_index("measure")["value"][["likelihood ratio", "McFadden R²"]].round(4).tolist()
    [0.6796, 0.0817]
    """
    reached, nothing, n, k = fit.log_likelihood, fit.null_log_likelihood, fit.n, fit.degrees + 1
    overall = fit.likelihood_ratio()
    cox_snell, most = -np.expm1(2 * (nothing - reached) / n), -np.expm1(2 * nothing / n)
    rows = [
        ("log-likelihood", reached, "ℓ"),
        ("log-likelihood of the intercept alone", nothing, "ℓ0"),
        ("likelihood ratio", overall.statistic, f"2 (ℓ − ℓ0), {k - 1} degrees of freedom"),
        ("its p-value", overall.p_value, "χ²; every coefficient is 0"),
        ("AIC", 2 * k - 2 * reached, "2 k − 2 ℓ"),
        ("BIC", k * np.log(n) - 2 * reached, "k ln n − 2 ℓ"),
        ("McFadden R²", overall.value, "1 − ℓ / ℓ0"),
        ("Cox-Snell R²", cox_snell, "1 − exp(2 (ℓ0 − ℓ) / n)"),
        ("Nagelkerke R²", cox_snell / most, "Cox-Snell / (1 − exp(2 ℓ0 / n))"),
    ]
    return pd.DataFrame(rows, columns=["measure", "value", "formula"])


def tjur(fit: Logit, W: pd.DataFrame, y: ArrayLike, weights: ArrayLike | None = None) -> Estimate:
    """Mean PD of the bads less mean PD of the goods, in [0, 1]; larger separates more.

    Source: Tjur, The American Statistician 63 (2009).
    """
    p, bad, weight = fit.probability(W), np.asarray(y) == 1, weights_of(weights, len(W))
    gap = np.average(p[bad], weights=weight[bad]) - np.average(p[~bad], weights=weight[~bad])
    return Estimate(float(gap), n=round(fit.n), method="Tjur: mean PD of bads less that of goods")


def likelihood_ratio_tests(fit: Logit, W: pd.DataFrame, y: ArrayLike, weights: ArrayLike | None = None) -> pd.DataFrame:
    """One row a term: `statistic` 2 (ℓ − ℓ without it) and its `p_value` on one degree of freedom; H0: it adds nothing.

    The logit is fitted again without each column in turn, from where it stands. It holds where the Wald test fails: a
    huge coefficient has a huge standard error and looks like nothing (Hauck and Donner, JASA 72, 1977). NaN for a
    column without variation. W, y and weights are those of the fit.

    >>> W, y = pd.DataFrame({"x": [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]}), [0, 0, 1, 0, 1, 1]
    >>> likelihood_ratio_tests(fit_logit(W, y), W, y)["statistic"].round(4).tolist()
    [nan, 0.6796]
    """
    rows = [(INTERCEPT, np.nan, np.nan)]
    for name, z in zip(fit.names, fit.z[1:], strict=True):
        if np.isnan(z):
            rows.append((name, np.nan, np.nan))
            continue
        rest = fit_logit(W[[other for other in fit.names if other != name]], y, start=fit, weights=weights)
        statistic = max(2 * (fit.log_likelihood - rest.log_likelihood), 0.0)
        rows.append((name, statistic, float(chdtrc(1, statistic))))
    return pd.DataFrame(rows, columns=["term", "statistic", "p_value"])


def coefficient_table(
    fit: Logit, W: pd.DataFrame, y: ArrayLike, weights: ArrayLike | None = None, level: float = LEVEL
) -> pd.DataFrame:
    """`Logit.table` with the likelihood-ratio test of each coefficient (`lr`, `lr_p_value`) and its VIF."""
    tests = likelihood_ratio_tests(fit, W, y, weights)
    table = fit.table(level).assign(lr=tests["statistic"], lr_p_value=tests["p_value"])
    order = ["term", "coefficient", "lower", "upper", "standard_error", "z", "p_value", "lr", "lr_p_value"]
    return table[order].assign(vif=table["term"].map(vif(W[list(fit.names)])))


def statsmodels_difference(W: pd.DataFrame, y: ArrayLike, fit: Logit, weights: ArrayLike | None = None) -> Estimate:
    """Second opinion: the largest absolute difference from statsmodels' logit in coefficients and standard errors."""
    import statsmodels.api as sm

    varying = [name for name, z in zip(fit.names, fit.z[1:], strict=True) if np.isfinite(z)]
    design = sm.add_constant(W[varying].to_numpy(float), prepend=True, has_constant="add")
    model = sm.GLM(np.asarray(y, float), design, sm.families.Binomial(), freq_weights=weights_of(weights, len(W)))
    other = model.fit(maxiter=100, tol=1e-14)
    mine = fit.table().set_index("term").loc[[INTERCEPT, *varying]]
    gaps = np.concatenate([mine["coefficient"] - other.params, mine["standard_error"] - other.bse])
    method = "largest absolute difference from statsmodels"
    return Estimate(float(np.abs(gaps).max()), n=round(fit.n), method=method)
