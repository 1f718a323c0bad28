"""Whether the reasons of a notice are those of the decision: asked of every application that would get a notice.

The second reading is not the first said twice: points lost are worked out here from the exported card and the bins,
and what decided is asked again of the values themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.decision.notices.causes import CALLED, factors, shown
from riskbench.decision.notices.notices import ADVERSE, MOST
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import SEVERITY
from riskbench.metrics.arguments import Bools
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.reason_texts import FeatureWords, ReasonTexts


@dataclass(frozen=True)
class Told:
    """The factors told to each application that gets a notice, and all that is needed to ask whether they are right.

    `factors` has columns reason_1 …, None where there are fewer; `decided`, `frame` (what the policy read) and `X` (the
    features of the card) have the same rows in the same order.
    """

    factors: pd.DataFrame
    decided: pd.DataFrame
    frame: pd.DataFrame
    X: pd.DataFrame


def told_factors(policy: Policy, card: Scorecard, decided: pd.DataFrame, frame: pd.DataFrame, n: int = MOST) -> Told:
    """The factors that notices give: first what the part of the policy read that decided, then what cost most points.

    The score gives reasons where its band alone would have led to the same action. Rows that are approved get no notice
    and are left out. `frame` has the columns of the card and those that rules read.
    """
    adverse = decided["action"].isin(ADVERSE).to_numpy()
    decided, frame = decided[adverse], frame[adverse]
    X = frame[list(card.points_)]
    scored = card.reasons(X, n).to_numpy() if len(X) else np.empty((0, n), dtype=object)
    severe = {band.name: SEVERITY.index(band.action) for band in policy.bands}
    read = factors(policy)
    rows = []
    for of_score, action, band, rule in zip(scored, decided["action"], decided["band"], decided["rule"], strict=True):
        by_score = list(of_score) if severe[band] >= SEVERITY.index(action) else []
        by_rule = list(read[rule]) if rule else []
        given = [*by_rule, *(name for name in by_score if name and name not in by_rule)][:n]
        rows.append(given + [None] * (n - len(given)))
    columns = [f"reason_{rank + 1}" for rank in range(n)]
    return Told(pd.DataFrame(rows, index=decided.index, columns=columns, dtype=object), decided, frame, X)


def agreement(policy: Policy, card: Scorecard, document: Mapping[str, Any], told: Told) -> Bools:
    """Of each row, whether its factors are those of the decision; `document` is the card as it was exported.

    Of a score: no factor that was left out lost more points than one that was told, and every one that was told lost
    some. Of a rule, a limit or a price: the values themselves show that it decides, or one of them is unknown.
    """
    names = [part["feature"] for part in document["points"]]
    codes = card.binning_.bins(told.X)
    seen = {name: card.binning_.features_[name].cases > 0 for name in names}
    points = {part["feature"]: np.asarray(part["points"]) for part in document["points"]}
    lost = np.column_stack([points[name][seen[name]].max() - points[name][codes[name]] for name in names])
    given = told.factors.to_numpy()
    rule = told.decided["rule"].to_numpy()
    in_notice = np.column_stack([(given == name).any(axis=1) for name in names])
    number = pd.notna(given).sum(axis=1)
    left = np.where(in_notice, -np.inf, lost).max(axis=1)
    least = np.where(in_notice, lost, np.inf).min(axis=1)
    by_score = np.where(number < given.shape[1], left <= 0, left <= least) & (least > 0)
    held = shown(policy, told.decided, told.frame)
    by_rule = np.array([bool(held[name][at]) if name else False for at, name in enumerate(rule)], dtype=bool)
    return np.asarray(np.where(rule == "", by_score, by_rule), dtype=bool)


def reason_checks(
    policy: Policy, card: Scorecard, document: Mapping[str, Any], told: Told, thresholds: Thresholds
) -> list[CheckResult]:
    """`reasons.agreement`, `.foreign`, `.most_reasons` and `.without_reason`, all of the applications of `told`.

    agreement: share of notices whose reasons are those of the decision. foreign: factors told that neither the card nor
    the policy reads. most_reasons: the most of a notice. without_reason: notices that give none.
    """
    n = len(told.factors)
    given = {factor for factor in told.factors.to_numpy().ravel() if factor is not None}
    known = {*card.points_, *(name for read in factors(policy).values() for name in read)}
    number = told.factors.notna().sum(axis=1)
    nobody = Estimate.missing("no application would get a notice", n=0)
    share = (
        Estimate(float(agreement(policy, card, document, told).mean()), n=n, method="worked out again") if n else nobody
    )
    figures = {
        "agreement": ("Notices whose reasons are those of the decision", share, "%"),
        "foreign": ("Reasons that neither the card nor a rule reads", Estimate(len(given - known), n=n), ""),
        "most_reasons": ("Most reasons in a notice", Estimate(int(number.max()), n=n) if n else nobody, ""),
        "without_reason": ("Notices without a reason", Estimate(int((number == 0).sum()), n=n), ""),
    }
    return [
        CheckResult(f"reasons.{name}", title, estimate if n else nobody, thresholds[f"notices.{name}"], unit=unit)
        for name, (title, estimate, unit) in figures.items()
    ]


def reasons_given(told: Told, texts: ReasonTexts) -> pd.DataFrame:
    """How often each factor is told, and what it is `called`.

    `first`: share of all notices that name it first; one column an action: share of its notices that name it at all.
    """
    rows = []
    for factor in pd.unique(told.factors.to_numpy().ravel()):
        if factor is not None:
            called = texts.features.get(factor, FeatureWords()).en or CALLED.get(factor)
            row: dict[str, Any] = {"factor": factor, "called": called}
            for action in ADVERSE:
                own = told.factors[(told.decided["action"] == action).to_numpy()]
                row[action] = float((own == factor).any(axis=1).mean()) if len(own) else None
            row["first"] = float((told.factors["reason_1"] == factor).mean())
            rows.append(row)
    table = pd.DataFrame(rows, columns=["factor", "called", "first", *ADVERSE])
    return table.sort_values("first", ascending=False, kind="stable", ignore_index=True)
