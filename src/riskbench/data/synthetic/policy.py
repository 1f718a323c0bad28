"""The lender's decisions so far: a crude rule score, a refer band, and an underwriter who knows a little more.

The underwriter of referred cases sees something of the unseen trait, so the booked loans are selected by more than
the data: that is what makes reject inference hard, here as in life.
"""

import numpy as np

from riskbench.data.synthetic.bureau import NO_FILE
from riskbench.data.synthetic.columns import Columns
from riskbench.data.synthetic.timeline import OBSERVED_UNTIL, days

APPROVE_FROM, REFER_FROM = 611, 591
NOISE_SD = 20.0
APPROVE, REFER, DECLINE = range(3)
SMALLEST_LOAN = 100.0


def draw(rng: np.random.Generator, known: Columns, trait: np.ndarray) -> Columns:
    """Score, decision, price and booking of each application, from what was known at the time."""
    n = len(trait)
    score = np.round(_rule_score(known) + rng.normal(0, NOISE_SD, n))
    policy = np.where(score >= APPROVE_FROM, APPROVE, np.where(score >= REFER_FROM, REFER, DECLINE))
    convinced = rng.normal(0, 1, n) > 0.6 * trait
    approved = (policy == APPROVE) | ((policy == REFER) & convinced)
    wait = np.where(policy == REFER, 1 + rng.integers(0, 3, n), rng.random(n) < 0.15)
    grade = np.clip((660 - score) // 25, 0, 5)
    rate = 0.025 + 0.005 * grade + 0.02 * known["payday"]
    limit = np.floor(known["monthly_income"] * (0.25 + 0.15 * known["term_months"]) / 10) * 10
    amount = np.maximum(np.minimum(known["amount_requested"], limit), SMALLEST_LOAN)
    cut = amount < known["amount_requested"]
    funded = approved & (rng.random(n) < np.where(cut, 0.85, 0.95))
    return {
        "decided_at": np.minimum(known["applied_at"] + days(wait.astype(np.int64)), OBSERVED_UNTIL),
        "legacy_score": score,
        "policy_decision": policy,
        "decision": np.where(approved, APPROVE, DECLINE),
        "approved_amount": np.where(approved, amount, np.nan),
        "monthly_rate": np.where(approved, np.round(rate, 4), np.nan),
        "funded": funded,
    }


def _rule_score(x: Columns) -> np.ndarray:
    file = x["delinquencies_12m"] != NO_FILE
    return (
        620.0
        + np.where(file, -18 * np.minimum(x["delinquencies_12m"], 4), -18)
        - 30 * (x["burden"] > 0.95)
        - 30 * (x["monthly_income"] < 600)
        + 12 * np.minimum(np.nan_to_num(x["employer_months"]), 48) / 24
        - 25 * (x["age"] < 24)
        - 25 * np.minimum(x["bad_elsewhere_reported"], 2)
        + 15 * np.minimum(x["paid_loans"], 3)
    )
