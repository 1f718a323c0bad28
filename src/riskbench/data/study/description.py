"""What a study says, section by section, and what follows from it: columns, candidates, samples, thresholds.

Whether the sections agree with each other is not asked here: `consistency.py` does, for `Study`.
"""

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Override, Thresholds
from riskbench.data.features.expressions import Scope, columns_of, plain
from riskbench.data.study.calibration import Calibration, MasterScale
from riskbench.data.study.loan import Loan
from riskbench.data.study.part import Part
from riskbench.data.study.schema import Column, Role, TableSpec
from riskbench.data.study.sections import (
    Base,
    ColumnOutcome,
    FileSource,
    Formula,
    Oversampling,
    PublicSource,
    RepaymentOutcome,
    Samples,
    Scaling,
    SyntheticData,
)


class Description(Part):
    """One portfolio and everything a run needs to know of it, each section for itself."""

    schema_version: Literal[1]
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    description: str
    purpose: str
    population: Literal["through_the_door", "booked"]
    customers: Literal["first_time", "repeat", "mixed", "unknown"]
    currency: str
    licence: str
    source: Annotated[SyntheticData | PublicSource | FileSource, Field(discriminator="kind")]
    base: Base
    tables: dict[str, TableSpec]
    outcome: Annotated[ColumnOutcome | RepaymentOutcome, Field(discriminator="kind")]
    oversampling: Oversampling | None = None
    calibration: Calibration | None = None
    samples: Samples
    scaling: Scaling = Scaling()
    master_scale: MasterScale = MasterScale()
    features: dict[str, Formula] = {}
    protected: dict[str, Formula] = {}
    thresholds: dict[str, Override] = {}
    loan: Loan = Loan()
    policy: str = "policy.yaml"
    limitations: list[str] = []

    @property
    def population_told(self) -> str:
        """Whose applications these are, in words."""
        unknown = self.customers == "unknown"
        who = "whether customers come back is not known" if unknown else f"{self.customers.replace('_', ' ')} customers"
        return f"{self.population.replace('_', ' ')}; {who}"

    @property
    def synthetic(self) -> bool:
        """Whether the data were made, not recorded; every page says so."""
        return self.source.kind == "synthetic"

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Every column that reaches the joined table, by name (aggregates instead of the rows behind them)."""
        return {name: column for table in self.tables.values() for name, column in table.joined.items()}

    def with_role(self, *roles: Role) -> list[str]:
        """Names of the joined columns that play one of `roles`, in the study's order."""
        return [name for name, column in self.columns.items() if column.role in roles]

    @property
    def special_values(self) -> dict[str, list[float]]:
        """The values of each column that stand for something else than an amount, by name of the column."""
        return {name: column.special for name, column in self.columns.items() if column.special}

    @property
    def raw_candidates(self) -> list[str]:
        """Joined columns that may enter a model: features, and prices only where the study says why."""
        return [name for name, column in self.columns.items() if column.may_enter]

    @cached_property
    def feature_sql(self) -> dict[str, str]:
        """The engineered features by name, as plain SQL over the columns of the study: functions are written out.

        Raises `StudyError` where one is no formula, or calls a function with what it does not take.
        """
        return self._plain(self.features)

    @cached_property
    def protected_sql(self) -> dict[str, str]:
        """The protected groups by name, as `feature_sql` has the features."""
        return self._plain(self.protected)

    @cached_property
    def feature_columns(self) -> dict[str, set[str]]:
        """The joined columns that each engineered feature reads; raises `StudyError` as `feature_sql` does."""
        return {name: columns_of(name, formula) for name, formula in self.feature_sql.items()}

    @cached_property
    def protected_columns(self) -> dict[str, set[str]]:
        """The joined columns that each protected group reads."""
        return {name: columns_of(name, formula) for name, formula in self.protected_sql.items()}

    def reads(self, candidate: str) -> set[str]:
        """The joined columns that a candidate is made of: itself, or what its formula reads."""
        return set(self.feature_columns.get(candidate, {candidate}))

    @property
    def dates_read(self) -> list[str]:
        """Dates that a feature is computed from, such as the days from an earlier date to the decision."""
        read = set().union(*self.feature_columns.values())
        return [name for name in self.with_role("date") if name in read]

    def _plain(self, formulas: Mapping[str, Formula]) -> dict[str, str]:
        scope = Scope({name: column.type for name, column in self.columns.items()}, self.base.as_of)
        return {name: plain(name, of.formula, scope) for name, of in formulas.items()}

    @property
    def base_table(self) -> str:
        """Name of the table of applications."""
        return next(name for name, table in self.tables.items() if table.join == "base")

    @property
    def as_of(self) -> str:
        """The column of the decision date; raises `NotEvaluated` for a study without dates."""
        if self.base.as_of is None:
            raise NotEvaluated("the study has no decision dates")
        return self.base.as_of

    def by_clock(self, column: Column) -> bool:
        """Whether the moments of a column compare with the decision by the clock, as both have it, or by the day."""
        return self.columns[self.as_of].type == column.type == "timestamp"

    @property
    def holdout(self) -> str:
        """The sample that the card is judged on first: out_of_time where there is one, else test."""
        return "out_of_time" if self.samples.out_of_time else "test"

    @property
    def out_of_time_kind(self) -> str:
        """What kind of out-of-time sample there is, as a sentence."""
        if self.samples.out_of_time is None:
            return "The study has no out-of-time sample; the card is judged on customers held out of development."
        if self.retrospective:
            return (
                "The out-of-time sample is retrospective: when it begins, labels of the development period were still "
                "open, so nobody could have built this card at that date."
            )
        return "The out-of-time sample begins after the labels of the development period were known."

    @property
    def limits(self) -> Thresholds:
        """The thresholds in force, with the study's overrides."""
        return Thresholds(self.thresholds)

    @property
    def retrospective(self) -> bool:
        """Whether labels of the development period were still open when the out-of-time period began."""
        s = self.samples
        if s.development is None or s.out_of_time is None:
            return False
        return s.out_of_time.first < s.development.last + dt.timedelta(days=30 * self.outcome.horizon_months)
