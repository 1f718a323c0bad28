"""Counts of a table of any size: the engine turns values into whole numbers and counts these, column by column.

Nothing but counts leaves it. One query a subject reads the columns that it needs, so that memory is that of a few
columns on their way; segments that are few together are counted in one query, and those of each are sums of it.
Numbers are placed by the engine's own histogram where it has one, else by a rule of cases.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from math import prod

import ibis
import numpy as np
import pandas as pd
from ibis.expr.types import Table, Value

from riskbench.monitoring.counts.from_frame import MISSING_CELLS, outside_of
from riskbench.monitoring.counts.histogram import CODE, VALUE, has_histogram, histogram
from riskbench.monitoring.counts.table import ACTION, EVERYONE, FEATURE, MISSING, OUTSIDE, PD, RULE, SCORE, CountTable
from riskbench.monitoring.counts.yardstick import Segment, Yardstick
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.expressions import as_number, below, place

TOGETHER = 200  # combinations of segments that one query counts


@dataclass(frozen=True)
class Named:
    """How a table calls what is counted beside features and segments; what it does not have is not counted.

    `day` is a date or a time in UTC; `hits` are names of rules with ";" between them, as `decide_table` gives them.
    """

    day: str
    score: str = "score"
    pd: str = "pd"
    action: str = "action"
    rule: str = "rule"
    amount: str = "amount"
    hits: str = "hits"


@dataclass(frozen=True, eq=False)
class _Asked:
    """One subject: what to group by, a code or a text, and a value to be summed; cells of codes have `names`.

    Of a feature these are by the place of a value, and `bins` say what places there are.
    """

    subject: str
    cell: Value
    value: Value | None = None
    names: Sequence[str] | None = None
    bins: FeatureBins | None = None


def count_table(table: Table, yardstick: Yardstick, named: Named) -> CountTable:
    """The counts of a table of Ibis: those that `count_frame` gives for the same rows.

    Raises ValueError where the table lacks the day, a day is missing, or a column is of another kind than its feature.

    >>> rows = pd.DataFrame({"asked": pd.to_datetime(["2026-03-01", "2026-03-01"]), "score": [480, 510]})
    >>> counts = count_table(ibis.memtable(rows), Yardstick(model="m", edges=(500.0,)), Named(day="asked"))
    >>> counts.frame[["subject", "cell", "n", "total"]].values.tolist()
    [['score', '< 500', 1, 480.0], ['score', '>= 500', 1, 510.0]]
    """
    if named.day not in table.columns:
        raise ValueError(f"the table must have its day, {named.day}, and has {', '.join(table.columns)}")
    segments = [segment for segment in yardstick.segments if segment.column in table.columns]
    groups = _together(segments)
    parts = [
        told
        for asked in _subjects(table, yardstick, named)
        for number, group in enumerate(groups)
        for told in _told(asked, group, _counted(table, named.day, asked, group), everyone=number == 0)
    ]
    if not parts:
        return CountTable.empty()
    return CountTable.of(pd.concat(parts, ignore_index=True).assign(model=yardstick.model))


def _subjects(table: Table, yardstick: Yardstick, named: Named) -> Iterator[_Asked]:
    has = {of.name: getattr(named, of.name) in table.columns for of in fields(named)}
    if has["score"]:
        score = _double(table[named.score])
        yield _Asked(SCORE, score.isnull().ifelse(None, below(score, yardstick.edges)), score, yardstick.bands)
    if has["pd"]:
        chance = _double(table[named.pd])
        yield _Asked(PD, chance.isnull().ifelse(None, 0), chance, ("",))
    if has["action"]:
        lent = _double(table[named.amount]).fill_null(0.0) if has["amount"] else None
        yield _Asked(ACTION, table[named.action].cast("string"), lent)
    if has["rule"]:
        yield _Asked(RULE, table[named.rule].cast("string").fill_null(""))
    if has["hits"]:
        yield _Asked(OUTSIDE, table[named.hits].cast("string"))
    for cells in yardstick.features:
        if cells.name in table.columns:
            bins = cells.bins
            apart = range(bins.regular, len(cells.labels))
            at_place = [*bins.groups.tolist(), *apart, bins.unseen % len(cells.labels)]
            yield _Asked(FEATURE + cells.name, place(bins, table), None, [cells.labels[at] for at in at_place], bins)
    for name in yardstick.watched:
        if name in table.columns:
            yield _Asked(MISSING + name, _missing(table[name]).cast("int8"), None, MISSING_CELLS)


def _counted(table: Table, day: str, asked: _Asked, group: Sequence[Segment]) -> pd.DataFrame:
    """The rows of one query: day, a code for each segment, the cell, and the sums."""
    codes = {f"segment_{i}": _segment_code(segment, table[segment.column]) for i, segment in enumerate(group)}
    found = _by_histogram(table, day, asked.bins, codes)
    if found is None:
        found = _by_cell(table, day, asked, codes)
    if found["day"].isna().any():
        raise ValueError(
            f"every application must have its day, {int(found.loc[found['day'].isna(), 'n'].sum())} have none"
        )
    return found


def _by_histogram(table: Table, day: str, bins: FeatureBins | None, codes: Mapping[str, Value]) -> pd.DataFrame | None:
    """Of a numeric feature where the engine has a way of its own."""
    if bins is None or bins.coding.kind != "numeric" or not has_histogram(table):
        return None
    value = as_number(table[bins.name], bins.name)
    rows = table.select(day=table[day].cast("date"), **codes, **{VALUE: value})
    return histogram(rows, ["day", *codes], bins.coding).assign(total=0.0, squares=0.0)


def _by_cell(table: Table, day: str, asked: _Asked, codes: Mapping[str, Value]) -> pd.DataFrame:
    value = {} if asked.value is None else {VALUE: asked.value}
    placed = table.select(day=table[day].cast("date"), **codes, **{CODE: asked.cell}, **value)
    placed = placed.filter(placed[CODE].notnull())
    sums = {name: ibis.literal(0.0) for name in ("total", "squares")}
    if asked.value is not None:
        sums = {"total": placed[VALUE].sum(), "squares": (placed[VALUE] * placed[VALUE]).sum()}
    return placed.group_by("day", *codes, CODE).aggregate(n=placed.count(), **sums).to_pandas()


def _told(asked: _Asked, group: Sequence[Segment], found: pd.DataFrame, *, everyone: bool) -> Iterator[pd.DataFrame]:
    """The same as rows of a `CountTable`, once a segment; what repeats a key is added later."""
    if asked.subject == OUTSIDE:
        found = outside_of(found.rename(columns={CODE: "hits"}))
    else:
        names = found[CODE] if asked.names is None else np.array(asked.names, dtype=object)[found[CODE].astype(int)]
        found = found.assign(subject=asked.subject, cell=names)
    if everyone:
        yield found.assign(segment=EVERYONE)
    for i, segment in enumerate(group):
        yield found.assign(segment=np.array(segment.names, dtype=object)[found[f"segment_{i}"].astype(int)])


def _together(segments: Sequence[Segment]) -> list[list[Segment]]:
    """Segments in groups of few combinations, in their order; one empty group where there are none."""
    groups: list[list[Segment]] = [[]]
    for segment in segments:
        if prod(len(one.names) for one in [*groups[-1], segment]) > TOGETHER and groups[-1]:
            groups.append([])
        groups[-1].append(segment)
    return groups


def _segment_code(segment: Segment, column: Value) -> Value:
    kind = column.type()
    if kind.is_boolean():
        text = column.ifelse("True", "False")
    elif kind.is_floating():
        text = (column == column.floor()).ifelse(column.try_cast("int64").cast("string"), column.cast("string"))
    else:
        text = column.cast("string")
    known = [(text == level, at) for at, level in enumerate(segment.levels)]
    other = len(segment.levels)
    return ibis.cases((_missing(column), other + 1), *known, else_=other).cast("int16")


def _missing(column: Value) -> Value:
    return column.isnull() | column.isnan() if column.type().is_floating() else column.isnull()


def _double(column: Value) -> Value:
    double = column.cast("float64")
    return double.isnan().ifelse(ibis.null("float64"), double) if column.type().is_floating() else double
