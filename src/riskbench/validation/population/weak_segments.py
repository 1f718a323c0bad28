"""Weak segments: where the card fails by more than chance allows, found on one half and confirmed on the other.

Two questions are asked of every segment with cases enough. Are there more bads than its PDs expect (binomial, exact)?
Does the PD rank its cases worse than it would if it were right, given how the PDs lie there (the concordance that
PDs themselves imply; van Klaveren et al., BMC Medical Research Methodology 16, 2016)? The level of all is set right
first, since that is judged elsewhere: a weak segment is one that is worse than the others.

A search among thousands finds something in any card. So the segments of the smallest p-values in one half of the
customers are carried to the other half and tested once more, and the other way round: Holm's method over those carried,
at half the level for each direction. On a card without a weak segment, one search in twenty at most confirms any. Where
two segments are mostly the same cases, only the first is carried. Figures shown are of the half that did not choose.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from riskbench.core.results import LEVEL, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.arguments import Bools, Floats, cases
from riskbench.metrics.intervals import around, jeffreys_interval
from riskbench.metrics.multiple_tests import holm
from riskbench.scorecard.regression.level import level_shift
from riskbench.validation.population.segment_tests import (
    auc_p_value,
    banded_auc,
    banded_error,
    binomial_tail,
    detectable_excess,
)
from riskbench.validation.population.segments import Segments

ALPHA = 0.05
BANDS = 20  # of the PD, within which cases count as tied: the same in both halves
MOST_ALIKE = 0.5  # share of the cases of two segments together that may be in both
LOOKED_AT = 200  # segments of smallest p-value among which those to carry are chosen
FOUND = ["segment", "n", "expected", "observed", "lower", "upper", "p_value", "p_holm", "confirmed"]
RANKED = ["segment", "n", "bads", "expected_auc", "auc", "lower", "upper", "p_value", "p_holm", "confirmed"]


@dataclass(frozen=True)
class Enough:
    """The least cases, expected bads, cases of a class and share of all with which a segment is asked."""

    cases: float = 30
    bads: float = 5
    of_a_class: float = 30
    share: float = 0.02

    @classmethod
    def by(cls, thresholds: Thresholds) -> "Enough":
        """As the thresholds have it."""
        own = ("population.segment_bads", "population.segment_class_cases", "population.segment_share")
        return cls(*(thresholds[key].bound for key in ("validation.grade_cases", *own)))

    def of(self, n: Floats, expected: Floats, all_: int) -> Bools:
        """Which segments may be asked whether they hold more bads than expected."""
        return (n >= max(self.cases, self.share * all_)) & (expected >= self.bads)


@dataclass(frozen=True, eq=False)
class Half:
    """The labelled cases of one half: who is in which segment, outcome, PD at the level of this half, band of PD."""

    segments: Segments
    y: Floats
    pd: Floats
    band: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Search:
    """What a search found: how many segments it asked of either kind, and those carried to the other half, as tables.

    `power` is the excess of the bad rate that a carried segment with a tenth of the cases must have to be confirmed.
    """

    searched: int
    ranked: int
    power: Estimate
    calibration: pd.DataFrame
    discrimination: pd.DataFrame
    reason: str = ""


def search(found: Segments, y: ArrayLike, pd_: ArrayLike, half: ArrayLike, enough: Enough, carried: int = 20) -> Search:
    """Search the rows of `half` for weak segments, test at most `carried` of either kind on the others, and vice versa.

    All rows are labelled: y is 1 (bad) or 0, `pd_` a PD at the bad rate of the data. Raises ValueError otherwise, and
    for fewer than one to carry: a search that tests nothing confirms nothing.
    Tables: `segment, n, expected, observed, lower, upper` (bad rates, Jeffreys' interval) and `segment, n, bads,
    expected_auc, auc, lower, upper`, each with `p_value, p_holm, confirmed`, the smallest adjusted p-value first.
    """
    if carried < 1:
        raise ValueError(f"carried must be at least 1, got {carried}")
    bad, risk = cases(y, pd_)
    learning = np.asarray(half, dtype=bool)
    if any(len(np.unique(bad[part])) < 2 for part in (learning, ~learning)):
        lack = "it takes labelled bads and goods in both halves"
        nothing = pd.DataFrame(columns=FOUND), pd.DataFrame(columns=RANKED)
        return Search(0, 0, Estimate.missing(lack, len(bad)), *nothing, lack)
    edges = np.unique(np.quantile(risk, np.arange(1, BANDS) / BANDS))
    bands = np.searchsorted(edges, risk, side="right")
    one, other = (
        Half(found.of(part), bad[part].astype(float), _levelled(risk[part], bad[part]), bands[part])
        for part in (learning, ~learning)
    )
    (searched, calibration), (ranked, discrimination) = (
        _both_ways(question, one, other, enough, carried) for question in QUESTIONS
    )
    power = detectable_excess(min(len(one.y), len(other.y)), float(bad.mean()), 2 * carried)
    return Search(searched, ranked, power, calibration, discrimination)


# --- the half that chooses --------------------------------------------------------------------------------------------


def _levelled(risk: Floats, bad: Bools) -> Floats:
    """PDs moved by one constant on the log odds so that as many bads are expected as there are."""
    log_odds = logit(np.clip(risk, 1e-9, 1 - 1e-9))
    return expit(log_odds + level_shift(log_odds, float(bad.mean())))


def _p_calibration(half: Half, enough: Enough) -> Floats:
    """P(as many bads or more) of every segment, NaN where it has too few cases."""
    n, bads, expected = (half.segments.sums(x) for x in (np.ones_like(half.y), half.y, half.pd))
    return np.where(enough.of(n, expected, len(half.y)), binomial_tail(n, bads, expected), np.nan)


def _p_discrimination(half: Half, enough: Enough) -> Floats:
    """Φ(z) of every segment, z the AUC less the one that the PDs imply in standard errors; NaN with too few cases."""
    by_band = []
    for band in range(int(half.band.max()) + 1):
        rows = half.band == band
        found = half.segments.of(rows)
        by_band.append([found.sums(x[rows]) for x in (np.ones_like(half.y), half.y, half.pd)])
    n, bads, expected = np.moveaxis(np.array(by_band), 0, -1)
    few = np.minimum((n - bads).sum(-1), bads.sum(-1)) < enough.of_a_class
    return np.where(few, np.nan, auc_p_value(n - bads, bads, n - expected, expected))


# --- the half that confirms -------------------------------------------------------------------------------------------


def _both_ways(question: "Question", one: Half, other: Half, enough: Enough, carried: int) -> tuple[int, pd.DataFrame]:
    """How many segments either half was asked of, and those carried from it with what the other half says of them."""
    asked = [question.p_values(half, enough) for half in (one, other)]
    tables = [
        _confirmed(question, confirming, _to_carry(choosing, p, carried))
        for choosing, confirming, p in ((one, other, asked[0]), (other, one, asked[1]))
    ]
    together = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    together = together.sort_values(["p_holm", "p_value", "segment"]).drop_duplicates("segment", ignore_index=True)
    return int(np.isfinite(asked).any(axis=0).sum()), together


def _confirmed(question: "Question", half: Half, carried: list[tuple[int, int]]) -> pd.DataFrame:
    """What one half says of the segments carried to it; its level is half of the whole, as there are two directions."""
    rows = [(half.segments.told(segment), *question.row(half, half.segments.inside(segment))) for segment in carried]
    table = pd.DataFrame(rows, columns=question.columns[:-2])
    table = table.astype(dict.fromkeys(set(table) - {"segment", "n", "bads"}, float))
    table["p_holm"] = np.minimum(1.0, 2 * holm(table["p_value"]))
    table["confirmed"] = table["p_holm"] < ALPHA
    return table


def _to_carry(half: Half, p: Floats, most: int) -> list[tuple[int, int]]:
    """The segments of smallest p-value, at most .05, without those that are mostly the same cases as one before."""
    order = np.argsort(p, kind="stable")[:LOOKED_AT]
    first, second = half.segments.pairs
    kept: list[tuple[int, int]] = []
    members: list[Bools] = []
    for place in order[p[order] <= ALPHA]:
        if len(kept) == most:
            break
        segment = int(first[place]), int(second[place])
        inside = half.segments.inside(segment)
        if all((inside & m).sum() <= MOST_ALIKE * (inside | m).sum() for m in members):
            kept.append(segment)
            members.append(inside)
    return kept


def _calibration_row(half: Half, inside: Bools) -> tuple:
    n, bads, expected = int(inside.sum()), int(half.y[inside].sum()), float(half.pd[inside].sum())
    rate = jeffreys_interval(bads, n)
    p = float(binomial_tail(n, bads, expected)) if n else np.nan
    return n, expected / n if n else np.nan, rate.value, rate.lower, rate.upper, p


def _discrimination_row(half: Half, inside: Bools) -> tuple:
    y, risk, band = half.y[inside], half.pd[inside], half.band[inside]
    goods, bads, fewer, more = (np.bincount(band, x, BANDS) for x in (1 - y, y, 1 - risk, risk))
    n, n_bad = len(y), int(y.sum())
    if not 0 < n_bad < n:
        return n, n_bad, np.nan, np.nan, np.nan, np.nan, np.nan
    value = float(banded_auc(goods, bads))
    bounds = around(value, float(banded_error(goods, bads, n - n_bad, n_bad)), LEVEL, 0.0, 1.0)
    return n, n_bad, float(banded_auc(fewer, more)), value, *bounds, float(auc_p_value(goods, bads, fewer, more))


@dataclass(frozen=True)
class Question:
    """What is asked of all segments in the half that searches, and told of one in the half that confirms."""

    p_values: Callable[[Half, Enough], Floats]
    row: Callable[[Half, Bools], tuple]
    columns: list[str]


QUESTIONS = (
    Question(_p_calibration, _calibration_row, FOUND),
    Question(_p_discrimination, _discrimination_row, RANKED),
)
