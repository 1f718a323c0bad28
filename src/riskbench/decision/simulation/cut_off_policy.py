"""The policy with another cut-off: its lending bands stay what they are, and who lies below is declined."""

import math

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.decision.decide import decide, requested_amounts
from riskbench.decision.policy.bands import Band
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import LENDING

BELOW = "below the cut-off"


def own_cut_off(policy: Policy) -> float:
    """The score from which the policy lends: where its lowest band that lends begins, -inf where that has no end.

    Raises `NotEvaluated` where no band lends.
    """
    return _lowest_lending(policy).lower


def at_cut_off(policy: Policy, cut_off: float) -> Policy:
    """The policy that lends from `cut_off` on: rules, limits, prices and the treatment of each lending band stay.

    Where `cut_off` lies lower than the policy's own, its lowest lending band reaches down to it. At the policy's own
    cut-off whoever was lent to is still lent to, and whoever a band referred is declined: a cut-off has no review.
    Raises `NotEvaluated` where no band lends.
    """
    lowest = _lowest_lending(policy)
    kept = [
        band.model_copy(update={"lower": cut_off if band is lowest else max(band.lower, cut_off)})
        for band in policy.bands_by_score
        if band.lower >= lowest.lower and band.upper > cut_off
    ]
    if math.isinf(cut_off):
        return policy.model_copy(update={"bands": kept})
    below = Band.model_validate({"name": BELOW, "action": "decline", "from": -math.inf, "to": float(cut_off)})
    return policy.model_copy(update={"bands": [below, *kept]})


def let_through(policy: Policy, frame: pd.DataFrame) -> pd.DataFrame:
    """What every application would be lent if the cut-off let it through: `asked`, `lent` and whether it `lends`.

    `frame` is as `decide` takes it. It does not depend on where the cut-off lies, so it answers for all of them.
    """
    decided = decide(at_cut_off(policy, -math.inf), frame, assume_fresh=True)
    lends = decided["action"].isin(LENDING)
    asked = requested_amounts(frame)
    return pd.DataFrame({"asked": asked, "lent": decided["amount"].where(lends, 0.0), "lends": lends})


def _lowest_lending(policy: Policy) -> Band:
    lending = [band for band in policy.bands_by_score if band.action in LENDING]
    if not lending:
        raise NotEvaluated("no band of the policy lends, so there is no cut-off to move")
    return lending[0]
