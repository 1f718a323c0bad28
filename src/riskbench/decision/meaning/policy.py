"""What a policy decides of an application: the only place where it is said.

Band, rules and freshness come first, and the most severe wins; limits, the smallest amount and the price follow, each
only where what came before still lends. All of them ask; the first, in the order of the policy, that asks for the
action that is taken is its cause, and where none does the band decided.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from riskbench.decision.meaning.algebra import Algebra, Cells, Index, Number, Truth
from riskbench.decision.meaning.reads import constants_of, reads_of
from riskbench.decision.policy.grids import Grid, LimitTable, Line, Price
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.rates import all_in_rate
from riskbench.decision.policy.section import LENDING, SEVERITY

ACTIONS = SEVERITY[:0:-1]  # from the most severe; an index of none is what is left, approve
CAP = "cap:amount"
SMALLEST = "smallest_amount"
PRICE = "price"

_all_in_rate = lru_cache(maxsize=10_000)(all_in_rate)


@dataclass(frozen=True)
class Cause:
    """Why it was decided so: name and English text, and whether it is because a value is missing."""

    rule: str
    reason: str
    unknown: bool = False


@dataclass(frozen=True)
class Ask:
    """Something that asks for an action, or raises an alert, where it holds."""

    cause: Cause
    action: str
    holds: Truth


@dataclass(frozen=True)
class Meaning:
    """What was decided, in an engine's values.

    `action` is a position in `ACTIONS`, `band` one in `bands`, `cause` one in `causes`, or none where the band decided.
    `hits` names what asked for an action, in the order of the policy, with the truth that it did; `alerts` likewise.
    Rates are None where the policy has no prices, and missing where it gives none.
    """

    action: Index
    band: Index
    cause: Index
    amount: Number
    rate: Number | None
    all_in_rate: Number | None
    hits: Mapping[str, Truth]
    alerts: Mapping[str, Truth]
    bands: Sequence[str]
    causes: Sequence[Cause]


def meaning_of(policy: Policy, algebra: Algebra) -> Meaning:
    """What `policy` itself decides; `policy.arm(name)` is the policy of a challenger or a shadow.

    Raises ValueError as `reads_of` does, and what the engine raises for what it cannot read.
    """
    return _Deciding(policy, algebra).meaning()


class _Deciding:
    """The steps in their order. `lends` holds where nothing has asked for refer or decline so far."""

    def __init__(self, policy: Policy, algebra: Algebra):
        self.policy, self.a, self.bands = policy, algebra, policy.bands_by_score
        self.asks: list[Ask] = []
        self._read()
        (self.lends,) = self.a.let("lends", [self._of_bands(*LENDING)])

    def meaning(self) -> Meaning:
        a = self.a
        self._ask([*self._rules(), *self._freshness()])
        own, most, bounds = self._limit()
        if smallest := self.policy.smallest_amount:
            too_little = a.all([self.lends, a.compare(most, "<", smallest.value)])
            self._ask([Ask(Cause(SMALLEST, smallest.reason), smallest.action, too_little)])
        rate, all_in = self._price()
        declines, refers, limits = (self._asking(action) for action in ACTIONS)
        limits = {n: a.all([a.below(most, own), a.equal(bounds[self.asks[n].cause.rule], most)]) for n in limits}
        declined, referred, limited, *least = a.let(
            "stage",
            [
                a.any([self._of_bands("decline"), *declines.values()]),
                a.any([self._of_bands("refer"), *refers.values()]),
                a.any([self._of_bands("limit"), a.below(most, self.asked)]),
                *limits.values(),
            ],
        )
        of_limit = a.where(self.lends, a.first(dict(zip(limits, least, strict=True))), a.first({}))
        action, cause, amount = a.let(
            "decision",
            [
                a.first({0: declined, 1: referred, 2: limited}),
                a.where(declined, a.first(declines), a.where(referred, a.first(refers), of_limit)),
                a.where(self.lends, most, a.constant(0.0)),
            ],
        )
        hits, alerts = self._by_name(*ACTIONS), self._by_name("alert")
        bands, causes = [band.name for band in self.bands], [ask.cause for ask in self.asks]
        return Meaning(action, self.band, cause, amount, rate, all_in, hits, alerts, bands, causes)

    def _read(self) -> None:
        a, reads = self.a, reads_of(self.policy)
        sources = [item.source for item in self.policy.freshness]
        variables = [a.variable(read.variable, read.kind) for read in reads.values()]
        self.score, self.asked, *read = a.let(
            "input", [a.score(), a.asked(), *variables, *(a.age(source) for source in sources)]
        )
        self.values = dict(zip(reads, read, strict=False))
        self.ages = dict(zip(sources, read[len(reads) :], strict=True))
        of_score = a.interval(self.score, [band.upper for band in self.bands[:-1]])
        (self.band,) = a.let("band", [of_score])
        missing = a.let("missing", [a.missing(value) for value in self.values.values()])
        self.missing = dict(zip(reads, missing, strict=True))

    def _rules(self) -> Iterator[Ask]:
        """A known condition that does not hold settles a rule; else the first variable that is missing is named."""
        a, rules = self.a, self.policy.rules
        conditions = [condition for rule in rules for condition in rule.when]
        holds = iter(a.let("holds", [a.compare(self.values[c.variable], c.op, constants_of(c)) for c in conditions]))
        for rule in rules:
            compared = [(condition.variable, next(holds)) for condition in rule.when]
            yield Ask(Cause(rule.name, rule.reason), rule.action, a.all([truth for _, truth in compared]))
            for variable in rule.variables if rule.on_missing != "pass" else ():
                others = [a.any([self.missing[other], truth]) for other, truth in compared if other != variable]
                yield Ask(_unknown(rule.name, variable), rule.on_missing, a.all([self.missing[variable], *others]))

    def _freshness(self) -> Iterator[Ask]:
        for item in self.policy.freshness:
            age = self.ages[item.source]
            yield Ask(Cause(item.name, item.reason), item.action, self.a.compare(age, ">", item.within_hours))
            if item.on_missing != "pass":
                yield Ask(_unknown(item.name, f"the age of {item.source}"), item.on_missing, self.a.missing(age))

    def _limit(self) -> tuple[Number, Number, dict[str, Number]]:
        """The most by the band, the most in all, and what each table and the cap leave of what was asked for."""
        a, tables, caps = self.a, self.policy.limits, [cap for cap in [self.policy.caps.amount] if cap]
        lines = a.let("line", [self._line(table) for table in tables if table.by])
        of_band, *limits = a.let("limit", [self._limit_of_band(), *self._limits_of_tables(lines)])
        unknown = a.let("unknown", [a.missing(limit) for limit in limits])
        floored = [a.where(a.compare(limit, ">", 0.0), limit, a.constant(0.0)) for limit in limits]
        left = [a.where(missing, self.asked, limit) for missing, limit in zip(unknown, floored, strict=True)]
        of_band = a.where(a.missing(of_band), self.asked, of_band)
        own = a.least([self.asked, of_band])
        own, *bounds = a.let("bound", [own, *left, *(a.constant(cap.value) for cap in caps)])
        (most,) = a.let("most", [a.least([own, *bounds])])
        asks: list[Ask] = []
        for table, missing, bound in zip(tables, unknown, bounds, strict=False):
            asks += self._without(table, table.name, missing)
            asks.append(self._binds(Cause(table.name, table.reason), bound))
        for cap in caps:
            asks.append(self._binds(Cause(CAP, f"no loan may be larger than {cap.value:g} ({cap.source})"), bounds[-1]))
        self._ask(asks)
        return own, most, dict(zip([*(table.name for table in tables), *[CAP] * len(caps)], bounds, strict=True))

    def _limit_of_band(self) -> Number:
        """The band's own limit: missing where it has none."""
        a = self.a
        of_share = a.times(self.asked, a.pick([_or_nan(band.limit_share) for band in self.bands], self.band))
        of_amount = a.pick([_or_nan(band.limit_amount) for band in self.bands], self.band)
        return a.where(a.missing(of_amount), of_share, of_amount)

    def _limits_of_tables(self, lines: Sequence[Index]) -> Iterator[Number]:
        """Missing where a variable is, where no line has the level, and where infinity makes it no number."""
        a, line_of = self.a, iter(lines)
        for table in self.policy.limits:
            limit = a.pick(self._cells(table), *([next(line_of)] if table.by else []), self.band)
            limit = a.times(limit, self.values[table.times]) if table.times else limit
            yield a.minus(limit, self.values[table.less]) if table.less else limit

    def _binds(self, cause: Cause, bound: Number) -> Ask:
        return Ask(cause, "limit", self.a.all([self.lends, self.a.below(bound, self.asked)]))

    def _price(self) -> tuple[Number | None, Number | None]:
        """Interest a month and the all-in rate a year: missing where nothing is lent or no price is given."""
        a, price = self.a, self.policy.price
        if price is None:
            return None, None
        term, *line = a.let("line", [self._term(price), *([self._line(price)] if price.by else [])])
        rate, all_in = a.let("rate", [
            a.pick(self._cells(price), *line, self.band),
            a.pick(self._all_in_cells(price), *line, self.band, term),
        ])  # fmt: skip
        asks = list(self._without(price, PRICE, a.missing(rate)))
        if price.on_missing != "pass":  # a term that is known, and not lent for
            asks.append(Ask(Cause(PRICE, price.reason), price.on_missing, a.all([self.lends, a.missing(all_in)])))
        self._ask(asks)
        given = a.all([self.lends, a.no(a.missing(all_in))])
        return tuple(a.let("price", [a.where(given, value, a.constant(math.nan)) for value in (rate, all_in)]))

    def _without(self, grid: LimitTable | Price, name: str, unknown: Truth) -> Iterator[Ask]:
        """What a table asks for where it cannot be told what it says: the first variable that is missing is named.

        `unknown` holds wherever that is so: where all variables are known, the first one has a level without a line.
        """
        if grid.on_missing == "pass":
            return
        for variable in grid.variables:
            missing = self.a.all([self.lends, self.missing[variable]])
            yield Ask(_unknown(name, variable), grid.on_missing, missing)
        if grid.variables:
            yield Ask(_unknown(name, grid.variables[0]), grid.on_missing, self.a.all([self.lends, unknown]))

    def _line(self, grid: Grid) -> Index:
        """Which of `_lines` the variable of a table is in."""
        value, lines = self.values[grid.by], _lines(grid)
        if lines[0].lower is not None:
            return self.a.interval(value, [_or_nan(line.upper) for line in lines[:-1]])
        rest = next((n for n, line in enumerate(lines) if line.levels is None), None)
        return self.a.position(value, [line.levels or () for line in lines], rest)

    def _term(self, price: Price) -> Index:
        return self.a.position(self.values[price.term], [(float(term),) for term in price.terms], None)

    def _cells(self, grid: Grid) -> Cells:
        """The values of a table by line, where it has several, and band; NaN for bands that do not lend."""
        cells = [[line.of(b.name) if b.action in LENDING else math.nan for b in self.bands] for line in _lines(grid)]
        return cells if grid.by else cells[0]

    def _all_in_cells(self, price: Price) -> Cells:
        """The same, and by term."""
        cap = self.policy.caps.all_in_rate
        convention = cap.convention if cap else "effective"

        def deeper(cell: Any) -> Any:
            if isinstance(cell, list):
                return [deeper(inner) for inner in cell]
            if math.isnan(cell):
                return [math.nan] * len(price.terms)
            return [_all_in_rate(cell, term, price.fee, convention) for term in price.terms]

        return deeper(self._cells(price))

    def _of_bands(self, *actions: str) -> Truth:
        """Where the band takes one of these actions."""
        return self.a.among(self.band, [n for n, band in enumerate(self.bands) if band.action in actions])

    def _ask(self, asks: Iterable[Ask]) -> None:
        """Take these down, and let what asks for refer or decline end the lending."""
        a, asks = self.a, list(asks)
        holds = a.let("ask", [ask.holds for ask in asks])
        asks = [replace(ask, holds=truth) for ask, truth in zip(asks, holds, strict=True)]
        self.asks += asks
        if stops := [ask.holds for ask in asks if ask.action in ("refer", "decline")]:
            (self.lends,) = a.let("lends", [a.all([self.lends, a.no(a.any(stops))])])

    def _asking(self, action: str) -> dict[int, Truth]:
        return {n: ask.holds for n, ask in enumerate(self.asks) if ask.action == action}

    def _by_name(self, *actions: str) -> dict[str, Truth]:
        """What asked for one of these actions, each name once, and where it did."""
        asked = [ask for ask in self.asks if ask.action in actions]
        names = dict.fromkeys(ask.cause.rule for ask in asked)
        return {name: self.a.any([ask.holds for ask in asked if ask.cause.rule == name]) for name in names}


def _unknown(name: str, what: str) -> Cause:
    return Cause(name, f"{what} is unknown", unknown=True)


def _lines(grid: Grid) -> Sequence[Line]:
    """The lines of a table, those of numbers from the lowest up."""
    return sorted(grid.lines, key=lambda line: _or_nan(line.lower)) if grid.lines[0].lower is not None else grid.lines


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value
