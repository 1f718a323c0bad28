"""The parts of a bundle: what it asks for, what it says to customers, how its PDs were levelled, what it came from."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from riskbench.data.study.schema import Dimension, Kind, Role

SHA256 = r"^[0-9a-f]{64}$"
Reader = Literal["card", "policy", "formula"]


class Part(BaseModel):
    """A part of a bundle: unknown keys and figures that are not finite are refused; once read, nothing changes."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class MadeFrom(Part):
    """What a bundle was made from, as SHA-256: the study's file, the package, and all data files together."""

    study: str = Field(pattern=SHA256)
    code: str = Field(pattern=SHA256)
    data: str = Field(pattern=SHA256)


class LevelStep(Part):
    """One step of calibration, a straight line on the log odds of bad: `slope` times them, plus `intercept`."""

    step: str
    slope: float
    intercept: float
    because: str


class WhenMissing(Part):
    """What a missing value does: the points that the card gives, and what each rule or table that reads it asks for."""

    points: int | None = None
    rules: dict[str, Literal["refer", "decline", "pass"]] = {}


class Variable(Part):
    """What columns and engineered features have in common. `read_by`: who reads it, directly."""

    name: str
    description: str
    unit: str = ""
    read_by: list[Reader]
    when_missing: WhenMissing


class InputColumn(Variable):
    """A column that whoever asks for a decision must hand over, as the study describes it.

    Truth is the text "yes" or "no". `levels` are the values that a category may have, none where any text will do;
    `lower` and `upper` bound a number; `special` values stand for something that is no amount. `table` is the table of
    the study that it comes from.
    """

    type: Kind
    role: Role
    dimension: Dimension
    lower: float | None = None
    upper: float | None = None
    levels: list[str] = []
    special: list[float] = []
    table: str = ""


class EngineeredInput(Variable):
    """A feature that the bundle computes itself: `formula` is an SQL expression over the columns that it `reads`."""

    type: Literal["number", "category"]
    formula: str
    reads: list[str]


class Inputs(Part):
    """What a bundle reads.

    `amount` is the column of the amount asked for, empty where each loan is one unit. `key` names an application, and
    by `customer` arms are drawn: identifiers, and no inputs of card or policy. `sources` are the tables whose age the
    policy asks for.
    """

    columns: list[InputColumn]
    engineered: list[EngineeredInput]
    amount: str = ""
    key: str = ""
    customer: str = ""
    sources: list[str] = []


class Told(Part):
    """A text in every language of the house."""

    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


class FeatureReasons(Part):
    """What is said of the bins of a feature, one text a bin in the order of the card."""

    feature: str
    bins: list[Told]


class RuleReasons(Part):
    """What is said where this decided, as `rule` names it: because it held, or because what it reads is missing.

    It is a rule, a source's age, a limit table, the smallest amount, a cap, the price or a check of an input.
    """

    rule: str
    held: Told
    missing: Told | None = None


class Reasons(Part):
    """Every reason that a decision by the bundle can have in words: by feature and bin, by rule, by band.

    `alternatives` hold what challengers and shadows say otherwise than the champion, or beside it, by their names.
    """

    features: list[FeatureReasons]
    rules: list[RuleReasons]
    bands: dict[str, Told]
    alternatives: dict[str, list[RuleReasons]] = {}

    def of_rule(self, rule: str, unknown: bool = False, arm: str = "") -> Told:
        """What is said where `rule` decided, in the words of an arm where it has its own.

        Raises KeyError for what can decide nothing here.
        """
        said = {told.rule: told for told in [*self.rules, *self.alternatives.get(arm, [])]}[rule]
        return said.missing if unknown and said.missing is not None else said.held
