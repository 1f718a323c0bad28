"""Has the population moved? The answer in a sentence, of the newest month; of the holdout where there are no months."""

import pandas as pd

from riskbench.core.status import Status
from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.drift import drift_table, most_moved_first
from riskbench.monitoring.population.cut_month import cut_told
from riskbench.monitoring.population.window import Window

NAMED = 5  # features that a sentence can hold

SCORE: dict[Status, str] = {
    "red": "the score has moved beyond its limit",
    "amber": "the score has moved and is to be watched",
    "green": "the score has not moved beyond its limit",
    "not_evaluated": "it could not be judged whether the score has moved",
}
FIGURES = (
    " PSI of the score in the whole window: {psi}. Largest CSI in the newest month: {csi}. Share that the policy "
    "approves, less that of the reference: {change}. Change of the mean score: {shift} points."
)


def conclusion(bands: pd.DataFrame, bins: pd.DataFrame, window: Window, thresholds: Thresholds) -> str:
    """The conclusion of the page as a template of `psi`, `csi`, `change` and `shift`, the answer first.

    `bands` hold the score's bands in the column score, `bins` the bins of all features, as for
    `drift.newest_month_checks`, whose limits and p-values these are. Features are named, the most moved first, where
    they fail or are to be watched.
    """
    dated = bool(window.newest.any())
    when, current = ("newest month", window.newest) if dated else ("holdout", window.current)
    score = drift_table(bands, window.reference, current, thresholds)["status"].iloc[0]
    features = most_moved_first(drift_table(bins, window.reference, current, thresholds))
    return f"In the {when} {SCORE[score]}; {_moved(features)}.{FIGURES}{cut_told(window.cut)}"


def _moved(features: pd.DataFrame) -> str:
    by = {status: features.loc[features["status"] == status, "feature"].tolist() for status in SCORE}
    told = [f"{word}: {_named(by[status])}" for status, word in _FOUND.items() if by[status]]
    if len(by["not_evaluated"]) == len(features):
        return "no feature could be judged"
    if by["not_evaluated"]:
        told.append(f"not evaluated: {_named(by['not_evaluated'])}")
    return "; ".join(told if by["red"] or by["amber"] else ["no feature fails or is to be watched", *told])


_FOUND: dict[Status, str] = {"red": "features that fail", "amber": "features to be watched"}


def _named(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (", ".join(names[:NAMED]) + more).replace("{", "{{").replace("}", "}}")
