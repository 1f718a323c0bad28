"""Numbers as people write them: a decimal point or comma, something between the thousands, a sign before or behind."""

import re

import pyarrow as pa
import pyarrow.compute as pc

from riskbench.data.reading.dialects import Dialect, have_shape

POINT, COMMA = "decimal point", "decimal comma"

SHAPE = r"^\D{0,5}\d[^A-DF-Za-df-z]*.{0,4}$"  # spares text the dialects

_EXPONENT = r"(?:[eE][+-]?\d{1,3})?"
_BLANK = "[ \u00a0\u2009\u202f]"
_GROUPS = {  # thousands are parted by: pattern, how the title says it
    "": ("", ""),
    ",": (",", "a comma between thousands"),
    ".": (r"\.", "a dot between thousands"),
    " ": (_BLANK, "a blank between thousands"),
    "'": ("['\u2019]", "an apostrophe between thousands"),
}
_EXAMPLES = {  # of 1234.5
    (".", ""): "1234.50",
    (",", ""): "1234,50",
    (".", ","): "1,234.50",
    (",", "."): "1.234,50",
    (",", " "): "1 234,50",
    (".", " "): "1 234.50",
    (".", "'"): "1'234.50",
    (",", "'"): "1'234,50",
}

_CURRENCY = "$€£¥₹₽₴₦₱฿₫₩₪₺₸₵"
_BEFORE = re.compile(rf"^-?\s*([{_CURRENCY}]|[A-Z]{{3}}(?=\s))")  # AB123 and LOT7 are codes: a word stands apart
_BEHIND = re.compile(rf"([{_CURRENCY}%]|(?<=\s)[A-Z]{{3}})$")


def whole_numbers(values: pa.Array) -> pa.Array:
    """Whole numbers of at most 15 digits, so that none loses a digit on its way through floating point."""
    return _cast(_keep(values, r"^-?\d{1,15}$"), pa.int64())


def _dialect(mark: str, group: str) -> Dialect:
    between, said = _GROUPS[group]
    point = re.escape(mark)
    whole = rf"(?:\d+|[1-9]\d{{0,2}}(?:{between}\d{{3}})+)" if group else r"\d+"
    pattern = rf"^-?(?:{whole}(?:{point}\d*)?|{point}\d+){_EXPONENT}$"
    custom = POINT if mark == "." else COMMA

    def parse(values: pa.Array) -> pa.Array:
        kept = _keep(values, pattern)
        if group:
            kept = pc.replace_substring_regex(kept, between, "")
        if mark == ",":
            kept = pc.replace_substring(kept, ",", ".")
        whole_only = kept.null_count < len(kept) and not pc.any(pc.match_substring_regex(kept, "[.eE]")).as_py()
        longest = pc.max(pc.utf8_length(kept)).as_py() or 0
        return _cast(kept, pa.int64() if whole_only and longest <= 15 else pa.float64())

    return Dialect(
        "number", f"{custom}{f' and {said}' if said else ''} ({_EXAMPLES[mark, group]})", parse, custom, between
    )


def whole_with_zeros(values: pa.Array) -> pa.Array:
    """Whole numbers written 12.0, as happens to a column with gaps on its way through floating point."""
    kept = _keep(values, r"^-?\d{1,15}\.0$")
    return _cast(pc.replace_substring_regex(kept, r"\.0$", ""), pa.int64())


INTEGERS = (
    Dialect("integer", "whole numbers", whole_numbers),
    Dialect("integer", "whole numbers, all written with .0", whole_with_zeros, POINT),
)
NUMBERS = tuple(_dialect(mark, group) for mark, group in _EXAMPLES)


def looks_like_a_number(cell: str) -> bool:
    """Whether one cell is written as a number in any dialect.

    >>> [looks_like_a_number(cell) for cell in ("1.234,50", "-3", "income")]
    [True, True, False]
    """
    value = pa.array([cell.strip()])
    return have_shape(value, SHAPE) and any(dialect.parse(value).null_count == 0 for dialect in NUMBERS)


def without_unit(values: pa.Array) -> tuple[pa.Array, str]:
    """Values without the per cent or currency sign that all of them carry, and that sign; else as they are.

    >>> without_unit(pa.array(["-$5", "$1,200"]))[1]
    '$'
    """

    def gap(unit: str) -> str:
        return "+" if unit.isalpha() else "*"

    first = values[0].as_py()
    if found := _BEFORE.search(first):
        unit, pattern = found[1], rf"^(-?)\s*{re.escape(found[1])}\s{gap(found[1])}"
    elif found := _BEHIND.search(first):
        unit, pattern = found[1], rf"\s{gap(found[1])}{re.escape(found[1])}()$"
    else:
        return values, ""
    if not pc.all(pc.match_substring_regex(values, pattern)).as_py():
        return values, ""
    return pc.replace_substring_regex(values, pattern, r"\1"), unit


def are_codes(values: pa.Array) -> str:
    """Why digits are not a quantity but a code, or nothing.

    >>> are_codes(pa.array(["00123"]))
    'digits with leading zeros are codes'
    """
    if pc.any(pc.match_substring_regex(values, r"^-?0\d+(?:[.,]\d*)?$")).as_py():
        return "digits with leading zeros are codes"
    if pc.any(pc.match_substring_regex(values, r"^-?\d{16,}$")).as_py():
        return "16 digits and more are identifiers, and would be rounded as numbers"
    return ""


def _keep(values: pa.Array, pattern: str) -> pa.Array:
    return pc.if_else(pc.match_substring_regex(values, pattern), values, pa.scalar(None, pa.string()))


def _cast(values: pa.Array, to: pa.DataType) -> pa.Array:
    return pc.cast(values, to)
