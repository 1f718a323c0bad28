"""The probability of default: a log-odds sum of declared effects, an unseen trait and noise.

The same table stands in docs/synthetic.md. Nothing here was chosen by looking at a model; a model that is given
everything observable can recover the effects below, and never the trait and the noise.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from riskbench.data.synthetic.applications import AGENT, BRANCH, DEBT
from riskbench.data.synthetic.columns import Columns
from riskbench.data.synthetic.income import INFORMAL, SELF_EMPLOYED
from riskbench.data.synthetic.randomness import sigmoid
from riskbench.data.synthetic.timeline import CALENDAR

INTERCEPT = -1.85
TRAIT_SD = 0.60
NOISE_SD = 0.40


@dataclass(frozen=True)
class Effect:
    """One term of the log-odds: `weight` times `term`; positive means riskier."""

    name: str
    weight: float
    term: Callable[[Columns], np.ndarray]


def _stress(x: Columns) -> np.ndarray:
    return (x["low_days"] - 7) / 5 * x["has_wallet"]


def _burden(x: Columns) -> np.ndarray:
    return np.clip((x["burden"] - 0.80) / 0.25, -2, 2)


def _unsteady(x: Columns) -> np.ndarray:
    return np.isin(x["employment"], (SELF_EMPLOYED, INFORMAL))


MAIN = (
    Effect("delinquencies", 0.75, lambda x: np.log1p(x["delinquencies_12m"])),
    Effect("utilisation", 0.40, lambda x: (x["utilisation"] - 0.45) / 0.25),
    Effect("enquiries", 0.10, lambda x: np.minimum(x["enquiries_6m"], 6)),
    Effect("no_file", 0.25, lambda x: ~x["has_file"]),
    Effect("income", -0.40, lambda x: np.log(x["monthly_income"] / 900) / 0.5),
    Effect("burden", 0.35, _burden),
    Effect("youth", 0.45, lambda x: np.maximum(30 - x["age"], 0) / 8),
    Effect("old_age", 0.10, lambda x: np.maximum(x["age"] - 60, 0) / 8),
    Effect("tenure", -0.30, lambda x: np.minimum(x["employer_months"], 60) / 24),
    Effect("informal", 0.35, lambda x: x["employment"] == INFORMAL),
    Effect("stress", 0.40, _stress),
    Effect("night", 0.25, lambda x: (x["night_share"] - 0.13) / 0.06 * (x["same_device_customers"] < 8)),
    Effect("velocity", 0.60, lambda x: x["same_device_customers"] >= 3),
    Effect("network", 1.20, lambda x: x["referrals_bad_share"] - 0.15),
    Effect("bad_elsewhere", 0.60, lambda x: np.minimum(x["bad_elsewhere"], 2)),
    Effect("debt_purpose", 0.35, lambda x: x["purpose"] == DEBT),
    Effect("agent", 0.15, lambda x: x["channel"] == AGENT),
    Effect("branch", -0.20, lambda x: x["channel"] == BRANCH),
    Effect("payday_plus", 0.30, lambda x: x["payday"]),
    Effect("loyalty", -0.25, lambda x: np.minimum(x["paid_loans"], 3)),
    Effect("postcode", -0.08, lambda x: (x["postcode_income_index"] - 100) / 15),
    Effect("female", -0.15, lambda x: x["female"]),
    Effect("unemployment", 0.12, lambda x: x["unemployment"] - 5.5),
)
INTERACTIONS = (
    Effect("thin_and_drawn", 0.60, lambda x: (x["utilisation"] > 0.65) & (x["months_since_oldest"] < 18)),
    Effect("young_payday", 0.50, lambda x: (x["payday"]) & (x["age"] < 25)),
    Effect("unsteady_stress", 0.30, lambda x: _unsteady(x) * _stress(x)),
    Effect("long_burden", 0.10, lambda x: _burden(x) * (x["term_months"] - 3) / 2),
)
CHANGE = Effect("odds_change", 0.50, lambda x: x["month"] >= CALENDAR.odds_change)


def observable_log_odds(x: Columns) -> np.ndarray:
    """The part of the log-odds that the effects give: what a perfect model of the observables could know."""
    total = np.full(len(x["month"]), INTERCEPT)
    for effect in (*MAIN, *INTERACTIONS, CHANGE):
        total += effect.weight * effect.term(x)
    return total


def true_pd(rng: np.random.Generator, x: Columns, trait: np.ndarray) -> np.ndarray:
    """Probability of default of each application, the unseen trait and the noise included."""
    noise = rng.normal(0, 1, len(trait))
    return sigmoid(observable_log_odds(x) + TRAIT_SD * trait + NOISE_SD * noise)


def fraud_probability(x: Columns, ring: np.ndarray) -> np.ndarray:
    """Probability that nobody means to pay: rare, higher on a shared device, high in the burst."""
    return np.where(ring, 0.35, 0.003 + 0.02 * (x["same_device_customers"] >= 3))
