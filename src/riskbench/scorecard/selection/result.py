"""What the table of a finished funnel says: the features chosen, what the steps did, and the checks of the choice."""

import numpy as np
import pandas as pd

from riskbench.core.errors import DataError
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.selection.funnel import KEPT, STEPS
from riskbench.scorecard.selection.state import FunnelLimits

WITHOUT_OUTCOME = [step.name for step in STEPS if not step.outcome]
COMPARING = [step.name for step in STEPS if step.compares]


def chosen(funnel: pd.DataFrame) -> list[str]:
    """The candidates that came through; none where none earned a place."""
    return _names(funnel, funnel["status"] == KEPT)


def features_of_card(funnel: pd.DataFrame) -> list[str]:
    """The features that a card is made of: those chosen, at least one.

    Raises `DataError` where no candidate earned a place, and there is no card.
    """
    if names := chosen(funnel):
        return names
    raise DataError(
        "a card needs a feature, and none of the candidates earned a place",
        remedy="bring more rows or other columns; the table of candidates says why each was dropped",
    )


def compared(funnel: pd.DataFrame) -> list[str]:
    """The candidates that came as far as to be compared with each other: from the clusters on."""
    return _names(funnel, funnel["step"].isin([*COMPARING, KEPT]))


def in_the_last_step(funnel: pd.DataFrame) -> list[str]:
    """The candidates that came to the last step, where a method weighs them in one logit."""
    return _names(funnel, funnel["step"].isin([STEPS[-1].name, KEPT]))


def left_without_outcome(funnel: pd.DataFrame) -> list[str]:
    """The candidates that left at a step that does not look at y: a card built again may leave them out unseen."""
    return _names(funnel, funnel["step"].isin(WITHOUT_OUTCOME))


def funnel_sheet(funnel: pd.DataFrame) -> pd.DataFrame:
    """The table of a funnel as a page prints it: feature, result, reason, iv, p_value; the chosen first, by IV."""
    ordered = funnel.sort_values(["status", "iv"], ascending=[False, False])
    return ordered.rename(columns={"status": "result"})[["feature", "result", "reason", "iv", "p_value"]]


def steps_told(funnel: pd.DataFrame, thresholds: Thresholds | None = None) -> pd.DataFrame:
    """When a candidate leaves at each step, how many came to it and how many were dropped there, in their order."""
    limits = vars(FunnelLimits.of(thresholds or Thresholds()))
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
    flagged = Estimate(int(kept["review"].sum()), n=len(kept), method="count")
    return [
        CheckResult("selection.chosen", "Features chosen", Estimate(len(kept), n=len(funnel), method="count")),
        _largest_iv(kept, thresholds),
        CheckResult("selection.for_review", "Chosen features flagged as suspiciously strong", flagged),
        _least_stable(kept, thresholds),
    ]


def _names(funnel: pd.DataFrame, wanted: pd.Series) -> list[str]:
    return [str(name) for name in funnel.loc[wanted, "feature"]]


def _largest_iv(kept: pd.DataFrame, thresholds: Thresholds) -> CheckResult:
    best = kept.sort_values("iv", ascending=False, kind="stable").head(1)
    estimate = Estimate.missing("no feature was chosen", n=0)
    if len(best):
        estimate = Estimate(float(best["iv"].iloc[0]), n=len(kept))
    title = f"Largest information value ({', '.join(best['feature']) or 'none'})"
    return CheckResult("selection.largest_iv", title, estimate, thresholds["features.iv_ceiling"])


def _least_stable(kept: pd.DataFrame, thresholds: Thresholds) -> CheckResult:
    found = kept.dropna(subset="csi").sort_values("csi", ascending=False, kind="stable").head(1)
    estimate = Estimate.missing("development has no dates that part it into periods")
    if len(found):
        estimate = Estimate(float(found["csi"].iloc[0]), n=len(kept), method="CSI of the last period of development")
    title = f"Least stable chosen feature over time ({', '.join(found['feature']) or 'none'})"
    return CheckResult("selection.largest_csi", title, estimate, thresholds["features.csi"])
