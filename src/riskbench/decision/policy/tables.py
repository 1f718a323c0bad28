"""A policy as tables for a reader: its score bands, its rules and what it assumes of a loan."""

import math

import pandas as pd

from riskbench.decision.policy.policy import Policy


def bands_table(policy: Policy) -> pd.DataFrame:
    """The score bands from the riskiest up: scores, action and limit, in words."""

    def limit(share: float | None, amount: float | None) -> str:
        return f"{share:.0%} of the request" if share else f"{amount:,.0f}" if amount else ""

    def end(score: float, word: str) -> str:
        return word if math.isinf(score) else f"{score:g}"

    rows = [
        (b.name, b.action, end(b.lower, "lowest"), end(b.upper, "highest"), limit(b.limit_share, b.limit_amount))
        for b in policy.bands_by_score
    ]
    return pd.DataFrame(rows, columns=["band", "action", "from", "below", "limit"])


def rules_table(policy: Policy) -> pd.DataFrame:
    """The rules in the order of the file: when they fire, what they do, and what a missing value does."""
    rows = [
        (r.name, " and ".join(f"{c.variable} {c.op} {c.value}" for c in r.when), r.action, r.on_missing, r.reason)
        for r in policy.rules
    ]
    return pd.DataFrame(rows, columns=["rule", "when", "action", "on_missing", "reason"])


def economics_table(policy: Policy) -> pd.DataFrame:
    """What a loan earns and loses, as the policy assumes it: each value in the unit beside it."""
    e = policy.economics
    rows = [
        ("loss given default", e.lgd, "share of the amount"),
        ("margin", e.margin, "per unit lent, over the loan's life"),
        ("funding cost", e.funding_cost, "per unit lent, over the loan's life"),
        ("cost per application", e.cost_per_application, "currency of the amounts"),
        ("cost per account", e.cost_per_account, "currency of the amounts"),
    ]
    return pd.DataFrame(rows, columns=["assumption", "value", "unit"])
