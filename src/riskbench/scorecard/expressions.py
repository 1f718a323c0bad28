"""The card over a table of any size: bins, points, score, PD and reasons as Ibis expressions, computed by the engine.

Each step is a query that the next one reads (`view`): merged into one expression, every use of a bin would be its whole
rule again. A number reaches the engine as the very double that it is here, by a cast from its text: DuckDB would read
0.1 as a decimal. What a bin is worth is looked up in an array by the *place* of a value: the regular codes of its
`Coding`, then the special values, then missing, then a level that is not known.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add

import ibis
import numpy as np
from ibis.expr.types import FloatingColumn, IntegerColumn, StringColumn, Table, Value

from riskbench.data.coding import Coding, level_of
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.card import Baseline, Scorecard
from riskbench.scorecard.export.rules import Part, base_log_odds, parts_of


def scored(card: Scorecard, table: Table, reasons: int = 4, baseline: Baseline = "best") -> Table:
    """The columns of `table`, and beside them what a fitted card says of each row.

    `table` holds the features of the card by their names: numbers in any type of numbers, categories as text, whole
    numbers or truth. NULL and NaN are missing. New columns: `score` (whole points, larger is safer), `log_odds` of bad
    and `pd`, by the exact coefficients; `<feature>:points` of each feature; `reason_1` and on, the position of the bin
    that cost most points against `baseline` in `bins_of(card)`, NULL where none is left.

    Raises ValueError for a feature that is absent or of another kind, and for a column that `table` has already.

    >>> from riskbench.scorecard import WoeBinning
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 20})
    >>> card = Scorecard(WoeBinning(max_bins=2)).fit(rows, [0, 0, 1, 0, 1, 1] * 20)
    >>> scored(card, ibis.memtable(rows)).score.execute().unique().tolist()
    [507, 467]
    """
    parts = parts_of(card, baseline)
    most = min(reasons, len(parts))
    names = [*(points_column(p.feature) for p in parts), "score", "log_odds", "pd", *map(reason_column, range(most))]
    if taken := sorted({*names} & {*table.columns}):
        raise ValueError(f"columns of the result must have names of their own, got {', '.join(taken)} twice")
    own = _Names(table)
    placed = table.mutate(**{own("place", i): place(part.bins, table) for i, part in enumerate(parts)}).view()
    looked_up = placed.mutate(**_worth(parts, placed, own, most)).view()
    known = looked_up.mutate(**_sums(card, parts, looked_up, own))
    ranked = _ranked(known, parts, own, most)
    out = ranked.view()
    pd = ibis.literal(1) / (ibis.literal(1) + (-out.log_odds).exp())
    told = {reason_column(rank): _bin_of(out[own("loss", rank)], parts) for rank in range(most)}
    return out.mutate(pd=pd, **told).select(*table.columns, *names)


def points_column(feature: str) -> str:
    """The column with the points of a feature."""
    return f"{feature}:points"


def reason_column(rank: int) -> str:
    """The column of the reason of this rank, from 0."""
    return f"reason_{rank + 1}"


def bins_of(card: Scorecard) -> list[tuple[str, int]]:
    """Feature and position of every bin of a card, in its order: what a reason of `scored` points to."""
    return [(name, at) for name, points in card.points_.items() for at in range(len(points))]


def number(value: float) -> Value:
    """A finite number as the very double."""
    return ibis.literal(repr(float(value))).cast("float64")


class _Names:
    """Names for the columns between, which none of the table's can meet."""

    def __init__(self, table: Table):
        self._head = "_" * (1 + max((len(name) - len(name.lstrip("_")) for name in table.columns), default=0))

    def __call__(self, what: str, number: int) -> str:
        return f"{self._head}{what}_{number}"


def place(bins: FeatureBins, table: Table) -> Value:
    """The place of each value of a feature: its code, or one more than that of a missing value for an unknown level."""
    if bins.name not in table.columns:
        raise ValueError(f"the card reads {bins.name}, which is not among {', '.join(table.columns)}")
    column, coding = table[bins.name], bins.coding
    if coding.kind == "numeric":
        return _place_of_number(coding, as_number(column, bins.name))
    text = _as_text(column, bins.name)
    # the first of equal ones counts: a level that is also a special value is looked up as the special value
    known = {level: at for at, level in enumerate((*coding.levels, *map(level_of, coding.specials)))}
    cases = [(text == level, at) for level, at in known.items()]
    return ibis.cases((text.isnull(), coding.missing), *cases, else_=coding.missing + 1).cast("int16")


