"""The meaning of a policy over tables of any size: columns of Ibis, step by step, so that no expression grows.

Every number is written as a text that is cast: a fraction alone is a decimal to most databases, which rounds where a
double does not. A NaN in a table counts as missing, as NULL does. Only what Ibis offers for every database is used.
"""

import functools
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import Column, Table

from riskbench.decision.meaning.algebra import Cells, Constants, Kind
from riskbench.decision.meaning.arms import SHADOWED, arm_names, shadow_column
from riskbench.decision.meaning.policy import ACTIONS, Meaning, meaning_of
from riskbench.decision.meaning.reads import AGE, BETWEEN, Read, absent_age, check_amounts, reads_of
from riskbench.decision.policy import rules
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import SEVERITY

COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    **rules.COMPARE,
    "in": lambda column, values: column.isin(values),
    "not in": lambda column, values: column.notin(values),
}
NONE = -1  # an index that is none
ARM = "arm"


def decided(policy: Policy, table: Table, keep: Sequence[str] = (), *, assume_fresh: bool = False) -> Table:
    """Every row of `table` decided by the champion's policy: the columns of `keep`, then those of a decision.

    `table` has the columns that `decision.decide.decide` takes, in any database that Ibis knows; so are `action`,
    `band`, `rule`, `amount`, `unknown`, `hits`, `alerts` and, with a price, `rate` and `all_in_rate`, the same to the
    last bit. A row without a score, or with an amount that is missing, infinite or not above 0, cannot be decided and
    has neither action nor amount. Nothing is executed here.

    DuckDB and Spark keep the steps apart. PostgreSQL does where `postgres.postgres_sql` writes the query; written by
    Ibis, a policy with limit tables or prices takes it minutes to plan.

    Raises ValueError where a column is absent or of another kind, and where one of `keep` is called as one of these.

    >>> bands = [{"name": "low", "action": "decline", "from": float("-inf"), "to": 500.0},
    ...          {"name": "high", "action": "approve", "from": 500.0, "to": float("inf")}]
    >>> costs = {"lgd": 0.5, "margin": 0.1, "funding_cost": 0.02}
    >>> policy = Policy.model_validate({"schema_version": 2, "bands": bands, "economics": costs})
    >>> table = ibis.table({"id": "string", "score": "int64"}, name="scored")
    >>> decided(policy, table, keep=["id"]).columns
    ('id', 'action', 'band', 'rule', 'amount', 'unknown', 'hits', 'alerts')
    """
    columns = _IbisColumns(table, [policy], keep, assume_fresh)
    return columns.named(_outcome(meaning_of(policy, columns), columns))


def decided_with_arms(
    policy: Policy, table: Table, arm: Column, keep: Sequence[str] = (), *, assume_fresh: bool = False
) -> Table:
    """The same by the policy of each row's arm, with the columns that `decision.decide.decide_with_arms` adds.

    `arm` holds the names: `arm_column(policy, table.customer)`, or a column of the table made beforehand. A row with
    another name is not decided. Raises as `decided` does.
    """
    shadows = [shadow.name for shadow in policy.shadow]
    policies = {name: policy.arm(name) for name in (*arm_names(policy), *shadows)}
    columns = _IbisColumns(table.mutate(**{ARM: arm}), [*policies.values()], [*keep, ARM], assume_fresh)
    outcomes = {name: _outcome(meaning_of(one, columns), columns) for name, one in policies.items()}
    by = columns.kept.pop(ARM)
    names = dict.fromkeys(column for name in arm_names(policy) for column in outcomes[name])
    found = {
        column: ibis.cases(
            *((by == name, outcomes[name].get(column, ibis.null("float64"))) for name in arm_names(policy))
        )
        for column in names
    }
    beside = {shadow_column(name, column): outcomes[name][column] for name in shadows for column in SHADOWED}
    return columns.named(found | {ARM: by} | beside)


def _outcome(meaning: Meaning, columns: "_IbisColumns") -> dict[str, Column]:
    """What was decided as the columns of a decision."""
    causes = [cause.rule for cause in meaning.causes]
    unknown = [n for n, cause in enumerate(meaning.causes) if cause.unknown]
    found = {
        "action": _text(meaning.action, ACTIONS, SEVERITY[0]),
        "band": _text(meaning.band, meaning.bands, ""),
        "rule": _text(meaning.cause, causes, ""),
        "amount": meaning.amount,
        "unknown": columns.among(meaning.cause, unknown),
        "hits": _joined(meaning.hits),
        "alerts": _joined(meaning.alerts),
    }
    if meaning.rate is not None:
        found |= {"rate": meaning.rate, "all_in_rate": meaning.all_in_rate}
    for name in {"action", "amount", "rate", "all_in_rate"} & found.keys():
        found[name] = columns.readable.ifelse(found[name], ibis.null(found[name].type()))
    return found


