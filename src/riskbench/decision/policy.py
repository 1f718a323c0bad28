"""The credit policy as a file: a small YAML of score bands, rules and economics, refused where it leaves anything open.

Score bands tile the whole range, rules can only make a decision more severe, and every rule says what happens when its
variable is missing. An unknown key, a key given twice or a gap between bands is refused. `decide.py` applies it.
"""

import math
from collections.abc import Hashable
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from riskbench.core.errors import StudyError, broken_rules
from riskbench.metrics.arguments import Floats
from riskbench.metrics.economics import loan_profit

Action = Literal["approve", "limit", "refer", "decline"]
Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
Constant = bool | int | float | str

SEVERITY: tuple[Action, ...] = ("approve", "limit", "refer", "decline")
LENDING: tuple[Action, ...] = ("approve", "limit")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Band(_Section):
    """Scores in [from, to) and what is done with them; `limit` lends at most an amount or a share of the request."""

    name: str = Field(min_length=1)
    action: Action
    lower: float = Field(alias="from")
    upper: float = Field(alias="to")
    limit_amount: float | None = Field(default=None, gt=0)
    limit_share: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="after")
    def _limits_only_where_limited(self) -> Self:
        if not self.lower < self.upper:
            raise ValueError(f"band {self.name}: from must lie below to, got {self.lower:g} to {self.upper:g}")
        given = sum(limit is not None for limit in (self.limit_amount, self.limit_share))
        if given != (self.action == "limit"):
            rule = "exactly one of limit_amount and limit_share" if self.action == "limit" else "no limit"
            raise ValueError(f"band {self.name}: action {self.action} takes {rule}, got {given}")
        return self


class Condition(_Section):
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
        if any(value != value for value in (self.value if isinstance(self.value, list) else [self.value])):
            raise ValueError(f"operator {self.op!r} on {self.variable}: a rule that compares with NaN would never hold")
        if self.op in ("<", "<=", ">", ">=") and isinstance(self.value, bool | str):
            raise ValueError(f"operator {self.op!r} on {self.variable} takes a number, got {self.value!r}")
        return self


class Rule(_Section):
    """A knock-out or refer rule. `on_missing` says what an unknown value does; `pass` leaves the decision alone.

    `reason` is what an applicant is told, in English, and `reason_zh` in Chinese.
    """

    name: str = Field(min_length=1)
    when: Condition
    action: Literal["refer", "decline"]
    reason: str = Field(min_length=1)
    reason_zh: str = ""
    on_missing: Literal["refer", "decline", "pass"]


class Economics(_Section):
    """What a loan earns and loses. Shares are per unit lent over the loan's life; costs are in the unit of the amounts.

    `basis` says where the figures come from. A loan repaid earns `margin` less `funding_cost`; a bad one loses `lgd`,
    funding included. Without amounts each loan counts as one unit, and costs are then shares of a loan.
    """

    basis: str = ""
    lgd: float = Field(gt=0, le=1)
    margin: float = Field(ge=0)
    funding_cost: float = Field(ge=0)
    cost_per_application: float = Field(default=0.0, ge=0)
    cost_per_account: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _a_good_loan_earns(self) -> Self:
        if self.funding_cost >= self.margin:
            raise ValueError(f"margin must exceed funding_cost, got {self.margin:g} and {self.funding_cost:g}")
        return self

    @property
    def net_margin(self) -> float:
        """What a loan repaid earns after funding, per unit lent."""
        return self.margin - self.funding_cost

    @property
    def break_even_pd(self) -> float:
        """The PD at which a loan earns nothing, costs aside: (1 − PD) · net margin = PD · LGD."""
        return self.net_margin / (self.net_margin + self.lgd)

    def expected_profit(self, pd: ArrayLike, lent: ArrayLike) -> Floats:
        """What each loan is expected to bring, the cost of its account deducted and that of its application not.

        `pd` in [0, 1] and `lent`, in the currency of the costs, are columns of one length.
        """
        return loan_profit(pd, self.net_margin, self.lgd, lent, self.cost_per_account)


class Policy(_Section):
    """Bands, rules and economics of one portfolio.

    Among a band and all rules that fire, the most severe action wins: decline, then refer, limit, approve.
    Where a rule is at least as severe as the band, the first such rule in the file gives the reason.
    """

    schema_version: Literal[1]
    bands: list[Band] = Field(min_length=1)
    rules: list[Rule] = []
    economics: Economics

    @model_validator(mode="after")
    def _bands_tile_the_range(self) -> Self:
        ordered = self.bands_by_score
        if not (ordered[0].lower == -math.inf and ordered[-1].upper == math.inf):
            raise ValueError(f"bands must cover -.inf to .inf, got {ordered[0].lower:g} to {ordered[-1].upper:g}")
        for below, above in pairwise(ordered):
            if below.upper != above.lower:
                fault = "leave a gap" if below.upper < above.lower else "overlap"
                where = f"{below.upper:g} and {above.lower:g}"
                raise ValueError(f"bands {below.name} and {above.name} {fault} between {where}")
        for kind, names in (("band", [b.name for b in self.bands]), ("rule", [r.name for r in self.rules])):
            if repeated := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{kind} names must be unique, got {', '.join(repeated)} more than once")
        return self

    @property
    def bands_by_score(self) -> list[Band]:
        """The bands from the riskiest up."""
        return sorted(self.bands, key=lambda band: band.lower)


class _UniqueKeys(yaml.SafeLoader):
    """A safe loader that refuses a key given twice; plain YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if repeated := sorted({key for key in keys if keys.count(key) > 1}):
            raise yaml.constructor.ConstructorError(None, None, f"key {repeated[0]!r} is given twice", node.start_mark)
        return super().construct_mapping(node, deep)


def load_policy(path: Path) -> Policy:
    """Read and check a policy file.

    Raises `StudyError` that names the file, the key and the rule.
    """
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=_UniqueKeys)
    except FileNotFoundError as error:
        raise StudyError(f"no policy file {path}. What to do: write one; that of another study shows how") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StudyError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        raise StudyError(f"{path}: {'; '.join(broken_rules(error, 'policy'))}") from error
