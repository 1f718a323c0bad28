"""The gate: what the tables must be before anything is computed from them.

Hard rules (columns, types, unique keys, known levels, finite numbers, dates on their side of the decision) stop the run
with a sentence that helps; what is only a matter of judgement (missing shares, undeclared columns) goes into a table
for the reader.
"""

import numbers
from collections.abc import Iterable, Iterator
from typing import Any

import ibis
import pandas as pd
from ibis.expr.types import Table

from riskbench.core.errors import DataError
from riskbench.data.engine import Engine
from riskbench.data.opening import ROW
from riskbench.data.study import Study
from riskbench.data.study.schema import Column, TableSpec
from riskbench.data.value_rules import ACCEPTED, Rule, value_rules

WITHHELD = ("identifier", "key", "protected")  # an extreme value of these can be one person's

_READ_AS = {"integer": "int64", "number": "float64", "boolean": "boolean", "date": "date", "timestamp": "timestamp"}


def quality_gate(engine: Engine) -> pd.DataFrame:
    """Check every table; one row per column with its type, missing share, number of distinct values and range.

    Raises `DataError` with rule, file, column and first rows (counted from 1) at the first hard violation.
    """
    rows = [row for name, spec in engine.study.tables.items() for row in _passed(engine, name, spec)]
    _refuse_dates(engine)
    return pd.DataFrame(
        rows, columns=["table", "column", "role", "type", "rows", "missing_share", "distinct", "lowest", "highest"]
    )


def undeclared_columns(engine: Engine) -> list[str]:
    """Columns that the files hold and no table of the study names, as `file: column`; they are left out."""
    held: dict[str, set[str]] = {}
    named: dict[str, set[str]] = {}
    for name, spec in engine.study.tables.items():  # two tables may be two views of one file
        held.setdefault(spec.file, set()).update(engine.table(name).columns)
        named.setdefault(spec.file, {ROW}).update(spec.columns)
    return [f"{file}: {column}" for file in held for column in sorted(held[file] - named[file])]


def _passed(engine: Engine, name: str, spec: TableSpec) -> list[dict]:
    """The columns of one table, each as a row of the gate, once the table has kept every rule of its own."""
    _refuse_schema(engine, name, spec)
    table = engine.table(name)
    facts = engine.frame(table.aggregate(**_facts(table, spec))).iloc[0]
    if not facts["n"]:
        raise DataError(f"table {name} must have rows", file=spec.file, remedy="provide the data")
    rules = [rule for column, declared in spec.columns.items() for rule in value_rules(table[column], column, declared)]
    _refuse(engine, table, spec.file, rules)
    _refuse_repeats(engine, name, spec)
    return [_row(name, column, declared, facts) for column, declared in spec.columns.items()]


def _refuse_schema(engine: Engine, name: str, spec: TableSpec) -> None:
    """Every declared column must be there, in the declared type."""
    table, schema = engine.table(name), engine.table(name).schema()
    for column, declared in spec.columns.items():
        if column not in schema:
            raise DataError(
                f"table {name} must have the column",
                file=spec.file,
                column=column,
                remedy="add it, or take it out of the study",
            )
        if not any(getattr(schema[column], test)() for test in ACCEPTED[declared.type]):
            raise DataError(
                f"the column must be of type {declared.type}, its type is {schema[column]}",
                file=spec.file,
                column=column,
                rows=_unreadable(engine, table, column, declared),
                remedy="convert it, or declare the type it has",
            )


def _facts(table: Table, spec: TableSpec) -> dict:
    facts = {"n": table.count()}
    for column, declared in spec.columns.items():
        facts[f"{column}:n"] = table[column].count()
        facts[f"{column}:distinct"] = table[column].nunique()
        if declared.type in ("integer", "number", "date", "timestamp"):
            facts[f"{column}:min"], facts[f"{column}:max"] = table[column].min(), table[column].max()
    return facts


def _row(table: str, column: str, declared: Column, facts: pd.Series) -> dict:
    rows, shown = int(facts["n"]), declared.role not in WITHHELD
    return {
        "table": table,
        "column": column,
        "role": declared.role,
        "type": declared.type,
        "rows": rows,
        "missing_share": 1 - float(facts[f"{column}:n"]) / rows,
        "distinct": int(facts[f"{column}:distinct"]),
        "lowest": _plain(facts.get(f"{column}:min")) if shown else "withheld",
        "highest": _plain(facts.get(f"{column}:max")) if shown else "withheld",
    }


