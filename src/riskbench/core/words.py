"""Numbers and limits in words, as every page and every sentence prints them.

A number is rounded to what its interval supports: two significant digits of the half-width. Without an interval it
keeps three significant digits. A judged number keeps as many digits as it takes to stay on its side of the limit.
"""

import math
from numbers import Integral, Real

from riskbench.core.evidence import Evidence, Table
from riskbench.core.status import WORDS
from riskbench.core.thresholds import Threshold

NBSP = "\u00a0"
MINUS = "\u2212"
MISSING = "–"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SCALES = {"%": 100.0}  # a share shown as percent; every other unit is shown as it is
_MOST_DECIMALS = 6
_NEVER_FAILS = 10_000  # the limit of the watch of a count that is only ever to be watched


def format_number(
    value: float | None,
    lower: float | None = None,
    upper: float | None = None,
    unit: str = "",
    decimals: int | None = None,
) -> str:
    """One number with its unit, rounded to what the interval [lower, upper] supports, or to `decimals`.

    `unit` is "", "%" (for a share, shown times 100), "points", a currency code or any other word put after the number.
    None is an en dash. Raises ValueError on NaN, which is never a figure.

    >>> format_number(0.77231, 0.7601, 0.7842), format_number(1234567), format_number(3.2e-8)
    ('0.772', '1,234,567', '3.20 × 10⁻⁸')
    >>> format_number(0.0812, unit="%").replace(NBSP, " "), format_number(-12_345.0, -13_600, -11_100)
    ('8.12 %', '−12,300')
    """
    if value is None:
        return MISSING
    if decimals is None:
        decimals = decimals_for(value, lower, upper, unit)
    return bare_number(value, decimals, unit) + (f"{NBSP}{unit}" if unit else "")


def decimals_for(value: float, lower: float | None = None, upper: float | None = None, unit: str = "") -> int:
    """How many decimals a number deserves; negative ones round to tens, hundreds and so on."""
    scale = _SCALES.get(unit, 1.0)
    whole = isinstance(value, Integral) and unit not in _SCALES
    if lower is not None and upper is not None and upper > lower and math.isfinite(upper - lower):
        return 0 if whole else 1 - _magnitude(scale * (upper - lower) / 2)
    if whole or value == 0 or not math.isfinite(value):
        return 0
    return max(0, 2 - _magnitude(scale * value))


def bare_number(value: float, decimals: int, unit: str = "") -> str:
    """The number alone, scaled for its unit, with thousands separated and a true minus sign."""
    if isinstance(value, bool) or not isinstance(value, Real) or math.isnan(value):
        raise ValueError(f"a figure must be a number other than NaN, got {value!r}")
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    scaled = value if isinstance(value, Integral) and unit not in _SCALES else float(value) * _SCALES.get(unit, 1.0)
    if decimals > _MOST_DECIMALS and scaled != 0:
        mantissa, exponent = f"{scaled:.{max(1, decimals + _magnitude(scaled))}e}".split("e")
        return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}".replace("-", MINUS)
    text = f"{round(scaled, decimals):,.{max(0, decimals)}f}"
    return text.replace("-", "" if float(text.replace(",", "")) == 0 else MINUS)


def _magnitude(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0


def _shown_decimals(e: Evidence, value: float) -> int:
    decimals = decimals_for(value, e.lower, e.upper, e.unit)
    if e.threshold is None or isinstance(value, Integral):
        return decimals
    for extra in range(4):  # 0.6497 against "at least 0.65" must not read 0.65 and "watch"
        shown = round(value * _SCALES.get(e.unit, 1.0), decimals + extra) / _SCALES.get(e.unit, 1.0)
        if e.threshold.judge(shown) == e.threshold.judge(value):
            return decimals + extra
    return decimals


def format_value(e: Evidence) -> str:
    """The value of a piece of evidence as plain text, with its unit and without its interval."""
    if e.value is None:
        return WORDS["not_evaluated"]
    if isinstance(e.value, bool):
        return "yes" if e.value else "no"
    if isinstance(e.value, Table):
        return f"table of {count_rows(len(e.value.rows))}"
    if isinstance(e.value, str):
        return e.value
    return format_number(e.value, unit=e.unit, decimals=_shown_decimals(e, e.value))


def format_interval(e: Evidence, between: str = "") -> str:
    """The interval with the value's decimals, "0.760 to 0.784", or "" where there is none.

    `between` replaces " to " where no bound is negative.
    """
    if e.value is None or isinstance(e.value, bool | str | Table) or (e.lower is None and e.upper is None):
        return ""
    decimals = _shown_decimals(e, e.value)
    low, high = (None if bound is None else bare_number(bound, decimals, e.unit) for bound in (e.lower, e.upper))
    unit = f"{NBSP}{e.unit}" if e.unit else ""
    if low is None or high is None:
        return f"from {low}{unit}" if high is None else f"up to {high}{unit}"
    join = between if between and MINUS not in low + high else " to "
    return f"{low}{join}{high}{unit}"


def bounds_told(e: Evidence) -> str:
    """The bounds and what they are: "95 % interval 0.760 to 0.784", or without a level "range 3 to 9", "up to 9"."""
    bounds = format_interval(e)
    if not bounds:
        return ""
    if e.level:
        return f"{format_number(100 * e.level, decimals=0)}{NBSP}% interval {bounds}"
    return bounds if e.lower is None or e.upper is None else f"range {bounds}"


def format_evidence(e: Evidence) -> str:
    """Value and interval as plain text: "0.772 (95 % interval 0.760 to 0.784)"; why not, where there is no value."""
    if e.value is None:
        return f"{WORDS['not_evaluated']}{f' ({e.reason})' if e.reason else ''}"
    bounds = bounds_told(e)
    return f"{format_value(e)} ({bounds})" if bounds else format_value(e)


def format_limits(threshold: Threshold | None, unit: str = "") -> str:
    """The limits in short, in the unit of the figure: "≥ 0.65, watch ≥ 0.60". Empty without a threshold."""
    return ", ".join(limits(threshold, unit))


def limits(threshold: Threshold | None, unit: str = "") -> list[str]:
    """The limit in short and, where it is another one, the limit of the watch: ["≥ 0.65", "watch ≥ 0.60"].

    A count that never fails, however large, has ["≤ 0", "else watch"].
    """
    if threshold is None:
        return []

    def side(limit: float | tuple[float, float]) -> str:
        if isinstance(limit, tuple):
            return f"{_limit(limit[0], unit)} to {_limit(limit[1], unit)}{NBSP}{unit}".rstrip()
        sign = "≥" if threshold.direction == "at_least" else "≤"
        return f"{sign}{NBSP}{_limit(limit, unit)}{NBSP}{unit}".rstrip()

    if threshold.green == threshold.amber:
        return [side(threshold.green)]
    if threshold.direction == "at_most" and threshold.amber == _NEVER_FAILS:
        return [side(threshold.green), f"else {WORDS['amber']}"]
    return [side(threshold.green), f"{WORDS['amber']} {side(threshold.amber)}"]


def _limit(value: float, unit: str) -> str:
    if value and abs(value) < 1e-4:
        return bare_number(value, decimals_for(value, unit=unit), unit)
    return f"{value * _SCALES.get(unit, 1.0):,.10g}".replace("-", MINUS)


def count_rows(count: int) -> str:
    """How many rows, in words that agree.

    >>> count_rows(1), count_rows(2000)
    ('1 row', '2,000 rows')
    """
    return f"{count:,} row{'' if count == 1 else 's'}"
