"""The months that are looked at, and those that they are compared with."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.metrics.arguments import Bools
from riskbench.monitoring.population.cut_month import cut_told, marked

BEFORE = "before"  # the reference of all that was decided before the window
NO_DATES = "the study has no decision dates"
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Choice:
    """What a reader chose.

    `first` and `last` are months ("2024-03"), each empty for what the data suggest; `reference` is a sample, or
    "before" for everybody decided before the window.
    """

    first: str = ""
    last: str = ""
    reference: str = "development"


@dataclass(frozen=True, eq=False)
class Window:
    """Two groups of rows to compare, given as masks: `current` against `reference`.

    `month` is that of each row; `months` are those of the window in their order, empty ones included. Where there are
    none, `lack` says why, and the holdout stands in for them. `told` and `against` say in words who is compared. `cut`
    is the day on which the data end, where that is within the last of the months, which is named with its days then.
    """

    reference: Bools
    current: Bools
    month: pd.Series
    months: tuple[str, ...]
    told: str
    against: str
    lack: str = ""
    cut: dt.date | None = None

    @property
    def said(self) -> str:
        """Who is compared, in a sentence."""
        now, before = (f"{int(rows.sum()):,}" for rows in (self.current, self.reference))
        return f"Compared are {now} applications of {self.told} with {before} of {self.against}.{cut_told(self.cut)}"

    def by_month(self) -> tuple[str, ...]:
        """The months of the window; raises `NotEvaluated` where there are none."""
        if self.lack:
            raise NotEvaluated(self.lack)
        return self.months

    @property
    def newest(self) -> Bools:
        """The rows of the newest month that has any; nobody where there are no months."""
        inside = self.month[self.current] if self.months else self.month[:0]
        return self.current & (self.month == inside.max()).to_numpy() if len(inside) else np.zeros_like(self.current)


def window_of(
    applications: pd.DataFrame, holdout: str, choice: Choice | None = None, cut: dt.date | None = None
) -> Window:
    """The window of `choice` over `applications`, which has month ("2024-03", or "" without dates) and sample.

    Empty, `first` is the month after the newest one of development and `last` the newest month of all. Rows of the
    reference are never in the window. A study without dates, or without a month after development, is compared by its
    holdout. `cut` as `cut_off` gives it. Raises ValueError for a choice that cannot be, and for one that holds nobody.

    >>> months = pd.Series(["2024-01", "2024-02", "2024-04"])
    >>> rows = pd.DataFrame({"month": months, "sample": ["development", "monitoring", "monitoring"]})
    >>> window_of(rows, "test").months
    ('2024-02', '2024-03', '2024-04')
    """
    choice = choice or Choice()
    month, sample = applications["month"], applications["sample"]
    _check(choice, sorted(sample.unique()))
    developing = (sample == "development").to_numpy()
    lack = NO_DATES if (month == "").all() else ""
    first, last = choice.first, choice.last
    if not lack:
        first, last = first or _after(month[developing].max()), last or str(month.max())
        if first > last and not (choice.first or choice.last):
            lack = f"no month lies after development, which runs to {last}"
    if lack:
        if choice != Choice(reference=choice.reference) or choice.reference == BEFORE:
            raise ValueError(
                f"first, last and reference: {lack}. Leave first and last empty, and let reference be a sample"
            )
        return _of_holdout(month, sample, holdout, choice.reference, lack)
    inside = month.between(first, last).to_numpy()
    reference = (month < first).to_numpy() if choice.reference == BEFORE else (sample == choice.reference).to_numpy()
    current = inside & ~reference
    for name, rows in (("the window", current), ("its reference", reference)):
        if not rows.any():
            raise ValueError(
                f"first {first}, last {last} and reference {choice.reference} leave {name} without applications: those "
                f"of the study are of {month.min()} to {month.max()}"
            )
    against = f"all before {first}" if choice.reference == BEFORE else _called(choice.reference)
    cut = cut if cut and f"{cut:%Y-%m}" == last else None
    months = tuple(marked(name, cut) for name in pd.period_range(first, last, freq="M").strftime("%Y-%m"))
    month = month.mask(month == last, months[-1])
    return Window(reference, current, month, months, f"{first} to {last}", against, cut=cut)


def _of_holdout(month: pd.Series, sample: pd.Series, holdout: str, reference: str, lack: str) -> Window:
    before, now = (sample == reference).to_numpy(), (sample == holdout).to_numpy()
    if reference == holdout:
        raise ValueError(f"reference is {reference}, and so is what it is compared with: {lack}")
    return Window(before, now, month, (), f"the sample {_called(holdout)}, as {lack}", _called(reference), lack)


def _check(choice: Choice, samples: Sequence[str]) -> None:
    for name, month in (("first", choice.first), ("last", choice.last)):
        if month and not _MONTH.fullmatch(month):
            raise ValueError(f"{name} must be a month such as 2024-03, or empty, got {month!r}")
    if choice.first and choice.last and choice.first > choice.last:
        raise ValueError(f"first must not lie after last, got {choice.first} and {choice.last}")
    if choice.reference not in (*samples, BEFORE):
        raise ValueError(f"reference must be {', '.join(samples)} or {BEFORE}, got {choice.reference!r}")


def _after(month: str) -> str:
    return str(pd.Period(month, "M") + 1)


def _called(sample: str) -> str:
    return sample.replace("_", "-")
