"""What a policy reads and what a person reads of it: the frame of applications and the table of bands."""

import math

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.applications import amounts, decisions_in_force
from riskbench.data.study import Study
from riskbench.decision.policy import LENDING, Policy


def policy_frame(
    study: Study, applications: pd.DataFrame, features: pd.DataFrame, scores: pd.DataFrame
) -> pd.DataFrame:
    """One row an application: score, PD, outcome, every feature that a rule may read, amount and earlier decision.

    Amount and decision are there where the study has them, and then stand before a feature of that name. The tables
    have the same rows in the same order.
    """
    own = ["application", *(name for name in ("amount", "legacy") if name in features)]
    frame = features.drop(columns=own).assign(score=scores["score"], pd=scores["pd_applied"], y=applications["y"])
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


def economics_table(policy: Policy) -> pd.DataFrame:
    """What a loan earns and loses, as the policy assumes it."""
    e = policy.economics
    rows = [
        ("loss given default", e.lgd, "share of the amount"),
        ("margin", e.margin, "per unit lent, over the loan's life"),
        ("funding cost", e.funding_cost, "per unit lent, over the loan's life"),
        ("cost per application", e.cost_per_application, "currency of the amounts"),
        ("cost per account", e.cost_per_account, "currency of the amounts"),
    ]
    return pd.DataFrame(rows, columns=["assumption", "value", "unit"])


def underestimated_bands(by_band: pd.DataFrame, policy: Policy, sample: str, thresholds: Thresholds) -> CheckResult:
    """`bands.underestimated.<sample>`: lending bands whose observed bad rate lies above the expected beyond chance."""
    lending = {band.name for band in policy.bands if band.action in LENDING}
    known = by_band[by_band["band"].isin(lending) & by_band["lower"].notna()]
    too_low = known[known["lower"] > known["expected_bad_rate"]]
    named = ", ".join(too_low["band"])
    title = f"Lending bands with a bad rate above what is expected{f' ({named})' if named else ''}"
    estimate = Estimate(len(too_low), n=len(known), method="95 % interval of the observed bad rate above the mean PD")
    if known.empty:
        estimate = Estimate.missing("no lending band has an outcome")
    limit = thresholds["policy.bands_underestimated"]
    return CheckResult(f"bands.underestimated.{sample}", title, estimate, limit)
