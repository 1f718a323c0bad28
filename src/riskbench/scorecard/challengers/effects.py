"""What moves a model's log odds, case by case: Shapley values, exact or drawn.

The effect of a feature is its interventional Shapley value: how far it moves a case's log odds from the average of a
background, averaged over the orders in which features could be told. For an additive model that is the height of its
curve less the curve's average, exactly. For any other model orders are drawn, and the error of the draw is stated.
What chance a background row brings in is taken out again, as far as it is additive: a control variate, which leaves the
mean alone.
Source: Štrumbelj and Kononenko, Knowledge and Information Systems 41 (2014); Janzing, Minorics and Blöbaum (2020) on
why features are set and not conditioned on.

What is not sound: correlated features are mixed in ways that nobody has, so a model is asked far from its data.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.scorecard.challengers.explained import Explained

Floats = NDArray[np.float64]
REFERENCES = 3  # background rows that curves are drawn through, to take chance out


@dataclass(frozen=True)
class Sampling:
    """How effects are drawn: `pairs` of orders a case, each order and its reverse, from `seed`."""

    pairs: int = 4
    seed: int = 0

    def __post_init__(self) -> None:
        if self.pairs < 2:
            raise ValueError(f"pairs must be at least 2, so that an error can be stated, got {self.pairs}")


@dataclass(frozen=True)
class Effects:
    """Effects in log odds, one row a case and one column a feature; above 0 a feature makes the case riskier.

    `errors` are their Monte Carlo standard errors, 0 where `exact`; `halves` are the effects by each half of the draws,
    the same table twice where exact.
    """

    values: pd.DataFrame
    errors: pd.DataFrame
    halves: tuple[pd.DataFrame, pd.DataFrame]
    exact: bool


def effects(model: Explained, cases: pd.DataFrame, background: pd.DataFrame, sampling: Sampling) -> Effects:
    """Effects of every feature on each of the `cases`, against the average of the `background`.

    Both hold raw columns. Rows of the answer keep the index of `cases`. Raises ValueError where either is empty.
    """
    if not (len(cases) and len(background)):
        raise ValueError(f"effects take cases and a background, got {len(cases)} and {len(background)} rows")
    blocks = model.blocks(pd.concat([cases, background], ignore_index=True))
    told, behind = model.encode(cases), model.encode(background)
    if model.additive:
        table = pd.DataFrame(_curves(model, blocks, told, behind), index=cases.index)
        return Effects(table, table * 0.0, (table, table), exact=True)
    heights = _heights(model, blocks, behind)
    drawn = np.stack(
        [_pair(model, blocks, told, (behind, heights), (sampling.seed, pair)) for pair in range(sampling.pairs)]
    )
    half = sampling.pairs // 2
    error = drawn.std(axis=0, ddof=1) / np.sqrt(sampling.pairs)
    value, error_of, first, second = (
        pd.DataFrame(values, index=cases.index, columns=list(blocks))
        for values in (drawn.mean(axis=0), error, drawn[:half].mean(axis=0), drawn[half:].mean(axis=0))
    )
    return Effects(value, error_of, (first, second), exact=False)


def additive_gap(model: Explained, found: Effects, cases: pd.DataFrame, background: pd.DataFrame) -> float:
    """The largest distance, over cases, between a model's log odds and the background's average plus all effects.

    0 but for rounding where effects are exact.
    """
    average = model.log_odds(model.encode(background)).mean()
    told = model.log_odds(model.encode(cases)) - average
    return float(np.abs(found.values.sum(axis=1).to_numpy() - told).max())


def _curves(model: Explained, blocks: dict[str, NDArray[np.int64]], told: Floats, behind: Floats) -> dict[str, Floats]:
    """The height of each feature's curve at each case, less its average over the background.

    All other features stand at the first row of the background; in an additive model it does not matter where.
    """
    found = {}
    for name, columns in blocks.items():
        at_cases, at_background = (np.repeat(behind[:1], len(rows), axis=0) for rows in (told, behind))
        at_cases[:, columns], at_background[:, columns] = told[:, columns], behind[:, columns]
        heights = model.log_odds(np.concatenate([at_cases, at_background]))
        found[name] = heights[: len(told)] - heights[len(told) :].mean()
    return found


def _heights(model: Explained, blocks: dict[str, NDArray[np.int64]], behind: Floats) -> Floats:
    """How far each feature of each background row moves the log odds of a few of these rows, less its average.

    Shape (rows, features). In an additive model it is the height of the curve there.
    """
    found = []
    for columns in blocks.values():
        moved = np.repeat(behind[:REFERENCES], len(behind), axis=0)
        moved[:, columns] = np.tile(behind[:, columns], (len(behind[:REFERENCES]), 1))
        heights = model.log_odds(moved).reshape(-1, len(behind)).mean(axis=0)
        found.append(heights - heights.mean())
    return np.stack(found, axis=1)


def _pair(
    model: Explained,
    blocks: dict[str, NDArray[np.int64]],
    told: Floats,
    background: tuple[Floats, Floats],
    seed: tuple[int, int],
) -> Floats:
    """Effects by one order of features and its reverse, each case from a background row of its own."""
    behind, heights = background
    draw = np.random.default_rng(seed)
    rows = draw.integers(0, len(behind), len(told))
    order = draw.permutation(len(blocks))
    columns = list(blocks.values())
    total = np.zeros((len(told), len(blocks)))
    for direction in (order, order[::-1]):
        now = behind[rows]
        chain = [now.copy()]
        for place in direction:
            now[:, columns[place]] = told[:, columns[place]]
            chain.append(now.copy())
        along = model.log_odds(np.concatenate(chain)).reshape(len(chain), len(told))
        total[:, direction] += np.diff(along, axis=0).T
    return total / 2 + heights[rows]
