"""One application by a card, in plain Python: the whole points, the PD and the reasons of `Scorecard`, in microseconds.

A frame of one row costs a thousand times what the card itself does. Here every bin is looked up in a table that was
made once; what comes out is that of `Scorecard.points`, `predict_proba` and `reasons`, to the last bit.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from riskbench.data.coding import level_of
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.card import Scorecard

REASONS = 4  # how many are told of a decision, as in `Scorecard.reasons`


class Scored(NamedTuple):
    """`score` in whole points, the `pd`, and features with the position of their bin, those that cost most first."""

    score: int
    pd: float
    reasons: tuple[tuple[str, int], ...]


class _Bin(NamedTuple):
    """What a value brings: points, its part of the log odds, points lost against the best bin, and where it lies."""

    points: int
    log_odds: float
    lost: int
    place: tuple[str, int]


class RowScorer:
    """A fitted card that scores one application at a time; it holds nothing that changes, so threads may share it.

    `reasons`: how many are told, at least 1, or ValueError.

    >>> import pandas as pd
    >>> from riskbench.scorecard import WoeBinning
    >>> X = pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 20})
    >>> card = Scorecard(WoeBinning(max_bins=2)).fit(X, [0, 0, 1, 0, 1, 1] * 20)
    >>> RowScorer(card)({"late": 1.0})
    Scored(score=467, pd=0.66..., reasons=(('late', 1),))
    """

    def __init__(self, card: Scorecard, reasons: int = REASONS):
        if reasons < 1:
            raise ValueError(f"reasons must be at least 1, got {reasons}")
        intercept, slope = card.correction_
        self._told, self._points = reasons, card.base_
        self._log_odds = float(intercept + slope * card.logit_.intercept)
        best = card.baseline_points("best").tolist()
        self._features: tuple[tuple[str, Callable[[Any], _Bin]], ...] = tuple(
            (name, _lookup(bins, points.tolist(), (slope * coefficient * bins.woe).tolist(), most))
            for (name, points), coefficient, most in zip(card.points_.items(), card.logit_.slopes, best, strict=True)
            for bins in [card.binning_.features_[name]]
        )

    def __call__(self, cells: Mapping[str, Any]) -> Scored:
        """Score the application that has these values by feature; None and NaN are missing.

        Raises KeyError where a feature of the card is not among `cells`, ValueError where a number is asked for and
        something else is there.
        """
        bins = [bin_of(cells[name]) for name, bin_of in self._features]
        score, log_odds = self._points, 0.0
        for points, part, _, _ in bins:
            score += points
            log_odds += part
        dear = [one for one in bins if one.lost > 0]
        dear.sort(key=_lost, reverse=True)  # equal ones keep the order of the card
        return Scored(score, _pd(self._log_odds + log_odds), tuple([one.place for one in dear[: self._told]]))


def _lost(one: _Bin) -> int:
    return one.lost


def _pd(log_odds: float) -> float:
    """The logistic function, as `scipy.special.expit` computes it."""
    try:
        return 1.0 / (1.0 + math.exp(-log_odds))
    except OverflowError:
        return 0.0


def _lookup(bins: FeatureBins, points: list[int], log_odds: list[float], best: int) -> Callable[[Any], _Bin]:
    """The function from a value of the feature to its bin."""
    rows = [
        _Bin(earned, part, best - earned, (bins.name, position))
        for position, (earned, part) in enumerate(zip(points, log_odds, strict=True))
    ]
    regular = [rows[group] for group in bins.groups.tolist()]
    specials = list(zip(bins.coding.specials, rows[bins.regular :], strict=False))  # the last row is the missing one
    if bins.coding.kind == "numeric":
        return _of_number(bins.name, bins.coding.edges.tolist(), regular, dict(specials), rows[-1])
    levels = dict(zip(bins.coding.levels, regular, strict=True))
    return _of_level(levels | {level_of(special): row for special, row in specials}, rows[bins.unseen], rows[-1])


def _of_number(
    name: str, edges: list[float], regular: list[_Bin], specials: dict[Any, _Bin], missing: _Bin
) -> Callable[[Any], _Bin]:
    def bin_of(value: Any) -> _Bin:
        if value is None or value != value:
            return missing
        if value.__class__ is not float:
            value = _number(name, value)
        return (specials.get(value) if specials else None) or regular[bisect_right(edges, value)]

    return bin_of


def _of_level(levels: dict[str, _Bin], unseen: _Bin, missing: _Bin) -> Callable[[Any], _Bin]:
    def bin_of(value: Any) -> _Bin:
        if value is None or value != value:
            return missing
        if value.__class__ is str:
            return levels.get(value, unseen)
        return levels.get(level_of(value)) or levels.get(str(value), unseen)

    return bin_of


def _number(name: str, value: Any) -> float:
    if isinstance(value, str | bytes):
        raise ValueError(f"{name} must be a number, got {value!r}")
    return float(value)