def _plain(value: Any) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, numbers.Integral):
        return str(value)
    return f"{value:g}" if isinstance(value, numbers.Real) else str(value)[:10]


def _refuse_repeats(engine: Engine, name: str, spec: TableSpec) -> None:
    base = engine.study.base
    unique: dict[str, list[str | None]] = {
        "base": [base.key],
        "one": [spec.on],
        "latest": [spec.on, spec.known_at, spec.event_at],
    }
    keys = [column for column in unique.get(spec.join, []) if column]
    if not keys:
        return
    table = engine.table(name)
    first = (
        table.group_by(keys)
        .aggregate(n=table.count(), row=table[ROW].max())
        .filter(ibis._.n > 1)
        .order_by("row")
        .limit(5)
    )
    repeats = engine.frame(first)
    if len(repeats):
        raise DataError(
            f"the key of table {name} must be unique",
            file=spec.file,
            column=" + ".join(keys),
            rows=[int(row) + 1 for row in repeats["row"]],
            remedy="remove the repeated rows",
        )


def _unreadable(engine: Engine, table: Table, column: str, declared: Column) -> list[int]:
    """The first rows whose text is not of the declared type; none where the column holds no text."""
    value = table[column]
    if not value.type().is_string() or declared.type not in _READ_AS:
        return []
    return _rows(engine, table.filter(value.notnull() & value.try_cast(_READ_AS[declared.type]).isnull()), ROW)


def _refuse_dates(engine: Engine) -> None:
    """What is known of an application is not dated after its decision, and what became of it is not dated before."""
    study = engine.study
    if study.base.as_of is None:
        return
    moments = engine.moments()
    for name, spec in study.tables.items():
        if spec.join in ("base", "one"):
            rules = _date_rules(study, spec, moments, moments[study.as_of])
            _refuse(engine, moments, spec.file, rules, row=f"row_{name}")
        elif spec.join == "outcome" and study.base.key in spec.columns:
            decided = moments.select(key_=study.base.key, decided_=study.as_of)
            rows = engine.table(name)
            rows = rows.inner_join(decided, rows[study.base.key] == decided.key_)
            _refuse(engine, rows, spec.file, _date_rules(study, spec, rows, rows.decided_))


def _date_rules(study: Study, spec: TableSpec, rows: Table, decision: Any) -> Iterator[Rule]:
    """A rule for every date of a table but the decision's own; `decision` is its moment beside each of `rows`."""
    for column, declared in spec.columns.items():
        if not declared.is_moment or column == study.as_of:
            continue
        value, decided = rows[column], decision
        if not study.by_clock(declared):
            value, decided = value.cast("date"), decided.cast("date")
        if spec.join == "outcome" or declared.role == "outcome":
            says = f"an outcome must not be earlier than the decision of its application ({study.as_of})"
            yield Rule(column, says, value < decided, "correct the dates; what was known before is no outcome")
        else:
            says = f"a date must not be later than the decision of its application ({study.as_of})"
            remedy = "correct the dates, or declare the column as leakage if it is written after the decision"
            yield Rule(column, says, value > decided, remedy)


def _refuse(engine: Engine, table: Table, file: str, rules: Iterable[Rule], row: str = ROW) -> None:
    """Raise the first rule that is broken, with the first rows of the file that break it."""
    checked = list(rules)
    if not checked:
        return
    counts = {str(i): rule.broken.cast("int64").sum() for i, rule in enumerate(checked)}
    found = engine.frame(table.aggregate(**counts)).iloc[0]
    for i, rule in enumerate(checked):
        if found[str(i)] > 0:
            rows = _rows(engine, table.filter(rule.broken), row)
            raise DataError(rule.says, file=file, column=rule.column, rows=rows, remedy=rule.remedy)


def _rows(engine: Engine, table: Table, row: str) -> list[int]:
    """The numbers of the first rows, counted from 1."""
    first = engine.frame(table.select(row).distinct().order_by(row).limit(5))
    return [int(number) + 1 for number in first[row]]
