"""A data frame as a table: headings and numbers as the glossary prints them, bounds beside their value."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from html import escape
from numbers import Integral, Real
from typing import Any

import pandas as pd

from riskbench.core.evidence import ID, SAMPLES
from riskbench.core.glossary import column_formats, glossary
from riskbench.core.status import SHAPES
from riskbench.core.words import MISSING, NBSP, bare_number, decimals_for, format_number
from riskbench.report.prose import anchor, status_html
from riskbench.report.tables.markup import Column, table

LONGEST, SHOWN = 150, 40  # rows: of a table with more than the first, the second are shown and the others folded away
SMALLEST_P = 0.001  # below it three decimals would read 0, which no p-value is

_P_VALUE = re.compile(r"(^|_)p(_value)?$")  # names of columns of p-values
_NAMES = {"brier": "Brier", "holm": "Holm", "jeffreys": "Jeffreys", "vasicek": "Vasicek", "sd": "SD", "jrt": "JR/T"}
_NAMES |= {language.lower(): language for language in ("English", "Chinese")}
_ACRONYM = re.compile(r"\((\w+)\)$")  # at the end of a term's name: "information value (IV)"


def html_table(
    frame: pd.DataFrame,
    caption: str,
    *,
    formats: Mapping[str, str] | None = None,
    note: str = "",
    status_column: str | None = "status",
    evidence: str = "",
) -> str:
    """A data frame as an accessible HTML table; everything in it is escaped.

    Columns that the glossary knows are printed in its format. `formats`, for the others and for exceptions, maps a
    column to its unit ("%" for shares, "points", "EUR") or to a format such as ".3f" or ",.0f" (one that starts with a
    point, a comma or a plus). Units stand in the header. Without a format a column of fractions shows three
    significant digits of its largest value; with "each", three of every value. "p", the default of columns named p,
    p_value or ending so, is for p-values: three decimals, "< 0.001" below; "evidence" makes links of the ids that a
    text lists with commas. Bounds that follow their value (`rate,
    rate_lower, rate_upper` or `rate, lower, upper`) stand beside it, in its format. Statuses in the column `status`, or
    in the one named by `status_column`, are shown as shape and word. A named index becomes the first columns. Of a
    table of more than 150 rows the first 40 are shown and the others folded away. `evidence` is the id that the caption
    leads to.
    Raises ValueError on a format for a column that is not there.

    >>> print(html_table(pd.DataFrame({"bin": ["< 5"], "bad_rate": [0.0812]}), "Bins"))
    ... # doctest: +ELLIPSIS
    <div class="table-box" ...<th scope="col" class="number">bad rate <span class="unit">%</span></th>...
    """
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    frame = frame.rename(columns=str)
    if unknown := [name for name in formats or {} if name not in frame.columns]:
        raise ValueError(f"a format must belong to a column of the table ({', '.join(frame.columns)}), got {unknown}")
    columns = _columns(frame, formats or {}, status_column)
    if len(frame) > LONGEST:
        return _folded(columns, caption, note, evidence)
    return table(columns, caption, note, grouped=True, evidence=evidence)


def is_unit(form: str) -> bool:
    """Whether a column's format is the unit of its numbers ("%", "points", "EUR"), and not a way to print them."""
    return bool(form) and form not in ("p", "each", "evidence") and form[0] not in ".,+"


def heading(name: str) -> str:
    """A column's name as a reader reads it: words, with acronyms as the glossary writes them.

    >>> heading("lr_p_value"), heading("mean_pd"), heading("out_of_time")
    ('LR p-value', 'mean PD', 'out-of-time')
    """
    words = SAMPLES.get(name, name).replace("_", " ").replace("p value", "p-value")
    return " ".join(_acronyms().get(word, word) for word in words.split(" "))


@cache
def _acronyms() -> Mapping[str, str]:
    found = (_ACRONYM.search(term.name) for term in glossary().values())
    return _NAMES | {match[1].lower(): match[1] for match in found if match}


