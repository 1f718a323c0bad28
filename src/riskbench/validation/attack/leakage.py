"""Does a candidate know the outcome? Signals that a column was written after the decision, candidate by candidate.

The funnel asks of development whether a candidate separates too well alone (`features.auc_alone`) and whether it is
dated too late (`features.after_decision`). The same limits are asked here of the holdout, with four questions more:
what a candidate adds to the card, whether old loans know it better than new ones (time travel: a table that was
overwritten knows more of them), whether it is filled for one class alone, and whether only where an outcome is known.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import log, sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from riskbench import metrics
from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.intervals import normal_quantile
from riskbench.metrics.multiple_tests import holm
from riskbench.scorecard.regression.logit import fit_logit
from riskbench.scorecard.regression.separation import SeparationError
from riskbench.scorecard.woe_binning import WoeBinning

COLUMNS = ["feature", "on_card", "alone", "lower", "upper", "auc_gain", "time_travel_p", "suspicion"]


@dataclass(frozen=True, eq=False)
class Suspects:
    """The candidates and what is known of them: their bins, fitted on development, and the rows they are judged by.

    `rows` has the columns month, sample and y (1 = bad, missing without a label); `X` the candidates in its order. A
    candidate is judged on `holdout`; `card` names the features of the card. `known`, where given, is the table of
    `scorecard.selection.timing.dates_known`.
    """

    binning: WoeBinning
    rows: pd.DataFrame
    X: pd.DataFrame
    card: tuple[str, ...]
    holdout: str
    thresholds: Thresholds
    known: pd.DataFrame | None = None

    @cached_property
    def woe(self) -> pd.DataFrame:
        """The WoE of every candidate, by the bins of development."""
        return self.binning.transform(self.X[list(self.binning.features_)])

    def having(self, *samples: str) -> NDArray[np.bool_]:
        """The labelled rows of some samples."""
        return (self.rows["sample"].isin(samples) & self.rows["y"].notna()).to_numpy()

    def outcomes(self, rows: NDArray[np.bool_]) -> NDArray[np.float64]:
        """1 for bad and 0 for good, of labelled rows."""
        return self.rows["y"].to_numpy(dtype=float)[rows]


def leakage_table(suspects: Suspects) -> pd.DataFrame:
    """One row a candidate, the most suspicious first, then the one that adds most; columns as `COLUMNS`.

    `alone` is its AUC on the holdout with DeLong's interval, `auc_gain` what it adds there to the other features of the
    card, `time_travel_p` the p-value, adjusted by Holm over the candidates, that old loans know it no better than new
    ones. `suspicion` names what rings, and is empty where nothing does.
    """
    judged, names = suspects.having(suspects.holdout), list(map(str, suspects.woe))
    y = suspects.outcomes(judged)
    areas = {name: metrics.auc(y, -suspects.woe[name][judged]) for name in names}
    table = pd.DataFrame(
        {
            "feature": names,
            "on_card": ["yes" if name in suspects.card else "no" for name in names],
            "alone": [areas[name].value for name in names],
            "lower": [areas[name].lower for name in names],
            "upper": [areas[name].upper for name in names],
            "auc_gain": _gains(suspects, names),
            "time_travel_p": _time_travel(suspects, names),
        }
    ).astype(dict.fromkeys(COLUMNS[2:7], float))
    written = {name: _written_late(suspects, name) for name in names}
    table["suspicion"] = [_suspicion(row, written, suspects.thresholds) for row in table.to_dict("records")]
    order = table.assign(quiet=table["suspicion"] == "").sort_values(
        ["quiet", "auc_gain", "feature"], ascending=[True, False, True], kind="stable"
    )
    return order[COLUMNS].reset_index(drop=True)


def leakage_checks(table: pd.DataFrame, suspects: Suspects) -> list[CheckResult]:
    """The extremes of a table by `leakage_table` as checks; ids `candidates.*`, on the holdout where they are of it."""
    limits, on = suspects.thresholds, suspects.holdout
    late = [name for name in table["feature"] if _written_late(suspects, str(name))]
    travel = Estimate.missing("the study has no decision dates, or one half of the months lacks goods or bads", 0)
    if table["time_travel_p"].notna().any():
        row = table.sort_values("time_travel_p", kind="stable").iloc[0]
        travel = Estimate(float(row["time_travel_p"]), n=len(table), method=f"smallest p by Holm: {row['feature']}")
    return [
        CheckResult(
            f"candidates.auc_alone.{on}",
            "Largest AUC of a candidate alone, lower end",
            _largest(table, "lower"),
            limits["features.auc_alone"],
        ),
        CheckResult(
            f"candidates.auc_gain.{on}",
            "Largest AUC that one candidate adds to the others of the card",
            _largest(table, "auc_gain"),
            limits["attack.feature_gain"],
        ),
        CheckResult(
            "candidates.time_travel", "Old loans know no candidate better (p-value)", travel, limits["attack.alarm"]
        ),
        CheckResult(
            "candidates.written_late",
            "Candidates filled by the outcome, or dated after the decision",
            Estimate(len(late), n=len(table), method=", ".join(late) or "candidates that are"),
            limits["attack.differences"],
        ),
    ]


def _largest(table: pd.DataFrame, column: str) -> Estimate:
    known = table.dropna(subset=column).sort_values(column, kind="stable")
    if known.empty:
        return Estimate.missing("the holdout lacks goods or bads", len(table))
    row = known.iloc[-1]
    return Estimate(float(row[column]), n=len(table), method=f"of n candidates: {row['feature']}")


def _suspicion(row: Mapping[Any, Any], written: Mapping[str, str], limits: Thresholds) -> str:
    asked = (
        ("separates too well alone", row["lower"], "features.auc_alone"),
        ("adds too much", row["auc_gain"], "attack.feature_gain"),
        ("old loans know it better", row["time_travel_p"], "attack.alarm"),
    )
    found = [told for told, value, key in asked if pd.notna(value) and limits[key].judge(float(value)) != "green"]
    return "; ".join(filter(None, [*found, written[row["feature"]]]))


# --- what a candidate adds --------------------------------------------------------------------------------------------


def _gains(suspects: Suspects, names: list[str]) -> list[float | None]:
    """By candidate the AUC on the holdout of the card with it, less that without it, both fitted on development."""
    fitted, judged = suspects.having("development"), suspects.having(suspects.holdout)
    y, truth = suspects.outcomes(fitted), suspects.outcomes(judged)
    if len(np.unique(y)) < 2 or len(np.unique(truth)) < 2:
        return [None] * len(names)
    whole = fit_logit(suspects.woe.loc[fitted, list(suspects.card)], y)
    gains: list[float | None] = []
    for name in names:
        others = [other for other in suspects.card if other != name]
        rest = fit_logit(suspects.woe.loc[fitted, others], y, start=whole) if name in suspects.card else whole
        columns = {"card": rest.log_odds(suspects.woe[others]), "candidate": suspects.woe[name].to_numpy()}
        pair = pd.DataFrame(columns)
        try:
            together = fit_logit(pair[fitted], y).log_odds(pair[judged])
        except SeparationError:
            together = -pair["candidate"].to_numpy()[judged]
        with_it, without = (metrics.auc(truth, odds).value or 0.0 for odds in (together, pair["card"][judged]))
        gains.append(with_it - without)
    return gains


# --- time travel ------------------------------------------------------------------------------------------------------


def _time_travel(suspects: Suspects, names: list[str]) -> NDArray[np.float64]:
    """p-values, by Holm, of the one-sided test that the AUC alone is no larger in the older half of the months.

    Development is left aside: bins fitted there look better there. The halves share no loan, so their variances add.
    """
    nothing = np.full(len(names), np.nan)
    later = suspects.rows["y"].notna().to_numpy() & (suspects.rows["sample"] != "development").to_numpy()
    months = suspects.rows["month"].to_numpy()
    if len(set(months[later])) < 2:
        return nothing
    middle = sorted(months[later])[int(later.sum()) // 2]
    halves = (later & (months < middle), later & (months >= middle))
    if any(len(np.unique(suspects.outcomes(half))) < 2 for half in halves):
        return nothing
    p = []
    for name in names:
        old, new = (metrics.auc(suspects.outcomes(half), -suspects.woe[name][half]) for half in halves)
        p.append(_no_better(old, new))
    return holm(p)


def _no_better(old: Estimate, new: Estimate) -> float:
    """The p-value that the older AUC is no larger; missing where one of them has no interval."""
    if None in (old.lower, old.upper, new.lower, new.upper):
        return float("nan")
    errors = [((e.upper or 0.0) - (e.lower or 0.0)) / (2 * normal_quantile(LEVEL)) for e in (old, new)]
    spread = sqrt(sum(error**2 for error in errors))
    return float(ndtr(((new.value or 0.0) - (old.value or 0.0)) / spread)) if spread else float("nan")


# --- written late -----------------------------------------------------------------------------------------------------


def _written_late(suspects: Suspects, name: str) -> str:
    """Why a candidate looks as if it was written after the decision; empty where it does not."""
    filled, y = suspects.X[name].notna().to_numpy(), suspects.rows["y"].to_numpy(dtype=float)
    labelled = ~np.isnan(y)
    enough = suspects.thresholds["validation.grade_cases"].bound
    if (~labelled).sum() >= enough and filled[labelled].any() and not filled[~labelled].any():
        return "filled only where an outcome is known"
    chance = log(suspects.thresholds["drafting.one_sided_chance"].bound)
    for what, rows in (("filled", filled & labelled), ("missing", ~filled & labelled)):
        for value, word in ((1, "bad"), (0, "good")):
            n, share = int(rows.sum()), float((y[labelled] == value).mean())
            if 0 < n < labelled.sum() and (y[rows] == value).all() and 0 < share < 1 and n * log(share) < chance:
                return f"{what} for {word} cases alone"
    if suspects.known is not None:
        share = suspects.known.set_index("feature")["after_decision"].get(name, np.nan)
        if pd.notna(share) and suspects.thresholds["features.after_decision"].judge(float(share)) != "green":
            return f"dated after the decision in {share:.1%} of the rows"
    return ""
