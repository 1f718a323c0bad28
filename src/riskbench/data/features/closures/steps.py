"""A formula taken apart: one step a part, each part once, with the type that DuckDB gives it.

DuckDB is asked twice when a formula is compiled, and never when it is computed: whether it reads the formula as its
syntax tree has it (which binds more, `not` or `is`?), and of which type every part is.
"""

import json
from collections.abc import Mapping
from typing import Any

import duckdb
from sqlglot import exp

from riskbench.data.features.closures.kinds import NotCompiled, SqlType
from riskbench.data.querying import SEALED

_INLINE = (exp.Literal, exp.Null, exp.Boolean)
_NO_VALUE = (exp.Identifier, exp.DataType, exp.DataTypeParam, exp.Var, exp.Interval)
_BOUND = (exp.Binary, exp.Unary, exp.Between, exp.In)


class Steps:
    """The parts of one formula in an order in which each comes after those that it reads.

    `nodes`: a part by its name, its own parts replaced by columns of their names. `columns`: the column of the formula
    by the name of its part. `types`: the type by name. `result`: the part that is the formula, or a constant.
    """

    def __init__(self, tree: exp.Expr, kinds: Mapping[str, str]):
        self.nodes: dict[str, exp.Expr] = {}
        self.columns: dict[str, str] = {}
        self._named: dict[str, exp.Expr] = {}  # a part that was met before, by its SQL
        whole = exp.Paren(this=tree.copy())
        for node in list(whole.this.dfs())[::-1]:  # the parts of a part stand before it
            self._replace(node)
        self.result: exp.Expr = whole.this
        with duckdb.connect(config=SEALED) as connection:
            _same_reading(connection, tree)
            self.types = self._asked(connection, kinds)

    def _replace(self, node: exp.Expr) -> None:
        if isinstance(node, exp.Paren):
            node.replace(node.this)
        elif isinstance(node, exp.Column):
            if node.name not in self._named:
                name = f"c{len(self.columns)}_"
                self.columns[name] = node.name
                self._named[node.name] = exp.column(name, quoted=True)
            node.replace(self._named[node.name].copy())
        elif not (isinstance(node, (*_INLINE, *_NO_VALUE)) or constant(node) or _part_of_case(node)):
            text = node.sql("duckdb", identify=True, comments=False)
            if text not in self._named:
                name = f"v{len(self.nodes)}_"
                self.nodes[name] = node.copy()
                self._named[text] = exp.column(name, quoted=True)
            node.replace(self._named[text].copy())

    def _asked(self, connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, str]) -> dict[str, SqlType]:
        types = {name: SqlType(kinds[column]) for name, column in self.columns.items()}
        if not self.nodes:
            return types
        declared = ", ".join(f"null::{kind.name} as {name}" for name, kind in types.items()) or "null as nothing_"
        chosen = (f"{node.sql('duckdb', identify=True, comments=False)} as {name}" for name, node in self.nodes.items())
        try:
            found = connection.execute(f"describe select {', '.join(chosen)} from (select {declared})").fetchall()
        except duckdb.Error as error:
            raise NotCompiled(str(error).splitlines()[0]) from None
        return types | {row[0]: SqlType.of(row[1]) for row in found}


def constant(node: exp.Expr) -> bool:
    """Whether a node is a constant that stands where it is used: a literal, true, false, null or a negative number."""
    return isinstance(node, _INLINE) or (isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal))


def _part_of_case(node: exp.Expr) -> bool:
    """Whether a node is WHEN and THEN of a case, which sqlglot writes as it writes a function `if`."""
    return isinstance(node, exp.If) and isinstance(node.parent, exp.Case)


def _same_reading(connection: duckdb.DuckDBPyConnection, tree: exp.Expr) -> None:
    """Raise `NotCompiled` unless DuckDB reads the SQL of a tree as it reads the same with all its brackets written."""
    bracketed = tree.copy().transform(lambda node: exp.Paren(this=node) if isinstance(node, _BOUND) else node)
    asked = [f"select {of.sql('duckdb', identify=True, comments=False)}" for of in (tree, bracketed)]
    plain, written = (_read(connection, query) for query in asked)
    if plain != written:
        raise NotCompiled(f"its brackets are not where DuckDB reads them: {asked[0].removeprefix('select ')}")


def _read(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    found = connection.execute("select json_serialize_sql(?)", [query]).fetchone()
    return _without_places(json.loads(found[0] if found else "null"))


def _without_places(value: Any) -> Any:
    """A syntax tree of DuckDB without the numbers that tell where in the text each part stands."""
    if isinstance(value, dict):
        return {key: _without_places(of) for key, of in value.items() if key != "query_location"}
    return [_without_places(of) for of in value] if isinstance(value, list) else value
