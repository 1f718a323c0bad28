"""The figures of the newest day beside those of the days before: volume, share approved, mean score."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pandas as pd

from riskbench.decision.policy.section import LENDING
from riskbench.monitoring.counts.table import ACTION, SCORE, STOPPED, CountTable
from riskbench.monitoring.watch.looked import Series

DAYS = 28  # before the newest, that say what is usual
FEWEST = 7  # of them with decisions, below which nothing is called usual
MIDDLE = (0.05, 0.95)


def series_of(counts: CountTable, newest: dt.date, step: str = "D", model: str | None = None) -> tuple[Series, ...]:
    """Volume, approval and mean score of the `DAYS` before a day and of that day; empty without counts.

    `step` is "D" for days, "MS" where counts have months only. A day without decisions has volume 0, and no share and
    no score. All applications are volume, also those that came while the model was stopped; share and score are those
    of one `model`, where it is named: another one has another score.

    >>> day = pd.Timestamp("2026-03-01")
    >>> row = {"day": day, "model": "m", "segment": "", "subject": "action", "cell": "approve"}
    >>> counts = CountTable.of(pd.DataFrame([row | {"n": 3, "total": 0.0, "squares": 0.0}]))
    >>> [(one.name, one.newest) for one in series_of(counts, day.date())]
    [('volume', 3.0), ('approval', 1.0), ('score', None)]
    """
    if counts.frame.empty:
        return ()
    days = pd.date_range(end=pd.Timestamp(newest), periods=DAYS + 1, freq=step)
    actions, scores = (counts.where(subject=subject, model=model) for subject in (ACTION, SCORE))
    came = pd.concat([counts.where(subject=subject) for subject in (ACTION, STOPPED)])
    every = _by_day(actions, days)["n"]
    lent = _by_day(actions[actions["cell"].isin(LENDING)], days)["n"]
    scored = _by_day(scores, days)
    first = came["day"].min()
    # before the first count there was nothing that could be nothing
    volume = _by_day(came, days)["n"].where(days >= first)
    return tuple(
        _series(days, volume, lent / every.where(every > 0), scored["total"] / scored["n"].where(scored["n"] > 0))
    )


def _by_day(rows: pd.DataFrame, days: pd.DatetimeIndex) -> pd.DataFrame:
    return rows.groupby("day")[["n", "total"]].sum().reindex(days, fill_value=0).astype(float)


def _series(days: pd.DatetimeIndex, volume: pd.Series, approval: pd.Series, score: pd.Series) -> Iterator[Series]:
    dates = tuple(day.date() for day in days)
    for name, values in (("volume", volume), ("approval", approval), ("score", score)):
        before = values.iloc[:-1].dropna()
        lower, upper = np.quantile(before, MIDDLE) if len(before) >= FEWEST else (None, None)
        yield Series(
            name=name,
            days=dates,
            values=tuple(None if pd.isna(value) else float(value) for value in values),
            lower=None if lower is None else float(lower),
            upper=None if upper is None else float(upper),
        )