def _columns(frame: pd.DataFrame, formats: Mapping[str, str], status_column: str | None) -> list[Column]:
    names = list(frame.columns)
    known = {name: column_formats().get(name, "") for name in names} | dict(formats)
    for value, lower, upper in _intervals(names):
        known |= {bound: formats.get(bound) or known[value] for bound in (lower, upper)}
    columns = {name: _column(name, list(frame[name]), known[name], name == status_column) for name in names}
    for value, lower, upper in _intervals(names):
        if columns[value].numeric and columns[lower].numeric:
            bounds = columns.pop(lower), columns.pop(upper)
            columns[value] = _with_interval(columns[value], *bounds)
    return list(columns.values())


def _folded(columns: Sequence[Column], caption: str, note: str, evidence: str) -> str:
    """The first rows of a long table, the others one click away."""
    rows = len(columns[0].cells)
    first, others = (
        [Column(c.heading, c.cells[part], c.numeric) for c in columns] for part in (slice(SHOWN), slice(SHOWN, None))
    )
    told = f"The first {SHOWN} of {rows:,} rows; the others are folded below."
    rest = table(others, f"{caption}, continued", grouped=True, evidence=evidence)
    return (
        table(first, caption, f"{note} {told}".strip(), grouped=True, evidence=evidence)
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
    return f"{low} to {high}" if {"−", "+"} & set(low + high) else f"{low}–{high}"


def _column(name: str, values: list[Any], form: str, is_status: bool) -> Column:
    title = escape(heading(name), quote=False)
    if is_status:
        return Column(title, [status_html(value) if value in SHAPES else _text(value) for value in values])
    if name == "sample":
        return Column(title, [_text(SAMPLES.get(value, value)) for value in values])
    present = [value for value in values if not _absent(value)]
    if form == "evidence":
        return Column(title, [MISSING if not value or _absent(value) else _links(str(value)) for value in values])
    if not all(map(_is_number, present)):
        return Column(title, [_text(value) for value in values])
    written = _writer(present, form or ("p" if _P_VALUE.search(name) else ""))
    unit = f' <span class="unit">{escape(form)}</span>' if is_unit(form) else ""
    cells = [MISSING if _absent(value) else written(value) for value in values]
    return Column(title + unit, cells, numeric=bool(present))


def _writer(present: Sequence[Real], form: str) -> Callable[[Any], str]:
    """How the numbers of a column are written."""
    if form == "p":
        return _p_value
    if form == "each":
        return lambda value: format_number(float(value))
    if form and not is_unit(form):
        return lambda value: format(value, form).replace("-", "−")
    whole = form != "%" and all(isinstance(value, Integral) for value in present)
    finite = [abs(float(value)) for value in present if abs(float(value)) != float("inf")]
    decimals = decimals_for(max(finite), unit=form) if finite and not whole else 0
    return lambda value: _aligned(value, decimals, form)


def _aligned(value: Any, decimals: int, unit: str) -> str:
    if value and abs(value) < 1e-4 and decimals > 4:  # a lone tiny figure: powers of ten read better than zeros
        return bare_number(value, decimals_for(value, unit=unit), unit)
    return bare_number(value, min(decimals, 5), unit)


def _p_value(value: float) -> str:
    return f"&lt;{NBSP}{SMALLEST_P:g}" if value < SMALLEST_P else f"{value:.3f}"


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and not _is_flag(value)


def _is_flag(value: Any) -> bool:
    return type(value).__name__ in ("bool", "bool_")


def _absent(value: Any) -> bool:
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and value != value)


def _links(text: str) -> str:
    """The parts of a text, each id of evidence as a link to its entry, the others as they are."""
    parts = text.split(", ")
    return ", ".join(_link(part) if re.match(ID, part) else escape(part, quote=False) for part in parts)


def _link(id_: str) -> str:
    return f'<a href="{escape(anchor(id_))}">{id_.replace(".", ".<wbr>").replace("_", "_<wbr>")}</a>'


def _text(value: Any) -> str:
    if _absent(value):
        return MISSING
    if _is_flag(value):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        value = value.date() if value == value.normalize() else value
    if _is_number(value):
        return format_number(float(value) if not isinstance(value, Integral) else int(value))
    return escape(str(value), quote=False)
