"""Rules: knock-outs and triggers of a manual review, and limits on how old the data may be."""

import math
import operator
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from riskbench.core.written.faults import broken
from riskbench.core.written.section import Section
from riskbench.decision.policy.section import OnMissing

Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
Constant = bool | int | float | str
COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}  # those with a list are added by whoever compares, in his own way


class Condition(Section):
    """One comparison of one variable with a constant, or with a list for `in` and `not in`."""

    model_config = ConfigDict(allow_inf_nan=True)  # lest a number be tried as the next kind: it is refused below

    variable: str = Field(min_length=1)
    op: Operator
    value: Constant | list[Constant]

    @model_validator(mode="after")
    def _comparison_makes_sense(self) -> Self:
        values = self.value if isinstance(self.value, list) else [self.value]
        on = f"operator {self.op!r} on {self.variable}"
        if isinstance(self.value, list) != (self.op in ("in", "not in")):
            raise broken(f"{on}: 'in' and 'not in' take a list, the others do not", "value")
        if not values:
            holds = "never" if self.op == "in" else "always"
            raise broken(f"{on}: with an empty list it {holds} holds", "value")
        if any(value != value for value in values):
            raise broken(f"{on}: a rule that compares with NaN would never hold", "value")
        if any(isinstance(value, float) and math.isinf(value) for value in values):
            raise broken(f"{on}: every number is on one side of infinity", "value")
        if self.op in ("<", "<=", ">", ">=") and isinstance(self.value, bool | str):
            raise broken(f"{on} takes a number, got {self.value!r}", "value")
        if len({_kind(value) for value in values}) > 1:
            raise broken(f"{on}: a list holds numbers or texts, not both", "value")
        if twice := [value for value in dict.fromkeys(values) if values.count(value) > 1]:
            raise broken(f"{on}: {', '.join(map(str, twice))} stands in the list more than once", "value")
        return self


def _kind(value: Constant) -> type:
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def _listed(when: Any) -> Any:
    if isinstance(when, str):
        raise ValueError(f'must be written as {{variable: burden, op: ">=", value: 1}}, got the text {when}')
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
