"""The loss that each vintage of decisions is expected to bring, beside what matured loans of it have lost.

Two things move the sum: which loans of a vintage go bad, given their PDs, and how well the level of the PDs is known.
"""

from math import inf, sqrt

import numpy as np
import pandas as pd

from riskbench.data.periods import Length, periods
from riskbench.decision.weighted import LEVEL
from riskbench.metrics.intervals import normal_quantile


def level_error(pds: pd.Series) -> float:
    """The standard error of the level of PDs, on the log odds, that so many labelled loans leave: 1 / √Σ p(1 − p).

    `pds` are those of the loans that the card was fitted on.

    >>> level_error(pd.Series([0.5] * 100))  # Σ p(1 − p) = 25
    0.2
    """
    information = float((pds * (1 - pds)).sum())
    return 1 / sqrt(information) if information else inf


def vintage_table(lent_to: pd.DataFrame, months: pd.Series, lgd: float, error: float, length: Length) -> pd.DataFrame:
    """One row a vintage of decisions, a `month` or `quarter`: what is lent, and the loss expected of it.

    `lent_to` has `pd`, `lent`, `y` and `weight` by application that is lent to, `months` the month of each decision,
    `error` is of `level_error`. Returns `vintage`, `n`, `amount`, `expected_loss` = Σ PD · LGD · EAD with its interval,
    and of the loans with an outcome `n_labelled`, `expected_matured`, its interval, and `observed_loss` = Σ LGD · EAD
    of those that went bad. Raises `NotEvaluated` without dates.
    """
    vintage = periods(months, length)
    loans = lent_to.assign(vintage=vintage, loss=lgd * lent_to["lent"] * lent_to["weight"])
    rows = []
    for name, of in loans.groupby("vintage", sort=True):
        known = of[of["y"].notna()]
        rows.append(
            {
                "vintage": name,
                "n": len(of),
                "amount": float((of["weight"] * of["lent"]).sum()),
                **_three("expected_loss", of, error),
                "n_labelled": len(known),
                **_three("expected_matured", known, error),
                "observed_loss": float((known["loss"] * known["y"]).sum()) if len(known) else np.nan,
            }
        )
    return pd.DataFrame(rows)


def _three(name: str, of: pd.DataFrame, error: float) -> dict[str, float]:
    if of.empty:
        return dict.fromkeys((name, f"{name}_lower", f"{name}_upper"), np.nan)
    p, loss = of["pd"].to_numpy(float), of["loss"].to_numpy(float)
    spread = p * (1 - p)
    value = float((loss * p).sum())
    chance, level = float((loss**2 * spread).sum()), float((loss * spread).sum() * error)
    reach = normal_quantile(LEVEL) * np.sqrt(chance + level**2)
    return {name: value, f"{name}_lower": max(0.0, value - reach), f"{name}_upper": value + reach}


def vintages_above(table: pd.DataFrame) -> tuple[int, int]:
    """How many vintages lost more than the interval of what was expected, of how many that have matured loans."""
    known = table[table["n_labelled"] > 0]
    return int((known["observed_loss"] > known["expected_matured_upper"]).sum()), len(known)
