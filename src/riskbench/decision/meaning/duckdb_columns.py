"""The meaning of a policy as SQL for DuckDB: what `ibis_columns` says for every database, for tables of millions.

Ibis takes seconds to build a policy with arms, and DuckDB asks the branches of a CASE one after another. Here the same
algebra writes text. An expression that was written before is the same column, so arms and shadows share what they have
in common; every column is computed as early as what it reads allows, so that all arms go through the same few steps.
Texts are of an ENUM, which is written to Parquet as a dictionary, and looked up by a position in a constant list.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ibis.expr.types import Column, Table

from riskbench.data.bulk import as_view, literal, picked, quoted
from riskbench.decision.meaning.algebra import Cells, Constants, Kind
from riskbench.decision.meaning.arms import SHADOWED, arm_names, shadow_column
from riskbench.decision.meaning.ibis_columns import ARM, Inputs
from riskbench.decision.meaning.policy import ACTIONS, Meaning, meaning_of
from riskbench.decision.meaning.reads import BETWEEN
from riskbench.decision.policy.arms import CHAMPION
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import SEVERITY

OPERATORS = {"==": "=", "!=": "<>", "in": "IN", "not in": "NOT IN"}  # where SQL writes them in another way
NONE = -1  # an index that is none
BITS = 5  # truths whose names are looked up together
OWN = re.compile("_v[0-9]+_")  # the columns of the steps


def decided(
    policy: Policy,
    table: Table,
    keep: Sequence[str] = (),
    *,
    arm: Column | None = None,
    assume_fresh: bool = False,
) -> Table:
    """Every row of a table in DuckDB decided: the columns and the errors of `ibis_columns`, whose words hold here.

    Without `arm` by the champion's policy, as `ibis_columns.decided`; with the column of each row's arm by the policy
    of that one, as `decided_with_arms`. Returned is a temporary view; nothing is executed.

    >>> import ibis
    >>> bands = [{"name": "low", "action": "decline", "from": float("-inf"), "to": 500.0},
    ...          {"name": "high", "action": "approve", "from": 500.0, "to": float("inf")}]
    >>> costs = {"lgd": 0.5, "margin": 0.1, "funding_cost": 0.02}
    >>> policy = Policy.model_validate({"schema_version": 2, "bands": bands, "economics": costs})
    >>> table = ibis.duckdb.connect().sql("SELECT * FROM (VALUES (1, 480), (2, 520)) AS scored(id, score)")
    >>> decided(policy, table, keep=["id"]).order_by("id").action.execute().tolist()
    ['decline', 'approve']
    """
    names = arm_names(policy) if arm is not None else (CHAMPION,)
    shadows = [shadow.name for shadow in policy.shadow] if arm is not None else []
    policies = {name: policy.arm(name) if arm is not None else policy for name in dict.fromkeys([*names, *shadows])}
    inputs = Inputs.of(
        table if arm is None else table.mutate(**{ARM: arm}),
        [*policies.values()],
        [*keep, *([ARM] if arm is not None else [])],
        assume_fresh,
    )
    columns = _SqlColumns(inputs)
    meanings = {name: meaning_of(one, columns) for name, one in policies.items()}
    texts = _Texts(columns, [*meanings.values()])
    outcomes = {name: texts.outcome(meaning) for name, meaning in meanings.items()}
    if arm is None:
        found = outcomes[CHAMPION]
    else:
        kept = inputs.kept.pop(ARM)
        by = columns.let("by", [f"{quoted(kept)} = {literal(name)}" for name in names])
        found = {
            column: columns.of_arms(by, [outcomes[name].get(column, "NULL::DOUBLE") for name in names])
            for column in dict.fromkeys(column for name in names for column in outcomes[name])
        }
        found[ARM] = columns.of_arms(by, [f"{literal(name)}::ENUM({', '.join(map(literal, names))})" for name in names])
        found |= {shadow_column(name, column): outcomes[name][column] for name in shadows for column in SHADOWED}
    if twice := sorted(inputs.kept.keys() & found.keys()):
        raise ValueError(f"a decision has columns of that name itself, so keep under another: {', '.join(twice)}")
    return as_view(inputs.table, lambda source: columns.query(source, found))


class _Texts:
    """What was decided as the columns of a decision; texts of all policies in the same types."""

    def __init__(self, columns: "_SqlColumns", meanings: Sequence[Meaning]):
        self.columns = columns
        self.bands = list(dict.fromkeys(band for meaning in meanings for band in meaning.bands))
        self.rules = list(dict.fromkeys(["", *(cause.rule for meaning in meanings for cause in meaning.causes)]))

    def outcome(self, meaning: Meaning) -> dict[str, str]:
        a = self.columns
        unknown = [n for n, cause in enumerate(meaning.causes) if cause.unknown]
        found = {
            "action": a.readably(a.pick_text(meaning.action, ACTIONS, SEVERITY, SEVERITY[0])),
            "band": a.pick_text(meaning.band, meaning.bands, ["", *self.bands], ""),
            "rule": a.pick_text(meaning.cause, [cause.rule for cause in meaning.causes], self.rules, ""),
            "amount": a.readably(meaning.amount),
            "unknown": a.among(meaning.cause, unknown),
            "hits": a.joined(meaning.hits),
            "alerts": a.joined(meaning.alerts),
        }
        if meaning.rate is not None and meaning.all_in_rate is not None:
            found |= {"rate": a.readably(meaning.rate), "all_in_rate": a.readably(meaning.all_in_rate)}
        return found


class _SqlColumns:
    """An algebra of SQL text for one policy after another."""

    def __init__(self, inputs: Inputs):
        self._inputs = inputs
        self._columns: dict[str, str] = {}  # by expression
        self._levels = {quoted(column): 0 for column in inputs.table.columns}  # after how many steps it is known

    def query(self, source: str, found: Mapping[str, str]) -> str:
        """All steps over a table, and at last what is kept and found by its names."""
        steps: dict[int, list[str]] = {}
        for expression, column in self._columns.items():
            steps.setdefault(self._levels[column], []).append(f"{expression} AS {column}")
        for level in sorted(steps):
            source = f"(SELECT *, {', '.join(steps[level])} FROM {source})"
        kept = {name: quoted(column) for name, column in self._inputs.kept.items()}
        told = ", ".join(f"{value} AS {quoted(name)}" for name, value in {**kept, **found}.items())
        return f"SELECT {told} FROM {source}"

    def let(self, label: str, values: Sequence[Any]) -> list[Any]:
        found = []
        for value in values:
            if value not in self._levels and value not in self._columns:
                column = f"_v{len(self._columns)}_"
                self._levels[column] = 1 + max((self._levels[read] for read in OWN.findall(value)), default=0)
                self._columns[value] = column
            found.append(value if value in self._levels else self._columns[value])
        return found

    def readably(self, value: str) -> str:
        return f"CASE WHEN {quoted(self._inputs.readable)} THEN {value} END"

    def of_arms(self, by: Sequence[str], values: Sequence[str]) -> str:
        return f"CASE {' '.join(f'WHEN {truth} THEN {value}' for truth, value in zip(by, values, strict=True))} END"

    def score(self) -> str:
        return quoted(self._inputs.score)

    def asked(self) -> str:
        return quoted(self._inputs.asked)

    def variable(self, name: str, kind: Kind) -> str:
        return quoted(self._inputs.read[name, kind])

    def age(self, source: str) -> str:
        return quoted(self._inputs.ages[source])

    def missing(self, value: str) -> str:
        never_nan = self._levels.get(value) == 0  # what is read is typed: NaN comes of computing alone
        return f"({value} IS NULL)" if never_nan else f"({value} IS NULL OR isnan({value}))"

    def compare(self, value: str, op: str, constant: Constants) -> str:
        if isinstance(constant, str | float):
            told = literal(constant)
        elif constant:
            told = f"({', '.join(literal(one) for one in constant)})"
        else:  # SQL has no empty list
            return "false" if op == "in" else f"({value} IS NOT NULL)"
        return f"(({value} {OPERATORS.get(op, op)} {told}) IS TRUE)"

    def below(self, number: str, other: str) -> str:
        return f"({number} < {other})"

    def equal(self, number: str, other: str) -> str:
        return f"({number} = {other})"

    def all(self, truths: Sequence[str]) -> str:
        return _joined(" AND ", truths, "true")

    def any(self, truths: Sequence[str]) -> str:
        return _joined(" OR ", truths, "false")

    def no(self, truth: str) -> str:
        return f"(NOT {truth})"

    def constant(self, number: float) -> str:
        return literal(number)

    def times(self, number: str, other: str) -> str:
        return f"({number} * {other})"

    def minus(self, number: str, other: str) -> str:
        return f"({number} - {other})"

    def least(self, numbers: Sequence[str]) -> str:
        return f"least({', '.join(numbers)})"

    def where(self, truth: str, value: str, otherwise: str) -> str:
        return value if value == otherwise else f"CASE WHEN {truth} THEN {value} ELSE {otherwise} END"

    def interval(self, number: str, uppers: Sequence[float]) -> str:
        below = {n: f"{number} < {literal(upper)}" for n, upper in enumerate(uppers)}
        return _cases({NONE: f"{number} IS NULL"} | below, len(uppers))

    def position(self, value: str, groups: Sequence[Sequence[Any]], rest: int | None) -> str:
        held = {n: f"{value} IN ({', '.join(map(literal, group))})" for n, group in enumerate(groups) if group}
        otherwise = NONE if rest is None else rest
        return _cases({NONE: f"{value} IS NULL"} | held, otherwise)

    def among(self, index: str, positions: Sequence[int]) -> str:
        """A list of truths, of which that of none is the first: a long IN would become a join."""
        if not positions:
            return "false"
        held = ", ".join("true" if at in positions else "false" for at in range(NONE, max(positions) + 1))
        return f"coalesce(([{held}])[{index} + 2], false)"

    def first(self, truths: Mapping[int, str]) -> str:
        return _cases(truths, NONE)

    def pick(self, cells: Cells, *indices: str) -> str:
        """One list of all cells; of each index none is the first position, whose cells are missing."""
        place = "0"
        for index, size in zip(indices, _sizes(cells), strict=True):
            of_index = f"{index}::INTEGER + 1"
            place = f"({place} * {size + 1} + {of_index})" if place != "0" else f"({of_index})"
        numbers = ", ".join("NULL" if cell is None else literal(cell) for cell in _flat(cells))
        return f"([{numbers}]::DOUBLE[])[{place} + 1]"

    def pick_text(self, index: str, texts: Sequence[str], known: Sequence[str], none: str) -> str:
        """The text at a position, `none` where there is none, of an ENUM of all that are `known`."""
        return picked(f"{index} + 1", [none, *texts], known)

    def joined(self, truths: Mapping[str, str]) -> str:
        """The names whose truth holds; put together only where there is one, some at a time by their bits."""
        if not truths:
            return "''"
        parts = []
        for at in range(0, len(truths), BITS):
            some = [*truths.items()][at : at + BITS]
            bits = " + ".join(f"{truth}::TINYINT * {1 << n}" for n, (_, truth) in enumerate(some))
            names = [
                "".join(BETWEEN + name for n, (name, _) in enumerate(some) if code >> n & 1)
                for code in range(1 << len(some))
            ]
            parts.append(f"([{', '.join(map(literal, names))}])[{bits} + 1]")
        told = f"substr({' || '.join(parts)}, {len(BETWEEN) + 1})"
        return f"CASE WHEN {self.any([*truths.values()])} THEN {told} ELSE '' END"


def _sizes(cells: Cells) -> list[int]:
    return [len(cells), *_sizes(cells[0])] if isinstance(cells, Sequence) else []


def _flat(cells: Any) -> list[float | None]:
    """All cells in their order, before those of each index one that is missing."""
    if not isinstance(cells, Sequence):
        return [None if math.isnan(cells) else cells]
    inner = [_flat(cell) for cell in cells]
    return [*[None] * len(inner[0]), *(cell for part in inner for cell in part)]


def _joined(word: str, truths: Sequence[str], none: str) -> str:
    """Each truth once; one alone stays the column that it is."""
    once = [*dict.fromkeys(truths)]
    return f"({word.join(once)})" if len(once) > 1 else once[0] if once else none


def _cases(truths: Mapping[int, str], otherwise: int) -> str:
    if not truths:
        return f"{otherwise}::SMALLINT"
    told = " ".join(f"WHEN {truth} THEN {n}::SMALLINT" for n, truth in truths.items())
    return f"CASE {told} ELSE {otherwise}::SMALLINT END"
