"""One feature function as formulas see it: its name, what it takes, and the SQL that it writes."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, get_type_hints

from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types

Number = Annotated[exp.Expr, "number"]  # arrives cast to double; true and false are 1 and 0
Date = Annotated[exp.Expr, "date"]  # arrives cast to a day
Kind = Literal["number", "boolean", "text", "date"]

AS_OF = "as_of"  # in a function's signature, and in the formula of an aggregate: the moment of the decision
_CAST = {"number": "DOUBLE", "date": "DATE"}
_TAKES: Mapping[str, tuple[Kind, ...]] = {"number": ("number", "boolean"), "date": ("date",)}
_SQL = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "category": "VARCHAR", "text": "VARCHAR"}


@dataclass(frozen=True)
class Function:
    """A Python function from syntax trees to a syntax tree, and the kinds of its arguments.

    `takes` has one kind for each argument that must be there; `more` is that of further ones, where it takes any.
    """

    name: str
    build: Callable[..., exp.Expr]
    takes: tuple[str, ...]
    more: str | None
    of_decision: bool

    @classmethod
    def of(cls, build: Callable[..., exp.Expr]) -> "Function":
        """Read everything from the signature: annotations are kinds, `as_of` is handed in by whoever writes it out."""
        hints = get_type_hints(build, include_extras=True)
        kind = {name: hints[name].__metadata__[0] for name in inspect.signature(build).parameters}
        parameters = inspect.signature(build).parameters.values()
        takes = tuple(kind[p.name] for p in parameters if p.kind == p.POSITIONAL_OR_KEYWORD)
        more = next((kind[p.name] for p in parameters if p.kind == p.VAR_POSITIONAL), None)
        return cls(build.__name__, build, takes, more, AS_OF in kind)

    @property
    def call(self) -> str:
        """How a formula calls it, for example `ratio(a, b)`."""
        named = inspect.signature(self.build).parameters.values()
        texts = [f"{p.name}, …" if p.kind == p.VAR_POSITIONAL else p.name for p in named if p.kind != p.KEYWORD_ONLY]
        return f"{self.name}({', '.join(texts)})"

    @property
    def summary(self) -> str:
        """What it computes, in one sentence."""
        return str(inspect.getdoc(self.build)).partition("\n")[0].rstrip(".")

    def written_out(self, arguments: Sequence[exp.Expr], kinds: Mapping[str, str], decision: str | None) -> exp.Expr:
        """The SQL of one call; raises `ValueError` with the rule that the call breaks.

        `kinds` are the declared types of columns, as far as they are known; `decision` is the column of its moment.
        """
        least, got = len(self.takes), len(arguments)
        if got < least or (got > least and self.more is None):
            wanted = f"{'at least ' if self.more else ''}{least} argument{'s' if least > 1 else ''}"
            raise ValueError(f"{self.call} takes {wanted}, got {got}")
        if self.of_decision and decision is None:
            raise ValueError(f"{self.call} counts up to the decision, and the study has no base.as_of")
        wants = [*self.takes, *[str(self.more)] * (got - least)]
        for position, (argument, want) in enumerate(zip(arguments, wants, strict=True), start=1):
            kind = kind_of(argument, kinds)
            if kind is not None and kind not in _TAKES[want]:
                said = f"argument {position}, {argument.sql('duckdb')}, is a {kind}"
                raise ValueError(f"{self.call} takes a {want} there: {said}")
        cast = [exp.cast(a.copy(), _CAST[want]) for a, want in zip(arguments, wants, strict=True)]
        given = {AS_OF: exp.cast(exp.column(str(decision)), "DATE")} if self.of_decision else {}
        return exp.Paren(this=self.build(*cast, **given)).copy()  # copied, since a function may use an argument twice


def kind_of(tree: exp.Expr, kinds: Mapping[str, str]) -> Kind | None:
    """What an expression gives, by the declared types of the columns in it; None where that cannot be told.

    >>> import sqlglot
    >>> kind_of(sqlglot.parse_one("case when born < decided then name end"), {"name": "text"})
    'text'
    """
    typed = exp.Paren(this=tree.copy())
    for column in list(typed.find_all(exp.Column)):
        if declared := kinds.get(column.name):
            column.replace(exp.cast(column.copy(), _SQL.get(declared, declared.upper())))
    found = annotate_types(typed, dialect="duckdb").type
    if found is None or (isinstance(tree.unnest(), exp.Sub) and found.is_type(*exp.DataType.TEMPORAL_TYPES)):
        return None  # the difference of two days is a number, which sqlglot takes for a day
    if found.is_type(*exp.DataType.NUMERIC_TYPES):
        return "number"
    if found.is_type("boolean"):
        return "boolean"
    if found.is_type(*exp.DataType.TEXT_TYPES):
        return "text"
    return "date" if found.is_type(*exp.DataType.TEMPORAL_TYPES) else None
