"""The parameters of an executed notebook as its page shows them: the values used, and what each is for."""

import ast
import io
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from riskbench.report.tables import Column, table


@dataclass(frozen=True)
class Parameter:
    """A notebook parameter as a reader sees it: the value used, the default where that differs, and its meaning."""

    name: str
    value: str
    default: str
    meaning: str


def parameters(source: str, injected: str = "") -> list[Parameter]:
    """The parameters of a `parameters` cell with the values that a run laid over them; [] where it does not parse.

    >>> parameters("seed = 1  # of every draw", "seed = 7")
    [Parameter(name='seed', value='7', default='1', meaning='of every draw')]
    """
    try:
        defaults, given = _assignments(source), _assignments(injected)
        comments = {
            token.start[0]: token.string.lstrip("# ")
            for token in tokenize.generate_tokens(io.StringIO(source).readline)
            if token.type == tokenize.COMMENT
        }
    except (SyntaxError, tokenize.TokenError):
        return []
    rows = []
    for name in {**defaults, **given}:
        default, line = defaults.get(name, ("", 0))
        value = given.get(name, (default, 0))[0]
        rows.append(Parameter(name, value, default if default != value else "", comments.get(line, "")))
    return rows


def _assignments(source: str) -> dict[str, tuple[str, int]]:
    found = {}
    for node in ast.parse(source).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and value is not None:
            found[target.id] = (ast.unparse(value), node.end_lineno or 0)
    return found


def parameter_table(rows: Sequence[Parameter]) -> str:
    """Parameters as a table; a column of defaults where a run changed one."""
    columns = [
        Column("parameter", [f"<code>{escape(row.name)}</code>" for row in rows]),
        Column("value", [f"<code>{escape(row.value)}</code>" for row in rows]),
        Column("meaning", [escape(row.meaning, quote=False) for row in rows]),
    ]
    if any(row.default for row in rows):
        columns.insert(
            2, Column("default", [f"<code>{escape(row.default)}</code>" if row.default else "" for row in rows])
        )
    return table(columns, "Parameters of this notebook", kind="parameters")
