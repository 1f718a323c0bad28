"""The funnel: its steps in order, declared in one table, and the run that tells what became of every candidate."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.binning.inputs import target_of
from riskbench.scorecard.selection import alone, repetition, stability, together
from riskbench.scorecard.selection.methods import METHODS
from riskbench.scorecard.selection.state import FunnelLimits, Reasons, State
from riskbench.scorecard.woe_binning import WoeBinning

KEPT, DROPPED = "kept", "dropped"


@dataclass(frozen=True)
class Step:
    """One step: its name, when a candidate leaves there (with the limits by name), and what finds those that leave.

    `outcome`: whether it looks at y; `compares`: whether candidates are weighed against each other there.
    """

    name: str
    leaves: str
    find: Callable[[State], Reasons]
    outcome: bool = True
    compares: bool = False


STEPS = (
    Step("left out", "it was set aside beforehand, as what is dated after the decision", alone.left_out, outcome=False),
    Step("values", "every row is missing", alone.without_values, outcome=False),
    Step("missing", "more than {missing:.0%} of the rows are missing", alone.mostly_missing, outcome=False),
    Step("variation", "one value holds more than {dominant:.0%} of the rows", alone.near_constant, outcome=False),
    Step("leakage", "its AUC alone is over {auc_alone:g}, beyond chance", alone.too_good),
    Step("information", "its information value is under {floor:g}", alone.says_nothing),
    Step("stability", "its CSI in the last period is over {csi:g}, beyond chance", stability.unstable, outcome=False),
    Step(
        "chance",
        "with it more than {false_share:.0%} of those kept could be chance, if candidates are many for the bads",
        together.doubtful,
    ),
    Step(
        "correlation",
        "its WoE correlates over {correlation:g} with a stronger one's",
        repetition.repeated,
        compares=True,
    ),
    Step(
        "inflation",
        "the others together repeat it: variance inflation over {vif:g}",
        repetition.inflated,
        compares=True,
    ),
    Step("crowding", "it is not among the strongest, one for {bads_each:g} bads", together.crowded, compares=True),
    Step(
        "beside the others",
        "its sign is wrong or it is not worth its place by the method (by likelihood ratio: p over {p_value:g})",
        together.beside_the_others,
        compares=True,
    ),
)
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
    max_features: int | None = None,
) -> pd.DataFrame:
    """What became of every candidate: feature, status, step, reason, review, and the facts that steps went by.

    `binning` is fitted on X and y (y: 0/1, 1 = bad). The limits are the green ones of the lines `features.*` of the
    thresholds. `method` is one of `METHODS`. `keep` names candidates that stay whatever is found (only combinations of
    each other cannot); `left_out` candidates that leave first, by name with the reason. `periods` labels the rows in
    time for the stability over time, which is not evaluated without; `max_features` is the most that may remain. What
    is over the IV ceiling is marked for `review`. The facts are missing where a candidate left before the step that
    finds them. The rows stand in the order of the binning.
    Raises ValueError for an unknown method, for names in `keep` that the binning does not have, for periods of other
    rows.
    """
    check_is_fitted(binning, "features_")
    state = State(
        X=X,
        target=target_of(X, y),
        binning=binning,
        limits=FunnelLimits.of(thresholds or Thresholds()),
        method=method,
        keep=frozenset(keep),
        left_out=left_out or {},
        periods=periods,
        max_features=max_features,
    )
    _check(state)
    for step in STEPS:
        state.drop(step.name, step.find(state))
    return _told(state)


def _check(state: State) -> None:
    if state.method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {state.method!r}")
    if unknown := state.keep - set(state.names):
        raise ValueError(f"keep names {', '.join(sorted(unknown))}, which the binning does not have")
    most = state.max_features
    if most is not None and most < max(1, len(state.keep)):
        raise ValueError(f"max_features must be at least 1 and at least the number kept by name, got {most}")
    if state.periods is not None and len(state.periods) != len(state.X):
        raise ValueError(f"periods must have one label a row of X, {len(state.X)}, got {len(state.periods)}")


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
    iv, ceiling = state.facts["iv"][name], state.limits.ceiling
    told = f"IV {iv:.4f}, worth its place and of the right sign beside the others"
    if name in state.keep:
        told = "kept by name"
    review = f"; review: IV {iv:.4f} is over the ceiling of {ceiling:g}, as leakage would be"
    return told + review * (iv > ceiling)
