"""Rules: knock-outs and triggers of a manual review, and limits on how old the data may be."""

import math
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from riskbench.decision.policy.section import OnMissing, Section

Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
Constant = bool | int | float | str


class Condition(Section):
    """One comparison of one variable with a constant, or with a list for `in` and `not in`."""

    variable: str = Field(min_length=1)
    op: Operator
    value: Constant | list[Constant]

    @model_validator(mode="after")
    def _comparison_makes_sense(self) -> Self:
        if isinstance(self.value, list) != (self.op in ("in", "not in")):
            raise ValueError(
                f"operator {self.op!r} on {self.variable}: 'in' and 'not in' take a list, the others do not"
            )
        values = self.value if isinstance(self.value, list) else [self.value]
        if any(value != value for value in values):
            raise ValueError(f"operator {self.op!r} on {self.variable}: a rule that compares with NaN would never hold")
        if any(isinstance(value, float) and math.isinf(value) for value in values):
            raise ValueError(f"operator {self.op!r} on {self.variable}: every number is on one side of infinity")
        if self.op in ("<", "<=", ">", ">=") and isinstance(self.value, bool | str):
            raise ValueError(f"operator {self.op!r} on {self.variable} takes a number, got {self.value!r}")
        return self


def _listed(when: Any) -> Any:
    return [when] if isinstance(when, dict) else when


class Rule(Section):
    """A knock-out or a trigger of manual review: it holds where all its conditions hold.

    `when` is a list of conditions; in a file, one may stand without a list. Where one that is known does not hold, the
    rule does not either; where all that are known hold and one is unknown, `on_missing` says what happens; `pass`
    leaves the decision alone.
    `reason` is what a customer is told, in English, `reason_zh` the same in Chinese; empty: not translated yet.
    """

    name: str = Field(min_length=1)
    when: Annotated[list[Condition], BeforeValidator(_listed)] = Field(min_length=1)
    action: Literal["refer", "decline"]
    reason: str = Field(min_length=1)
    reason_zh: str = ""
    on_missing: OnMissing

    @property
    def variables(self) -> tuple[str, ...]:
        """What the rule reads, each once, in the order of its conditions."""
        return tuple(dict.fromkeys(condition.variable for condition in self.when))


class Freshness(Section):
    """How many hours old the newest data of a source may be at the decision; beyond that, refer or raise an alert.

    An alert leaves the decision alone and is written down with it. `on_missing`: the age is not known.
    """

    source: str = Field(min_length=1)
    within_hours: float = Field(gt=0)
    action: Literal["refer", "alert"]
    reason: str = Field(min_length=1)
    reason_zh: str = ""
    on_missing: Literal["refer", "alert", "pass"]

    @property
    def name(self) -> str:
        """How it is named where it decides: no rule of a file may have this form."""
        return f"stale:{self.source}"
