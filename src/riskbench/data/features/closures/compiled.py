"""The formulas of a bundle, or of anything else, for one application at a time.

A formula that is not compiled is computed by DuckDB, slowly and rightly, and told in `slow`; so is the one case of a
compiled formula that lies beyond its closure, such as an overflow. What DuckDB refuses is refused in its words.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
from sqlglot import exp

from riskbench.data.features.closures.arithmetic import ARITHMETIC
from riskbench.data.features.closures.choosing import CHOOSING
from riskbench.data.features.closures.dates import DATES
from riskbench.data.features.closures.kinds import OF_STUDY, NotCompiled
from riskbench.data.features.closures.steps import Steps
from riskbench.data.features.closures.texts import TEXTS
from riskbench.data.features.closures.writer import Part, Writer
from riskbench.data.features.expressions import columns_in, parsed
from riskbench.data.features.formulas import compute

Cells = Mapping[str, Any]
Closure = Callable[[Cells], Any]

_TABLE: dict[type[exp.Expr], Part] = {**CHOOSING, **ARITHMETIC, **TEXTS, **DATES}
_NAMES = {"NEVER": -math.inf, "EVER": math.inf, "date": date, "datetime": datetime}
_ARROW = {"DOUBLE": pa.float64(), "VARCHAR": pa.string(), "DATE": pa.date32(), "TIMESTAMP": pa.timestamp("us")}


def closure(name: str, formula: str, kinds: Mapping[str, str]) -> Closure:
    """A function from the cells of one row to what the formula gives: a number, a truth, a text, a date, or None.

    `kinds` are the types of its columns as a study says them. Numbers come as float or int, texts as str, dates as
    `date`, `datetime` or ISO text; None and NaN are missing. The function raises ArithmeticError or ValueError where
    its cells lie beyond what it gives exactly.

    Raises `NotCompiled` for a part that no closure gives exactly, `StudyError` where the formula is none.

    >>> closure("f", "ratio(debt, income)", {"debt": "number", "income": "number"})({"debt": 600, "income": 1500})
    0.4
    """
    tree = parsed(name, formula)
    writer = Writer(Steps(tree, {column: OF_STUDY[kinds[column]] for column in columns_in(tree)}), _TABLE)
    source = writer.finished()
    scope = {**_NAMES, **writer.lines.given}
    exec(compile(source, f"<formula {name}>", "exec"), scope)  # written from the checked tree alone
    made: Closure = scope["formula"]
    return made


class Closures:
    """Formulas by name, each of one row; it holds nothing that changes, so that threads may share it.

    `slow` says, by name, why a formula is computed by DuckDB.

    >>> formulas = Closures({"share": "a / nullif(b, 0)"}, {"a": "number", "b": "number"})
    >>> formulas({"a": 1, "b": 4}), formulas({"a": 1, "b": 0}), dict(formulas.slow)
    ({'share': 0.25}, {'share': None}, {})
    """

    def __init__(self, formulas: Mapping[str, str], kinds: Mapping[str, str]):
        self._formulas, self._kinds = dict(formulas), dict(kinds)
        self._fast: dict[str, Closure] = {}
        self.slow: dict[str, str] = {}
        for name, formula in formulas.items():
            try:
                self._fast[name] = closure(name, formula, kinds)
            except NotCompiled as reason:
                self.slow[name] = str(reason)
        self._order = [(name, self._fast.get(name)) for name in formulas]

    def __call__(self, cells: Cells) -> dict[str, Any]:
        """What each formula gives, None where it is missing; raises `StudyError` where one cannot be computed."""
        found = {}
        for name, fast in self._order:
            try:
                found[name] = fast(cells) if fast else self._asked(name, cells)
            except (ArithmeticError, ValueError):
                found[name] = self._asked(name, cells)
        return found

    def _asked(self, name: str, cells: Cells) -> Any:
        """What DuckDB computes."""
        formula = self._formulas[name]
        kinds = {column: _ARROW[OF_STUDY[self._kinds[column]]] for column in columns_in(parsed(name, formula))}
        row = pa.table({column: pa.array([_cell(cells[column])]).cast(kind) for column, kind in kinds.items()})
        frame = row.to_pandas(types_mapper=pd.ArrowDtype) if kinds else pd.DataFrame(index=[0])
        value = compute(frame, {name: formula})[name].tolist()[0]
        return None if pd.isna(value) else value


def _cell(value: Any) -> Any:
    return None if value is None or value != value else value
