"""The schema that a study declares: its tables, how they meet the applications, and what each column is for.

A new role, type, dimension or statistic of an aggregate begins with a word in the lists below.
"""

from functools import cached_property
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from riskbench.data.features.expressions import Scope, columns_of, plain
from riskbench.data.features.function import AS_OF
from riskbench.data.study.part import Part

Role = Literal["key", "date", "feature", "protected", "outcome", "leakage", "identifier", "price", "context"]
Kind = Literal["integer", "number", "boolean", "category", "text", "date", "timestamp"]
Dimension = Literal["core", "bureau", "income", "device", "payment", "social", "macro"]
Trend = Literal["auto", "ascending", "descending", "peak", "valley", "none"]
How = Literal[
    "count", "distinct", "share", "mean", "sum", "min", "max", "first", "last", "sd", "trend",
    "days_since_first", "days_since_last",
]  # fmt: skip
OF_ROWS: tuple[How, ...] = ("count", "share", "days_since_first", "days_since_last")  # need no column
DATED: tuple[How, ...] = ("days_since_first", "days_since_last", "trend")  # read when a row was known
LEFT_OUT: tuple[Role, ...] = ("leakage", "identifier")  # never read at intake


class Column(Part):
    """One column: what it is, what it may be used for, and what values it may hold.

    Roles: `feature` may enter a model; `protected` is kept only to test fairness; `price` was set by the lender itself
    and enters no model unless `because` says why; `leakage` was written after the decision and is dropped at intake;
    `identifier` never enters a run; `context` is kept for reporting (product, channel, amounts).
    """

    role: Role
    type: Kind
    description: str
    dimension: Dimension = "core"
    unit: str = ""
    special: list[float] = []
    levels: dict[str, str] | list[str] = []
    lower: float | None = None
    upper: float | None = None
    trend: Trend = "auto"
    because: str = ""

    @property
    def may_enter(self) -> bool:
        """Whether it may enter a model: features may, and prices where the study says why."""
        return self.role == "feature" or (self.role == "price" and bool(self.because))

    @property
    def is_moment(self) -> bool:
        """Whether it says when something happened, before the decision or after it."""
        return self.type in ("date", "timestamp") and self.role in ("date", "outcome")

    @field_validator("special")
    @classmethod
    def _named_once(cls, special: list[float]) -> list[float]:
        if twice := sorted({value for value in special if special.count(value) > 1}):
            raise ValueError(f"a special value is named once, got {', '.join(f'{v:g}' for v in twice)} several times")
        return special

    @model_validator(mode="after")
    def _a_date_is_no_feature(self) -> Self:
        if self.role == "feature" and self.type in ("date", "timestamp"):
            raise ValueError("a date is no feature: give it role date, and engineer the days to it under [features]")
        return self


class Aggregate(Part):
    """A statistic over the rows known before the decision, for example the mean of `worst_dpd`.

    It is of a `column` that is a feature, or of a `formula`: an SQL expression over the columns of a row, in which
    `as_of` is the moment of the decision. `where` is a condition of the same kind: only rows that meet it take part.

    `how`: `count`, `distinct` (how many different values), `share` (of the rows, those that meet `where`), `mean`,
    `sum`, `min`, `max`, `first`, `last`, `sd` (n - 1 in the denominator), `trend` (slope of the least-squares line per
    30 days; missing with fewer than three values or all on one day), `days_since_first` and `days_since_last` (days
    from such a row to the decision). Counts are 0 where there are no rows, all else is missing.

    `within_days` narrows the rows to those known in so many days before the decision, `skip_days` moves that window
    back: 90 and 90 are the days 91 to 180 before it, to set the last 90 days against.
    """

    column: str | None = None
    formula: str | None = None
    where: str | None = None
    how: How
    within_days: int | None = Field(default=None, gt=0)
    skip_days: int = Field(default=0, ge=0)
    description: str
    unit: str = ""
    trend: Trend = "auto"

    @model_validator(mode="after")
    def _of_one_thing(self) -> Self:
        named = (self.column is not None) + (self.formula is not None)
        if named > 1 or (named == 0 and self.how not in OF_ROWS):
            raise ValueError("an aggregate is of a column or of a formula, one of them")
        if self.how == "share" and (named or self.where is None):
            raise ValueError("a share is of the rows that meet `where`, and of no column or formula")
        return self

    @property
    def expressions(self) -> dict[str, str]:
        """What it computes from a row, as the study has it: its `formula`, and its condition `where`."""
        return {part: text for part in ("formula", "where") if (text := getattr(self, part)) is not None}

    @property
    def reach(self) -> int | None:
        """How many days before the decision its oldest row may lie; None: any."""
        return None if self.within_days is None else self.within_days + self.skip_days


