"""A worse economy: what the PDs, the grades and the expected loss would be if log odds moved, or by Vasicek's formula.

Four scenarios. By the macro columns: the log odds move by the sensitivity that the portfolio's own months show, times
two standard deviations of the column, in the direction that hurts. Whatever the months say: the odds of bad double. And
the regulator's: PD given the worst of a thousand years of Vasicek's (2002) one factor, with the correlation that
CRR Art. 154(1) sets for other retail exposures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtr, ndtri, stdtr, stdtrit

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale
from riskbench.scorecard.calibration.master_scale import cases_by_grade, grades

SHOCK = 2.0  # standard deviations of a macro column
DOUBLED = 2.0  # the odds of bad
QUANTILE = 0.999
SENSITIVITY = ["macro", "months", "sensitivity", "lower", "upper", "p_value", "sd_of_macro"]
SCENARIO = ["scenario", "log_odds", "mean_pd", "lower", "upper", "loss_multiple", "riskiest"]


@dataclass(frozen=True)
class Scenario:
    """A scenario by name, with the log odds by which everybody moves and the interval of that; none for Vasicek's."""

    name: str
    log_odds: float | None = None
    lower: float | None = None
    upper: float | None = None

    def stressed(self, pds: ArrayLike, log_odds: float | None = None) -> NDArray[np.float64]:
        """The PDs under it, or under `log_odds` in its place."""
        p = np.asarray(pds, dtype=float)
        moved = self.log_odds if log_odds is None else log_odds
        return conditional_pd(p) if moved is None else np.asarray(expit(logit(p) + moved), dtype=float)


def regulatory_correlation(pds: ArrayLike) -> NDArray[np.float64]:
    """The asset correlation of other retail exposures: .03 w + .16 (1 − w), w = (1 − e^(−35 PD)) / (1 − e^(−35)).

    Source: CRR (Regulation 575/2013) Art. 154(1).

    >>> regulatory_correlation([0.0, 1.0]).round(2).tolist()
    [0.16, 0.03]
    """
    weight = -np.expm1(-35 * np.asarray(pds, dtype=float)) / -np.expm1(-35.0)
    return np.asarray(0.03 * weight + 0.16 * (1 - weight), dtype=float)


def conditional_pd(pds: ArrayLike, quantile: float = QUANTILE) -> NDArray[np.float64]:
    """The PD in a year as bad as `quantile` of all: Φ((Φ⁻¹(PD) + √ρ Φ⁻¹(q)) / √(1 − ρ)), ρ the regulatory one.

    Source: Vasicek, Risk 15 (2002); CRR Art. 154(1).

    >>> conditional_pd([0.01]).round(4).tolist()  # ρ = .1216: Φ((−2.3263 + .3487 · 3.0902) / .9372) = Φ(−1.3324)
    [0.0914]
    """
    p, rho = np.asarray(pds, dtype=float), regulatory_correlation(pds)
    return np.asarray(ndtr((ndtri(p) + np.sqrt(rho) * ndtri(quantile)) / np.sqrt(1 - rho)), dtype=float)


def sensitivities(rows: pd.DataFrame, macro: Sequence[str], thresholds: Thresholds) -> pd.DataFrame:
    """One row a macro column: how the log odds of bad move with it over the months, by weighted least squares.

    `rows` are labelled and unlabelled applications with month, y, pd (at the bad rate of the data) and the macro
    columns. By month the residual is the logit of the bad rate, half a case added to each side, less that of the mean
    PD; weights are n r (1 − r). Months with too few labels (`scorecard.period_cases`) are left aside. `sd_of_macro` is
    that of the column over these months, the interval that of t with two degrees fewer than months. Empty without a
    column, a date or three months.
    """
    known = rows[rows["y"].notna() & (rows["month"] != "")]
    by_month = known.groupby("month").agg(n=("y", "size"), bads=("y", "sum"), pd=("pd", "mean"))
    enough = by_month["n"] >= thresholds["scorecard.period_cases"].bound
    told = []
    for name in macro if enough.sum() > 2 else ():
        values = known.groupby("month")[name].mean()[enough]
        if values.notna().all() and values.std() > 0:
            told.append((name, int(enough.sum()), *_sensitivity(by_month[enough], values), float(values.std())))
    return pd.DataFrame(told, columns=SENSITIVITY)


def macro_checks(found: pd.DataFrame, thresholds: Thresholds) -> list[CheckResult]:
    """`macro.months`: over how many months sensitivities were estimated."""
    estimate = Estimate.missing("the study has no macro column over three months with labels", 0)
    if len(found):
        estimate = Estimate(int(found["months"].min()), n=len(found), method="months with labels enough; n columns")
    title = "Months that sensitivities to the economy are estimated from"
    return [CheckResult("macro.months", title, estimate, thresholds["attack.macro_months"])]


