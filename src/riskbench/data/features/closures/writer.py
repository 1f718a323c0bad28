"""The parts of a formula turned into lines of Python, each by the function that its table names.

A branch of CASE and a later value of COALESCE is computed only where it is reached, as in DuckDB, where one that is
not reached cannot fail either. All else is computed once, where it is first asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from riskbench.data.features.closures import cell_rules, date_rules, number_rules, text_rules
from riskbench.data.features.closures.casting import cast, literal
from riskbench.data.features.closures.kinds import BOOLEAN, DOUBLE, VARCHAR, NotCompiled, SqlType
from riskbench.data.features.closures.lines import NOTHING, Lines, Value, unless_null
from riskbench.data.features.closures.steps import Steps, constant

_RULES = (cell_rules, date_rules, number_rules, text_rules)
HELP = {
    name: thing
    for rules in _RULES
    for name, thing in vars(rules).items()
    if callable(thing) and thing.__module__ == rules.__name__
}
_LOADED = {"DOUBLE": "float", "VARCHAR": "str", "DATE": "date", "TIMESTAMP": "datetime"}


@dataclass(frozen=True)
class Part:
    """How one kind of part is written. `takes`: the arguments of sqlglot that it reads, or that say nothing new."""

    write: "Callable[[Writer, exp.Expr, SqlType], Value]"
    takes: frozenset[str]


def part(write: "Callable[[Writer, exp.Expr, SqlType], Value]", takes: str) -> Part:
    """A part whose node has these arguments, and no others; separated by blanks."""
    return Part(write, frozenset(takes.split()))


class Writer:
    """The function of one formula as it is written; `table` says how each kind of part is."""

    def __init__(self, steps: Steps, table: Mapping[type[exp.Expr], Part]):
        self._steps, self._table = steps, table
        self.lines = Lines(HELP)

    def value(self, node: exp.Expr) -> Value:
        """What a part gives, written where it is not yet known."""
        if constant(node):
            return _constant(node)
        name = node.name if isinstance(node, exp.Column) else ""
        if known := self.lines.known(name):
            return known
        if name in self._steps.columns:
            return self.lines.remember(name, self._loaded(name))
        return self.lines.remember(name, self._written(self._steps.nodes[name], self._steps.types[name]))

    def cast(self, node: exp.Expr, to: SqlType) -> Value:
        """What a part gives, as another type."""
        return cast(self.lines, self.value(node), to)

    def store(self, kind: SqlType, code: str, *values: Value, nullable: bool = False, odd: bool = False) -> Value:
        """A value computed from others: NULL where one of these is, or, if `nullable`, by itself."""
        name = self.lines.store(unless_null(code, *values))
        return Value(name, kind, nullable or any(value.nullable for value in values), odd)

    def finished(self) -> str:
        """The source of the function `formula`: of cells by column to a number, a truth, a text or a date."""
        value = self.value(self._steps.result)
        code = value.code
        if value.type == DOUBLE:
            there = f"{code} is not None and " if value.nullable else ""
            self.lines.write(f"return {code} if {there}NEVER < {code} < EVER else None")
        elif value.type.exact:
            self.lines.write(f"return {unless_null(f'{code} / {10**value.type.scale}', value)}")
        elif value.type in (BOOLEAN, VARCHAR) or value.type.temporal or value is NOTHING:
            self.lines.write(f"return {code}")
        else:
            raise NotCompiled(f"a result of type {value.type.name}")
        return f"def formula(cells):\n{self.lines.text}\n"

    def _loaded(self, name: str) -> Value:
        """A column, in the one form that its type has."""
        kind = self._steps.types[name]
        loaded = self.lines.store(f"cells[{self._steps.columns[name]!r}]")
        if kind.name not in _LOADED:
            raise NotCompiled(f"a column of type {kind.name}")
        odd = f" or {loaded} != {loaded}" if kind == DOUBLE else ""
        with self.lines.block(f"if {loaded} is not None and ({loaded}.__class__ is not {_LOADED[kind.name]}{odd}):"):
            self.lines.write(f"{loaded} = {_LOADED[kind.name]}_cell({loaded})")
        return Value(loaded, kind)

    def _written(self, node: exp.Expr, kind: SqlType) -> Value:
        how = self._table.get(type(node))
        if how is None:
            raise NotCompiled(f"{node.sql('duckdb')}, of which closures know nothing")
        if strange := [name for name, given in node.args.items() if given and name not in how.takes]:
            raise NotCompiled(f"{node.sql('duckdb')} with {', '.join(strange)}")
        return how.write(self, node, kind)


def _constant(node: exp.Expr) -> Value:
    if isinstance(node, exp.Null):
        return NOTHING
    if isinstance(node, exp.Boolean):
        return Value(str(bool(node.this)), BOOLEAN, nullable=False)
    if isinstance(node, exp.Neg):
        of = literal(node.this.name)
        number = None if of.least is None else -of.least
        return Value(f"-{of.code}", of.type, nullable=False, least=number, most=number)
    if node.is_string:
        return Value(repr(node.name), VARCHAR, nullable=False)
    return literal(node.name)