def below(x: Value, edges: Sequence[float], first: int = 0) -> Value:
    """How many of the ascending edges are not above, by halves: an engine asks the branches one after another."""
    if not edges:
        return ibis.literal(first)
    half = len(edges) // 2
    lower, upper = below(x, edges[:half], first), below(x, edges[half + 1 :], first + half + 1)
    return (x < number(edges[half])).ifelse(lower, upper)


def _place_of_number(coding: Coding, x: FloatingColumn) -> Value:
    """Missing and special values first, then the edges."""
    special = [(x == number(float(value)), coding.regular + at) for at, value in enumerate(coding.specials)]
    return ibis.cases((x.isnull(), coding.missing), *special, else_=below(x, coding.edges.tolist())).cast("int16")


def as_number(column: Value, name: str) -> FloatingColumn:
    """A column of numbers or truth as doubles, NULL where it is NaN. Raises ValueError for any other."""
    if not (column.type().is_numeric() or column.type().is_boolean()):
        raise ValueError(f"feature {name} must be a column of numbers, got {column.type()}")
    double = column.cast("float64")
    return double.isnan().ifelse(ibis.null("float64"), double) if column.type().is_floating() else double


def _as_text(column: Value, name: str) -> StringColumn:
    if column.type().is_boolean():
        return column.ifelse("True", "False")
    if not (column.type().is_string() or column.type().is_integer()):
        raise ValueError(f"feature {name} must be a column of text, whole numbers or truth, got {column.type()}")
    return column.cast("string")


def _worth(parts: Sequence[Part], placed: Table, own: _Names, most: int) -> dict[str, Value]:
    """By feature what the bin of a value is worth: points, log odds and, where reasons are asked for, its loss."""
    found: dict[str, Value] = {}
    kind = "int32" if max((max(_losses(parts, i)) for i in range(len(parts))), default=0) < 2**31 else "int64"
    for i, part in enumerate(parts):
        bins = _bin_of_place(part)

        def looked_up(values: Sequence[Value], i: int = i, bins: Sequence[int] = bins) -> Value:
            return ibis.array([values[at] for at in bins])[placed[own("place", i)]]

        found[own("points", i)] = looked_up([number(points) for points in part.points.tolist()])
        found[own("odds", i)] = looked_up([number(value) for value in part.log_odds.tolist()])
        if most:
            found[own("lost", i)] = looked_up([ibis.literal(loss, kind) for loss in _losses(parts, i)])
    return found


def _bin_of_place(part: Part) -> list[int]:
    apart = range(part.bins.regular, len(part.points))
    groups = part.bins.groups[: part.bins.coding.regular].tolist()
    return [*groups, *apart, part.bins.unseen % len(part.points)]


def _losses(parts: Sequence[Part], i: int) -> list[int]:
    """Of each bin of a feature the points lost, its rank among equals and where it stands, in one number.

    The larger is told first; -1 where nothing is lost. No two features can have the same number.
    """
    part, size = parts[i], sum(len(other.points) for other in parts)
    first = sum(len(other.points) for other in parts[:i])
    lost = np.asarray(part.baseline - part.points).tolist()
    ranks = len(parts)
    return [(loss * ranks + ranks - 1 - i) * size + first + at if loss > 0 else -1 for at, loss in enumerate(lost)]


def _sums(card: Scorecard, parts: Sequence[Part], table: Table, own: _Names) -> dict[str, Value]:
    points = [table[own("points", i)] for i in range(len(parts))]
    odds = [table[own("odds", i)] for i in range(len(parts))]
    each = {points_column(part.feature): of.cast("int32") for part, of in zip(parts, points, strict=True)}
    # Points are whole, so that doubles add them exactly, and an engine need not look for an overflow at every sum.
    # Log odds are added in the order of the card, the base last: the very double that `predict_proba` starts from.
    score = (reduce(add, points) + number(card.base_)).cast("int64")
    return {**each, "score": score, "log_odds": number(base_log_odds(card)) + reduce(add, odds)}


def _ranked(table: Table, parts: Sequence[Part], own: _Names, most: int) -> Table:
    """The largest loss, then in a step each the largest that is smaller than the one before."""
    for rank in range(most):
        lost: list[Value] = [table[own("lost", i)] for i in range(len(parts))]
        if rank:
            before = table[own("loss", rank - 1)]
            lost = [(loss < before).ifelse(loss, -1) for loss in lost]
        table = table.mutate(**{own("loss", rank): _greatest(lost)}).view()
    return table


def _greatest(values: Sequence[Value]) -> Value:
    return ibis.greatest(*values) if len(values) > 1 else values[0]


def _bin_of(loss: Value, parts: Sequence[Part]) -> IntegerColumn:
    size = sum(len(part.points) for part in parts)
    return (loss >= 0).ifelse(loss % size, ibis.null("int64")).cast("int32")
