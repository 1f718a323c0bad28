"""The short sections of a study file: the application, the outcome, the samples, the scale, formulas, the source."""

import datetime as dt
from typing import Literal, Self

from pydantic import Field, model_validator

from riskbench.data.study.part import Part
from riskbench.data.study.schema import Dimension, Trend

Sample = Literal["development", "test", "out_of_time", "monitoring"]
Label = Literal["good", "bad", "indeterminate", "fraud", "immature", "not_booked"]


class Base(Part):
    """The columns of the application itself: its key, whose it is, when it was decided and how much was asked."""

    key: str
    customer: str
    as_of: str | None = None
    amount: str | None = None
    decision: str | None = None
    approved: list[str] = []
    segments: list[str] = []


class ColumnOutcome(Part):
    """The label stands in a column of the data."""

    kind: Literal["column"]
    column: str
    bad: list[int | str]
    good: list[int | str]
    horizon_months: int = Field(gt=0)
    definition: str

    @model_validator(mode="after")
    def _good_is_not_bad(self) -> Self:
        if both := {str(value) for value in self.bad} & {str(value) for value in self.good}:
            raise ValueError(f"a value is good or bad, not both: {', '.join(sorted(both))}")
        return self


class RepaymentOutcome(Part):
    """The label is made from monthly repayments of booked loans; only closed performance windows are labelled.

    bad: at least `days_past_due` with at least `materiality` past due within `horizon_months`. Worst days past due from
    `indeterminate_from` up to that are indeterminate: neither good nor bad. `booked` is the boolean column that says
    whether an application became a loan; without it a loan is booked when it has a row of repayments. `dated` is the
    column with the day from which a row was known; without it a month on book is known when it is over.
    """

    kind: Literal["repayments"]
    table: str
    days_past_due: int = Field(gt=0)
    indeterminate_from: int = Field(gt=0)
    materiality: float = Field(ge=0)
    horizon_months: int = Field(gt=0)
    observed_until: dt.date
    early_settlement: Label
    rolled_over: Label
    fraud: Label
    booked: str | None = None
    month: str = "month_on_book"
    dpd: str = "dpd"
    past_due: str = "past_due"
    status: str = "status"
    dated: str | None = None
    definition: str

    @model_validator(mode="after")
    def _indeterminate_is_less_than_bad(self) -> Self:
        if self.indeterminate_from > self.days_past_due:
            got = f"{self.indeterminate_from} and {self.days_past_due}"
            raise ValueError(f"indeterminate_from must be at most days_past_due, got {got}")
        return self


class Period(Part):
    """Decision dates from `first` to `last`, both included."""

    first: dt.date
    last: dt.date

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.first > self.last:
            raise ValueError(f"a period begins before it ends, got {self.first} to {self.last}")
        return self


class Samples(Part):
    """Development and test split by a salted hash of the customer; out-of-time by decision date."""

    salt: str
    test_share: float = Field(gt=0, lt=1)
    development: Period | None = None
    out_of_time: Period | None = None

    @model_validator(mode="after")
    def _out_of_time_comes_after_development(self) -> Self:
        if self.out_of_time and not (self.development and self.development.last < self.out_of_time.first):
            raise ValueError("out_of_time begins after a development period has ended")
        return self


class Oversampling(Part):
    """Bads were drawn more often than goods: `bad_rate` is that of the population, `because` says who says so."""

    bad_rate: float = Field(gt=0, lt=1)
    because: str = Field(min_length=1)


class Scaling(Part):
    """The score's scale: `base_score` points at odds of `base_odds` good to one bad, `pdo` points double the odds.

    `from_zero`: no feature earns less than 0 points; what all lose by it is a base that everybody has.
    """

    pdo: float = Field(default=20, gt=0)
    base_score: float = 600
    base_odds: float = Field(default=50, gt=0)
    from_zero: bool = False


class Formula(Part):
    """An engineered column: one SQL expression over columns of the study, which may call feature functions."""

    formula: str
    description: str
    dimension: Dimension = "core"
    unit: str = ""
    trend: Trend = "auto"


class SyntheticData(Part):
    """The tables are made by the package."""

    kind: Literal["synthetic"]
    applications: int = Field(gt=0)
    seed: int


class PublicSource(Part):
    """A published data set, recognised by its content: one table called `name`, or `tables`, their names by file."""

    kind: Literal["public"]
    name: str
    tables: dict[str, str] = {}


class FileSource(Part):
    """The user's own files."""

    kind: Literal["files"]
