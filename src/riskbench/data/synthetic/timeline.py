"""The portfolio's calendar: what happens in which month. Month 1 is January 2023."""

from dataclasses import dataclass

import numpy as np

START = np.datetime64("2023-01-01", "D")
OBSERVED_UNTIL = np.datetime64("2025-12-31", "D")
MONTHS = 36
PERIOD_DAYS = 30  # instalments fall due every thirty days, so a month on book always has thirty


@dataclass(frozen=True)
class Calendar:
    """The named months of the story; a pair is a first and a last month, a single one is where a change begins."""

    development: tuple[int, int] = (1, 9)
    stable: tuple[int, int] = (10, 21)
    new_product: int = 22
    population_shift: int = 25
    odds_change: int = 29
    burst: int = 34
    performance_window: int = 6


CALENDAR = Calendar()

# New customers by month of the year: they come for the holidays and stay away after them.
SEASON = np.array([0.95, 0.90, 0.95, 1.00, 1.00, 1.00, 0.95, 1.05, 1.00, 1.05, 1.10, 1.30])


def month_number(days: np.ndarray) -> np.ndarray:
    """Number of the month of each date; 1 is January 2023.

    >>> month_number(np.array(["2022-12-31", "2023-01-01", "2025-12-31"], dtype="M8[D]")).tolist()
    [0, 1, 36]
    """
    return (days.astype("M8[M]") - START.astype("M8[M]")).astype(np.int64) + 1


def month_start(number: np.ndarray) -> np.ndarray:
    """First day of each month."""
    return (START.astype("M8[M]") + (np.asarray(number) - 1)).astype("M8[D]")


def month_end(number: np.ndarray) -> np.ndarray:
    """Last day of each month."""
    return month_start(np.asarray(number) + 1) - np.timedelta64(1, "D")


def days(count: np.ndarray | int) -> np.ndarray:
    """Whole numbers of days as time differences."""
    return np.asarray(count).astype("m8[D]")
