"""Whether a challenger would give a declined customer the reasons that the champion gives.

Both are asked on one scale: the effect of each feature on the log odds, against the same average applicant. Only what
makes a case riskier is a reason. Effects of one dimension sum, so reasons can also be compared by dimension, where it
no longer counts which of two correlated features a model leans on.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.metrics.intervals import around, wilson
from riskbench.scorecard.challengers.effects import Effects
from riskbench.validation.model_comparison.judged import CHAMPION

ROUNDING = 1e-9  # log odds: an effect that is smaller is none
NO_REASON = "no case has a reason by both models"


def first_agrees(champion: DataFrame, other: DataFrame) -> Estimate:
    """Share of cases whose first reason, the largest effect above 0, is one feature by both; Wilson's interval.

    The tables hold effects, a row a case in the same order, a column a feature; a feature of one table alone has no
    effect in the other. Cases without a reason by either do not count.

    >>> first_agrees(DataFrame({"a": [2.0, 1.0], "b": [1.0, 2.0]}), DataFrame({"a": [3.0, 3.0]})).value
    0.5
    """
    one, two = _first(champion), _first(other)
    both = (one != "") & (two != "")
    if not both.any():
        return Estimate.missing(NO_REASON, 0, "Wilson")
    return wilson(int((one == two)[both].sum()), int(both.sum()))


def overlap(champion: DataFrame, other: DataFrame, most: int = 4) -> Estimate:
    """Mean share of the champion's reasons, at most `most` a case, that are among as many of the other's.

    >>> overlap(DataFrame({"a": [2.0], "b": [1.0], "c": [-1.0]}), DataFrame({"a": [1.0], "c": [2.0]})).value
    0.5
    """
    method = f"mean share of at most {most} reasons, normal interval"
    pairs = [(a, b) for a, b in zip(_reasons(champion, most), _reasons(other, most), strict=True) if a and b]
    if not pairs:
        return Estimate.missing(NO_REASON, 0, method)
    shares = np.array([len(a & b) / len(a) for a, b in pairs])
    value, n = float(shares.mean()), len(shares)
    if n < 2:
        return Estimate(value, n=n, method=f"{method}; none for a single case")
    lower, upper = around(value, float(shares.std(ddof=1)) / np.sqrt(n), LEVEL, 0.0, 1.0)
    return Estimate(value, lower, upper, LEVEL, n, method)


def summed(effects: DataFrame, dimensions: Mapping[str, str]) -> DataFrame:
    """Effects of the features of one dimension as one column.

    >>> summed(DataFrame({"a": [2.0], "b": [1.0]}), {"a": "bureau", "b": "bureau"})["bureau"].tolist()
    [3.0]
    """
    return effects.T.groupby(lambda name: dimensions[name], sort=True).sum().T


def agreement(found: Mapping[str, Effects], dimensions: Mapping[str, str], most: int = 4) -> DataFrame:
    """One row a challenger: how far its reasons are the champion's, and how far the draw of effects blurs that.

    `found` holds effects on the same cases, by model. Columns: model, cases; `first_reason` (share agreeing),
    `reasons_shared` (mean share of at most `most`) and `first_dimension`, with bounds; `itself`, the share of cases
    whose first reason is one by both halves of the draws, 1 where effects are exact; `effect_error`, the median
    standard error of the drawn effect of the first reason, in log odds.
    """
    champion = found[CHAMPION].values
    rows = []
    for name, effects in found.items():
        if name == CHAMPION:
            continue
        first = first_agrees(champion, effects.values)
        by_dimension = first_agrees(summed(champion, dimensions), summed(effects.values, dimensions))
        rows.append(
            {"model": name, "cases": first.n}
            | first.columns("first_reason")
            | overlap(champion, effects.values, most).columns("reasons_shared")
            | by_dimension.columns("first_dimension")
            | {"itself": first_agrees(*effects.halves).value, "effect_error": _first_error(effects)}
        )
    return DataFrame(rows)


def reason_checks(found: Mapping[str, Effects], sample: str) -> list[CheckResult]:
    """`<challenger>.first_reason.<sample>`: the share of cases whose first reason is the champion's."""
    champion = found[CHAMPION].values
    return [
        CheckResult(
            f"{name}.first_reason.{sample}",
            f"First reason is the champion's, {name}",
            first_agrees(champion, effects.values),
            unit="%",
        )
        for name, effects in found.items()
        if name != CHAMPION
    ]


def _first(effects: DataFrame) -> NDArray[np.object_]:
    """The feature of the largest effect by row, "" where none is above 0."""
    values = effects.to_numpy(float)
    names = np.array([*map(str, effects)], dtype=object)[values.argmax(axis=1)]
    names[values.max(axis=1) <= ROUNDING] = ""
    return names


def _reasons(effects: DataFrame, most: int) -> list[set[str]]:
    """The features of the largest effects above 0 by row, at most `most`."""
    values = effects.to_numpy(float)
    order = np.argsort(-values, axis=1, kind="stable")[:, :most]
    names = [*map(str, effects)]
    return [{names[at] for at in places if row[at] > ROUNDING} for places, row in zip(order, values, strict=True)]


def _first_error(effects: Effects) -> float:
    values = effects.values.to_numpy(float)
    largest = values.argmax(axis=1)[:, None]
    return float(np.median(np.take_along_axis(effects.errors.to_numpy(float), largest, axis=1)))
