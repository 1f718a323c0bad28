"""The schema that a study declares: its tables, how they meet the applications, and what each column is for."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Role = Literal["key", "date", "feature", "protected", "outcome", "leakage", "identifier", "price", "context"]
Kind = Literal["integer", "number", "boolean", "category", "text", "date", "timestamp"]
Dimension = Literal["core", "bureau", "income", "device", "payment", "social", "macro"]
Trend = Literal["auto", "ascending", "descending", "peak", "valley", "none"]
LEFT_OUT: tuple[Role, ...] = ("leakage", "identifier")  # never read at intake


class Part(BaseModel):
    """A part of a study: unknown keys are refused, and nothing changes once it was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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

    @model_validator(mode="after")
    def _a_date_is_no_input(self) -> Self:
        if self.role == "feature" and self.type in ("date", "timestamp"):
            raise ValueError("a date is no input: give it role date, and engineer the days to it under [features]")
        return self


class Aggregate(Part):
    """A statistic over the rows known before the decision, for example the mean of `worst_dpd`.

    It is of a `column` that is a feature, or of a `formula`: an SQL expression over the columns of a row, in which
    `as_of` is the moment of the decision.
    """

    column: str | None = None
    formula: str | None = None
    how: Literal["count", "mean", "sum", "min", "max", "last"]
    description: str
    unit: str = ""
    trend: Trend = "auto"

    @model_validator(mode="after")
    def _of_one_thing(self) -> Self:
        if (self.column is None) == (self.formula is None):
            raise ValueError("an aggregate is of a column or of a formula, one of them")
        return self


class TableSpec(Part):
    """One table: where it is, how it meets the base table, and whose data it is.

    `join`: `base` is the table of applications; `one` has at most one row for each; `latest` gives the newest row
    known strictly before the decision; `aggregate` summarises the rows known by then (of the last `within_days`);
    "before" is by the clock where both moments are of type timestamp, else by the day;
    `outcome` is read only to build the label. Where the rows name an application instead of the customer, `through` is
    that column: the rows of the customer's earlier applications are meant.
    """

    file: str
    join: Literal["base", "one", "latest", "aggregate", "outcome"]
    on: str | None = None
    through: str | None = None
    known_at: str | None = None
    within_days: int | None = Field(default=None, gt=0)
    aggregates: dict[str, Aggregate] = {}
    columns: dict[str, Column]
    owner: str
    purpose: str
    lawful_basis: str
    cost: float = Field(default=0.0, ge=0)
    dimension: Dimension = "core"

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
        for name, aggregate in self.aggregates.items():
            if aggregate.column is None:  # what a formula reads is checked where formulas are parsed
                continue
            column = self.columns.get(aggregate.column)
            if column is None or column.role != "feature":
                role = column.role if column else "not declared"
                raise ValueError(f"aggregate {name!r} must be of a feature, {aggregate.column!r} is {role}")
        return self
