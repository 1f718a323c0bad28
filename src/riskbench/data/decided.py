"""The applications decided on some days and the rows that tell how their loans went, and nothing else of a study.

`Engine.collate` joins all that a model may know. Whoever asks how loans turned out needs a few columns of a few days:
DuckDB reads what the filter on the day of decision leaves of each file.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import duckdb
import ibis
import pandas as pd
from ibis.expr.types import Table, Value

from riskbench.data.engine import Engine
from riskbench.data.study import Study
from riskbench.data.study.sections import RepaymentOutcome

ONE = dt.timedelta(days=1)
SINGLE = 50  # days that are asked for one by one: with more, all from the first of them on are read
SUMS = f"DuckDB {duckdb.__version__}"  # whose hash makes the sums of control, and may be another one in another version
BELOW = 2**31  # of a hash: sums of any number of rows fit into 64 bits


@dataclass(frozen=True)
class Days:
    """Days of decision: from `first` on, and single ones before it; all where `first` is None."""

    first: dt.date | None = None
    also: Collection[dt.date] = ()

    def __contains__(self, day: object) -> bool:
        return self.first is None or (isinstance(day, dt.date) and (day >= self.first or day in self.also))

    def hold(self, days: pd.Series) -> pd.Series:
        """Which of some days (datetime64, midnight) are among them; a missing one is not.

        >>> decided_on = pd.to_datetime(pd.Series(["2026-01-01", "2026-03-01"]))
        >>> Days(dt.date(2026, 3, 2), [dt.date(2026, 1, 1)]).hold(decided_on)
        0     True
        1    False
        dtype: bool
        """
        if self.first is None:
            return days.notna()
        return (days >= pd.Timestamp(self.first)) | days.isin([pd.Timestamp(day) for day in self.also])

    def meet(self, moment: Value) -> Value:
        """A condition on a column of moments that all of them meet, and some days beside them: zones come later."""
        if self.first is None:
            return moment.notnull()
        if len(self.also) > SINGLE:
            return moment >= _at(min(self.first, *self.also) - ONE, moment)
        met = moment >= _at(self.first - ONE, moment)
        for day in self.also:
            met = met | ((moment >= _at(day - ONE, moment)) & (moment < _at(day + 2 * ONE, moment)))
        return met


def decided(engine: Engine, days: Days) -> Table:
    """One row an application decided on `days`, or a day beside them: key, moment of decision, column of the outcome.

    The columns are those of the study's own files, whatever feeds have brought.
    """
    study = engine.study
    wanted, tables = _needed(study)
    found = engine.table(study.base_table).select(*[name for name in wanted if name in tables[study.base_table]])
    for name in (name for name in study.tables if name in tables and name != study.base_table):
        on = str(study.tables[name].on)
        columns = [column for column in tables[name] if column not in found.columns or column == on]
        joined = found.left_join(engine.table(name).select(*columns), on, rname="{name}_joined_")
        found = joined.drop(f"{on}_joined_")
    return found.filter(days.meet(found[study.as_of]))


def outcome_rows(engine: Engine, applications: Table) -> Table | None:
    """The rows of repayments within the horizon of some applications; None where the study labels from a column."""
    study, outcome = engine.study, engine.study.outcome
    if not isinstance(outcome, RepaymentOutcome):
        return None
    columns = [study.base.key, outcome.month, outcome.dpd, outcome.past_due, outcome.status]
    rows = engine.table(outcome.table).select(*columns, *([outcome.dated] if outcome.dated else []))
    return rows.filter(rows[outcome.month] <= outcome.horizon_months).semi_join(applications, study.base.key)


def controls(engine: Engine, days: Days) -> dict[dt.date, str]:
    """A sum of control over the applications and repayments of each day: another one where any of them changed.

    The order of rows has no part in it.
    """
    study, applications = engine.study, decided(engine, days)
    parts = [_summed(applications, applications[study.as_of])]
    if (rows := outcome_rows(engine, applications)) is not None:
        dated = applications.select(study.base.key, decided_=study.as_of)
        of_day = rows.inner_join(dated, study.base.key)
        parts.append(_summed(of_day, of_day.decided_))
    found: dict[dt.date, str] = {}
    for part in parts:
        frame = engine.frame(part)
        kept = frame[days.hold(pd.to_datetime(frame["day"]))]
        for day, n, total in zip(kept["day"], kept["n"], kept["total"], strict=True):
            told = pd.Timestamp(day).date()
            found[told] = f"{found.get(told, '')}{n}:{total};"
    return found


def _summed(rows: Table, moment: Value) -> Table:
    texts = [rows[name].cast("string").fill_null("") for name in sorted(rows.columns)]
    hashed = ibis.literal("|").join(texts).hash()
    return rows.group_by(day=moment.cast("date")).agg(n=rows.count(), total=(hashed.abs() % BELOW).sum())


def _needed(study: Study) -> tuple[list[str], dict[str, list[str]]]:
    """The columns wanted, and what to read of each table for them, with the columns by which tables join."""
    outcome = study.outcome
    of_outcome = outcome.booked if isinstance(outcome, RepaymentOutcome) else outcome.column
    wanted = [study.base.key, study.as_of, *([of_outcome] if of_outcome else [])]
    while True:
        tables = {
            name: found
            for name, spec in study.tables.items()
            if spec.join in ("base", "one")
            and (found := [column for column in wanted if column in spec.columns])
            and (spec.join == "base" or set(found) != {spec.on})
        }
        more = {str(study.tables[name].on) for name in tables if study.tables[name].join == "one"} - {*wanted}
        if not more:
            return wanted, tables
        wanted += sorted(more)


def _at(day: dt.date, moment: Value) -> Any:
    kind = moment.type()
    if kind.is_date():
        return ibis.literal(day)
    return ibis.literal(dt.datetime.combine(day, dt.time()), type="timestamp").cast(kind)
