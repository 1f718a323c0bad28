"""The schema and quality gate: what the tables must be before anything is computed from them.

Hard rules (columns, types, unique keys, known levels, finite numbers) stop the run with a sentence that helps; what is
only a matter of judgement (missing shares, undeclared columns) goes into a table for the reader.
"""

import numbers
from collections.abc import Iterator
from typing import Any

import ibis
import pandas as pd
from ibis.expr.types import Table

from riskbench.core.errors import DataError
from riskbench.data.engine import ROW, Engine
from riskbench.data.study import Column, TableSpec

WITHHELD = ("identifier", "key", "protected")  # an extreme value of these can be one person's

_ACCEPTED = {
    "integer": ("is_integer",),
    "number": ("is_numeric",),
    "boolean": ("is_boolean",),
    "category": ("is_string", "is_integer", "is_boolean"),
    "text": ("is_string",),
    "date": ("is_date", "is_timestamp"),
}


def quality_gate(engine: Engine) -> pd.DataFrame:
    """Check every table; one row per column with its type, missing share, number of distinct values and range.

    Raises `DataError` with rule, file, column and first rows (counted from 1) at the first hard violation.
    """
    rows = [row for name, spec in engine.study.tables.items() for row in _gate_table(engine, name, spec)]
    return pd.DataFrame(
        rows, columns=["table", "column", "role", "type", "rows", "missing", "distinct", "lowest", "highest"]
    )


def undeclared_columns(engine: Engine) -> list[str]:
    """Columns that the files hold and no table of the study names, as `file: column`; they are left out."""
    held: dict[str, set[str]] = {}
    named: dict[str, set[str]] = {}
    for name, spec in engine.study.tables.items():  # two tables may be two views of one file
        held.setdefault(spec.file, set()).update(engine.table(name).columns)
        named.setdefault(spec.file, {ROW}).update(spec.columns)
    return [f"{file}: {column}" for file in held for column in sorted(held[file] - named[file])]


def _gate_table(engine: Engine, name: str, spec: TableSpec) -> Iterator[dict]:
    table, schema = engine.table(name), engine.table(name).schema()
    for column, declared in spec.columns.items():
        if column not in schema:
            raise DataError(
                f"table {name} must have the column",
                file=spec.file,
                column=column,
                remedy="add it, or take it out of the study",
            )
        if not any(getattr(schema[column], test)() for test in _ACCEPTED[declared.type]):
            raise DataError(
                f"the column must be of type {declared.type}, its type is {schema[column]}",
                file=spec.file,
                column=column,
                remedy="convert it, or declare the type it has",
            )
    facts = engine.frame(table.aggregate(**_facts(table, spec))).iloc[0]
    count = int(facts["n"])
    if count == 0:
        raise DataError(f"table {name} must have rows", file=spec.file, remedy="provide the data")
    for column, declared in spec.columns.items():
        _refuse_values(engine, table, spec, column, declared)
    _refuse_repeats(engine, name, spec)
    for column, declared in spec.columns.items():
        yield {
            "table": name,
            "column": column,
            "role": declared.role,
            "type": declared.type,
            "rows": count,
            "missing": 1 - float(facts[f"{column}:n"]) / count,
            "distinct": int(facts[f"{column}:distinct"]),
            "lowest": _plain(facts.get(f"{column}:min")) if declared.role not in WITHHELD else "withheld",
            "highest": _plain(facts.get(f"{column}:max")) if declared.role not in WITHHELD else "withheld",
        }


def _facts(table: Table, spec: TableSpec) -> dict:
    facts = {"n": table.count()}
    for column, declared in spec.columns.items():
        facts[f"{column}:n"] = table[column].count()
        facts[f"{column}:distinct"] = table[column].nunique()
        if declared.type in ("integer", "number", "date"):
            facts[f"{column}:min"], facts[f"{column}:max"] = table[column].min(), table[column].max()
    return facts


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
        "latest": [spec.on, spec.known_at],
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


def _refuse_values(engine: Engine, table: Table, spec: TableSpec, column: str, declared: Column) -> None:
    value = table[column]
    rules = []
    if declared.role == "key":
        rules.append(("a key must not be missing", value.isnull(), "fill it in or remove the rows"))
    if declared.type == "number" and value.type().is_floating():
        rules.append(("a number must be finite", value.isinf(), "replace infinite values or leave them empty"))
    if declared.levels:
        known = list(declared.levels)
        rules.append(
            (
                f"the value must be one of {', '.join(known)}",
                value.cast("string").notin(known),
                "declare the level or correct it",
            )
        )
    special = value.isin(declared.special) if declared.special else ibis.literal(False)
    if declared.lower is not None:
        rules.append(
            (
                f"the value must be at least {declared.lower:g}",
                (value < declared.lower) & ~special,
                "correct it or leave it empty",
            )
        )
    if declared.upper is not None:
        rules.append(
            (
                f"the value must be at most {declared.upper:g}",
                (value > declared.upper) & ~special,
                "correct it or leave it empty",
            )
        )
    if not rules:
        return
    found = engine.frame(
        table.aggregate(**{str(i): broken.cast("int64").sum() for i, (_, broken, _) in enumerate(rules)})
    ).iloc[0]
    for i, (rule, broken, remedy) in enumerate(rules):
        if found[str(i)] > 0:
            rows = engine.frame(table.filter(broken).select(ROW).order_by(ROW).limit(5))[ROW]
            raise DataError(rule, file=spec.file, column=column, rows=[int(row) + 1 for row in rows], remedy=remedy)
