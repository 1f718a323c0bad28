"""Applications beside the rows that they may know, and what is made of these: the newest, or statistics of all.

Rows of one time are known strictly after `known_at_`. Rows of two times (`feeds/as_of.py`) carry `seen_`, and where
versions replace each other `until_`: known are those in force at the moment.
"""

from typing import Any

import ibis
from ibis.expr.types import Table

from riskbench.data.aggregates import COUNTS, statistic
from riskbench.data.features.expressions import parsed
from riskbench.data.features.formulas import formula_column, with_formulas
from riskbench.data.study.schema import TableSpec


def newest(base: Table, rows: Table, on: str | None, moment: Any) -> Table:
    """The columns of the last of `rows` (`known_at_`) known strictly before `moment` of each application."""
    if on:
        rows = rows.rename(on_=on)
    base = base.mutate(moment_=moment)
    same = [base[on] == rows.on_] if on else []
    joined = base.asof_join(rows, on=base.moment_ > rows.known_at_, predicates=same)
    return joined.drop("moment_", "known_at_", *(["on_"] if on else []))


def pairs(moments: Table, rows: Table, spec: TableSpec) -> Table:
    """Every application beside every row of a table that it may know, as `aggregates.py` has them.

    `moments` has `application_`, `owner_`, `moment_` and `as_of`, and for rows of two times `at_`, by the clock.
    """
    known = [moments.owner_ == rows[spec.on]]
    if "seen_" in rows.columns:
        known += [rows.seen_ < moments.at_, rows.until_.isnull() | (rows.until_ >= moments.at_)]
    else:
        known.append(rows.known_at_ < moments.moment_)
    if spec.through:
        known.append(rows.through_ != moments.application_)
    if spec.reach is not None:
        known.append(rows.known_at_ >= moments.moment_ - ibis.interval(days=spec.reach))
    return moments.inner_join(rows, known)


def summaries(beside: Table, name: str, spec: TableSpec) -> Table:
    """The aggregates of a table over such pairs: a row for each `application_` that has any."""
    computed = {part: formula_column(i) for i, part in enumerate(spec.formulas)}
    if computed:
        trees = [parsed(alias, formula) for (alias, _), formula in spec.formulas.items()]
        beside = with_formulas(beside, trees, name=f"{name}_rows_")
    statistics = {
        alias: statistic(beside, a, a.column or computed.get((alias, "formula")), computed.get((alias, "where")))
        for alias, a in spec.aggregates.items()
    }
    return beside.group_by("application_").aggregate(**statistics)


def counted(spec: TableSpec) -> list[str]:
    """The aggregates that are 0 where an application has no row."""
    return [alias for alias, a in spec.aggregates.items() if a.how in COUNTS]