class TableSpec(Part):
    """One table: where it is, how it meets the base table, and whose data it is.

    `join`: `base` is the table of applications; `one` has at most one row for each; `latest` gives the newest row
    known strictly before the decision; `aggregate` summarises the rows known by then (of the last `within_days`, or of
    the window of each aggregate); "before" is by the clock where both moments are of type timestamp, else by the day;
    `outcome` is read only to build the label. Where the rows name an application instead of the customer, `through` is
    that column: the rows of the customer's earlier applications are meant.

    `event_at` is the column of the time that a row speaks of, where that is another than `known_at`, since when it
    could be known: the newest row is then the one of the latest event, and windows of aggregates are of the event.
    """

    file: str
    join: Literal["base", "one", "latest", "aggregate", "outcome"]
    on: str | None = None
    through: str | None = None
    known_at: str | None = None
    event_at: str | None = None
    within_days: int | None = Field(default=None, gt=0)
    aggregates: dict[str, Aggregate] = {}
    columns: dict[str, Column]
    owner: str
    purpose: str
    lawful_basis: str
    cost: float = Field(default=0.0, ge=0)
    dimension: Dimension = "core"

    @cached_property
    def joined(self) -> dict[str, Column]:
        """The columns that it adds to the applications: its aggregates, or its own without those that join it."""
        if self.join == "outcome":
            return {}
        if self.join == "aggregate":
            return {name: self._aggregated(aggregate) for name, aggregate in self.aggregates.items()}
        left = () if self.join == "base" else (self.on, self.known_at)
        return {name: column for name, column in self.columns.items() if name not in left}

    def _aggregated(self, aggregate: Aggregate) -> Column:
        return Column(
            role="feature",
            type="number",
            description=aggregate.description,
            dimension=self.dimension,
            unit=aggregate.unit,
            trend=aggregate.trend,
        )

    @cached_property
    def formulas(self) -> dict[tuple[str, str], str]:
        """What its aggregates compute from a row as plain SQL, by aggregate and part: `formula` or `where`.

        Raises `StudyError` where one is no such formula.
        """
        scope = Scope({name: column.type for name, column in self.columns.items()} | {AS_OF: "timestamp"}, AS_OF)
        return {
            (name, part): plain(name, text, scope)
            for name, aggregate in self.aggregates.items()
            for part, text in aggregate.expressions.items()
        }

    def reads(self, name: str) -> set[str]:
        """The columns of a row that the aggregate of this name reads."""
        aggregate = self.aggregates[name]
        read = {aggregate.column} if aggregate.column else set()
        for (of, _), formula in self.formulas.items():
            read |= columns_of(name, formula) - {AS_OF} if of == name else set()
        return read | ({str(self.known_at)} if aggregate.how in DATED else set())

    @property
    def reach(self) -> int | None:
        """How many days before the decision the oldest row lies that an aggregate reads; None: any."""
        reached = [aggregate.reach for aggregate in self.aggregates.values()]
        return self.within_days or (None if None in reached else max(filter(None, reached), default=None))

    @model_validator(mode="after")
    def _as_of_joins_are_dated(self) -> Self:
        if self.join in ("latest", "aggregate") and self.known_at not in self.columns:
            raise ValueError(f"join {self.join!r} needs known_at, the column that dates each row")
        if (self.join == "aggregate") != bool(self.aggregates):
            raise ValueError("aggregates go with join 'aggregate', and only there")
        if self.join in ("one", "aggregate") and self.on is None:
            raise ValueError(f"join {self.join!r} needs on, the column that meets the applications")
        # With `through`, the rows name an application, and `on` is a column of the applications alone.
        for name in filter(None, (self.known_at, self.through or self.on)):
            if name not in self.columns or self.columns[name].role in LEFT_OUT:
                raise ValueError(f"column {name!r} that joins the table must be declared, and be read at intake")
        if self.event_at is not None:
            column = self.columns.get(self.event_at)
            if self.known_at is None or column is None or column.type not in ("date", "timestamp"):
                raise ValueError(f"event_at goes with known_at and is a date or timestamp, got {self.event_at!r}")
        for name, aggregate in self.aggregates.items():
            far = aggregate.reach or aggregate.skip_days + 1
            if self.within_days is not None and far > self.within_days:
                raise ValueError(f"aggregate {name!r} reaches {far} days back, the table {self.within_days} at most")
            if aggregate.column is None:  # what a formula reads is checked where formulas are parsed
                continue
            column = self.columns.get(aggregate.column)
            if column is None or column.role != "feature":
                role = column.role if column else "not declared"
                raise ValueError(f"aggregate {name!r} must be of a feature, {aggregate.column!r} is {role}")
        return self
