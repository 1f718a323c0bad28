"""A study: one portfolio described in one TOML file, read strictly.

It says what the tables are and how they meet as of the decision, what "bad" means in full, which role each column
plays, and how samples are drawn. Unknown keys are refused; an error names the file and the key.
"""

import datetime as dt
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from riskbench.core.errors import NotEvaluated, StudyError, broken_rules
from riskbench.core.thresholds import Override, Thresholds
from riskbench.data.consistency import check
from riskbench.data.expressions import Scope, plain
from riskbench.data.levels import Calibration, MasterScale
from riskbench.data.schema import Column, Dimension, Part, Role, TableSpec, Trend

STUDY_FILE = "study.toml"

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
    whether an application became a loan; without it a loan is booked when it has a row of repayments.
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


class Study(Part):
    """One portfolio and everything a run needs to know of it."""

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
        columns: dict[str, Column] = {}
        for table in self.tables.values():
            if table.join == "aggregate":
                columns |= {
                    name: Column(
                        role="feature",
                        type="number",
                        description=a.description,
                        dimension=table.dimension,
                        unit=a.unit,
                        trend=a.trend,
                    )
                    for name, a in table.aggregates.items()
                }
            elif table.join != "outcome":
                columns |= {
                    n: c
                    for n, c in table.columns.items()
                    if table.join == "base" or n not in (table.on, table.known_at)
                }
        return columns

    def with_role(self, *roles: Role) -> list[str]:
        """Names of the joined columns that play one of `roles`, in the study's order."""
        return [name for name, column in self.columns.items() if column.role in roles]

    @property
    def special_values(self) -> dict[str, list[float]]:
        """The values of each column that stand for something else than an amount, by name of the column."""
        return {name: column.special for name, column in self.columns.items() if column.special}

    @property
    def inputs(self) -> list[str]:
        """Raw columns that may enter a model: features, and prices only where the study says why."""
        return [n for n, c in self.columns.items() if c.role == "feature" or (c.role == "price" and c.because)]

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

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        check(self)
        return self


def load_study(path: Path) -> Study:
    """Read and check a study file.

    Raises `StudyError` that names the file, the key and the rule.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise StudyError(f"no study at {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{path.parent.name}/{path.name} is not valid TOML: {error}") from None
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        problems = "; ".join(broken_rules(error, "study", most=5))
        raise StudyError(f"{path.parent.name}/{path.name} breaks {error.error_count()} rule(s): {problems}") from None


def find_study(data: Path, name_or_path: str) -> Path:
    """The study file that `--study` means: a name below `data/`, a folder, or a file.

    Raises `StudyError` with the studies that exist.
    """
    as_path = Path(name_or_path)
    for candidate in (data / name_or_path / STUDY_FILE, as_path / STUDY_FILE, as_path):
        if candidate.is_file() and candidate.suffix == ".toml":
            return candidate.resolve()
    known = ", ".join(sorted(path.parent.name for path in data.glob(f"*/{STUDY_FILE}")))
    raise StudyError(f"no study {name_or_path!r}; there are: {known}")
