"""What a policy reads, and as what: the one place that settles whether a variable is a number or a text."""

from dataclasses import dataclass

from riskbench.decision.meaning.algebra import Constants, Kind
from riskbench.decision.policy.grids import Grid
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.rules import Condition

AGE = "age_hours:"  # before the name of a source: the column with the age of its data
BETWEEN = ";"  # of several names in one text


@dataclass(frozen=True)
class Read:
    """A variable, what it is read as, and the first part of the policy that reads it, in words."""

    variable: str
    kind: Kind
    reader: str

    def absent(self, among: str) -> ValueError:
        """What is said where it is not `among` the columns or the inputs."""
        return ValueError(f"{self.reader} reads {self.variable}, which is not among the {among}")

    def wrong(self, came: object) -> ValueError:
        """What is said where it is of another kind; the value itself is not said."""
        said = "a number" if self.kind == "number" else "a text"
        told = "numbers compare with numbers, texts with texts"
        return ValueError(f"{self.reader} reads {self.variable} as {said}, and it is of type {came}: {told}")


def reads_of(policy: Policy) -> dict[str, Read]:
    """Every variable that one policy reads, without those of its alternatives, in the order of the policy.

    Raises ValueError where one is read both as a number and as a text, or compared with a list of both.
    """
    found = [
        Read(condition.variable, _kind_of(rule.name, condition), f"rule {rule.name}")
        for rule in policy.rules
        for condition in rule.when
    ]
    for table in policy.limits:
        by, numbers = table.by, (table.times, table.less)
        found += [Read(by, _kind_of_lines(table), f"limit table {table.name}")] if by else []
        found += [Read(name, "number", f"limit table {table.name}") for name in numbers if name]
    if policy.price:
        found += [Read(policy.price.by, _kind_of_lines(policy.price), "the price")] if policy.price.by else []
        found.append(Read(policy.price.term, "number", "the price"))
    reads: dict[str, Read] = {}
    for read in found:
        known = reads.setdefault(read.variable, read)
        if known.kind == "any":
            reads[read.variable] = read
        elif read.kind not in (known.kind, "any"):
            told = f"{known.reader} reads {read.variable} as a {known.kind}, and {read.reader} as a {read.kind}"
            raise ValueError(f"{told}: it can be one of them only")
    return reads


def constants_of(condition: Condition) -> Constants:
    """What a condition compares with: doubles or texts, and truth as the text that stands for it."""
    if isinstance(condition.value, list):
        return [_constant(value) for value in condition.value]  # type: ignore[return-value]  # _kind_of refuses a mix
    return _constant(condition.value)


def check_amounts(policy: Policy) -> None:
    """Raises ValueError where something of the policy is said in currency, which takes the amount asked for."""
    in_currency = [band.limit_amount for band in policy.bands]
    if any(in_currency) or policy.limits or policy.caps.amount or policy.smallest_amount:
        told = "a policy with limit_amount, limit tables, a cap on amounts or a smallest amount"
        raise ValueError(f"{told} needs a column amount; without amounts use limit_share")


def absent_age(source: str) -> ValueError:
    """What is said where nobody says how old the data of a source are."""
    told = f"the age of source {source} is not given: it is the column {AGE}{source}, in hours, empty where unknown"
    return ValueError(told)


def _constant(value: bool | int | float | str) -> float | str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else float(value)


def _kind_of(rule: str, condition: Condition) -> Kind:
    constants = constants_of(condition)
    kinds = {isinstance(value, str) for value in (constants if isinstance(constants, list) else [constants])}
    if len(kinds) > 1:
        told = f"rule {rule} compares {condition.variable} with {condition.value!r}"
        raise ValueError(f"{told}: numbers compare with numbers, texts with texts")
    return "text" if kinds == {True} else "number" if kinds else "any"


def _kind_of_lines(grid: Grid) -> Kind:
    numeric = {line.lower is not None for line in grid.lines}
    if len(numeric) > 1:
        raise ValueError(f"the table by {grid.by} has lines of numbers and others: it takes one kind")
    levels = any(line.levels is not None for line in grid.lines)
    return "text" if levels else "number" if numeric == {True} else "any"
