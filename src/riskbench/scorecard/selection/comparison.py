"""What every method would have chosen among the candidates that came to the last step, side by side."""

import pandas as pd
from numpy.typing import ArrayLike

from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.binning.inputs import target_of
from riskbench.scorecard.selection.funnel import KEPT
from riskbench.scorecard.selection.methods import METHODS, ChoiceRule, lasso
from riskbench.scorecard.selection.quadratic import Quadratic
from riskbench.scorecard.selection.result import in_the_last_step
from riskbench.scorecard.selection.state import FunnelLimits
from riskbench.scorecard.selection.together import first_fit
from riskbench.scorecard.woe_binning import WoeBinning

YES, NO = "in", ""


def compare_methods(
    X: pd.DataFrame,
    y: ArrayLike,
    binning: WoeBinning,
    funnel: pd.DataFrame,
    thresholds: Thresholds | None = None,
    *,
    max_features: int | None = None,
) -> pd.DataFrame:
    """One row a candidate: what every step of `funnel` found of it, its place on the L1 path, and who would take it.

    A column for each of `METHODS` says "in" where the method chooses the candidate; `card` where the funnel did. Only
    those that came to the last step are compared, on one approximation of the likelihood: the fit of the card may still
    turn one of them out.
    """
    target = target_of(X, y)
    facts = funnel.set_index("feature")
    W = binning.restricted_to(in_the_last_step(funnel)).transform(X)
    fit, _ = first_fit(W[[name for name in W if W[name].nunique() > 1]], target)
    table = facts[["iv", "missing_share", "csi", "cluster", "vif"]].copy()
    table["l1_rank"] = pd.Series(dtype=float)
    if fit is not None:
        q, limit = Quadratic.around(fit), FunnelLimits.of(thresholds or Thresholds()).p_value
        rule = ChoiceRule(limit, max_features)
        table["l1_rank"] = pd.Series({q.names[j]: rank for j, rank in lasso(q, rule).rank.items()}, dtype=float)
        for name, method in METHODS.items():
            inside = {q.names[j] for j in method.choose(q, rule).chosen}
            table[name] = [YES if feature in inside else NO for feature in table.index]
    table["card"] = [YES if status == KEPT else NO for status in facts["status"]]
    return table.sort_values("iv", ascending=False, kind="stable").reset_index(names="feature")
