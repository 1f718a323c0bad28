"""Booked loans made for a test: decided month by month, paid as told."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest

from riskbench.monitoring.outcomes.booked import Booked

AGES = 3


def _performance(
    months: Sequence[str], bad_by: Sequence[int], until: str = "2026-12-31", left_after: Sequence[int] | None = None
) -> pd.DataFrame:
    """One loan an entry, decided on the first of its month, bad from month `bad_by` on (0: never), seen `until` a day.

    A month on book is thirty days; the label is known after `AGES` of them. A loan leaves after `left_after` months.
    """
    decided = pd.to_datetime(pd.Series([f"{month}-01" for month in months])).astype("datetime64[s]")
    turn = np.array(bad_by)
    last = np.full(len(turn), AGES) if left_after is None else np.array(left_after)
    frame = pd.DataFrame({"application": [f"l{i}" for i in range(len(turn))], "decided_on": decided})
    frame["final_on"] = decided + pd.Timedelta(days=30 * AGES)
    open_ = frame["final_on"] > pd.Timestamp(until)
    frame["label"] = np.select([open_, turn > 0], ["immature", "bad"], "good")
    for m in range(1, AGES + 1):
        day = decided + pd.Timedelta(days=30 * m)
        known, is_bad = (day <= pd.Timestamp(until)).to_numpy(), (turn > 0) & (turn <= m)
        there = known & ((m <= last) | is_bad)
        frame[f"known_{m}"] = day.where(known)
        frame[f"dpd_{m}"] = np.where(there, np.where(is_bad, 30.0 * (m - turn + 1), 0.0), np.nan)
        frame[f"owed_{m}"] = np.where(there, np.where(is_bad | (turn == m + 1), 50.0, 0.0), np.nan)
        frame[f"status_{m}"] = pd.Series(np.where(is_bad, "late", "current")).where(there)
        frame[f"bad_{m}"] = np.where(known, is_bad.astype(float), np.nan)
    return frame


def _booked(
    months: Sequence[str],
    pds: Sequence[float],
    bad_by: Sequence[int],
    until: str = "2026-12-31",
    developed: str = "2026-01",
) -> Booked:
    """The same as `Booked`; the months up to `developed` are those of development."""
    paid = _performance(months, bad_by, until)
    sample = np.where(np.array(months) <= developed, "development", "monitoring")
    applications = pd.DataFrame({"application": paid["application"], "month": list(months), "sample": sample})
    return Booked.of(applications, pd.DataFrame({"pd": pds}), paid)


def _drawn(
    months: dict[str, int], seed: int = 0, shift: float = 0.0, since: str = "9999-99"
) -> tuple[list, list, list]:
    """Months, PDs and bad months of so many loans a month: PDs are right, but for `shift` in log-odds `since` a month."""
    rng = np.random.default_rng(seed)
    month = np.repeat(list(months), list(months.values()))
    pd_ = rng.beta(2, 8, len(month))
    odds = np.log(pd_ / (1 - pd_)) + np.where(month >= since, shift, 0.0)
    bad = rng.random(len(month)) < 1 / (1 + np.exp(-odds))
    return month.tolist(), pd_.tolist(), np.where(bad, rng.integers(1, AGES + 1, len(month)), 0).tolist()


@pytest.fixture(scope="session")
def performance() -> Callable[..., pd.DataFrame]:
    """`_performance`: what is known of loans that were paid as told."""
    return _performance


@pytest.fixture(scope="session")
def booked() -> Callable[..., Booked]:
    """`_booked`: the same with PDs and samples."""
    return _booked


@pytest.fixture(scope="session")
def drawn() -> Callable[..., tuple[list, list, list]]:
    """`_drawn`: loans whose PDs are right, or are not any more."""
    return _drawn
