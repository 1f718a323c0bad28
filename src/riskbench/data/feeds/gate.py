"""The gate of a delivery: its schema as a whole, then every rule of every row; what is refused says why.

A delivery without a column, or with a column of another type, is refused as a whole. A row that breaks a rule goes to
quarantine with all that it breaks; the others go on, unless too many are refused.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass

import ibis
import pandas as pd
import pyarrow as pa
from ibis.expr.types import Table, Value

from riskbench.core.errors import RiskbenchError
from riskbench.data.feeds.arriving import Arrival, plain_types
from riskbench.data.feeds.casting import accepts, cast, read_dialects, unreadable
from riskbench.data.feeds.description import Feed
from riskbench.data.querying import text_as_str
from riskbench.data.study.schema import LEFT_OUT, Kind, TableSpec
from riskbench.data.value_rules import Rule, value_rules

ROW = "row_"  # of a delivery, from 1
DIGITS = 32  # of the hash of a row's content
TICK = ibis.interval(microseconds=1)
REFUSED = pa.schema([
    ("file", pa.string()), ("row", pa.int64()), ("column", pa.string()), ("rule", pa.string()), ("remedy", pa.string()),
    ("value", pa.string()), ("content", pa.string()),
])  # fmt: skip


class Refused(RiskbenchError):
    """A delivery that is refused as a whole; the text says by which rule."""


@dataclass(frozen=True)
class At:
    """The moments that a delivery is judged by: now, what a row without its own arrival gets, and the newest known."""

    now: dt.datetime
    arrival: dt.datetime
    newest: dt.datetime | None


@dataclass(frozen=True)
class Passed:
    """What the gate made of a delivery: a table `rows` (typed, with event_, arrived_, content_), and what it refused.

    `rows` lives in the connection that the gate was given. `refused` has one line for each broken rule of a row.
    """

    rows: Table
    count: int
    refused: pd.DataFrame
    dropped: tuple[str, ...]

    @property
    def refused_rows(self) -> int:
        """How many rows broke a rule."""
        return int(self.refused["row"].nunique())


def pass_gate(backend: ibis.BaseBackend, arrival: Arrival, feed: Feed, spec: TableSpec, at: At) -> Passed:
    """Judge one delivery; raises `Refused` where it cannot be judged row by row."""
    if arrival.table is None:
        raise Refused(arrival.fault)
    kinds = wanted(feed, spec)
    if missing := [column for column in kinds if column not in arrival.table.column_names]:
        raise Refused(
            f"a delivery must have the column {', '.join(missing)}. What to do: bring it, or correct feeds.toml."
        )
    if twice := [column for column in kinds if arrival.table.column_names.count(column) > 1]:
        raise Refused(f"a column must stand once, {', '.join(twice)} stands several times. What to do: rename one.")
    dropped = tuple(sorted(set(arrival.table.column_names) - set(kinds)))
    table = arrival.table.select(list(kinds))
    table = read_dialects(table, kinds, arrival.origin) if arrival.written else plain_types(table)
    table = table.append_column(ROW, pa.array(range(1, table.num_rows + 1), pa.int64()))
    raw = backend.create_table("raw_", table, overwrite=True)
    for column, kind in kinds.items():
        if not accepts(raw[column], kind):
            raise Refused(
                f"column {column} must be of type {kind}, its type is {raw[column].type()}. "
                "What to do: convert it, or declare the type it has."
            )
    typed = _typed(raw, kinds, feed, spec, at)
    rules = [*_rules(typed, kinds, feed, spec, at)]
    broken = {f"broken_{i}_": rule.broken.fill_null(False) for i, rule in enumerate(rules)}
    judged = backend.create_table("judged_", typed.mutate(**broken), overwrite=True)
    counts = backend.to_pyarrow(judged.aggregate(**{name: judged[name].sum() for name in broken})).to_pylist()[0]
    asked = {name: rule for name, rule in zip(broken, rules, strict=True) if counts[name]}
    refused = pd.concat(
        [_refused(backend, judged, name, rule, arrival, spec) for name, rule in asked.items()]
        or [REFUSED.empty_table().to_pandas()],
        ignore_index=True,
    )
    good = judged.filter(~ibis.or_(*[judged[name] for name in asked])) if asked else judged
    rows = good.select(*_stored(spec), "event_", "arrived_", "content_")
    return Passed(rows, table.num_rows, refused.sort_values(["row"], kind="stable", ignore_index=True), dropped)


def wanted(feed: Feed, spec: TableSpec) -> dict[str, Kind]:
    """The columns that a delivery must have, with their types: those that are read, and the two times."""
    kinds: dict[str, Kind] = {name: column.type for name, column in spec.columns.items() if column.role not in LEFT_OUT}
    for moment in filter(None, (feed.event_at, feed.arrived_at)):
        kinds.setdefault(moment, "timestamp")
    return kinds


def _stored(spec: TableSpec) -> list[str]:
    return [name for name, column in spec.columns.items() if column.role not in LEFT_OUT]


def _typed(raw: Table, kinds: dict[str, Kind], feed: Feed, spec: TableSpec, at: At) -> Table:
    values = {column: cast(raw[column], kind) for column, kind in kinds.items()}
    event = values[feed.event_at].cast("timestamp(6)")
    arrived: Value = ibis.literal(at.arrival, type="timestamp(6)")
    if feed.arrived_at:
        own = values[feed.arrived_at]
        arrived = own.cast("timestamp(6)") + ibis.interval(days=1) - TICK if own.type().is_date() else own
    texts = [values[column].cast("string").fill_null("\x1e") for column in _stored(spec)]
    content = ibis.literal("\x1f").join(texts)
    originals = {_raw(column): raw[column] for column in kinds}
    return raw.select(
        ROW,
        **originals,
        **values,
        event_=event,
        arrived_=arrived.cast("timestamp(6)"),
        content_=content.hexdigest("sha256").substr(0, DIGITS),
    )


def _rules(typed: Table, kinds: dict[str, Kind], feed: Feed, spec: TableSpec, at: At) -> Iterator[Rule]:
    """Every rule of a row; the two times come last."""
    for column, kind in kinds.items():
        yield from unreadable(typed[_raw(column)], column, kind, typed[column])
        if column in spec.columns:
            yield from value_rules(typed[column], column, spec.columns[column])
    for column in feed.key:
        if spec.columns[column].role != "key":
            yield Rule(column, "a key must not be missing", typed[column].isnull(), "fill it in or remove the rows")
    now = ibis.literal(at.now, type="timestamp(6)")
    event, arrived = typed.event_, typed.arrived_
    remedy = "correct the dates, or the clock of the source; times are UTC"
    yield Rule(feed.event_at, "the time that a row speaks of must not be missing", event.isnull(), "fill it in")
    yield Rule(feed.event_at, "the time that a row speaks of must not lie in the future", event > now, remedy)
    if feed.arrived_at:
        own = typed[feed.arrived_at].cast("timestamp(6)")
        yield Rule(feed.arrived_at, "the time of arrival must not be missing", own.isnull(), "fill it in")
        yield Rule(feed.arrived_at, "the time of arrival must not lie in the future", own > now, remedy)
        yield Rule(feed.event_at, "a row must not arrive before the time that it speaks of", event > arrived, remedy)
        if feed.late_by_hours is not None and at.newest is not None:
            bound = at.newest - dt.timedelta(hours=feed.late_by_hours)
            says = f"a row must arrive at most {feed.late_by_hours:g} hours before the newest that is known"
            yield Rule(
                feed.arrived_at,
                says,
                arrived < ibis.literal(bound, type="timestamp(6)"),
                "raise late_by_hours if it is meant",
            )
    else:
        whose = [*feed.key, "event_"]
        versions = typed.content_.nunique().over(ibis.window(group_by=whose))
        says = "a delivery must not say two things of one key and time"
        yield Rule(
            feed.key[0],
            says,
            versions > 1,
            "keep the right row, or name the column arrived_at that tells which came later",
        )


def _raw(column: str) -> str:
    return f"{column}_raw_"


def _refused(
    backend: ibis.BaseBackend, judged: Table, broken: str, rule: Rule, arrival: Arrival, spec: TableSpec
) -> pd.DataFrame:
    """The rows that break one rule, each with its value, masked where it could name somebody, and as it arrived."""
    originals = [name for name in judged.columns if name.endswith("_raw_")]
    texts = {name.removesuffix("_raw_"): judged[name].cast("string") for name in originals}
    rows = judged.filter(judged[broken]).order_by(ROW).select(ROW, **texts)
    frame = backend.to_pyarrow(rows).to_pandas(types_mapper=text_as_str)
    contents = frame.drop(columns=ROW).astype(object).where(frame.drop(columns=ROW).notna(), None)
    declared = spec.columns.get(rule.column)
    masked = declared is not None and declared.role in ("key", "identifier", "protected")
    return pd.DataFrame({
        "file": arrival.origin,
        "row": frame[ROW],
        "column": rule.column,
        "rule": rule.says,
        "remedy": rule.remedy,
        "value": frame[rule.column].map(mask, na_action="ignore") if masked else frame[rule.column],
        "content": [json.dumps(row, ensure_ascii=False) for row in contents.to_dict("records")],
    })  # fmt: skip


def mask(value: str) -> str:
    """A value that tells its kind and length, and nobody's name.

    >>> mask("C0012345"), mask("C1")
    ('C0******', '**')
    """
    return value[:2] + "*" * (len(value) - 2) if len(value) > 4 else "*" * len(value)
