"""How far groups could be treated alike by methods that no lender may deploy: bounds, not alternatives.

The one door to Fairlearn's postprocessing and reductions. Both methods are given good as the favourable outcome and the
labelled development sample. They choose their own approval rate, so the champion is set beside them at that rate.

- A threshold optimiser (Hardt, Price and Srebro, 2016) takes the champion's PD and a cut-off by group, with a lottery
  between two cut-offs. It needs the protected attribute at every decision.
- Exponentiated gradient (Agarwal et al., 2018) fits logits on the champion's WoE to reweighted cases and draws one of
  them for every decision. It does not read the attribute then, but there is no one card, and no exact reasons.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin

from riskbench.core.errors import NotEvaluated
from riskbench.metrics.arguments import Floats
from riskbench.validation.alternatives.found import Found

NEEDS_ATTRIBUTE = "no: reads the attribute, and draws lots"
A_MIXTURE = "no: draws one of {cards} logits for each decision"
SLACK = 0.01  # what the rates of groups may still lie apart under exponentiated gradient


@dataclass(frozen=True, eq=False)
class Cases:
    """Labelled development cases of the groups compared: WoE, log odds of bad, outcome (1 = good) and group."""

    W: pd.DataFrame
    risk: Floats
    good: NDArray[np.int64]
    group: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Decided:
    """The probability of approval of every application of the holdout, and whether such a method can be deployed."""

    approved: Floats
    deployable: str


@dataclass(frozen=True)
class Bound:
    """One method under one constraint: learned on cases, it decides the holdout."""

    method: str
    constraint: str
    decide: Callable[[Found, Cases], Decided]


def bounds(found: Found, most: int = 5000) -> pd.DataFrame:
    """Every bound for the attribute of the widest gap, one row each, judged on the holdout.

    `most` cases are learned from, drawn at random where there are more. Columns: method, constraint, approval_rate,
    champion_gap (at that rate), approval_gap with interval, bad_rate_change and profit_change against the champion at
    that rate, with intervals, and deployable.
    """
    cases, rows = _cases(found, most), []
    for bound in BOUNDS:
        decided = bound.decide(found, cases)
        own = found.yardstick.of_decisions(decided.approved, found.counted)
        rate = float(decided.approved.mean())
        if not 0 < rate < 1:
            raise NotEvaluated(f"the {bound.method.lower()} approves {'everybody' if rate else 'nobody'}")
        champion = found.at(found.tried[0], rate)
        gap = found.estimate(own, "approval_gap", found.widest)
        changes = {f"{name}_change": found.estimate(own - champion, name) for name in ("bad_rate", "profit")}
        row = {"method": bound.method, "constraint": bound.constraint, "approval_rate": rate}
        row["champion_gap"] = found.estimate(champion, "approval_gap", found.widest).value
        for name, e in ({"approval_gap": gap} | changes).items():
            row |= e.columns(name)
        rows.append(row | {"deployable": decided.deployable})
    return pd.DataFrame(rows)


def _cases(found: Found, most: int) -> Cases:
    shop, champion, judged = found.workshop, found.tried[0], found.search.yardstick.judged
    group = np.full(len(judged.rows), -1)
    group[judged.rows] = judged.groups[found.widest]
    rows = np.flatnonzero(shop.fitted_on & (group >= 0))
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(found.seed).choice(rows, most, replace=False))
    chosen = np.isin(np.arange(len(group)), rows)
    good = (shop.y[chosen] == 0).astype(int)
    if any(len(np.unique(good[group[chosen] == code])) < 2 for code in range(len(judged.names[found.widest]))):
        raise NotEvaluated("a group has good or bad cases only among those to learn from")
    W = shop.frame(champion.recipe, chosen)
    return Cases(W, shop.risk(champion.recipe, champion.logit, chosen), good, group[chosen])


class _Known(ClassifierMixin, BaseEstimator):
    """A model that has been fitted elsewhere: its input is the log odds of bad."""

    def __init__(self) -> None:
        self.classes_ = np.array([0, 1])

    def fit(self, X: Any, y: Any) -> Self:
        """Nothing is learned."""
        return self

    def predict_proba(self, X: Any) -> Floats:
        """P(bad) and P(good)."""
        bad = expit(np.asarray(X, float)[:, 0])
        return np.column_stack([bad, 1 - bad])


def _threshold_optimiser(constraint: str) -> Callable[[Found, Cases], Decided]:
    """Cut-offs by group that maximise balanced accuracy: plain accuracy would approve nearly everybody."""

    def decide(found: Found, cases: Cases) -> Decided:
        from fairlearn.postprocessing import ThresholdOptimizer

        optimiser = ThresholdOptimizer(
            estimator=_Known(),
            constraints=constraint,
            objective="balanced_accuracy_score",
            prefit=True,
            predict_method="predict_proba",
        ).fit(cases.risk[:, None], cases.good, sensitive_features=cases.group)
        risk, code = found.risk(found.tried[0]), found.yardstick.judged.groups[found.widest]
        score, approved = 1 - expit(risk), np.zeros(len(risk))
        for group, rule in optimiser.interpolated_thresholder_.interpolation_dict.items():
            member = code == group
            drawn = rule.p0 * rule.operation0(score[member]) + rule.p1 * rule.operation1(score[member])
            ignored = rule.get("p_ignore", 0.0)
            approved[member] = ignored * rule.get("prediction_constant", 0.0) + (1 - ignored) * drawn
        others = code < 0  # of groups too small to be compared: at the mean cut-off of the others
        if others.any():
            approved[others] = risk[others] <= np.quantile(risk, approved[~others].mean())
        return Decided(approved, NEEDS_ATTRIBUTE)

    return decide


def _exponentiated_gradient(constraint: str) -> Callable[[Found, Cases], Decided]:
    """A mixture of logits that costs least: a good declined costs the net margin, a bad approved the LGD."""

    def decide(found: Found, cases: Cases) -> Decided:
        from fairlearn import reductions
        from sklearn.linear_model import LogisticRegression

        stakes = found.applicants.stakes
        bad = stakes.lgd * exp(found.applicants.shift)  # where bads were drawn more often, each counts for less
        gradient = reductions.ExponentiatedGradient(
            LogisticRegression(C=np.inf),
            getattr(reductions, constraint)(difference_bound=SLACK),
            objective=reductions.ErrorRate(costs={"fp": bad, "fn": stakes.net_margin}),
            max_iter=20,
        ).fit(cases.W, cases.good, sensitive_features=cases.group)
        W = found.workshop.frame(found.tried[0].recipe, found.yardstick.judged.rows)
        mixed = [(part, logit) for part, logit in zip(gradient.weights_, gradient.predictors_, strict=True) if part > 0]
        approved = np.sum([part * logit.predict(W) for part, logit in mixed], axis=0)
        return Decided(np.clip(approved, 0.0, 1.0), A_MIXTURE.format(cards=len(mixed)))

    return decide


BOUNDS = (
    Bound("Threshold optimiser", "equal approval", _threshold_optimiser("demographic_parity")),
    Bound("Threshold optimiser", "equal error rates", _threshold_optimiser("equalized_odds")),
    Bound("Exponentiated gradient", "equal approval", _exponentiated_gradient("DemographicParity")),
    Bound("Exponentiated gradient", "equal error rates", _exponentiated_gradient("EqualizedOdds")),
)
