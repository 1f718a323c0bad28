"""Dates as people write them. A time of day and its zone are dropped: the day counts, as it is written."""

import re
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from riskbench.data.reading.dialects import Dialect, have_shape
from riskbench.data.reading.tape import in_rows

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day first", "month first", "year first"
PIVOT = 69  # two-digit years from here on are of the 1900s, as POSIX has it

_CLOCK = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?(?: ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?"
_DAY, _MONTH = r"(?P<d>0?[1-9]|[12]\d|3[01])", r"(?P<m>0?[1-9]|1[0-2])"
_YEAR, _SHORT = r"(?P<y>\d{4})", r"(?P<y>\d{2})"
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_REST = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "t(?:ember)?", "ober", "ember", "ember")
_NAMED = rf"(?P<m>(?i:{'|'.join(f'{name}(?:{rest})?' for name, rest in zip(_NAMES, _REST, strict=True))}))\.?"
_GAP = r"[-/ ]"


# A glance at the shape spares most columns the two dozen dialects.
SHAPE = r"^(?:\d{1,4}[-/. ](?:\d{1,2}|[A-Za-z]{3,9}\.?)[-/. ]\d{1,4}|[A-Za-z]{3,9}\.?[-/ ]\d{2,4}|\d{8}$)"


def _parser(pattern: str) -> Callable[[pa.Array], pa.Array]:
    pattern = f"^{pattern}$"

    def parse(values: pa.Array) -> pa.Array:
        parts = pc.extract_regex(values, pattern)
        found = parts.is_valid().to_numpy(zero_copy_only=False)
        part = {field.name: parts.field(field.name) for field in parts.type}
        if "(?i:" in pattern:
            names = pc.index_in(pc.utf8_slice_codeunits(pc.utf8_lower(part["m"]), 0, 3), pa.array(_NAMES))
            month = pc.fill_null(names, 0).to_numpy(zero_copy_only=False).astype(np.int64) + 1
        else:
            month = _number(part["m"], found)
        year, day = _number(part["y"], found), _number(part["d"], found) if "d" in part else np.ones_like(month)
        if _SHORT in pattern:
            year = year + np.where(year >= PIVOT, 1900, 2000)
        first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
        days = first.astype("datetime64[D]") + (day - 1)
        found &= days.astype("datetime64[M]") == first  # there is no 31 February
        return pa.array(days, pa.date32(), mask=~found)

    return parse


def _number(texts: pa.Array, found: np.ndarray) -> np.ndarray:
    usable = pc.if_else(pa.array(found), texts, "1")
    return pc.cast(usable, pa.int64()).to_numpy(zero_copy_only=False)


def _dates() -> tuple[Dialect, ...]:
    made = [("yyyymmdd", r"(?P<y>(?:19|20|21|99)\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])", "")]
    made += [(f"yyyy{s}mm{s}dd", rf"{_YEAR}{re.escape(s)}{_MONTH}{re.escape(s)}{_DAY}{_CLOCK}", "") for s in "-/."]
    for years, year in (("yyyy", _YEAR), ("yy", _SHORT)):
        # Nobody writes a month before a dot; with a stroke both orders are in use.
        made.append((f"dd.mm.{years}", rf"{_DAY}\.{_MONTH}\.{year}{_CLOCK}", ""))
        for s in "/-":
            made.append((f"dd{s}mm{s}{years}", rf"{_DAY}{s}{_MONTH}{s}{year}{_CLOCK}", DAY_FIRST))
            made.append((f"mm{s}dd{s}{years}", rf"{_MONTH}{s}{_DAY}{s}{year}{_CLOCK}", MONTH_FIRST))
        made.append((f"dd-Mon-{years}", rf"{_DAY}{_GAP}{_NAMED}{_GAP}{year}{_CLOCK}", ""))
        made.append((f"Mon-{years}", rf"{_NAMED}{_GAP}{year}", ""))
    made.append(("yy-mm-dd", rf"{_SHORT}-{_MONTH}-{_DAY}{_CLOCK}", YEAR_FIRST))
    return tuple(Dialect("date", title, _parser(pattern), custom) for title, pattern, custom in made)


DATES = _dates()
ISO_DATES = tuple(dialect for dialect in DATES if dialect.title == "yyyy-mm-dd")


def looks_like_a_date(cell: str) -> bool:
    """Whether one cell is written as a date in any dialect.

    >>> [looks_like_a_date(cell) for cell in ("31.12.2020", "Dec-2020", "31.02.2020", "opened")]
    [True, True, False, False]
    """
    value = pa.array([cell.strip()])
    return have_shape(value, SHAPE) and any(dialect.parse(value).null_count == 0 for dialect in DATES)


def custom_of_months(values: pa.Array) -> str:
    """The order of day and month where every date is the first of a month and all twelve months occur, or nothing.

    >>> custom_of_months(pa.array([f"01/{month:02}/2020" for month in range(1, 13)]))
    'day first'
    """
    for dialect in DATES:
        if dialect.custom not in (DAY_FIRST, MONTH_FIRST) or (dates := dialect.parse(values)).null_count:
            continue
        if pc.max(pc.day(dates)).as_py() == 1 and len(pc.unique(pc.month(dates))) == 12:
            return dialect.custom
    return ""


def remarks(title: str, dates: pa.Array, weights: np.ndarray) -> list[str]:
    """What a reader should know of the dates: `weights` are the rows of each distinct one."""
    year = pc.year(dates).to_numpy(zero_copy_only=False)
    said = []
    if title.startswith("Mon-"):
        said.append("a month is dated by its first day")
    elif (late := int(weights[pc.day(dates).to_numpy(zero_copy_only=False) > 12].sum())) and re.match(
        "dd.mm|mm.dd", title
    ):
        said.append(f"a day above 12 in {in_rows(late)} tells it from the month")
    if re.search(r"\byy\b", title):
        said.append(f"two-digit years from {PIVOT} on are of the 1900s, others of the 2000s")
    if odd := int(weights[(year <= 1900) | (year >= 2100)].sum()):
        said.append(f"before 1901 or after 2099 in {in_rows(odd)}, which often stands for no date")
    return said