def scenarios(found: pd.DataFrame) -> list[Scenario]:
    """Today, each column of `sensitivities` moved by `SHOCK` SD in the direction that hurts, and the fixed two.

    The name says the direction, up or down: where months are few, the one that seems to hurt may be no worse economy.
    """
    shocks = [
        Scenario(f"{name} {_way(slopes[0])} by {SHOCK:g} SD", *(SHOCK * sd * of for of in _hurting(*slopes)))
        for name, sd, *slopes in found[["macro", "sd_of_macro", *SENSITIVITY[2:5]]].itertuples(index=False, name=None)
    ]
    vasicek = Scenario(f"Vasicek, {QUANTILE:.1%}")
    return [Scenario("today", 0.0), *shocks, Scenario("odds doubled", float(np.log(DOUBLED))), vasicek]


def scenario_table(pds: ArrayLike, amounts: ArrayLike, asked: Sequence[Scenario], scale: MasterScale) -> pd.DataFrame:
    """One row a scenario: log odds moved, mean PD with the interval of the sensitivity, loss and the riskiest grade.

    `loss_multiple` is the expected loss over today's, PDs weighted by `amounts` at an unchanged LGD; `riskiest` the
    share of applications in the riskiest grade.
    """
    p, weights = np.asarray(pds, dtype=float), np.asarray(amounts, dtype=float)
    rows = []
    for scenario in asked:
        stressed = scenario.stressed(p)
        bounds = [
            None if b is None else float(scenario.stressed(p, b).mean()) for b in (scenario.lower, scenario.upper)
        ]
        loss = float((stressed * weights).sum() / (p * weights).sum())
        riskiest = float((grades(stressed, scale) == len(scale.labels)).mean())
        rows.append((scenario.name, scenario.log_odds, float(stressed.mean()), *bounds, loss, riskiest))
    return pd.DataFrame(rows, columns=SCENARIO).astype(dict.fromkeys(SCENARIO[1:], float))


def grades_by_scenario(pds: ArrayLike, asked: Sequence[Scenario], scale: MasterScale) -> pd.DataFrame:
    """One row a grade, the safest first, and one column a scenario: the share of applications in it."""
    p = np.asarray(pds, dtype=float)
    filled = {of.name: cases_by_grade(grades(of.stressed(p), scale), scale) / max(len(p), 1) for of in asked}
    return pd.DataFrame({"grade": scale.labels} | filled)


def _sensitivity(by_month: pd.DataFrame, values: pd.Series) -> tuple[float, float, float, float]:
    """Slope, the bounds of its interval and its p-value."""
    rate = ((by_month["bads"] + 0.5) / (by_month["n"] + 1)).to_numpy()
    residual, weight = logit(rate) - logit(by_month["pd"].to_numpy()), by_month["n"].to_numpy() * rate * (1 - rate)
    x = values.to_numpy() - np.average(values, weights=weight)
    y = residual - np.average(residual, weights=weight)
    spread, degrees = float((weight * x**2).sum()), len(x) - 2
    slope = float((weight * x * y).sum()) / spread
    error = float(np.sqrt((weight * (y - slope * x) ** 2).sum() / degrees / spread))
    reach = float(stdtrit(degrees, 0.975)) * error
    p = 2 * float(stdtr(degrees, -abs(slope) / error)) if error else 0.0
    return slope, slope - reach, slope + reach, p


def _way(slope: float) -> str:
    return "up" if slope >= 0 else "down"


def _hurting(slope: float, lower: float, upper: float) -> tuple[float, float, float]:
    """Slope and bounds, turned round where the column hurts by falling."""
    return (slope, lower, upper) if slope >= 0 else (-slope, -upper, -lower)


def amounts(applications: pd.DataFrame, column: str | None) -> NDArray[np.float64]:
    """What each application asks for, 0 where that is missing; 1 each where the study has no amount above 0."""
    if column is None or column not in applications:
        return np.ones(len(applications))
    asked = applications[column].fillna(0).to_numpy(dtype=float)
    return asked if asked.sum() > 0 else np.ones(len(applications))


def scenario_checks(table: pd.DataFrame, sample: str) -> list[CheckResult]:
    """Mean PDs of the two fixed scenarios, for information: no limit has a source."""
    named = {"doubled_odds_pd": "odds doubled", "conditional_pd": f"Vasicek, {QUANTILE:.1%}"}
    by_name = table.set_index("scenario")["mean_pd"]
    return [
        CheckResult(f"champion.{key}.{sample}", f"Mean PD, {name}", Estimate(float(by_name[name])), unit="%")
        for key, name in named.items()
    ]
