"""Loans at other lenders. What counts for the lender is the day the loan was reported, not the day it was opened."""

import numpy as np

from riskbench.data.synthetic.columns import Columns
from riskbench.data.synthetic.randomness import sigmoid
from riskbench.data.synthetic.timeline import days

OPEN, CLOSED, DEFAULTED = range(3)
MATERIAL_DPD = 30
MOST = 4  # new loans between two applications


def draw(
    rng: np.random.Generator, person: Columns, applied: np.ndarray, since: np.ndarray
) -> tuple[np.ndarray, Columns]:
    """Loans opened elsewhere before each application: positions of the applications, and columns.

    `since` is the day of the previous application, NaT for the first: then the last five hundred days count.
    """
    n = len(applied)
    first = np.isnat(since)
    count = np.minimum(rng.poisson(np.where(first, 0.70, 0.30) * np.exp(0.15 * person["thrift"])), MOST)
    count = np.where(person["ring"] >= 0, 0, count)
    row = np.repeat(np.arange(n), count)
    span = np.where(first, 500, (applied - np.where(first, applied, since)).astype(np.int64))[row]
    before = 1 + np.floor(rng.random(len(row)) * np.maximum(span - 1, 1)).astype(np.int64)
    opened = applied[row] - days(before)
    late = rng.random(len(row)) < sigmoid(-1.35 + 0.75 * person["thrift"][row])
    worst = np.where(late, np.minimum(5 + rng.exponential(38, len(row)), 180), 0)
    worst = np.floor(np.minimum(worst, before)).astype(np.int64)
    status = np.where(worst >= 90, DEFAULTED, np.where(before < 150, OPEN, CLOSED))
    # A report cannot know arrears that are still to come.
    delay = np.maximum(10 + np.floor(rng.exponential(60, len(row))), worst + 15 * late).astype(np.int64)
    order = np.lexsort((opened, row))
    loans = {
        "opened_at": opened,
        "reported_at": opened + days(delay),
        "amount": np.round(np.clip(np.exp(rng.normal(6.3, 0.7, len(row))), 50, 8000), -1),
        "worst_dpd": worst,
        "status": status,
    }
    return row[order], {name: values[order] for name, values in loans.items()}