@dataclass(frozen=True)
class Inputs:
    """A table of what is kept and of what policies read, typed, under generated names: the step before all others.

    `kept` and `ages` give the column by name, `read` by variable and kind; `readable` holds where a row can be decided.
    """

    table: Table
    kept: dict[str, str]
    readable: str
    score: str
    asked: str
    read: dict[tuple[str, Kind], str]
    ages: dict[str, str]

    @classmethod
    def of(cls, table: Table, policies: Sequence[Policy], keep: Sequence[str], assume_fresh: bool) -> "Inputs":
        """Raises ValueError where a column is absent or of another kind."""
        if "score" not in table.columns:
            raise ValueError(f"a policy decides on a column score, got {', '.join(table.columns)}")
        if "amount" not in table.columns:
            for policy in policies:
                check_amounts(policy)
        score = _number(table["score"])
        asked = _number(table["amount"]) if "amount" in table.columns else _literal(1.0)
        readable = (score.notnull() & (asked > _literal(0.0)) & (asked < _literal(float("inf")))).fill_null(False)
        reads = {(read.variable, read.kind): read for policy in policies for read in reads_of(policy).values()}
        sources = dict.fromkeys(item.source for policy in policies for item in policy.freshness)
        values = [*(_typed(table, read) for read in reads.values()), *(_age(table, s, assume_fresh) for s in sources)]
        typed = {
            f"typed_{n}": value for n, value in enumerate([*(table[k] for k in keep), readable, score, asked, *values])
        }
        names = iter(typed)
        return cls(
            table=table.select(**typed),
            kept={name: next(names) for name in keep},
            readable=next(names),
            score=next(names),
            asked=next(names),
            read={read: next(names) for read in reads},
            ages={source: next(names) for source in sources},
        )


