"""What the sections of a policy must agree on, so that each application is decided, and in one way.

Each rule gives the faults that it finds, at the keys of the policy's file. Challengers and shadows are asked as the
whole policies that they are.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

from riskbench.core.written.faults import Fault, Location
from riskbench.decision.policy.arms import CHAMPION, Alternative
from riskbench.decision.policy.bands import Band
from riskbench.decision.policy.caps import RateCap
from riskbench.decision.policy.description import Description
from riskbench.decision.policy.grids import Grid, Line
from riskbench.decision.policy.rates import all_in_rate

Check = Callable[[Description], Iterable[Fault]]


def faults(policy: Description) -> list[Fault]:
    """Every rule that the parts of a policy break between them; none where it decides everything in one way."""
    alone = [*_shares(policy), *_names(policy)]
    return alone + (of_all_arms(policy, _of_one) if not alone else [])


def of_all_arms(policy: Description, check: Check) -> list[Fault]:
    """What a check finds in the champion, and in each alternative taken as a whole policy.

    A fault that an alternative has only together with sections of the champion is told at the alternative.
    """
    own = list(check(policy.arm(CHAMPION)))
    found = list(own)
    for at, alternative in alternatives_at(policy):
        for fault in check(policy.arm(alternative.name)):
            if fault.at and fault.at[0] in alternative.given:
                found.append(Fault(at + fault.at, fault.rule, _placed(at, alternative, fault.also)))
            elif fault not in own:
                where = f"{alternative.name}, with the champion's {fault.key}"
                found.append(Fault((*at, "name"), f"{where}: {fault.rule}", _placed(at, alternative, (fault.at,))))
    return found


def alternatives_at(policy: Description) -> Iterator[tuple[Location, Alternative]]:
    """Challengers and shadows, each with its place in the file."""
    for i, challenger in enumerate(policy.arms.challengers if policy.arms else []):
        yield ("arms", "challengers", i), challenger
    for i, shadow in enumerate(policy.shadow):
        yield ("shadow", i), shadow


def grids_at(policy: Description) -> Iterator[tuple[Location, str, Grid]]:
    """The limit tables and the price of a policy, each with its place and what it is called."""
    for i, table in enumerate(policy.limits):
        yield ("limits", i), f"limit table {table.name}", table
    if policy.price:
        yield ("price",), "price", policy.price


def values_at(line: Line, bands: Iterable[Band]) -> Iterator[tuple[Location, Band, float]]:
    """The values of a line, one for each band that lends, each with its place in the line."""
    for band in bands:
        yield (("value", band.name) if isinstance(line.value, dict) else ("value",)), band, line.of(band.name)


def figure(number: float) -> str:
    """A number in the shortest form that keeps it, as the file has it: 500, 500.00001, -.inf."""
    if math.isinf(number):
        return ".inf" if number > 0 else "-.inf"
    return f"{number:g}" if float(f"{number:g}") == number else repr(number)


def _placed(at: Location, alternative: Alternative, keys: Iterable[Location]) -> tuple[Location, ...]:
    return tuple(at + key if key and key[0] in alternative.given else key for key in keys)


def _of_one(policy: Description) -> Iterator[Fault]:
    yield from _tiles([(("bands", i), band.name, band.lower, band.upper) for i, band in enumerate(policy.bands)])
    yield from _repeated("band", [(("bands", i, "name"), band.name) for i, band in enumerate(policy.bands)])
    yield from _repeated("rule", [(("rules", i, "name"), rule.name) for i, rule in enumerate(policy.rules)])
    yield from _repeated("limit table", [(("limits", i, "name"), table.name) for i, table in enumerate(policy.limits)])
    of_rules: dict[str, Location] = {rule.name: ("rules", i, "name") for i, rule in enumerate(policy.rules)}
    for i, table in enumerate(policy.limits):
        if table.name in of_rules:
            told = f"a limit table and a rule must not have one name, got {table.name} for both"
            yield Fault(("limits", i, "name"), told, (of_rules[table.name],))
    for at, called, grid in grids_at(policy):
        uneven = [*_lines(at, called, grid), *_cells(at, called, grid, policy.lending_bands)]
        yield from uneven
        if not uneven and called == "price" and policy.price and policy.caps.all_in_rate:
            yield from _above_the_cap(policy, policy.caps.all_in_rate)


def _shares(policy: Description) -> Iterator[Fault]:
    if policy.arms and (total := math.fsum(c.share for c in policy.arms.challengers)) >= 1:
        rule = f"the shares of the challengers must sum to less than 1, so that a champion is left, got {total:g}"
        yield Fault(("arms", "challengers"), rule)


def _names(policy: Description) -> Iterator[Fault]:
    """One name an alternative, a source and a cap; no alternative is called as something that decides."""
    named = [((*at, "name"), alternative.name) for at, alternative in alternatives_at(policy)]
    yield from _repeated("challenger and shadow", named)
    arms = [policy.arm(name) for name in (CHAMPION, *(name for _, name in named))]
    taken = {rule.name for arm in arms for rule in arm.rules} | {table.name for arm in arms for table in arm.limits}
    for at, name in named:
        if name == CHAMPION or name in taken:
            what = "the policy itself" if name == CHAMPION else "a rule or a limit table"
            yield Fault(at, f"{name} is the name of {what}. What to do: give another")
    yield from _repeated("source", [(("freshness", i, "source"), f.source) for i, f in enumerate(policy.freshness)])
    caps = policy.caps.concentration
    yield from _repeated("concentration cap", [(("caps", "concentration", i, "by"), c.by) for i, c in enumerate(caps)])


def _repeated(kind: str, named: Sequence[tuple[Location, str]]) -> Iterator[Fault]:
    first: dict[str, Location] = {}
    for at, name in named:
        if name in first:
            yield Fault(at, f"{kind} names must be unique, got {name} more than once", (first[name],))
        first.setdefault(name, at)


def _tiles(parts: Sequence[tuple[Location, str, float, float]], what: str = "bands") -> Iterator[Fault]:
    """That parts (place, name, from, to) follow one another from -.inf to .inf without gap or overlap."""
    ordered = sorted(parts, key=lambda part: part[2:])
    lowest, highest = ordered[0], max(ordered, key=lambda part: part[3])
    for (at, name, lower, upper), key, wrong in (
        (lowest, "from", lowest[2] != -math.inf),
        (highest, "to", highest[3] != math.inf),
    ):
        if wrong:
            end = f"from {figure(lower)}, not -.inf" if key == "from" else f"to {figure(upper)}, not .inf"
            yield Fault((*at, key), f"{what} must cover -.inf to .inf, and {name} goes {end}")
    for below, above in pairwise(ordered):
        if below[3] != above[2]:
            fault = "leave a gap" if below[3] < above[2] else "overlap"
            where = " and ".join(map(figure, sorted((below[3], above[2]))))
            rule = f"{what} {below[1]} and {above[1]} {fault} between {where}"
            yield Fault((*above[0], "from"), rule, ((*below[0], "to"),))


def _lines(at: Location, called: str, grid: Grid) -> Iterator[Fault]:
    """That the lines of a table leave nothing open: numbers tile, levels stand once, the rest comes last and once."""
    lines = [((*at, "lines", i), line) for i, line in enumerate(grid.lines)]
    ranges = [
        (place, f"{figure(line.lower)} to {figure(line.upper)}", line.lower, line.upper)
        for place, line in lines
        if line.lower is not None and line.upper is not None
    ]
    levels = [(place, line) for place, line in lines if line.levels is not None]
    rest = [place for place, line in lines if line.lower is None and line.levels is None]
    if not grid.by and (len(lines) > 1 or not rest):
        yield Fault((*at, "lines"), f"{called} has no by, so it has one line, with neither from and to nor levels")
    elif grid.by and not ranges and not levels:
        yield Fault((*at, "by"), f"{called} tells nothing apart by {grid.by}. What to do: remove by, or write lines")
    elif ranges and levels:
        yield Fault(
            levels[0][0], f"{called} has lines by numbers and by levels, and {grid.by} is of one kind", (ranges[0][0],)
        )
    elif ranges and rest:
        yield Fault(rest[0], f"{called} has lines by numbers, which cover the whole range and leave no rest")
    elif ranges:
        yield from _tiles(ranges, f"the lines of {called}")
    else:
        if len(rest) > 1:
            yield Fault(rest[1], f"{called} has two lines for the rest", (rest[0],))
        named = [((*p, "levels", j), level) for p, line in levels for j, level in enumerate(line.levels or [])]
        yield from _repeated(f"{called}: level", named)


def _cells(at: Location, called: str, grid: Grid, lending: Sequence[Band]) -> Iterator[Fault]:
    """That each line has a value for every band that lends and for no other."""
    wanted = [band.name for band in lending]
    for i, line in enumerate(grid.lines):
        if isinstance(line.value, dict):
            place = (*at, "lines", i, "value")
            if lacking := [name for name in wanted if name not in line.value]:
                yield Fault(place, f"{called} has no value for {', '.join(lacking)}; each band that lends needs one")
            for name in line.value:
                if name not in wanted:
                    yield Fault((*place, name), f"{called}: {name} is no band that lends, as {', '.join(wanted)} are")


def _above_the_cap(policy: Description, cap: RateCap) -> Iterator[Fault]:
    """Prices whose all-in rate is above the cap, at the worst term of each line and band."""
    if policy.price is None:
        return
    for i, line in enumerate(policy.price.lines):
        if not (terms := policy.price.terms_of(line)):
            continue
        for at, band, rate in values_at(line, policy.lending_bands):
            all_in = {term: all_in_rate(rate, term, policy.price.fee, cap.convention) for term in terms}
            worst = max(all_in, key=lambda term: all_in[term])
            if all_in[worst] > cap.value:
                rule = (
                    f"{rate:g} a month in band {band.name} over {worst} instalments costs {all_in[worst]:.4f} a year "
                    f"in all ({cap.convention}), above the cap of {cap.value:g} ({cap.source})"
                )
                yield Fault(("price", "lines", i, *at), rule, (("caps", "all_in_rate", "value"),))
