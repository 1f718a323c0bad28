"""Tables that a screen reader, a printer and a phone can read: caption, scopes, units in the header, aligned."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from numbers import Integral, Real
from typing import Any

import pandas as pd

from riskbench.core.evidence import SAMPLES, Evidence
from riskbench.core.glossary import column_formats
from riskbench.core.results import CheckResult
from riskbench.core.status import SHAPES, WORST_FIRST
from riskbench.core.words import (
    MISSING,
    NBSP,
    bare_number,
    decimals_for,
    format_interval,
    format_number,
    format_value,
    limits,
)
from riskbench.report.prose import status_html

LONG = 48  # characters from which a cell is a sentence, which wants room to wrap
LONGEST, SHOWN = 150, 40  # rows: of a table with more than the first, the second are shown and the others folded away

P_VALUE = re.compile(r"(^|_)p(_value)?$")  # names of columns of p-values
SMALLEST_P = 0.001  # below it three decimals would read 0, which no p-value is
_TAG = re.compile(r"<[^>]*>")


def is_unit(form: str) -> bool:
    """Whether a column's format is the unit of its numbers ("%", "points", "EUR"), and not a way to print them."""
    return bool(form) and form not in ("p", "each") and form[0] not in ".,+"


@dataclass(frozen=True)
class Column:
    """A column ready to print: its heading (HTML), its cells (HTML), and whether they are figures."""

    heading: str
    cells: Sequence[str]
    numeric: bool = False


def table(columns: Sequence[Column], caption: str, note: str = "", kind: str = "") -> str:
    """The HTML of a table; the first column names its rows where it does not hold figures.

    The table stands in a box of its own that scrolls sideways on a narrow screen, never the page.
    """
    head = "".join(f'<th scope="col"{_numeric(column)}>{column.heading}</th>' for column in columns)
    rows = "".join(f"<tr>{_row(columns, row)}</tr>" for row in zip(*(c.cells for c in columns), strict=True))
    rows = rows or f'<tr><td colspan="{len(columns)}">none</td></tr>'
    title = escape(caption, quote=False)
    after = f'<p class="note">{escape(note, quote=False)}</p>' if note else ""
    return (
        f'<div class="table-box{f" {kind}" if kind else ""}" role="region" aria-label="{escape(caption)}" tabindex="0">'
        f"<table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{after}"
    )


def _numeric(column: Column) -> str:
    return ' class="number"' if column.numeric else ""


def _long(cell: str) -> str:
    return ' class="long"' if len(_TAG.sub("", cell)) > LONG else ""


def _row(columns: Sequence[Column], cells: Sequence[str]) -> str:
    shown = [f"<td{_numeric(column) or _long(cell)}>{cell}</td>" for column, cell in zip(columns, cells, strict=True)]
    if not columns[0].numeric:
        shown[0] = f'<th scope="row">{cells[0]}</th>'
    return "".join(shown)


def html_table(
    frame: pd.DataFrame,
    caption: str,
    *,
    formats: Mapping[str, str] | None = None,
    note: str = "",
    status_column: str | None = None,
) -> str:
    """A data frame as an accessible HTML table; everything in it is escaped.

    Columns that the glossary knows are printed in its format. `formats`, for the others and for exceptions, maps a
    column to its unit ("%" for shares, "points", "EUR") or to a format such as ".3f" or ",.0f" (one that starts with a
    point, a comma or a plus). Units stand in the header. Without a format a column of fractions shows three
    significant digits of its largest value; with "each", three of every value. "p", the default of columns named p,
    p_value or ending so, is for p-values: three decimals, "< 0.001" below. Bounds that follow their value (`rate,
    rate_lower, rate_upper` or `rate, lower, upper`) stand beside it, in its format. `status_column` names the column
    of statuses, shown as shape and word. A named index becomes the first columns. Of a table of more than 150 rows the
    first 40 are shown and the others folded away.
    Raises ValueError on a format for a column that is not there.

    >>> print(html_table(pd.DataFrame({"bin": ["< 5"], "bad_rate": [0.0812]}), "Bins"))
    ... # doctest: +ELLIPSIS
    <div class="table-box" ...<th scope="col" class="number">bad rate <span class="unit">%</span></th>...
    """
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    frame = frame.rename(columns=str)
    formats = formats or {}
    unknown = [name for name in (*formats, *([status_column] if status_column else [])) if name not in frame.columns]
    if unknown:
        raise ValueError(f"a format must belong to a column of the table ({', '.join(frame.columns)}), got {unknown}")
    names = list(map(str, frame.columns))
    known = {name: column_formats().get(name, "") for name in names} | dict(formats)
    for value, lower, upper in _intervals(names):
        known |= {bound: formats.get(bound) or known[value] for bound in (lower, upper)}
    columns = {name: _column(name, list(frame[name]), known[name], name == status_column) for name in names}
    for value, lower, upper in _intervals(names):
        if columns[value].numeric and columns[lower].numeric:
            bounds = columns.pop(lower), columns.pop(upper)
            columns[value] = _with_interval(columns[value], *bounds)
    return (
        _folded(list(columns.values()), caption, note)
        if len(frame) > LONGEST
        else table([*columns.values()], caption, note)
    )


def _folded(columns: Sequence[Column], caption: str, note: str) -> str:
    """The first rows of a long table, the others one click away."""
    rows = len(columns[0].cells)
    first, others = (
        [Column(c.heading, c.cells[part], c.numeric) for c in columns] for part in (slice(SHOWN), slice(SHOWN, None))
    )
    told = f"The first {SHOWN} of {rows:,} rows; the others are folded below."
    rest = table(others, f"{caption}, continued")
    return (
        table(first, caption, f"{note} {told}".strip())
        + f'<details class="data long"><summary>The other {rows - SHOWN:,} rows</summary>{rest}</details>'
    )


