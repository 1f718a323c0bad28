"""The funnel itself: its steps in order, declared in one table, and what became of every candidate."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.binning.inputs import target_of
from riskbench.scorecard.selection import alone, repetition, stability, together
from riskbench.scorecard.selection.methods import METHODS
from riskbench.scorecard.selection.state import Limits, Reasons, State
from riskbench.scorecard.woe_binning import WoeBinning

KEPT, DROPPED = "kept", "dropped"


@dataclass(frozen=True)
class Step:
    """One step: its name, when a candidate leaves there (with the limits by name), and what finds those that leave."""

    name: str
    leaves: str
    find: Callable[[State], Reasons]


STEPS = (
    Step("left out", "it was set aside beforehand, as what is dated after the decision", alone.left_out),
    Step("values", "every row is missing", alone.without_values),
    Step("missing", "more than {missing:.0%} of the rows are missing", alone.mostly_missing),
    Step("variation", "one value holds more than {dominant:.0%} of the rows", alone.near_constant),
    Step("leakage", "its AUC alone is over {auc_alone:g}, beyond chance", alone.too_good),
    Step("information", "its information value is under {floor:g}", alone.says_nothing),
    Step("stability", "its CSI in the last period is over {csi:g}, beyond chance", stability.unstable),
    Step(
        "chance",
        "with it more than {false_share:.0%} of those kept could be chance, if candidates are many for the bads",
        together.chance,
    ),
    Step("correlation", "its WoE correlates over {correlation:g} with a stronger one's", repetition.repeated),
    Step("inflation", "the others together repeat it: variance inflation over {vif:g}", repetition.inflated),
    Step("crowding", "it is not among the strongest, one for {bads_each:g} bads", together.crowded),
    Step(
        "beside the others",
        "its sign is wrong or it is not worth its place by the method (by likelihood ratio: p over {p_value:g})",
        together.beside_the_others,
    ),
)
WITHOUT_OUTCOME = ("left out", "values", "missing", "variation", "stability")  # these steps do not look at y
FACTS = (
    "iv",
    "p_value",
    "auc",
    "missing_share",
    "distinct",
    "dominant_share",
    "csi",
    "csi_largest",
    "cluster",
    "vif",
)


def select(
    X: pd.DataFrame,
    y: ArrayLike,
    binning: WoeBinning,
    thresholds: Thresholds | None = None,
    *,
    method: str = "backward",
    keep: Iterable[str] = (),
    left_out: Mapping[str, str] | None = None,
    periods: pd.Series | None = None,
    drop_review: bool = False,
    max_features: int | None = None,
) -> pd.DataFrame:
    """What became of every fitted feature: feature, status, step, reason, review, and the facts that steps went by.

    `binning` is fitted on X and y (y: 0/1, 1 = bad). The limits are the green ones of the lines `features.*` of the
    thresholds. `method` is one of `METHODS`. `keep` names features that stay whatever is found (only combinations of
    each other cannot); `left_out` features that leave first, by name with the reason. `periods` labels the rows in time
    for the stability over time, which is not evaluated without. `drop_review` drops what is over the IV ceiling, which
    is kept and marked for review else; `max_features` is the most that may remain. The facts are missing where a
    feature left before the step that finds them. The rows stand in the order of the binning.
    Raises ValueError for an unknown method, for names in `keep` that the binning does not have, for periods of other
    rows.
    """
    check_is_fitted(binning, "features_")
    target, forced = target_of(X, y), frozenset(keep)
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    if unknown := forced - set(binning.features_):
        raise ValueError(f"keep names {', '.join(sorted(unknown))}, which the binning does not have")
    if max_features is not None and max_features < max(1, len(forced)):
        raise ValueError(f"max_features must be at least 1 and at least the number kept by name, got {max_features}")
    if periods is not None and len(periods) != len(X):
        raise ValueError(f"periods must have one label a row of X, {len(X)}, got {len(periods)}")
    limits = Limits.of(thresholds or Thresholds())
    state = State(
        X, target, binning, limits, forced, left_out or {}, periods, drop_review, method=method, most=max_features
    )
    for step in STEPS:
        state.drop(step.name, step.find(state))
    return _told(state)


def _told(state: State) -> pd.DataFrame:
    """The table of the funnel."""
    facts = pd.DataFrame(state.facts, index=state.names).reindex(columns=list(FACTS)).astype({"distinct": int})
    review = facts["iv"] > state.limits.ceiling
    rows = pd.DataFrame(
        {
            "feature": state.names,
            "status": [DROPPED if name in state.reasons else KEPT for name in state.names],
            "step": [state.left_at.get(name, KEPT) for name in state.names],
            "reason": [state.reasons.get(name) or _why_kept(state, name) for name in state.names],
            "review": review.to_numpy(bool),
        }
    )
    return rows.join(facts.reset_index(drop=True))


def _why_kept(state: State, name: str) -> str:
    iv = state.facts["iv"][name]
    base = f"IV {iv:.4f}, worth its place and of the right sign beside the others"
    if name in state.forced:
        base = "kept by name"
    return f"{base}; review: {alone.over_ceiling(iv, state.limits.ceiling)}" if iv > state.limits.ceiling else base


def left_without_outcome(funnel: pd.DataFrame) -> list[str]:
    """The features that left at a step that does not look at outcomes: a card built again may leave them out unseen."""
    return list(funnel.loc[funnel["step"].isin(WITHOUT_OUTCOME), "feature"])


def steps_told(funnel: pd.DataFrame, thresholds: Thresholds | None = None) -> pd.DataFrame:
    """When a candidate leaves at each step, how many came to it and how many were dropped there, in their order."""
    limits = vars(Limits.of(thresholds or Thresholds()))
    found = funnel["step"].value_counts()
    gone = np.array([int(found.get(step.name, 0)) for step in STEPS])
    return pd.DataFrame(
        {
            "step": [step.name for step in STEPS],
            "a_candidate_leaves_when": [step.leaves.format(**limits) for step in STEPS],
            "came": len(funnel) - np.concatenate([[0], np.cumsum(gone)[:-1]]),
            "dropped": gone,
        }
    )


def funnel_checks(funnel: pd.DataFrame, thresholds: Thresholds) -> list[CheckResult]:
    """How many features were chosen, their largest IV, how many are flagged for review, and their largest CSI."""
    kept = funnel[funnel["status"] == KEPT]
    best = kept.sort_values("iv", ascending=False, kind="stable").head(1)
    largest = Estimate.missing("no feature was chosen", n=0)
    if len(best):
        largest = Estimate(float(best["iv"].iloc[0]), n=len(kept))
    flagged = Estimate(int(kept["review"].sum()), n=len(kept), method="count")
    return [
        CheckResult("selection.chosen", "Features chosen", Estimate(len(kept), n=len(funnel), method="count")),
        CheckResult(
            "selection.largest_iv",
            f"Largest information value ({', '.join(best['feature']) or 'none'})",
            largest,
            thresholds["features.iv_ceiling"],
        ),
        CheckResult("selection.for_review", "Chosen features flagged as suspiciously strong", flagged),
        _least_stable(kept, thresholds),
    ]


def _least_stable(kept: pd.DataFrame, thresholds: Thresholds) -> CheckResult:
    found = kept.dropna(subset="csi").sort_values("csi", ascending=False, kind="stable").head(1)
    estimate = Estimate.missing("development has no dates that part it into periods")
    if len(found):
        estimate = Estimate(float(found["csi"].iloc[0]), n=len(kept), method="CSI of the last period of development")
    title = f"Least stable chosen feature over time ({', '.join(found['feature']) or 'none'})"
    return CheckResult("selection.largest_csi", title, estimate, thresholds["features.csi"])
