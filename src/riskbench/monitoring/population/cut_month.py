"""Whether the data end within their newest month, and what is said of it.

A run keeps the month of an application, and of booked loans the day. A share of such a month, and a PSI, is judged by
its real number of applications and is marked; a count of it would read as a fall, so that volume, and every rule of
early warning, takes whole months alone.
"""

import datetime as dt

import pandas as pd

IDLE = 4  # days without a loan that a weekend and holidays explain


def cut_off(decided: pd.Series, months: pd.Series) -> dt.date | None:
    """The last day on which a loan was decided, where the newest month of applications seems to be cut off there.

    `decided` are days of booked loans, `months` those of applications ("2026-03"). It is taken to be cut off where more
    than `IDLE` days, and more than twice as many as in any month before, lie between that day and the end of its month.
    None where the month is whole, where there is none to compare it with, and without days. So data that write every
    decision on the first of its month have no cut.

    >>> days = pd.Series(pd.to_datetime(["2026-01-02", "2026-01-30", "2026-02-01", "2026-02-27", "2026-03-14"]))
    >>> cut_off(days, days.dt.strftime("%Y-%m"))
    datetime.date(2026, 3, 14)
    >>> cut_off(days[:-1], days[:-1].dt.strftime("%Y-%m")) is None
    True
    """
    days = decided.dropna().dt.normalize()
    last = days.groupby(days.dt.to_period("M")).max()
    left = (last + pd.offsets.MonthEnd(0) - last).dt.days
    if len(left) < 2 or str(left.index[-1]) != months.max() or left.iloc[-1] <= max(2 * left.iloc[:-1].max(), IDLE):
        return None
    return pd.Timestamp(last.iloc[-1]).date()


def marked(month: str, cut: dt.date | None) -> str:
    """A month as tables and figures name it: with its days, where the data end within it.

    >>> marked("2026-03", dt.date(2026, 3, 14)), marked("2026-02", dt.date(2026, 3, 14))
    ('2026-03 (1–14)', '2026-02')
    """
    return f"{month} (1–{cut.day})" if cut and f"{cut:%Y-%m}" == month else month


def cut_told(cut: dt.date | None) -> str:
    """That the newest month is incomplete, in a sentence; "" where it is not."""
    return f" The last loan was decided on {cut}: the newest month is taken to be incomplete." if cut else ""