def _intervals(names: Sequence[str]) -> list[tuple[str, str, str]]:
    """A value and its two bounds: a column followed by one that ends in `lower` and one that ends in `upper`."""
    triples = zip(names, names[1:], names[2:], strict=False)
    return [t for t in triples if t[1].endswith("lower") and t[2] == t[1].removesuffix("lower") + "upper"]


def _with_interval(value: Column, lower: Column, upper: Column) -> Column:
    """The bounds small beside the value: a point is never shown without the interval that it has."""
    cells = [
        point if MISSING in (low, high) else f'{point} <span class="interval">({_dash(low, high)})</span>'
        for point, low, high in zip(value.cells, lower.cells, upper.cells, strict=True)
    ]
    return Column(value.heading, cells, numeric=True)


def _dash(low: str, high: str) -> str:
    return f"{low} to {high}" if "−" in low + high else f"{low}–{high}"


def _column(name: str, values: list[Any], form: str, is_status: bool) -> Column:
    heading = escape(name.replace("_", " "), quote=False)
    if is_status:
        return Column(heading, [status_html(value) if value in SHAPES else _text(value) for value in values])
    present = [value for value in values if not _absent(value)]
    if not all(isinstance(value, Real) and not isinstance(value, bool) and not _is_flag(value) for value in present):
        return Column(heading, [_text(value) for value in values])
    if form == "p" or (not form and P_VALUE.search(name)):
        return Column(heading, [MISSING if _absent(v) else _p_value(v) for v in values], numeric=bool(present))
    if form == "each":
        return Column(
            heading, [MISSING if _absent(v) else format_number(float(v)) for v in values], numeric=bool(present)
        )
    if form and not is_unit(form):
        cells = [MISSING if _absent(value) else format(value, form).replace("-", "−") for value in values]
        return Column(heading, cells, numeric=bool(present))
    whole = all(isinstance(value, Integral) for value in present)
    finite = [abs(value) for value in present if abs(value) != float("inf")]
    decimals = decimals_for(max(finite), unit=form) if finite and not (whole and form != "%") else 0
    cells = [MISSING if _absent(value) else _aligned(value, decimals, form) for value in values]
    unit = f' <span class="unit">{escape(form)}</span>' if form else ""
    return Column(heading + unit, cells, numeric=bool(present))


def _aligned(value: Any, decimals: int, unit: str) -> str:
    if value and abs(value) < 1e-4 and decimals > 4:  # a lone tiny figure: powers of ten read better than zeros
        return bare_number(value, decimals_for(value, unit=unit), unit)
    return bare_number(value, min(decimals, 5), unit)


def _p_value(value: float) -> str:
    return f"&lt;{NBSP}{SMALLEST_P:g}" if value < SMALLEST_P else f"{value:.3f}"


def _is_flag(value: Any) -> bool:
    return type(value).__name__ in ("bool", "bool_")


def _absent(value: Any) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)


def _text(value: Any) -> str:
    if _absent(value):
        return MISSING
    if _is_flag(value):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        value = value.date() if value == value.normalize() else value
    if isinstance(value, Real) and not isinstance(value, bool):
        return format_number(float(value) if not isinstance(value, Integral) else int(value))
    return escape(str(value), quote=False)


def checks_table(checks: Iterable[Evidence | CheckResult], caption: str = "Checks", note: str = "") -> str:
    """Every check in one table: status in shape and word, value with interval, limit, n.

    The worst come first; within a status the order given is kept.
    """
    rows = sorted((as_evidence(check) for check in checks), key=lambda e: WORST_FIRST.index(e.status))
    levels = {e.level for e in rows if format_interval(e)}
    if len(levels) == 1 and (level := levels.pop()) and not note:
        note = f"In brackets: intervals at {format_number(100 * level, decimals=0)} %."
    columns = [
        Column("check", [stacked([e.title, *([SAMPLES[e.dims.sample]] if e.dims.sample else [])]) for e in rows]),
        Column("status", [_judgement(e) for e in rows]),
        Column("value", [_judged_value(e) for e in rows], numeric=True),
        Column("limit", [stacked(_limits(e)) for e in rows]),
        Column("n", [format_number(e.n) for e in rows], numeric=True),
    ]
    return table(columns, caption, note, kind="checks")


def stacked(lines: Sequence[str]) -> str:
    """The first line in full, the others small below it; a dash for none."""
    head, *rest = lines or [MISSING]
    return escape(head, quote=False) + "".join(f"<small>{escape(line, quote=False)}</small>" for line in rest)


def _judged_value(e: Evidence) -> str:
    interval = format_interval(e, between="–")
    return MISSING if e.value is None else stacked([format_value(e), *([f"({interval})"] if interval else [])])


def _limits(e: Evidence) -> list[str]:
    own = bool(e.threshold and e.threshold.override_reason)
    return limits(e.threshold, e.unit) + ["set by the study"] * own


def _judgement(e: Evidence) -> str:
    said = status_html(e.status) or "for information"
    return said + (f"<small>{escape(e.reason, quote=False)}</small>" if e.value is None and e.reason else "")


def as_evidence(check: Evidence | CheckResult) -> Evidence:
    """A check result as the evidence that it will become; the stage is not known yet and does not show."""
    return check if isinstance(check, Evidence) else Evidence.of("shown", check)
