"""The months that a proposal may learn from, and those that judge it: outcomes that were known on a day, and no later.

A month is closed when the performance windows of all its loans are over. The newest closed months make the window; its
last quarter is held out, and neither the champion nor the candidate may have seen it.
"""

import datetime as dt
from dataclasses import dataclass
from math import ceil

import pandas as pd

from riskbench.core.errors import CannotRun
from riskbench.data.labels import window_ends
from riskbench.data.study import Study
from riskbench.data.study.calibration import RecentLabels
from riskbench.data.study.sections import Period, RepaymentOutcome

HELD_OUT = 0.25  # of the months of a window, at least one


@dataclass(frozen=True)
class Window:
    """What was known on the day `as_of`: months to develop on, and after them the months that are held out.

    `retrospective`: the labels of a column are taken to be known at once, which they were not.
    """

    as_of: dt.date
    development: Period
    holdout: Period
    retrospective: bool = False

    @property
    def held_out_months(self) -> int:
        """How many months are held out."""
        first, last = self.holdout.first, self.holdout.last
        return 12 * (last.year - first.year) + last.month - first.month + 1


def closed_window(
    study: Study, decided: pd.Series, as_of: dt.date, months: int, *, retrospective: bool = False
) -> Window:
    """The newest `months` closed months of the decisions `decided` (dates), as of a day.

    A window that reaches back before the first decision is shorter. Raises `CannotRun` where fewer than two months
    were closed, with the first day on which they are.
    """
    if months < 2:
        raise CannotRun(f"a window needs two months or more, one to develop on and one to hold out; got {months}")
    if retrospective and isinstance(study.outcome, RepaymentOutcome):
        raise CannotRun(f"study {study.name} dates its outcomes by repayments: they are read as of the day, always")
    of = sorted(pd.to_datetime(decided).dropna().dt.to_period("M").unique())
    horizon = 0 if retrospective else study.outcome.horizon_months
    closes = [_closes(month, horizon) for month in of]
    closed = [month for month, day in zip(of, closes, strict=True) if day <= as_of]
    if len(closed) < 2:
        raise CannotRun(_too_early(study, closes, as_of))
    last = closed[-1]
    first = max(closed[0], last - months + 1)
    held = max(first, last - ceil(HELD_OUT * months)) + 1
    return Window(as_of, _period(first, held - 1), _period(held, last), retrospective)


def seen_until(study: Study) -> dt.date:
    """The last day of which a card of this study has seen outcomes: its development, and labels that set its level.

    Raises `CannotRun` for a study without a development period.
    """
    samples, asked = study.samples, study.calibration
    if samples.development is None:
        raise CannotRun(
            f"study {study.name} has no development period, so nobody knows which decisions its champion has seen: "
            "[samples] development in its study.toml"
        )
    days = [samples.development.last]
    if asked is not None and asked.kind != "target":
        if samples.out_of_time and "out_of_time" in asked.samples:
            days.append(samples.out_of_time.last)
        if isinstance(asked, RecentLabels) and "monitoring" in asked.samples:
            days.append(samples.until or study.outcome.observed_until or dt.date.max)
    return max(days)


def refuse_seen(window: Window, champion: Study, run: str) -> None:
    """Raise `CannotRun` where the champion has seen outcomes of the months that are held out."""
    seen = seen_until(champion)
    if window.holdout.first <= seen:
        raise CannotRun(
            f"the champion {run} has seen outcomes of decisions until {seen}, and the months held out begin on "
            f"{window.holdout.first}: what it has seen cannot judge it. Propose again when later months are closed"
        )


def _closes(month: pd.Period, horizon: int) -> dt.date:
    return pd.Timestamp(window_ends(pd.Series([month.start_time]), horizon)[0]).date()


def _too_early(study: Study, closes: list[dt.date], as_of: dt.date) -> str:
    horizon = study.outcome.horizon_months
    known = f"from {closes[1]} on two are" if len(closes) > 1 else "there are no two months of decisions"
    told = (
        f"fewer than two months of {study.name} were closed on {as_of} (their windows are of {horizon} months); {known}"
    )
    by_column = study.outcome.kind == "column"
    return f"{told}. To take all labels as known at once, say --retrospective" if by_column else told


def _period(first: pd.Period, last: pd.Period) -> Period:
    return Period(first=first.start_time.date(), last=last.end_time.date())
