"""Numbers and dates as Chinese writes them: the one door to Babel's formats."""

import re
from datetime import date

from riskbench.report.language.opaque import DATE, MONTHS, SHORT_MONTHS

LOCALE = "zh_Hans_CN"
_MARKS = {",": "，", ";": "；", ":": "："}
_PERCENT = re.compile(r"(?<=\d)(?:\s|&nbsp;)%")


def chinese_number(raw: str) -> str:
    """A number without the space before its percent sign, a date in Chinese, a mark between two elements in full width.

    All else stays as it is.

    >>> chinese_number("8.12 %"), chinese_number("26 November 2026, 02:20 UTC"), chinese_number("1,234")
    ('8.12%', '2026年11月26日02:20（UTC）', '1,234')
    """
    if (mark := raw.strip()) in _MARKS:
        return _MARKS[mark]
    if found := DATE.fullmatch(raw):
        return _chinese_date(found)
    return _PERCENT.sub("%", raw)


def _chinese_date(found: "re.Match[str]") -> str:
    from babel.dates import format_date, format_skeleton

    month = MONTHS.get(found["month"]) or SHORT_MONTHS[found["month"]]
    try:
        day = date(int(found["year"]), month, int(found["day"] or 1))
    except ValueError:  # no such day: not a date
        return found[0]
    told = format_date(day, "long", LOCALE) if found["day"] else format_skeleton("yMMMM", day, locale=LOCALE)
    return f"{told}{found['time']}（UTC）" if found["time"] else str(told)
