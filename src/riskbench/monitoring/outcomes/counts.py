"""How booked loans turned out, as counts by the day of their decision: what was known at a date, and nothing later.

The counts of an age are final: once the loans of a day are that old, no later look changes them. That is why a loan
counts at an age as it was known when it reached that age, also where it was seen to be fraud afterwards.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.core.results import Estimate
from riskbench.data.coding import level_of
from riskbench.data.performance import ages_of
from riskbench.monitoring.counts.table import EVERYONE, OUTCOME, CountTable

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]

FIRST_PAYMENT, FINAL = f"{OUTCOME}fpd", f"{OUTCOME}final"


def outcome_counts(
    performance: pd.DataFrame,
    scores: pd.DataFrame,
    at: dt.date | None = None,
    *,
    model: str = "",
    segments: pd.DataFrame | None = None,
) -> CountTable:
    """Bad and good loans by day of decision, as known at the end of the day `at`; None is all that is known.

    `performance` is of `data/performance.py`; `scores` has application and pd, of all applications or of some: a loan
    without a PD is left out, as one without a date is. `segments` has application and a column for each variable, and
    adds a segment "variable=value" for each value; a loan without one is in none. Subjects: `outcome:fpd`, cell bad
    where the first instalment was not paid when it fell due (fraud counts, since nobody knows of it yet); `outcome:m`,
    bad by month m on book, of all loans that old; `outcome:final`, the label of matured loans. `total` sums the PDs.

    >>> loans = pd.DataFrame({"application": ["a", "b"], "decided_on": pd.to_datetime(["2026-01-05", "2026-01-05"])})
    >>> loans = loans.assign(final_on=pd.Timestamp("2026-07-31"), label=["bad", "good"])
    >>> scores = pd.DataFrame({"application": ["a", "b"], "pd": [0.25, 0.5]})
    >>> outcome_counts(loans, scores, dt.date(2026, 8, 1)).frame[["subject", "cell", "n", "total"]].values.tolist()
    [['outcome:final', 'bad', 1, 0.25], ['outcome:final', 'good', 1, 0.5]]
    >>> len(outcome_counts(loans, scores, dt.date(2026, 7, 1)).frame)
    0
    """
    loans = performance.assign(pd=performance["application"].map(scores.set_index("application")["pd"]))
    loans = loans[loans["pd"].notna() & loans["decided_on"].notna()].reset_index(drop=True)
    subjects = dict(_subjects(loans, pd.Timestamp.max if at is None else pd.Timestamp(at)))
    told = _Told.of(loans, np.column_stack(list(subjects.values())))
    parts = [told.counted(list(subjects), np.zeros(len(loans), dtype=int), [EVERYONE])]
    named = pd.DataFrame({"application": []}) if segments is None else segments
    row = pd.Index(named["application"]).get_indexer(pd.Index(loans["application"]))
    for name in named.columns.drop("application"):
        levels = named[name].map(level_of, na_action="ignore").to_numpy(object)
        code, of = pd.factorize(np.array([*levels, None], dtype=object)[row], sort=True)  # missing: in no segment
        parts.append(told.counted(list(subjects), code, [f"{name}={value}" for value in of]))
    return CountTable.of(pd.concat(parts, ignore_index=True).assign(model=model))


def settled(performance: pd.DataFrame, at: dt.date) -> pd.Series:
    """Of which loans everything was known at the end of a day: every age reached, and matured.

    >>> loans = pd.DataFrame({"final_on": pd.to_datetime(["2026-07-31"] * 2), "label": ["bad", "immature"]})
    >>> settled(loans, dt.date(2026, 7, 31)).tolist()
    [True, False]
    """
    known = performance[["final_on", *(f"known_{m}" for m in ages_of(performance))]]
    return (known <= pd.Timestamp(at)).all(axis=1) & (performance["label"] != "immature")


def first_payment_missed(performance: pd.DataFrame) -> pd.Series:
    """1 where the first instalment was not paid when it fell due, 0 where it was, missing where that is not known."""
    return (performance["owed_1"] > 0).astype(float).where(performance["known_1"].notna())


def label_difference(performance: pd.DataFrame, scores: pd.DataFrame, applications: pd.DataFrame) -> Estimate:
    """Bad and good loans that the counts hold less those that `applications` label: 0 where they agree.

    Missing where the loans have no dates, since counts are by day.
    """
    if not performance["decided_on"].notna().any():
        return Estimate.missing("the study has no decision dates")
    final = outcome_counts(performance, scores).where(subject=FINAL)
    counted = final.groupby("cell")["n"].sum()
    labelled = applications["label"].value_counts()
    apart = sum(abs(int(counted.get(name, 0)) - int(labelled.get(name, 0))) for name in ("bad", "good"))
    return Estimate(apart, n=int(counted.sum()), method="count")


def _subjects(loans: pd.DataFrame, end: pd.Timestamp) -> Iterator[tuple[str, Floats]]:
    """Each subject, and of every loan 1 for bad, 0 for good, missing where that was not known at `end`."""
    ages = ages_of(loans)
    if ages:
        yield FIRST_PAYMENT, _by(end, first_payment_missed(loans), loans["known_1"])
    for m in ages:
        yield f"{OUTCOME}{m}", _by(end, loans[f"bad_{m}"], loans[f"known_{m}"])
    yield FINAL, _by(end, loans["label"].map({"bad": 1.0, "good": 0.0}), loans["final_on"])


def _by(end: pd.Timestamp, outcome: pd.Series, known_from: pd.Series) -> Floats:
    return outcome.where(~(known_from > end)).to_numpy(float)


@dataclass(frozen=True)
class _Told:
    """One entry a loan and a subject in which it takes part: loan, subject, cell (1 is bad), day, and PD as `risk`."""

    days: NDArray[np.datetime64]
    loan: Codes
    subject: Codes
    cell: Codes
    day: Codes
    risk: Floats

    @classmethod
    def of(cls, loans: pd.DataFrame, outcomes: Floats) -> "_Told":
        days, day = np.unique(loans["decided_on"].to_numpy(), return_inverse=True)
        loan, subject = np.nonzero(~np.isnan(outcomes))
        cell = outcomes[loan, subject].astype(np.intp)
        return cls(days, loan, subject, cell, day[loan], loans["pd"].to_numpy(float)[loan])

    def counted(self, subjects: Sequence[str], segment: Codes, segments: Sequence[str]) -> pd.DataFrame:
        """The entries counted by segment, day, subject and cell; `segment` is one code a loan, below 0 for none."""
        inside = segment[self.loan] >= 0
        shape = (len(segments), len(self.days), len(subjects), 2)
        places = (segment[self.loan][inside], self.day[inside], self.subject[inside], self.cell[inside])
        at = np.ravel_multi_index(places, shape) if inside.any() else np.empty(0, dtype=np.intp)
        p, size = self.risk[inside], int(np.prod(shape))
        n, total, squares = (np.bincount(at, weights, size) for weights in (np.ones(len(at)), p, p**2))
        filled = np.flatnonzero(n)
        s, day, subject, cell = np.unravel_index(filled, shape) if size else (filled,) * 4
        return pd.DataFrame(
            {
                "day": self.days[day],
                "segment": np.array(segments, dtype=object)[s],
                "subject": np.array(subjects, dtype=object)[subject],
                "cell": np.array(["good", "bad"], dtype=object)[cell],
                "n": n[filled],
                "total": total[filled],
                "squares": squares[filled],
            }
        )
