"""What a policy reads and what a person reads of it: the frame of applications and the table of bands."""

import math

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.data.intake import amounts, decisions_in_force
from riskbench.data.study import Study
from riskbench.decision.policy import Policy


def policy_frame(
    study: Study, applications: pd.DataFrame, features: pd.DataFrame, scores: pd.DataFrame
) -> pd.DataFrame:
    """One row an application: score, PD, outcome, every feature that a rule may read, amount and earlier decision.

    Amount and decision are there where the study has them. The tables have the same rows in the same order.
    """
    frame = features.drop(columns="application").assign(score=scores["score"], pd=scores["pd"], y=applications["y"])
    for name, column in (("amount", amounts), ("legacy", decisions_in_force)):
        try:
            frame[name] = column(study, applications)
        except NotEvaluated:  # the simulation says what it could not do without it
            continue
    return frame


def bands_table(policy: Policy) -> pd.DataFrame:
    """The score bands from the riskiest up: scores, action and limit, in words."""

    def limit(share: float | None, amount: float | None) -> str:
        return f"{share:.0%} of the request" if share else f"{amount:,.0f}" if amount else ""

    def end(score: float, word: str) -> str:
        return word if math.isinf(score) else f"{score:g}"

    bands = sorted(policy.bands, key=lambda band: band.lower)
    rows = [
        (b.name, b.action, end(b.lower, "lowest"), end(b.upper, "highest"), limit(b.limit_share, b.limit_amount))
        for b in bands
    ]
    return pd.DataFrame(rows, columns=["band", "action", "from", "below", "limit"])


def rules_table(policy: Policy) -> pd.DataFrame:
    """The rules in the order of the file: when they fire, what they do, and what a missing value does."""
    rows = [
        (r.name, f"{r.when.variable} {r.when.op} {r.when.value}", r.action, r.on_missing, r.reason)
        for r in policy.rules
    ]
    return pd.DataFrame(rows, columns=["rule", "when", "action", "on_missing", "reason"])
