"""The meaning of a policy for one application: Python source, compiled once, for a decision in microseconds.

The source holds generated names only. What a policy says (numbers, texts, names) is reached through constants beside
it and never written into it, so that no text of a policy can become a program.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

from riskbench.decision.meaning import cells
from riskbench.decision.meaning.algebra import Cells, Constants, Kind
from riskbench.decision.meaning.numpy_columns import padded
from riskbench.decision.meaning.policy import ACTIONS, Meaning, meaning_of
from riskbench.decision.meaning.reads import Read, absent_age, check_amounts, reads_of
from riskbench.decision.outcome import Decision
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import SEVERITY

Decider = Callable[..., Decision]

HELPERS: Mapping[str, Any] = {
    "Decision": Decision, "nan": math.nan, "inf": math.inf, "bisect_right": bisect_right, "compress": compress,
    "number": cells.number, "text": cells.text, "any_kind": cells.number_or_text,
}  # fmt: skip
CONVERTED = {
    "number": "if {0}.__class__ is not float: {0} = nan if {0} is None else number({0}, {1})",
    "text": "if {0}.__class__ is not str: {0} = text({0}, {1})",
    "any": "{0} = any_kind({0}, {1})",
}
OWN = ("score", "pd", "amount")  # handed over beside the inputs, and variables too


@dataclass(frozen=True)
class Code:
    """A policy as Python: the source of a function `decide`, and what the names in it stand for."""

    source: str
    constants: Mapping[str, Any]

    def function(self) -> Decider:
        """The function, compiled."""
        names: dict[str, Any] = dict(self.constants)
        exec(compile(self.source, "<policy>", "exec"), names)
        decide: Decider = names["decide"]
        return decide


def compiled(policy: Policy, *, assume_fresh: bool = False) -> Decider:
    """A function that decides one application by the champion's policy, exactly as frames and tables are decided.

    `decide(inputs, score, pd, amount=None, ages=None)` returns a `Decision`. `inputs` maps every variable of the policy
    to its value (None or NaN: missing), `ages` every source of its freshness to hours (None: not known). `amount` is
    what is asked for, None where amounts are unknown. The function keeps nothing and may be called from any thread.

    It raises ValueError where an input is absent or of another kind, where there is no score, and where the amount is
    not positive and finite, or is not there though the policy speaks of currency; a message holds no value of an input.
    With `assume_fresh` a source without an age is taken to be fresh.

    >>> bands = [{"name": "low", "action": "decline", "from": -math.inf, "to": 500.0},
    ...          {"name": "high", "action": "approve", "from": 500.0, "to": math.inf}]
    >>> costs = {"lgd": 0.5, "margin": 0.1, "funding_cost": 0.02}
    >>> policy = Policy.model_validate({"schema_version": 2, "bands": bands, "economics": costs})
    >>> decide = compiled(policy)
    >>> decide({}, score=500, pd=0.1).action
    'approve'
    """
    return code_of(policy, assume_fresh=assume_fresh).function()


def code_of(policy: Policy, *, assume_fresh: bool = False) -> Code:
    """What `compiled` compiles, to be shown."""
    writer = _Writer(policy, assume_fresh)
    return writer.code(meaning_of(policy, writer))


class _Writer:
    """An algebra whose values are pieces of Python; what is computed once becomes a line. What is missing is NaN."""

    def __init__(self, policy: Policy, assume_fresh: bool = False):
        self._policy, self._reads, self._assume_fresh = policy, reads_of(policy), assume_fresh
        self._constants: dict[str, Any] = dict(HELPERS)
        self._lines: list[str] = []
        self._counts: dict[str, int] = {}

    def code(self, meaning: Meaning) -> Code:
        """The whole function."""
        causes, rates = meaning.causes, (meaning.rate, meaning.all_in_rate)
        outcome = [
            f"{self._named((*ACTIONS, SEVERITY[0]))}[{meaning.action}]",
            f"{self._named(tuple(meaning.bands))}[{meaning.band}]",
            f"{self._named((*(cause.rule for cause in causes), ''))}[{meaning.cause}]",
            f"{self._named((*(cause.unknown for cause in causes), False))}[{meaning.cause}]",
            meaning.amount,
            *("None" if rate is None else f"{rate} if {rate} == {rate} else None" for rate in rates),
            *(self._listed(truths) for truths in (meaning.hits, meaning.alerts)),
        ]
        head = "def decide(inputs, score, pd, amount=None, ages=None):"
        last = f"return Decision({', '.join(outcome)})"
        return Code("\n    ".join([head, *self._lines, last]) + "\n", self._constants)

    def score(self) -> str:
        self._convert("score", Read("score", "number", "a policy"))
        self._refuse("score != score", "every application must have a score, got one without")
        return "score"

    def asked(self) -> str:
        try:
            check_amounts(self._policy)
            self._lines.append("asked = 1.0 if amount is None else amount")
        except ValueError as error:
            self._refuse("amount is None", str(error))
            self._lines.append("asked = amount")
        self._convert("asked", Read("amount", "number", "a policy"))
        self._refuse("not 0.0 < asked < inf", "amount must be positive and finite")
        return "asked"

    def variable(self, name: str, kind: Kind) -> str:
        read, value = self._reads[name], self._new("input")
        if name in OWN:
            if name == "amount":
                self._refuse("amount is None", str(read.absent("inputs")))
            self._lines.append(f"{value} = {name}")
        else:
            self._load(f"{value} = inputs[{self._named(name)}]", "KeyError", str(read.absent("inputs")))
        self._convert(value, read)
        return value

    def age(self, source: str) -> str:
        value, name = self._new("age"), self._named(source)
        if self._assume_fresh:
            self._lines.append(f"{value} = ages.get({name}, 0.0) if ages else 0.0")
        else:
            self._load(f"{value} = ages[{name}]", "(KeyError, TypeError)", str(absent_age(source)))
        self._convert(value, Read(f"the age of {source}", "number", "a policy"))
        return value

    def let(self, label: str, values: Sequence[str]) -> list[str]:
        names = [value if value.isidentifier() else self._new(label) for value in values]
        self._lines += [f"{name} = {value}" for name, value in zip(names, values, strict=True) if name != value]
        return names

    def missing(self, value: str) -> str:
        return f"({value} != {value})"

    def compare(self, value: str, op: str, constant: Constants) -> str:
        name = self._named(frozenset(constant) if isinstance(constant, list) else constant)
        if op in ("!=", "not in"):  # of what is missing, NaN, these hold
            return f"({value} == {value} and {value} {op} {name})"
        return f"({value} {op} {name})"

    def below(self, number: str, other: str) -> str:
        return f"({number} < {other})"

    def equal(self, number: str, other: str) -> str:
        return f"({number} == {other})"

    def all(self, truths: Sequence[str]) -> str:
        return _joined(" and ", truths) if truths else "True"

    def any(self, truths: Sequence[str]) -> str:
        return _joined(" or ", truths) if truths else "False"

    def no(self, truth: str) -> str:
        return f"(not {truth})"

    def constant(self, number: float) -> str:
        return self._named(number)

    def times(self, number: str, other: str) -> str:
        return f"({number} * {other})"

    def minus(self, number: str, other: str) -> str:
        return f"({number} - {other})"

    def least(self, numbers: Sequence[str]) -> str:
        return f"min({', '.join(numbers)})" if len(numbers) > 1 else numbers[0]

    def where(self, truth: str, value: str, otherwise: str) -> str:
        return f"({value} if {truth} else {otherwise})"

    def interval(self, number: str, uppers: Sequence[float]) -> str:
        return f"(bisect_right({self._named(tuple(uppers))}, {number}) if {number} == {number} else -1)"

    def position(self, value: str, groups: Sequence[Sequence[Any]], rest: int | None) -> str:
        of = {held: n for n, group in reversed(list(enumerate(groups))) for held in group}
        otherwise = -1 if rest is None else rest
        return f"({self._named(of)}.get({value}, {otherwise}) if {value} == {value} else -1)"

    def among(self, index: str, positions: Sequence[int]) -> str:
        return f"({index} in ({''.join(f'{n}, ' for n in positions)}))"

    def first(self, truths: Mapping[int, str]) -> str:
        return "(" + "".join(f"{n} if {truth} else " for n, truth in truths.items()) + "-1)"

    def pick(self, cells: Cells, *indices: str) -> str:
        return self._named(padded(cells).tolist()) + "".join(f"[{index}]" for index in indices)

    def _listed(self, truths: Mapping[str, str]) -> str:
        """The names whose truth holds, put together only where there is one."""
        if not truths:
            return "()"
        flags = ", ".join(truths.values())
        names = self._named(tuple(truths))
        return f"tuple(compress({names}, ({flags},))) if {self.any(list(truths.values()))} else ()"

    def _load(self, line: str, errors: str, message: str) -> None:
        self._lines += ["try:", f"    {line}", f"except {errors}:"]
        self._lines.append(f"    raise ValueError({self._named(message)}) from None")

    def _convert(self, value: str, read: Read) -> None:
        self._lines.append(CONVERTED[read.kind].format(value, self._named(read)))

    def _refuse(self, condition: str, message: str) -> None:
        self._lines += [f"if {condition}:", f"    raise ValueError({self._named(message)})"]

    def _new(self, label: str) -> str:
        self._counts[label] = self._counts.get(label, -1) + 1
        return f"{label}_{self._counts[label]}"

    def _named(self, constant: Any) -> str:
        """A name for something of the policy."""
        name = self._new("c")
        self._constants[name] = constant
        return name


def _joined(word: str, truths: Sequence[str]) -> str:
    return f"({word.join(truths)})" if len(truths) > 1 else truths[0]
