"""What a policy may read, and what each of it can be: numbers in a range, levels, texts; known to all, or lacking."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from riskbench.core.errors import StudyError
from riskbench.core.written.wording import meant
from riskbench.data.candidates import WHY_NOT
from riskbench.data.features.formulas import compute
from riskbench.data.study import Study
from riskbench.decision.policy.rules import COMPARE, Condition, Constant

Kind = Literal["number", "text", "any"]
YES_OR_NO = ("yes", "no")
OTHER = "\0any other text"
HOLDS: Mapping[str, Callable[[Any, Any], bool]] = {
    **COMPARE,
    "in": lambda value, listed: value in listed,
    "not in": lambda value, listed: value not in listed,
}


@dataclass(frozen=True)
class Variable:
    """What values a variable can have. `levels`: only these; `special`: these too, wherever they lie."""

    name: str
    kind: Kind = "any"
    lower: float = -math.inf
    upper: float = math.inf
    whole: bool = False
    special: tuple[float, ...] = ()
    levels: tuple[str | float, ...] = ()
    may_lack: bool = True

    def can_be(self, value: Constant) -> bool:
        """Whether it can have this value; one of another kind it cannot."""
        if self.levels:
            return value in self.levels
        if isinstance(value, str) or self.kind == "any":
            return self.kind != "number"
        return value in self.special or (self.lower <= value <= self.upper and not (self.whole and value % 1))

    def told(self) -> str:
        """Its values in words."""
        if self.levels:
            return f"one of {', '.join(f'{v:g}' if isinstance(v, float) else v for v in self.levels)}"
        ends = [f"at least {self.lower:g}"] * (self.lower > -math.inf) + [f"at most {self.upper:g}"] * (
            self.upper < math.inf
        )
        kind = ["a whole number"] if self.whole else ["a number"] if self.kind == "number" else []
        return ", ".join([*kind, *ends]) or "any text"

    def values(self, constants: Iterable[Constant]) -> list[Constant]:
        """Values that stand for all that it can have: comparisons with the constants tell no more apart than these.

        >>> Variable("terms", "number", lower=1, upper=6, whole=True).values([3])
        [1.0, 2.0, 3.0, 4.0, 6.0]
        """
        given = list(dict.fromkeys(constants))
        if self.levels:
            return list(self.levels)
        if any(isinstance(value, bool) for value in given):
            return [False, True]
        if any(isinstance(value, str) for value in given) or self.kind == "text":
            return [*given, OTHER]
        ends = [end for end in (self.lower, self.upper) if math.isfinite(end)]
        points = sorted({float(value) for value in (*given, *ends, *self.special)} - {-math.inf, math.inf})
        between = [self._between(a, b) for a, b in zip([-math.inf, *points], [*points, math.inf], strict=True)]
        return sorted(value for value in [*points, *between] if value is not None and self.can_be(value))

    def _between(self, a: float, b: float) -> float | None:
        """A value above a and below b, or None where it has none."""
        if a == -math.inf and b == math.inf:
            return 0.0
        value = b - max(1.0, abs(b)) if a == -math.inf else a + max(1.0, abs(a)) if b == math.inf else a + (b - a) / 2
        if self.whole:
            value = math.floor(a) + 1.0 if a > -math.inf else math.ceil(b) - 1.0
        return value if a < value < b else None


OWN = {  # what every bundle computes, or is asked for
    "score": Variable("score", "number", whole=True, may_lack=False),
    "pd": Variable("pd", "number", 0.0, 1.0, may_lack=False),
}
AMOUNT = Variable("amount", "number", 0.0, may_lack=False)


def unknown(name: str) -> Variable:
    """A variable of which no study says anything."""
    return {**OWN, "amount": AMOUNT}.get(name, Variable(name))


def variable_of(study: Study, name: str) -> Variable:
    """What a policy reads under a name; raises ValueError, a sentence, where it may not read it or there is none."""
    if name in OWN:
        return OWN[name]
    if name == "amount" and study.base.amount:
        return AMOUNT
    if name == "amount":
        raise ValueError("the study has no amounts (base.amount)")
    if name in study.features:
        return _engineered(study, name)
    if name not in study.columns:
        for table in study.tables.values():
            if name in table.columns and table.join in ("aggregate", "outcome"):
                summed = f"only statistics of it reach an application{meant(name, table.aggregates)}"
                told = summed if table.aggregates else "it comes after the decision"
                raise ValueError(f"{name} is a column of {table.file}: {told}")
        readable = [*OWN, "amount", *study.raw_candidates, *study.features]
        raise ValueError(f"the study has no {name}" + (meant(name, readable) or "; study.toml lists its columns"))
    column = study.columns[name]
    if not column.may_enter:
        raise ValueError(f"{name} is of role {column.role} ({WHY_NOT[column.role]}), and no policy may read it")
    number = column.type in ("integer", "number")
    return Variable(
        name,
        "number" if number else "text",
        -math.inf if column.lower is None else column.lower,
        math.inf if column.upper is None else column.upper,
        column.type == "integer",
        tuple(column.special),
        YES_OR_NO if column.type == "boolean" else tuple(map(float, column.levels)) if number else tuple(column.levels),
    )


def _engineered(study: Study, name: str) -> Variable:
    """An engineered feature: its kind is that of its formula, computed on an empty table."""
    dtypes = {"integer": "float64", "number": "float64", "date": "datetime64[us]", "timestamp": "datetime64[us]"}
    empty = {of: pd.Series([], dtype=dtypes.get(study.columns[of].type, "str")) for of in study.reads(name)}
    try:
        computed = compute(pd.DataFrame(empty), {name: study.feature_sql[name]})[name]
    except StudyError as error:
        raise ValueError(f"features.{name} cannot be computed: {error}") from None
    if pd.api.types.is_bool_dtype(computed):
        return Variable(name, "text", levels=YES_OR_NO)
    return Variable(name, "number" if pd.api.types.is_numeric_dtype(computed) else "text")


def holding(conditions: Iterable[Condition], values: Iterable[Constant]) -> frozenset[Constant]:
    """The values for which all conditions hold."""
    of = list(conditions)
    return frozenset(value for value in values if all(HOLDS[c.op](value, c.value) for c in of))