class _IbisColumns:
    """An algebra over a table, for one policy after another; `table` is the last step, under generated names.

    Its first step holds what is kept, and what the policies read, typed; each later one the columns of all before it.
    """

    def __init__(self, table: Table, policies: Sequence[Policy], keep: Sequence[str] = (), assume_fresh: bool = False):
        inputs = Inputs.of(table, policies, keep, assume_fresh)
        self.table = inputs.table
        self._columns: dict[str, Column] = {name: self.table[name] for name in self.table.columns}
        self.kept = {name: self._columns[column] for name, column in inputs.kept.items()}
        self.readable, self._score = self._columns[inputs.readable], self._columns[inputs.score]
        self._asked = self._columns[inputs.asked]
        self._read = {read: self._columns[column] for read, column in inputs.read.items()}
        self._ages = {source: self._columns[column] for source, column in inputs.ages.items()}

    def named(self, columns: Mapping[str, Column]) -> Table:
        """The table of what is kept and of these columns, by their names."""
        if twice := sorted(self.kept.keys() & columns.keys()):
            raise ValueError(f"a decision has columns of that name itself, so keep under another: {', '.join(twice)}")
        return self.table.select(**self.kept, **columns)

    def score(self) -> Column:
        return self._score

    def asked(self) -> Column:
        return self._asked

    def variable(self, name: str, kind: Kind) -> Column:
        return self._read[name, kind]

    def age(self, source: str) -> Column:
        return self._ages[source]

    def let(self, label: str, values: Sequence[Any]) -> list[Any]:
        if not values:
            return []
        names = [f"{label}_{len(self._columns) + n}" for n in range(len(values))]
        self.table = self.table.select(**self._columns, **dict(zip(names, values, strict=True)))
        self._columns = {name: self.table[name] for name in self.table.columns}
        return [self._columns[name] for name in names]

    def missing(self, value: Column) -> Column:
        return value.isnull() | value.isnan() if value.type().is_floating() else value.isnull()

    def compare(self, value: Column, op: str, constant: Constants) -> Column:
        constants = _literal(constant) if isinstance(constant, str | float) else [_literal(c) for c in constant]
        return COMPARE[op](value, constants).fill_null(False)

    def below(self, number: Column, other: Column) -> Column:
        return number < other

    def equal(self, number: Column, other: Column) -> Column:
        return number == other

    def all(self, truths: Sequence[Column]) -> Column:
        return ibis.and_(*truths)

    def any(self, truths: Sequence[Column]) -> Column:
        return ibis.or_(*truths)

    def no(self, truth: Column) -> Column:
        return ~truth

    def constant(self, number: float) -> Column:
        return _literal(number)

    def times(self, number: Column, other: Column) -> Column:
        return number * other

    def minus(self, number: Column, other: Column) -> Column:
        return number - other

    def least(self, numbers: Sequence[Column]) -> Column:
        return ibis.least(*numbers)

    def where(self, truth: Column, value: Column, otherwise: Column) -> Column:
        return truth.ifelse(value, otherwise)

    def interval(self, number: Column, uppers: Sequence[float]) -> Column:
        below = [(number < _literal(upper), n) for n, upper in enumerate(uppers)]
        return _cases([(number.isnull(), NONE), *below], len(uppers))

    def position(self, value: Column, groups: Sequence[Sequence[Any]], rest: int | None) -> Column:
        held = [(value.isin([_literal(c) for c in group]), n) for n, group in enumerate(groups) if group]
        return _cases([(value.isnull(), NONE), *held], NONE if rest is None else rest)

    def among(self, index: Column, positions: Sequence[int]) -> Column:
        return index.isin(positions)

    def first(self, truths: Mapping[int, Column]) -> Column:
        return _cases([(truth, n) for n, truth in truths.items()], NONE)

    def pick(self, cells: Cells, *indices: Column) -> Column:
        """One CASE over all cells. Each list counts as one longer, so that an index of none meets no cell."""
        flat: dict[int, Any] = {0: cells}
        position: Any = 0
        for index in indices:
            size = len(next(iter(flat.values()))) + 1
            position = position * size + index
            flat = {n * size + m: cell for n, row in flat.items() for m, cell in enumerate(row)}
        numbers = [(n, _literal(cell)) for n, cell in flat.items() if not math.isnan(cell)]
        return position.cases(*numbers, else_=ibis.null("float64")) if numbers else ibis.null("float64")


def _typed(table: Table, read: Read) -> Column:
    """A variable as it is read: a double, or a text, and NULL where it is missing."""
    if read.variable not in table.columns:
        raise read.absent("columns")
    column = table[read.variable]
    found = column.type()
    if found.is_null():
        return ibis.null("string" if read.kind == "text" else "float64")
    if found.is_string() and read.kind != "number":
        return column
    if found.is_boolean() and read.kind != "number":
        return column.cases((True, "yes"), (False, "no"), else_=ibis.null("string"))
    if found.is_numeric() and not found.is_boolean() and read.kind != "text":
        return _number(column)
    raise read.wrong(found)


def _age(table: Table, source: str, assume_fresh: bool) -> Column:
    if AGE + source in table.columns:
        return _number(table[AGE + source])
    if not assume_fresh:
        raise absent_age(source)
    return _literal(0.0)


def _number(column: Column) -> Column:
    """A column of numbers as doubles, NULL where it is NaN."""
    if not column.type().is_floating():
        return column.cast("float64")
    return column.isnan().ifelse(ibis.null("float64"), column.cast("float64"))


def _literal(value: float | str) -> Column:
    return ibis.literal(value) if isinstance(value, str) else ibis.literal(repr(float(value))).cast("float64")


def _cases(branches: Sequence[tuple[Column, int]], otherwise: int) -> Column:
    return ibis.cases(*branches, else_=otherwise) if branches else ibis.literal(otherwise)


def _text(index: Column, texts: Sequence[str], otherwise: str) -> Column:
    """The most frequent first, which is none: a database asks the branches of a CASE one after another."""
    return index.cases((NONE, otherwise), *enumerate(texts), else_=otherwise)


def _joined(truths: Mapping[str, Column]) -> Column:
    """The names whose truth holds, in their order; put together only where there is one."""
    if not truths:
        return ibis.literal("")
    parts = [truth.ifelse(BETWEEN + name, "") for name, truth in truths.items()]
    return ibis.or_(*truths.values()).ifelse(functools.reduce(operator.add, parts).substr(len(BETWEEN)), "")
