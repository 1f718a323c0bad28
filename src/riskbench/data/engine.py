"""A study's tables, and their join as of the decision, through Ibis on DuckDB.

Everything here is an Ibis expression, so that the same joins run where the tables do not fit in memory. DuckDB works
with one thread because the order in which threads add floats would move the last digits between runs.
"""

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd
from ibis.expr.types import Table

from riskbench.core.errors import DataError
from riskbench.data.aggregates import COUNTS, statistic
from riskbench.data.features.expressions import parsed
from riskbench.data.features.formulas import formula_column, with_formulas
from riskbench.data.querying import text_as_str
from riskbench.data.study import Study
from riskbench.data.study.schema import LEFT_OUT, TableSpec

ROW = "file_row_number"  # DuckDB's own name; counts from 0
WHOLE = "bring the file again, whole"
UNREADABLE = re.compile(r'Failed to read file "([^"]+)": (.+)')  # DuckDB, of pages that it cannot unpack


class Engine:
    """The tables of one study in one DuckDB connection."""

    def __init__(self, study: Study, folder: Path):
        self.study, self.folder = study, folder
        self._backend = ibis.duckdb.connect(threads=1)
        with suppress(duckdb.InvalidInputException):  # a kernel without ipywidgets has none, and refuses to be told
            self._backend.raw_sql("SET enable_progress_bar = false")  # in a notebook it would be drawn on the page
        self._tables = {name: self._open(name, spec) for name, spec in study.tables.items()}

    def _open(self, name: str, spec: TableSpec) -> Table:
        path = self.folder / spec.file
        if not path.is_file():
            raise DataError(
                f"table {name} must be there",
                file=str(path.name),
                remedy=f"`riskbench data describe {self.study.name}` says where the data come from",
            )
        if path.stat().st_size == 0:
            raise DataError(f"table {name} must be Parquet, its file is empty", file=path.name, remedy=WHOLE)
        try:
            table = self._backend.read_parquet(path, table_name=name, file_row_number=True)
        except duckdb.Error as error:
            said = str(error).splitlines()[0].partition(": ")[2].replace(str(path), path.name)
            rule = f"table {name} must be readable Parquet: {said}"
            raise DataError(rule, file=path.name, remedy=WHOLE) from error
        # To SQL, NaN is a value larger than every number; to a reader of the file it is an empty cell. NULLIF would
        # not do: DuckDB takes it for needless where the file's statistics, which leave NaN out, hold no NaN.
        floats = [column for column, kind in table.schema().items() if kind.is_floating()]
        clean = table.mutate(**{column: table[column].isnan().ifelse(None, table[column]) for column in floats})
        return self._backend.create_view(f"{name}_clean_", clean)  # named, lest every query spell all of that out anew

    def table(self, name: str) -> Table:
        """One table as an Ibis expression, with its row numbers in column `file_row_number`."""
        return self._tables[name]

    def frame(self, expression: Table) -> pd.DataFrame:
        """The rows of an expression; raises `DataError` where a file turns out to be damaged inside."""
        try:
            return self._backend.to_pyarrow(expression).to_pandas(types_mapper=text_as_str)
        except duckdb.Error as error:
            damaged = UNREADABLE.search(str(error))
            if damaged is None:
                raise
            rule = f"the file must be readable Parquet: {damaged[2]}"
            raise DataError(rule, file=Path(damaged[1]).name, remedy=WHOLE) from error

    def moments(self) -> Table:
        """One row per application: keys, decision, other dates, and where each stands in its file, as `row_<table>`.

        The dates are those of role date and outcome in the tables that have one row for an application.
        """
        study = self.study
        single = {name: spec for name, spec in study.tables.items() if spec.join in ("base", "one")}
        joined = {spec.on for spec in single.values()} | {study.base.key}
        base: Table | None = None
        for name, spec in sorted(single.items(), key=lambda item: item[1].join):  # base comes before one
            wanted = [n for n, c in spec.columns.items() if n in joined or c.is_moment]
            table = self._tables[name].select(*wanted, **{f"row_{name}": self._tables[name][ROW]})
            base = table if base is None else _left(base, table, spec.on)
        return base

    def collate(self) -> pd.DataFrame:
        """One row per application with all that was known at its decision, ordered by key.

        Columns of role leakage and identifier stay behind. A dated row takes part only if it was known on a day before
        that of the decision: a record of the same day may have been written after it. Where both columns are of type
        timestamp, the clock decides instead of the day.
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
        wanted = [n for n, c in spec.columns.items() if c.role not in LEFT_OUT]
        return self._tables[name].select(wanted)

    def _join_latest(self, base: Table, name: str, spec: TableSpec) -> Table:
        rows = self._columns(name).filter(ibis._[spec.known_at].notnull()).rename(known_at_=spec.known_at)
        if spec.on:
            rows = rows.rename(on_=spec.on)
        base = base.mutate(moment_=self._moment(base, spec))
        same = [base[spec.on] == rows.on_] if spec.on else []
        joined = base.asof_join(rows, on=base.moment_ > rows.known_at_, predicates=same)
        return joined.drop("moment_", "known_at_", *(["on_"] if spec.on else []))

    def _moment(self, base: Table, spec: TableSpec) -> Any:
        """What a row must be known before: the decision, or its day."""
        decided = base[self.study.as_of]
        return decided if self._by_clock(spec) else decided.cast("date")

    def _by_clock(self, spec: TableSpec) -> bool:
        return self.study.by_clock(spec.columns[str(spec.known_at)])

    def _join_aggregates(self, base: Table, name: str, spec: TableSpec) -> Table:
        key, pairs = self.study.base.key, self._pairs(base, name, spec)
        computed = {part: formula_column(i) for i, part in enumerate(spec.formulas)}
        if computed:
            trees = [parsed(alias, formula) for (alias, _), formula in spec.formulas.items()]
            pairs = with_formulas(pairs, trees, name=f"{name}_rows_")
        statistics = {
            alias: statistic(pairs, a, a.column or computed.get((alias, "formula")), computed.get((alias, "where")))
            for alias, a in spec.aggregates.items()
        }
        joined = _left(base, pairs.group_by("application_").aggregate(**statistics).rename({key: "application_"}), key)
        counted = [alias for alias, a in spec.aggregates.items() if a.how in COUNTS]
        return joined.mutate(**{alias: joined[alias].fill_null(0) for alias in counted})

    def _pairs(self, base: Table, name: str, spec: TableSpec) -> Table:
        """Every application beside every row of a table that it may know, as `aggregates.py` has them."""
        key = self.study.base.key
        rows = self._columns(name)
        if spec.through:
            owners = self._tables[self.study.base_table].select(key, spec.on).rename(through_=key)
            rows = rows.inner_join(owners, rows[spec.through] == owners.through_)
        known_at = rows[spec.known_at]
        rows = rows.mutate(known_at_=known_at if self._by_clock(spec) else known_at.cast("date"))
        moment = self._moment(base, spec)
        moments = base.select(
            application_=base[key], owner_=base[spec.on], moment_=moment, as_of=base[self.study.as_of]
        )
        known = [moments.owner_ == rows[spec.on], rows.known_at_ < moments.moment_]
        if spec.through:
            known.append(rows.through_ != moments.application_)
        if spec.reach is not None:
            known.append(rows.known_at_ >= moments.moment_ - ibis.interval(days=spec.reach))
        return moments.inner_join(rows, known)


def _left(left: Table, right: Table, on: str | None) -> Table:
    joined = left.left_join(right, on, rname="{name}_joined_")
    return joined.drop(f"{on}_joined_")
