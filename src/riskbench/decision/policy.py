"""The credit policy: a small YAML that turns a score and a few variables into approve, limit, refer or decline.

Score bands tile the whole range, rules can only make a decision more severe, and every rule says what happens when its
variable is missing. Nothing is decided by silence: an unknown key, a gap between bands or an absent column is refused.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from riskbench.core.errors import StudyError, broken_rules

Action = Literal["approve", "limit", "refer", "decline"]
Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in", "not in"]
Constant = bool | int | float | str

SEVERITY: tuple[Action, ...] = ("approve", "limit", "refer", "decline")
LENDING: tuple[Action, ...] = ("approve", "limit")

COMPARE: dict[str, Callable[[pd.Series, Any], Any]] = {
    "==": lambda series, value: series == value,
    "!=": lambda series, value: series != value,
    "<": lambda series, value: series < value,
    "<=": lambda series, value: series <= value,
    ">": lambda series, value: series > value,
    ">=": lambda series, value: series >= value,
    "in": lambda series, value: series.isin(value),
    "not in": lambda series, value: ~series.isin(value),
}


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
    """A knock-out or refer rule. `on_missing` says what an unknown value does; `pass` leaves the decision alone."""

    name: str = Field(min_length=1)
    when: Condition
    action: Literal["refer", "decline"]
    reason: str = Field(min_length=1)
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
        ordered = sorted(self.bands, key=lambda band: band.lower)
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
    def variables(self) -> list[str]:
        """The columns that the rules read, in the order of the file."""
        return list(dict.fromkeys(rule.when.variable for rule in self.rules))


class _UniqueKeys(yaml.SafeLoader):
    """A safe loader that refuses a key given twice; plain YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if repeated := sorted({key for key in keys if keys.count(key) > 1}):
            raise yaml.constructor.ConstructorError(None, None, f"key {repeated[0]!r} is given twice", node.start_mark)
        return super().construct_mapping(node, deep)


def load(path: Path) -> Policy:
    """Read and check a policy file.

    Raises `StudyError` that names the file, the key and the rule.
    """
    try:
        content = yaml.load(path.read_text("utf-8"), Loader=_UniqueKeys)
    except FileNotFoundError as error:
        raise StudyError(f"no policy file {path}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise StudyError(f"{path} is not valid YAML: {' '.join(str(error).split())}") from error
    try:
        return Policy.model_validate(content)
    except ValidationError as error:
        raise StudyError(f"{path}: {'; '.join(broken_rules(error, 'policy'))}") from error


def apply(policy: Policy, frame: pd.DataFrame) -> pd.DataFrame:
    """Decide every row of `frame`.

    `frame` has a column `score` (points, larger is safer), every variable that the rules name, and optionally `amount`
    (requested, currency; 1 for each row when absent). Returns, on the same index, `action`, `band`, `rule` (empty when
    the band decided), `reason` and `amount` (lent: 0 for refer, until a person decides, and for decline).

    Raises ValueError when a column is absent, a score is missing, or a variable cannot be compared with its constant.

    >>> bands = [{"name": "low", "action": "decline", "from": -math.inf, "to": 500.0},
    ...          {"name": "high", "action": "approve", "from": 500.0, "to": math.inf}]
    >>> costs = {"lgd": 0.5, "margin": 0.1, "funding_cost": 0.02}
    >>> policy = Policy.model_validate({"schema_version": 1, "bands": bands, "economics": costs})
    >>> list(apply(policy, pd.DataFrame({"score": [499, 500]})).action)
    ['decline', 'approve']
    """
    requested = requested_amounts(frame)
    if "amount" not in frame and any(band.limit_amount for band in policy.bands):
        raise ValueError("a policy with limit_amount needs a column amount; without amounts use limit_share")
    bands = sorted(policy.bands, key=lambda band: band.lower)
    band = np.searchsorted([b.upper for b in bands[:-1]], _scores(frame), side="right")
    severity = np.array([SEVERITY.index(b.action) for b in bands])[band]
    # Texts by number: a rule that held, a rule whose variable was unknown, a band.
    held, unknown = range(len(policy.rules)), range(len(policy.rules), 2 * len(policy.rules))
    reasons = _texts(
        [r.reason for r in policy.rules],
        [f"{r.when.variable} is unknown" for r in policy.rules],
        [f"score in band {b.name}" for b in bands],
    )
    reason = band + 2 * len(policy.rules)
    # From the last rule to the first: `>=` lets an earlier rule take over from a later one that is no more severe.
    for rule, if_held, if_unknown in reversed(list(zip(policy.rules, held, unknown, strict=True))):
        fired, missing = _fired(rule, frame)
        stronger = fired >= severity
        severity = np.where(stronger, fired, severity)
        reason = np.where(stronger, np.where(missing, if_unknown, if_held), reason)
    names = [r.name for r in policy.rules]
    limited = np.minimum(
        requested * np.array([b.limit_share or 1.0 for b in bands])[band],
        np.array([b.limit_amount or math.inf for b in bands])[band],
    )
    texts = {
        "action": _texts(SEVERITY)[severity],
        "band": _texts([b.name for b in bands])[band],
        "rule": _texts(names, names, [""] * len(bands))[reason],
        "reason": reasons[reason],
    }
    decided = pd.DataFrame(texts, index=frame.index, dtype="str")
    return decided.assign(amount=np.choose(severity, [requested, limited, 0.0, 0.0]))


def requested_amounts(frame: pd.DataFrame) -> np.ndarray:
    """The column `amount` as positive floats, or 1 for each row when there is none (unit exposure)."""
    if "amount" not in frame:
        return np.ones(len(frame))
    amounts = frame["amount"].to_numpy(float)
    if not (np.isfinite(amounts) & (amounts > 0)).all():
        raise ValueError(f"amount must be positive and finite, got {amounts[~(amounts > 0) | np.isinf(amounts)][:3]}")
    return amounts


def _scores(frame: pd.DataFrame) -> np.ndarray:
    if "score" not in frame:
        raise ValueError(f"a policy decides on a column score, got {', '.join(map(str, frame.columns))}")
    scores = frame["score"].to_numpy(float)
    if np.isnan(scores).any():
        raise ValueError(f"every row must have a score, got {int(np.isnan(scores).sum())} without")
    return scores


def _fired(rule: Rule, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The severity that the rule asks for in each row (-1: none), and where its variable is missing."""
    if rule.when.variable not in frame:
        raise ValueError(f"rule {rule.name} reads {rule.when.variable}, which is not among the columns")
    series = frame[rule.when.variable]
    missing = series.isna().to_numpy()
    known = series[~missing]
    if isinstance(known.dtype, pd.CategoricalDtype):
        known = known.astype(known.cat.categories.dtype)
    known = known.infer_objects()
    values = rule.when.value if isinstance(rule.when.value, list) else [rule.when.value]
    numbers = pd.api.types.is_numeric_dtype(known)
    if len(known) and any(isinstance(value, str) == numbers for value in values):
        raise ValueError(
            f"rule {rule.name} compares {rule.when.variable} ({known.dtype}) with {rule.when.value!r}: "
            "numbers compare with numbers, texts with texts"
        )
    hit = np.zeros(len(series), dtype=bool)
    hit[~missing] = np.asarray(COMPARE[rule.when.op](known, rule.when.value), dtype=bool)
    if_missing = -1 if rule.on_missing == "pass" else SEVERITY.index(rule.on_missing)
    return np.where(missing, if_missing, np.where(hit, SEVERITY.index(rule.action), -1)), missing


def _texts(*parts: Sequence[str]) -> np.ndarray:
    return np.array([text for part in parts for text in part], dtype=object)
