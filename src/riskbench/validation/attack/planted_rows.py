"""Errors in the tables, as they happen: labels, feeds, rows loaded twice, another population. A copy comes back.

Each takes a desk, a size and a source of chance. Features that change are scored again, as they would have been. What
a desk has not got to be spoilt (a second number, a segment) raises `NotEvaluated`.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from riskbench.core.errors import NotEvaluated
from riskbench.validation.attack.desk import Desk


def labels_flipped(desk: Desk, share: float, rng: Generator) -> Desk:
    """A share of all outcomes is the wrong way round."""
    hit = _some(desk.now & desk.labelled, share, rng)
    return _with_outcomes(desk, hit, 1 - desk.rows["y"].to_numpy())


def bads_of_a_segment(desk: Desk, share: float, rng: Generator) -> Desk:
    """A share of the bads of one segment is recorded good: the level with most bads of the last one.

    Without segments it is the bin with most bads of the first feature of the card.
    """
    inside = desk.now & (desk.rows["y"] == 1).to_numpy()
    divided = [desk.segments[name] for name in desk.segments if desk.segments[name][inside].nunique() > 1]
    own = divided[-1] if divided else desk.codes.iloc[:, 0]
    largest = own[inside].value_counts().index[0]
    return _bads_lost(desk, (own == largest).to_numpy(), share, rng)


def bads_of_the_newest(desk: Desk, share: float, rng: Generator) -> Desk:
    """A share of the bads of the newest delivery is recorded good, as when loans are labelled before their time."""
    return _bads_lost(desk, desk.newest, share, rng)


def times_100(desk: Desk, share: float, rng: Generator) -> Desk:
    """A share of the rows has one number a hundred times too large: cents for units."""
    return _feature(desk, _number(desk), _some(desk.now, share, rng), lambda old: 100 * old)


def divided_by_12(desk: Desk, share: float, rng: Generator) -> Desk:
    """A share of the rows has one number divided by twelve: a month for a year."""
    return _feature(desk, _number(desk), _some(desk.now, share, rng), lambda old: old / 12)


def feed_late(desk: Desk, share: float, rng: Generator) -> Desk:
    """A share of the newest delivery lacks one feature: its feed has not arrived."""
    return _feature(desk, _filled(desk), _some(desk.now & desk.newest, share, rng), lambda old: old.where(old.isna()))


def feed_frozen(desk: Desk, share: float, rng: Generator) -> Desk:
    """A share of the newest delivery has one and the same value in one feature: the last that came."""
    name, inside = _filled(desk), desk.now & desk.newest
    last = desk.X[name][inside].dropna().iloc[-1]
    return _feature(desk, name, _some(inside, share, rng), lambda old: old.where(old.isna(), last).fillna(last))


def columns_swapped(desk: Desk, share: float, rng: Generator) -> Desk:
    """A share of the rows has two numbers in each other's place."""
    if len(desk.numeric) < 2:
        raise NotEvaluated("the card has no two numbers to swap")
    one, other = desk.numeric[:2]
    hit, X = _some(desk.now, share, rng), desk.X.copy()
    X.loc[hit, one], X.loc[hit, other] = desk.X[other][hit], desk.X[one][hit]
    return replace(desk, X=X).scored()


def rows_misaligned(desk: Desk, share: float, rng: Generator) -> Desk:
    """A share of the rows has the features of another applicant: a join that went astray."""
    hit = np.flatnonzero(_some(desk.now, share, rng))
    order = np.arange(len(desk.X))
    order[hit] = rng.permutation(hit)
    return replace(desk, X=desk.X.take(order).reset_index(drop=True)).scored()


def loaded_twice(desk: Desk, rows: float, rng: Generator) -> Desk:
    """A batch of so many rows is there once more, under new numbers of application."""
    now = np.flatnonzero(desk.now)
    return _taken(desk, np.concatenate([np.arange(len(desk.rows)), now[: int(rows)]]))


def other_population(desk: Desk, share: float, rng: Generator) -> Desk:
    """A share of the rows is replaced by others like the riskiest quarter of the sample."""
    now = np.flatnonzero(desk.now)
    riskiest = now[np.argsort(desk.rows["score"].to_numpy()[now], kind="stable")[: max(1, len(now) // 4)]]
    hit, order = np.flatnonzero(_some(desk.now, share, rng)), np.arange(len(desk.rows))
    order[hit] = rng.choice(riskiest, len(hit))
    mixed = _taken(desk, order)
    customer = mixed.rows["customer"].astype(object).to_numpy(copy=True)
    customer[hit] = [f"new {i}" for i in hit]
    return replace(mixed, rows=mixed.rows.assign(customer=customer))


def _some(rows: NDArray[np.bool_], share: float, rng: Generator) -> NDArray[np.bool_]:
    """A share of the rows, drawn by chance, one at least."""
    chosen = np.zeros(len(rows), dtype=bool)
    there = np.flatnonzero(rows)
    chosen[rng.choice(there, min(len(there), max(1, round(share * len(there)))), replace=False)] = True
    return chosen


def _with_outcomes(desk: Desk, hit: NDArray[np.bool_], values: NDArray[np.float64]) -> Desk:
    return replace(desk, rows=desk.rows.assign(y=np.where(hit, values, desk.rows["y"])))


def _bads_lost(desk: Desk, part: NDArray[np.bool_], share: float, rng: Generator) -> Desk:
    bads = desk.now & part & (desk.rows["y"] == 1).to_numpy()
    if not bads.any():
        raise NotEvaluated("the part has no bads to lose")
    return _with_outcomes(desk, _some(bads, share, rng), np.zeros(len(bads)))


def _number(desk: Desk) -> str:
    if not desk.numeric:
        raise NotEvaluated("the card has no number to spoil")
    return desk.numeric[0]


def _filled(desk: Desk) -> str:
    """The feature of the card that has most values, the first of several."""
    filled = desk.X[list(desk.codes)][desk.now & desk.newest].notna().mean()
    return str(filled.idxmax())


def _feature(desk: Desk, name: str, hit: NDArray[np.bool_], change: Callable[[pd.Series], pd.Series]) -> Desk:
    column = desk.X[name].copy()
    column[hit] = change(column[hit])
    return replace(desk, X=desk.X.assign(**{name: column})).scored()


def _taken(desk: Desk, order: NDArray[np.int64]) -> Desk:
    rows, X, segments = (frame.take(order).reset_index(drop=True) for frame in (desk.rows, desk.X, desk.segments))
    return replace(desk, rows=rows, X=X, segments=segments)
