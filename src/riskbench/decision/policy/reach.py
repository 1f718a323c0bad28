"""Rules that never decide: conditions that exclude each other, and rules that another always comes before.

Each variable can have finitely many values that the rules of a policy tell apart (`Variable.values`), so that what a
condition admits is a set of them, and a rule that holds only where another does is a matter of subsets. Where a value
is missing, `on_missing` is what a rule asks for.
"""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import permutations

from riskbench.core.written.faults import Fault, Location
from riskbench.decision.policy.description import Description
from riskbench.decision.policy.rules import Constant, Rule
from riskbench.decision.policy.section import SEVERITY
from riskbench.decision.policy.variables import Variable, holding
from riskbench.decision.policy.whole import grids_at

Variables = Callable[[str], Variable]


@dataclass(frozen=True)
class Reach:
    """A rule, its place among the rules, what each of its variables must be, and which of these can be missing."""

    place: int
    rule: Rule
    admits: Mapping[str, Set[Constant]]
    lackable: Set[str]

    @property
    def asks_if_missing(self) -> bool:
        """Whether it asks for something because a value is missing."""
        return bool(self.lackable) and self.rule.on_missing != "pass"


def unreachable(policy: Description, variables: Variables) -> Iterator[Fault]:
    """The rules of one policy that never decide, each at the key that makes it so."""
    constants: dict[str, list[Constant]] = {"score": [end for b in policy.bands for end in (b.lower, b.upper)]}
    for rule in policy.rules:
        for condition in rule.when:
            listed = condition.value if isinstance(condition.value, list) else [condition.value]
            constants.setdefault(condition.variable, []).extend(listed)
    values = {name: variables(name).values(of) for name, of in constants.items() if not _mixed(of)}
    able: list[Reach] = []
    for i, rule in enumerate(policy.rules):
        if not set(rule.variables) <= set(values):
            continue  # compared with numbers and with texts: told as such
        found = list(_conditions(i, rule, values, variables))
        yield from found
        if not any(fault.rule.startswith("never") for fault in found):
            of_name = {name: [c for c in rule.when if c.variable == name] for name in rule.variables}
            admits = {name: holding(of, values[name]) for name, of in of_name.items()}
            able.append(Reach(i, rule, admits, {name for name in rule.variables if variables(name).may_lack}))
    for reach in able:
        if not (below := list(_below_all_bands(policy, reach))):
            yield from _preceded(reach, able)
        yield from below


def compared_with_both(policy: Description) -> Iterator[Fault]:
    """Variables that one part of the policy reads as a number and another as a text."""
    first: dict[str, tuple[bool, Location]] = {}
    for at, name, text in _read(policy):
        before, where = first.setdefault(name, (text, at))
        if text != before:
            kinds = ("a text here and as a number" if text else "a number here and as a text") + " there"
            yield Fault(at, f"{name} is read as {kinds}", (where,))


def _read(policy: Description) -> Iterator[tuple[Location, str, bool]]:
    """Place, name and whether it is a text, of all that is read."""
    for i, rule in enumerate(policy.rules):
        for j, condition in enumerate(rule.when):
            value = condition.value[0] if isinstance(condition.value, list) else condition.value
            yield ("rules", i, "when", j, "value"), condition.variable, isinstance(value, str)
    for at, _, grid in grids_at(policy):
        if grid.by:
            yield (*at, "by"), grid.by, any(line.levels is not None for line in grid.lines)
    for i, table in enumerate(policy.limits):
        for key, name in (("times", table.times), ("less", table.less)):
            if name:
                yield ("limits", i, key), name, False
    if policy.price:
        yield ("price", "term"), policy.price.term, False


def _mixed(constants: list[Constant]) -> bool:
    return len({bool if isinstance(c, bool) else str if isinstance(c, str) else float for c in constants}) > 1


def _conditions(i: int, rule: Rule, values: Mapping[str, list[Constant]], variables: Variables) -> Iterator[Fault]:
    """Conditions of a rule that exclude each other, that no value meets, or that another of them implies."""
    sets = [holding([condition], values[condition.variable]) for condition in rule.when]
    alone = [j for j, admitted in enumerate(sets) if not admitted]
    for j in alone:
        variable = rule.when[j].variable
        yield Fault(("rules", i, "when", j, "value"), f"never holds: {variable} is {variables(variable).told()}")
    together = range(len(sets)) if not alone else []
    for j, k in permutations(together, 2):
        if rule.when[j].variable != rule.when[k].variable:
            continue
        at: Location = ("rules", i, "when", k, "value")
        also: tuple[Location, ...] = (("rules", i, "when", j, "value"),)
        said = f"{rule.when[j].variable} {rule.when[j].op} {rule.when[j].value}"
        if not sets[j] & sets[k] and j < k:
            yield Fault(at, f"never holds together with {said}, so the rule never does", also)
        elif sets[j] < sets[k] or (sets[j] == sets[k] and j < k):
            yield Fault(at, f"adds nothing: it holds wherever {said} does. What to do: remove one", also)


def _below_all_bands(policy: Description, of: Reach) -> Iterator[Fault]:
    """A rule that asks for less than the band does wherever it can hold."""
    scores = of.admits.get("score")
    bands = [b for b in policy.bands if scores is None or any(b.lower <= float(score) < b.upper for score in scores)]
    asked = [of.rule.action, *([of.rule.on_missing] if of.asks_if_missing else [])]
    if bands and all(SEVERITY.index(b.action) > max(SEVERITY.index(a) for a in asked if a != "pass") for b in bands):
        told = ", ".join(sorted({b.action for b in bands}))
        yield Fault(
            ("rules", of.place, "action"), f"never decides: every band that its scores can lie in does more ({told})"
        )


def _preceded(of: Reach, able: list[Reach]) -> Iterator[Fault]:
    for other in able:
        if other is not of and _always_before(other, of):
            told = f"never decides: wherever it asks for something, rule {other.rule.name} comes before it"
            yield Fault(("rules", of.place), f"{told}. What to do: remove it or move it", (("rules", other.place),))
            return


def _always_before(a: Reach, b: Reach) -> bool:
    """Whether a decides wherever b would: it holds there, or misses the same value, and asks for enough."""

    def enough(asked: str, against: str) -> bool:
        if asked == "pass":
            return False
        ours, theirs = SEVERITY.index(asked), SEVERITY.index(against)
        return ours > theirs or (ours == theirs and a.place < b.place)

    if not (a.admits.keys() <= b.admits.keys() and all(b.admits[name] <= a.admits[name] for name in a.admits)):
        return False
    if not enough(a.rule.action, b.rule.action):
        return False
    if not b.asks_if_missing:
        return True
    misses_too, holds = b.lackable & a.admits.keys(), b.lackable - a.admits.keys()
    return (not misses_too or enough(a.rule.on_missing, b.rule.on_missing)) and (
        not holds or enough(a.rule.action, b.rule.on_missing)
    )
