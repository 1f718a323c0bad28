"""The cells of a delivery in the types that the study declares, and the rule for those that cannot be read."""

from collections.abc import Iterator

import ibis
import pyarrow as pa
from ibis.expr.types import Value

from riskbench.core.errors import DataError
from riskbench.data.reading.infer import MARKERS, infer_column
from riskbench.data.study.schema import Kind
from riskbench.data.value_rules import ACCEPTED, Rule

TYPES = {
    "integer": "int64", "number": "float64", "boolean": "boolean", "category": "string", "text": "string",
    "date": "date", "timestamp": "timestamp(6)",
}  # fmt: skip
WORDS = ("category", "text")
_ALIKE: dict[Kind, tuple[Kind, ...]] = {
    "integer": ("integer",), "number": ("integer", "number"), "boolean": ("boolean",), "date": ("date",),
}  # fmt: skip


def read_dialects(table: pa.Table, kinds: dict[str, Kind], file: str) -> pa.Table:
    """Columns of text typed where a whole column reads in one way; others stay text, to be read cell by cell."""
    columns = {name: table[name] for name in table.column_names}
    for name, kind in kinds.items():
        if name not in columns or kind not in _ALIKE:
            continue
        try:
            typed = infer_column(columns[name], name, file)
        except DataError:  # an infinite number: its row is refused, not the file
            continue
        if typed.kind in _ALIKE[kind]:
            columns[name] = pa.chunked_array([typed.values])
    return pa.table(columns)


def accepts(raw: Value, kind: Kind) -> bool:
    """Whether a column may be of a declared type: it has it, or it is text, which is read cell by cell."""
    has = any(getattr(raw.type(), test)() for test in ACCEPTED[kind])
    return has or raw.type().is_string() or (kind == "timestamp" and raw.type().is_date())


def cast(raw: Value, kind: Kind) -> Value:
    """The value in the declared type; missing where the cell is empty, says so, or cannot be read."""
    if not raw.type().is_string():
        return raw.cast(TYPES[kind])
    if kind in WORDS:
        return raw.nullif("")
    if kind == "timestamp":  # one with a zone is brought to UTC, one without is in it, as the session is
        return _present(raw).try_cast("timestamp('UTC')").cast(TYPES[kind])
    return _present(raw).try_cast(TYPES[kind])


def unreadable(raw: Value, column: str, kind: Kind, value: Value) -> Iterator[Rule]:
    """The rule that a cell of text can be read as the declared type."""
    if raw.type().is_string() and kind not in WORDS:
        written = {"date": " (year-month-day)", "timestamp": " (year-month-day hours:minutes:seconds)"}.get(kind, "")
        says = f"the value must be of type {kind}{written}"
        yield Rule(column, says, _present(raw).notnull() & value.isnull(), "correct it or leave it empty")


def _present(raw: Value) -> Value:
    text = raw.strip()
    return text.lower().isin([*MARKERS, ""]).ifelse(ibis.null("string"), text)
