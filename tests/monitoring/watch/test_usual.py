"""The newest day beside the days before it."""

import datetime as dt

import pandas as pd

from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.watch.usual import DAYS, series_of

LAST = dt.date(2026, 3, 31)


def counts(days, approved=8, declined=2, points=500.0):
    rows = []
    for back in days:
        day = pd.Timestamp(LAST) - pd.Timedelta(days=back)
        one = {"day": day, "model": "m", "segment": "", "total": 0.0, "squares": 0.0}
        rows.append(one | {"subject": "action", "cell": "approve", "n": approved})
        rows.append(one | {"subject": "action", "cell": "decline", "n": declined})
        n = approved + declined
        rows.append(one | {"subject": "score", "cell": "b", "n": n, "total": points * n})
    return CountTable.of(pd.DataFrame(rows))


def test_volume_approval_and_score_of_each_day():
    volume, approval, score = series_of(counts(range(DAYS + 1)), LAST)
    assert (volume.newest, approval.newest, score.newest) == (10.0, 0.8, 500.0)
    assert (approval.lower, approval.upper) == (0.8, 0.8)
    assert len(volume.days) == DAYS + 1
    assert volume.days[-1] == LAST


def test_a_day_without_decisions_is_no_volume_and_no_share():
    volume, approval, score = series_of(counts(range(1, 10)), LAST)
    assert (volume.newest, approval.newest, score.newest) == (0.0, None, None)


def test_days_before_the_first_decision_are_not_days_without_any():
    volume, *_ = series_of(counts(range(3)), LAST)
    assert volume.values[-4:] == (None, 10.0, 10.0, 10.0)
    assert volume.lower is None  # two days before say nothing of what is usual


def test_counts_by_month_are_months():
    table = CountTable.of(counts([0]).frame.assign(day=pd.Timestamp("2026-03-01")))
    volume, *_ = series_of(table, dt.date(2026, 3, 1), "MS")
    assert volume.days[-2:] == (dt.date(2026, 2, 1), dt.date(2026, 3, 1))
    assert volume.newest == 10.0


def test_without_counts_there_is_no_series():
    assert series_of(CountTable.empty(), LAST) == ()
