"""How booked loans turned out, as counts by the day of their decision: what was known at a date, and nothing later.

The counts of an age are final: once the loans of a day are that old, no later look changes them. That is why a loan
counts at an age as it was known when it reached that age, also where it was seen to be fraud afterwards.
"""

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pandas as pd

from riskbench.data.performance import ages_of, known_by
from riskbench.monitoring.counts.table import EVERYONE, OUTCOME, CountTable

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
    adds a segment "variable=value" for each value. Subjects: `outcome:fpd`, cell bad where the first instalment was
    not paid when it fell due (fraud counts, since nobody knows of it yet); `outcome:m`, bad by month m on book, of all
    loans that old; `outcome:final`, the label of matured loans. `total` sums the PDs.

    >>> loans = pd.DataFrame({"application": ["a", "b"], "decided_on": pd.to_datetime(["2026-01-05", "2026-01-05"])})
    >>> loans = loans.assign(final_on=pd.Timestamp("2026-07-31"), label=["bad", "good"])
    >>> scores = pd.DataFrame({"application": ["a", "b"], "pd": [0.25, 0.5]})
    >>> outcome_counts(loans, scores, dt.date(2026, 8, 1)).frame[["subject", "cell", "n", "total"]].values.tolist()
    [['outcome:final', 'bad', 1, 0.25], ['outcome:final', 'good', 1, 0.5]]
    >>> len(outcome_counts(loans, scores, dt.date(2026, 7, 1)).frame)
    0
    """
    known = performance if at is None else known_by(performance, at)
    known = known.assign(pd=known["application"].map(scores.set_index("application")["pd"]))
    known = known[known["pd"].notna() & known["decided_on"].notna()].reset_index(drop=True)
    parts = [_counted(known, subject, bad, model, EVERYONE) for subject, bad in _subjects(known)]
    named = pd.DataFrame({"application": []}) if segments is None else segments
    for name in named.columns.drop("application"):
        values = known["application"].map(named.set_index("application")[name])
        for value in sorted(values.dropna().unique()):
            those = known[(values == value).to_numpy()].reset_index(drop=True)
            parts += [_counted(those, subject, bad, model, f"{name}={value}") for subject, bad in _subjects(those)]
    return CountTable.merged(CountTable.of(part) for part in parts)


def first_payment_missed(performance: pd.DataFrame) -> pd.Series:
    """1 where the first instalment was not paid when it fell due, 0 where it was, missing where that is not known."""
    return (performance["owed_1"] > 0).astype(float).where(performance["known_1"].notna())


def _subjects(known: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """Each subject, and of every loan 1 for bad, 0 for good, missing where it takes no part."""
    ages = ages_of(known)
    if ages:
        yield FIRST_PAYMENT, first_payment_missed(known)
    for m in ages:
        yield f"{OUTCOME}{m}", known[f"bad_{m}"]
    yield FINAL, known["label"].map({"bad": 1.0, "good": 0.0})


def _counted(known: pd.DataFrame, subject: str, bad: pd.Series, model: str, segment: str) -> pd.DataFrame:
    told = bad.notna().to_numpy()
    days, day = np.unique(known["decided_on"].to_numpy()[told], return_inverse=True)
    cell, p = bad.to_numpy(float)[told].astype(int), known["pd"].to_numpy(float)[told]
    at, size = 2 * day + cell, 2 * len(days)
    n, total, squares = (np.bincount(at, weights, size) for weights in (np.ones(len(at)), p, p**2))
    frame = pd.DataFrame({"day": np.repeat(days, 2), "n": n, "total": total, "squares": squares})
    frame = frame.assign(model=model, segment=segment, subject=subject, cell=np.tile(["good", "bad"], len(days)))
    return frame[frame["n"] > 0]
