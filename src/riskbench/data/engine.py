"""A study's tables, and their join as of the decision, through Ibis on DuckDB.

Everything here is an Ibis expression, so that the same joins run where the tables do not fit in memory. DuckDB works
with one thread because the order in which threads add floats would move the last digits between runs.
"""

from pathlib import Path
from typing import Any

import ibis
import pandas as pd
from ibis.expr.types import Table

from riskbench.core.errors import DataError
from riskbench.data.study import Study, TableSpec

ROW = "file_row_number"  # DuckDB's own name; counts from 0


class Engine:
    """The tables of one study in one DuckDB connection."""

    def __init__(self, study: Study, folder: Path):
        self.study, self.folder = study, folder
        self._backend = ibis.duckdb.connect(threads=1)
        self._tables = {name: self._open(name, spec) for name, spec in study.tables.items()}

    def _open(self, name: str, spec: TableSpec) -> Table:
        path = self.folder / spec.file
        if not path.is_file():
            raise DataError(
                f"table {name} must be there",
                file=str(path.name),
                remedy=f"`riskbench data describe {self.study.name}` says where the data come from",
            )
        try:
            table = self._backend.read_parquet(path, table_name=name, file_row_number=True)
        except Exception as error:  # DuckDB's errors have no common public base
            rule = f"table {name} must be readable Parquet: {str(error).splitlines()[0]}"
            raise DataError(rule, file=path.name, remedy="bring the file again, whole") from error
        # To SQL, NaN is a value larger than every number; to a reader of the file it is an empty cell. NULLIF would
        # not do: DuckDB takes it for needless where the file's statistics, which leave NaN out, hold no NaN.
        floats = [column for column, kind in table.schema().items() if kind.is_floating()]
        return table.mutate(**{column: table[column].isnan().ifelse(None, table[column]) for column in floats})

    def table(self, name: str) -> Table:
        """One table as an Ibis expression, with its row numbers in column `file_row_number`."""
        return self._tables[name]

    def frame(self, expression: Table) -> pd.DataFrame:
        """The rows of an expression."""
        return self._backend.to_pyarrow(expression).to_pandas(types_mapper=text_as_str)

    def collate(self) -> pd.DataFrame:
        """One row per application with all that was known at its decision, ordered by key.

        Columns of role leakage and identifier stay behind. A dated row takes part only if it was known on a day before
        that of the decision, whatever the hour: a record of the same day may have been written after it.
        """
        study = self.study
        base = self._columns(study.base_table)
        for name, spec in study.tables.items():
            if spec.join == "one":
                base = _left(base, self._columns(name), spec.on)
        for name, spec in study.tables.items():
            if spec.join == "latest":
                base = self._join_latest(base, name, spec)
            elif spec.join == "aggregate":
                base = self._join_aggregates(base, name, spec)
        return self.frame(base.order_by(study.base.key))

    def _columns(self, name: str) -> Table:
        spec = self.study.tables[name]
        wanted = [n for n, c in spec.columns.items() if c.role not in ("leakage", "identifier")]
        return self._tables[name].select(wanted)

    def _join_latest(self, base: Table, name: str, spec: TableSpec) -> Table:
        rows = self._columns(name).filter(ibis._[spec.known_at].notnull()).rename(known_at_=spec.known_at)
        if spec.on:
            rows = rows.rename(on_=spec.on)
        base = base.mutate(day_=base[self.study.as_of].cast("date"))
        same = [base[spec.on] == rows.on_] if spec.on else []
        joined = base.asof_join(rows, on=base.day_ > rows.known_at_, predicates=same)
        return joined.drop("day_", "known_at_", *(["on_"] if spec.on else []))

    def _join_aggregates(self, base: Table, name: str, spec: TableSpec) -> Table:
        key = self.study.base.key
        rows = self._columns(name)
        if spec.through:
            owners = self._tables[self.study.base_table].select(key, spec.on).rename(through_=key)
            rows = rows.inner_join(owners, rows[spec.through] == owners.through_)
        rows = rows.rename(on_=spec.on, known_at_=spec.known_at)
        moments = base.select(key, spec.on, day_=base[self.study.as_of].cast("date"))
        known = [moments[spec.on] == rows.on_, rows.known_at_ < moments.day_]
        if spec.through:
            known.append(rows.through_ != moments[key])
        if spec.within_days is not None:
            known.append(rows.known_at_ >= moments.day_ - ibis.interval(days=spec.within_days))
        pairs = moments.inner_join(rows, known)
        statistics = {alias: _aggregate(pairs, a.column, a.how) for alias, a in spec.aggregates.items()}
        joined = _left(base, pairs.group_by(key).aggregate(**statistics), key)
        counts = {alias: joined[alias].fill_null(0) for alias, a in spec.aggregates.items() if a.how == "count"}
        return joined.mutate(**counts)


def _left(left: Table, right: Table, on: str | None) -> Table:
    joined = left.left_join(right, on, rname="{name}_joined_")
    return joined.drop(f"{on}_joined_")


def _aggregate(pairs: Table, column: str, how: str) -> Any:
    if how == "count":
        return pairs.count()
    if how == "last":
        # of several values of one day the largest, so that the order of the rows decides nothing
        return pairs[column].last(order_by=[pairs.known_at_, pairs[column]])
    return getattr(pairs[column], how)()


def text_as_str(kind: Any) -> Any:
    """Arrow text as pandas' `str`; every other type as Arrow would have it."""
    return pd.StringDtype(na_value=float("nan")) if str(kind) in ("string", "large_string") else None
