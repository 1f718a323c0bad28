"""What the card would be after other choices, and whom it would have treated otherwise.

Every variant is judged on the same holdout as the champion, by the champion's label and by its own. Before grades and
decisions are compared its scores are moved to the champion's mean PD of development, so that what is counted is another
order and another spread, and no other level.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.arguments import Bools, Floats
from riskbench.metrics.discrimination import auc, delong
from riskbench.metrics.intervals import wilson
from riskbench.scorecard.regression.level import level_shift
from riskbench.validation.robustness.bench import NO_CUT_OFF, Bench
from riskbench.validation.robustness.variants import Variant

OWN_AUC = ["auc", "auc_lower", "auc_upper"]
SHOWN = ["change", "cases", "bads", "features", *OWN_AUC, "rank_correlation", "grade_moved", "moved"]
DEFINITIONS = ["change", *OWN_AUC, "champion_auc", "own_gain", "own_gain_lower", "own_gain_upper"]
FIGURES = (
    *OWN_AUC,
    "champion_auc",
    "own_gain",
    "own_gain_lower",
    "own_gain_upper",
    "auc_gain",
    "auc_gain_lower",
    "auc_gain_upper",
    "rank_correlation",
    "grade_moved",
    "moved",
    "moved_lower",
    "moved_upper",
)
NOBODY = "no feature earned a place: everybody has one PD"


def sensitivity_table(bench: Bench, variants: Sequence[Variant]) -> pd.DataFrame:
    """One row a variant, in order: what changed, n, bads, features, and what became of the holdout.

    Columns: family, change, `cases` and `bads` (that it was built on), `features`, `same_features` (also of the
    champion); by the variant's own label `auc` with interval, `champion_auc`, and `own_gain` of the first over the
    second; by the champion's label `auc_gain`, both gains with DeLong's interval; `rank_correlation` of the two scores;
    `grade_moved` and `moved`, shares of all applications of the holdout in another grade or on the other side of the
    cut-off, the latter with Wilson's interval; and `reason` where there are none.
    """
    table = pd.DataFrame([_row(bench, variant) for variant in variants])
    columns = ["family", "change", "cases", "bads", "features", "same_features", *FIGURES, "reason"]
    return table.reindex(columns=columns).astype(dict.fromkeys(FIGURES, float))


def sensitivity_checks(table: pd.DataFrame, sample: str, thresholds: Thresholds) -> list[CheckResult]:
    """The most that a choice would have gained, lost or moved, and how far cards by other definitions lie apart.

    Gains and losses are the largest of several, so that chance enlarges them; the interval is that of the one variant.
    """
    gains = table[table["family"].ne("definition") & table["auc_gain"].notna()]
    alike = table[table["family"].eq("definition") & table["own_gain"].notna()]
    return [
        CheckResult(
            f"variants.largest_gain.{sample}",
            "Largest AUC that another choice of period, bins or selection would have gained",
            _extreme(gains, "auc_gain", 1),
            thresholds["robustness.auc_gain"],
        ),
        CheckResult(
            f"variants.largest_loss.{sample}",
            "Largest AUC that another choice of period, bins or selection would have lost",
            _extreme(gains, "auc_gain", -1),
        ),
        CheckResult(
            f"variants.most_moved.{sample}",
            "Largest share of applications that another choice would have decided otherwise",
            _extreme(table[table["moved"].notna()], "moved", 1),
            unit="%",
        ),
        CheckResult(
            f"definitions.least_rank_correlation.{sample}",
            "Least rank correlation with a card built by another definition of bad",
            _extreme(alike, "rank_correlation", -1) if len(alike) else _lacking(table, "definition"),
            thresholds["robustness.rank_correlation"],
        ),
        CheckResult(
            f"definitions.largest_own_gain.{sample}",
            "Largest AUC that a card by another definition of bad gains over the champion, by that definition",
            _extreme(alike, "own_gain", 1) if len(alike) else _lacking(table, "definition"),
        ),
    ]


def tried(table: pd.DataFrame) -> pd.DataFrame:
    """The variants that a card was built for, in the columns that a page shows."""
    built = table.loc[table["features"].notna(), SHOWN]
    return built.astype(dict.fromkeys(("cases", "bads", "features"), int)).reset_index(drop=True)


def forest(table: pd.DataFrame) -> pd.DataFrame:
    """The variants with a gain or loss of AUC, ready to be drawn: change, auc_gain and its bounds.

    Raises NotEvaluated where no variant has one: the holdout has no labels of both classes, or nothing could be built.
    """
    found = table.loc[table["auc_gain"].notna(), ["change", "auc_gain", "auc_gain_lower", "auc_gain_upper"]]
    if found.empty:
        raise NotEvaluated("no card after another choice could be built and judged")
    return found


def definitions_beside(table: pd.DataFrame) -> pd.DataFrame:
    """The other definitions of bad: whether a card of their own ranks their bads better than the champion does.

    Columns: change, `auc` with interval and `champion_auc`, by that definition, and `own_gain` with interval. Raises
    NotEvaluated, with the reason, where there is none.
    """
    own = table[table["family"].eq("definition")]
    found = own.loc[own["own_gain"].notna(), DEFINITIONS]
    if found.empty:
        raise NotEvaluated(_lacking(table, "definition").reason)
    return found.reset_index(drop=True)


def not_tried(table: pd.DataFrame) -> str:
    """What could not be tried and why, as sentences."""
    lacking = table[table["reason"] != ""]
    if lacking.empty:
        return "Every choice could be tried."
    return " ".join(f"Not evaluated, {row.change}: {row.reason}." for row in lacking.itertuples())


def _row(bench: Bench, variant: Variant) -> dict[str, Any]:
    said: dict[str, Any] = {"family": variant.family, "change": variant.told, "reason": variant.reason}
    if variant.reason:
        return said
    y = bench.y if variant.y is None else variant.y
    rows = (bench.developed if variant.rows is None else variant.rows) & ~np.isnan(y)
    said |= {"cases": int(rows.sum()), "bads": int(np.nansum(y[rows]))}
    try:
        built = bench.rebuilt(np.flatnonzero(rows), y, study=variant.study, design=variant.design)
    except NotEvaluated as lack:
        return said | {"reason": str(lack)}
    own = set(bench.champion.points_)
    said |= {"features": len(built.features), "same_features": len(own & set(built.features))}
    if built.card is None:
        return said | {"reason": NOBODY}
    return said | _holdout(bench, built.score, y)


def _holdout(bench: Bench, score: Floats, y: Floats) -> dict[str, float | None]:
    champion, who, judged = bench.original.score, bench.judging, bench.judged
    known = who & ~np.isnan(y)
    level, before = (score + _to_level(bench, score))[who], champion[who]
    moved = _share(bench.grades(level) != bench.grades(before))
    decided = Estimate.missing(NO_CUT_OFF)
    if bench.cut_off is not None:
        decided = _share((level >= bench.cut_off) != (before >= bench.cut_off))
    return {
        **auc(y[known], -score[known]).columns("auc"),
        "champion_auc": auc(y[known], -champion[known]).value,
        **delong(y[known], -score[known], -champion[known]).columns("own_gain"),
        **delong(bench.y[judged], -score[judged], -champion[judged]).columns("auc_gain"),
        "rank_correlation": _alike(score[who], before),
        "grade_moved": moved.value,
        **decided.columns("moved"),
    }


def _share(which: Bools) -> Estimate:
    return wilson(int(which.sum()), which.size)


def _to_level(bench: Bench, score: Floats) -> float:
    """What to add to scores so that the mean PD of development is the champion's."""
    card, rows = bench.champion, bench.developed
    rate = float(card.score_to_pd(bench.original.score[rows]).mean())
    return -card.factor * level_shift((card.offset - score[rows]) / card.factor, rate)


def _alike(one: Floats, other: Floats) -> float | None:
    if one.size < 2 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(spearmanr(one, other).statistic)


def _extreme(rows: pd.DataFrame, column: str, sign: int) -> Estimate:
    """The largest (sign 1) or smallest (−1) value of a column and the variant that has it."""
    if rows.empty:
        return Estimate.missing("no variant could be built and judged")
    row = rows.iloc[int((sign * rows[column]).argmax())]
    bounds = [row.get(f"{column}_{side}") for side in ("lower", "upper")]
    lower, upper = (None if bound is None or pd.isna(bound) else float(bound) for bound in bounds)
    level = None if lower is None else LEVEL
    return Estimate(float(row[column]), lower, upper, level, len(rows), f"of {len(rows)} variants: {row['change']}")


def _lacking(table: pd.DataFrame, family: str) -> Estimate:
    reasons = table.loc[table["family"].eq(family) & table["reason"].ne(""), "reason"]
    return Estimate.missing(reasons.iloc[0] if len(reasons) else "no such variant was tried")
