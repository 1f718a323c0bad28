"""A policy held against its study: what it reads must stand there, be known at the decision and be of that kind."""

from collections.abc import Callable, Iterator

from riskbench.core.written.faults import Fault, Location
from riskbench.core.written.wording import meant
from riskbench.data.study import Study
from riskbench.decision.policy.description import Description
from riskbench.decision.policy.grids import Grid
from riskbench.decision.policy.rules import Condition
from riskbench.decision.policy.variables import YES_OR_NO, Variable
from riskbench.decision.policy.whole import figure, grids_at, of_all_arms

NOT_HELD_FOR = ("outcome", "leakage", "identifier", "protected", "key", "date")  # roles of no concentration cap


Lookup = Callable[[str], Variable]


def against(policy: Description, study: Study, lookup: Lookup) -> list[Fault]:
    """What a policy asks for that the study does not have, in the champion and in each alternative.

    `lookup` gives the variable of a name, or raises ValueError as `variable_of` does.
    """

    def of_one(one: Description) -> Iterator[Fault]:
        for i, rule in enumerate(one.rules):
            for j, condition in enumerate(rule.when):
                yield from _condition(("rules", i, "when", j), condition, lookup)
        for at, called, grid in grids_at(one):
            yield from _grid(at, called, grid, lookup)
        yield from _tables(one, lookup)
        if study.base.amount is None:
            yield from _amounts(one)

    return [*of_all_arms(policy, of_one), *_sources(policy, study), *_concentration(policy, study)]


def _condition(at: Location, condition: Condition, lookup: Lookup) -> Iterator[Fault]:
    try:
        variable = lookup(condition.variable)
    except ValueError as error:
        yield Fault((*at, "variable"), str(error))
        return
    values = condition.value if isinstance(condition.value, list) else [condition.value]
    for value in values:
        if isinstance(value, bool):
            remedy = '. What to do: write "yes" or "no"' if variable.levels == YES_OR_NO else ""
            yield Fault((*at, "value"), f"{variable.name} is {variable.told()}, never true or false{remedy}")
        elif isinstance(value, str) == (variable.kind == "number"):
            kind, other = ("number", "text") if variable.kind == "number" else ("text", "number")
            yield Fault((*at, "value"), f"{variable.name} is a {kind}, and {value!r} is a {other}")
        elif condition.op in ("==", "!=", "in", "not in") and not variable.can_be(value):
            near = meant(value, map(str, variable.levels)) if isinstance(value, str) else ""
            told = value if isinstance(value, str) else figure(value)
            yield Fault((*at, "value"), f"{variable.name} is never {told}: it is {variable.told()}{near}")


def _grid(at: Location, called: str, grid: Grid, lookup: Lookup) -> Iterator[Fault]:
    """That `by` is of the kind of the lines, and that all its levels are covered."""
    if not grid.by:
        return
    try:
        variable = lookup(grid.by)
    except ValueError as error:
        yield Fault((*at, "by"), str(error))
        return
    numeric = any(line.lower is not None for line in grid.lines)
    if numeric != (variable.kind == "number"):
        kind = "number, and its lines need from and to" if not numeric else "text, and its lines need levels"
        yield Fault((*at, "by"), f"{called}: {grid.by} is a {kind}")
        return
    if numeric:
        return
    covered = {level for line in grid.lines for level in line.levels or []}
    for i, line in enumerate(grid.lines):
        for j, level in enumerate(line.levels or []):
            if not variable.can_be(level):
                told = f"{grid.by} is never {level}: it is {variable.told()}{meant(level, map(str, variable.levels))}"
                yield Fault((*at, "lines", i, "levels", j), told)
    rest = any(line.levels is None for line in grid.lines)
    lacking = [str(level) for level in variable.levels if level not in covered]
    if not rest and (lacking or not variable.levels):
        which = ", ".join(lacking) or f"any other {grid.by}"
        yield Fault((*at, "lines"), f"{called} leaves out {which}. What to do: add them, or a line without levels")


def _tables(policy: Description, lookup: Lookup) -> Iterator[Fault]:
    """That multiples, deductions and terms are numbers."""
    for i, table in enumerate(policy.limits):
        for key, name in (("times", table.times), ("less", table.less)):
            if name:
                yield from _number(("limits", i, key), name, lookup)
    if policy.price:
        term = ("price", "term")
        found = list(_number(term, policy.price.term, lookup))
        yield from found
        if not found:
            variable = lookup(policy.price.term)
            for i, months in enumerate(policy.price.terms):
                if not variable.can_be(months):
                    told = f"{variable.name} is never {months}: it is {variable.told()}"
                    yield Fault(("price", "terms", i), told, (term,))


def _number(at: Location, name: str, lookup: Lookup) -> Iterator[Fault]:
    try:
        variable: Variable = lookup(name)
    except ValueError as error:
        yield Fault(at, str(error))
        return
    if variable.kind != "number":
        yield Fault(at, f"{name} is {variable.told()}, and a number is needed")


def _amounts(policy: Description) -> Iterator[Fault]:
    """What is in currency, where the study knows no amounts and each loan counts as one."""
    parts: list[Location] = [("bands", i, "limit_amount") for i, b in enumerate(policy.bands) if b.limit_amount]
    parts += [("limits", i) for i, _ in enumerate(policy.limits)]
    parts += [("smallest_amount",)] if policy.smallest_amount else []
    parts += [("caps", "amount")] if policy.caps.amount else []
    for at in parts:
        yield Fault(at, "it is in currency, and the study has no amounts (base.amount). What to do: use limit_share")


def _sources(policy: Description, study: Study) -> Iterator[Fault]:
    tables = [name for name, table in study.tables.items() if table.join not in ("base", "outcome")]
    for i, source in enumerate(policy.freshness):
        if source.source not in tables:
            joined = study.tables[source.source].join if source.source in study.tables else ""
            is_ = {"base": "is the application itself", "outcome": "is read after the decision"}.get(joined, "")
            known = f"its sources are {', '.join(tables)}" if tables else "it has the applications alone, and no source"
            near = meant(source.source, tables) or f"; {known}"
            told = f"table {source.source} {is_}" if is_ else f"the study has no table {source.source}{near}"
            yield Fault(("freshness", i, "source"), told)


def _concentration(policy: Description, study: Study) -> Iterator[Fault]:
    for i, cap in enumerate(policy.caps.concentration):
        at: Location = ("caps", "concentration", i, "by")
        column = study.columns.get(cap.by)
        if cap.by in study.features:
            continue
        if column is None:
            yield Fault(at, f"the study has no {cap.by}{meant(cap.by, [*study.columns, *study.features])}")
        elif column.role in NOT_HELD_FOR:
            yield Fault(at, f"{cap.by} is of role {column.role}, and no cap is held for it")
        elif column.type == "number":
            yield Fault(at, f"{cap.by} is {column.type}, and a concentration is that of a level")
