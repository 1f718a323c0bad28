"""How booked loans are paid: one row for each month on book, up to six, as it closes on its due date.

An instalment unpaid on its due date is past due from the day after. The next row therefore shows up to thirty days:
a customer who pays within them was late, one who does not is thirty days past due with two instalments open. By this
arithmetic a loan reaches thirty days within six months if and only if it was drawn to default, with three exceptions
that a definition of default must sort out: fraud, arrears of a few coins, and roll-overs (which are not defaults).
"""

import numpy as np

from riskbench.data.synthetic.columns import Columns
from riskbench.data.synthetic.timeline import CALENDAR, OBSERVED_UNTIL, PERIOD_DAYS, days

ROWS = CALENDAR.performance_window
MATERIAL = 10.0  # arrears from here on count; the coins of technical arrears stay under 5
CURRENT, LATE, SETTLED_EARLY, ROLLED_OVER, WRITTEN_OFF, FRAUD = range(6)
NEVER = ROWS + 9  # a month that does not come


def draw(rng: np.random.Generator, loan: Columns) -> tuple[np.ndarray, Columns, Columns]:
    """Repayments of booked loans (`amount`, `rate`, `term`, `decided_at`, `pd`, `default`, `fraud`).

    Returns positions of the loans and the table's columns, month by month for each loan, and for every loan its
    `end` (its last due date) and the day of its first `default_seen` row (NaT when none is observed).
    """
    path = _events(rng, loan)
    month = np.arange(1, ROWS + 1)
    due, paid = _amounts(loan, path, month)
    owed = np.round(np.cumsum(due - paid, axis=1), 2)
    dpd = _days_past_due(path, month)
    status = _status(path, month, owed, dpd, loan["fraud"][:, None])
    due_date = loan["decided_at"][:, None] + days(PERIOD_DAYS * month)
    observed = due_date <= OBSERVED_UNTIL
    row, column = np.nonzero((month <= path["last"]) & observed)
    at = (row, column)
    table = {
        "month_on_book": month[column],
        "due_date": due_date[at],
        "due": due[at],
        "paid": paid[at],
        "past_due": owed[at],
        "dpd": dpd[at],
        "status": status[at],
    }
    seen = observed & (dpd >= PERIOD_DAYS) & (owed >= MATERIAL)
    outcome = {
        "end": loan["decided_at"] + days(PERIOD_DAYS * path["last"][:, 0]),
        "default_seen": np.where(
            seen.any(axis=1), due_date[np.arange(len(seen)), seen.argmax(axis=1)], np.datetime64("NaT")
        ),
    }
    return row, table, outcome


def _events(rng: np.random.Generator, loan: Columns) -> Columns:
    """In which month on book what happens to each loan, as columns (n x 1) that compare with the months."""
    n, term, pd = len(loan["term"]), loan["term"], loan["pd"]
    honest = ~loan["fraud"]
    rolls = honest & (term < ROWS) & (rng.random(n) < 0.02 + 0.10 * pd)
    roll = np.where(rolls, np.where(loan["default"], 1, _up_to(rng, term)), NEVER)
    length = term + rolls
    # First month that is missed: the later months are rarer, and month 6 would be seen only after the window.
    earliest = np.where(rolls, 2, 1)
    span = np.minimum(length, ROWS - 1) - earliest + 1
    missed = earliest + np.floor(span * rng.random(n) ** 1.4).astype(np.int64)
    missed = np.where(loan["default"] & honest, missed, NEVER)
    missed = np.where(honest, missed, 1)
    cures = loan["default"] & honest & (missed <= ROWS - 2) & (rng.random(n) < 0.20)
    cure = np.where(cures, np.minimum(missed + 2 + rng.integers(0, 2, n), ROWS), NEVER)

    well = honest & ~loan["default"]
    fate = rng.random(n)
    late = well & (fate < 0.10 + 0.40 * pd)
    slip_from = np.where(roll < NEVER, roll, 0)
    slip = slip_from + _up_to(rng, np.minimum(length, ROWS - 1) - slip_from)
    slip = np.where(late & (slip > slip_from) & (slip < ROWS), slip, NEVER)
    settles = well & ~late & (term >= 3) & ~rolls & (fate > 0.86)
    settle = np.where(settles, 1 + _up_to(rng, term - 2), NEVER)
    coins = well & ~late & ~settles & ~rolls & (term >= 4) & (fate > 0.82)
    last = np.where(missed < NEVER, ROWS, length)
    last = np.where(cure < NEVER, np.maximum(cure, length), last)
    last = np.where(slip == length, length + 1, last)
    last = np.minimum(np.where(settles, settle, last), ROWS)
    short = np.floor(1 + 28 * rng.random(n) ** 1.3).astype(np.int64)  # days late of those who pay within the month
    events = {
        "roll": roll,
        "length": length,
        "missed": missed,
        "cure": cure,
        "slip": slip,
        "settle": settle,
        "coins": np.where(coins, np.round(0.5 + 4 * rng.random(n), 2), 0.0),
        "part": np.where(rng.random(n) < 0.25, 0.30, 0.0) * honest,  # some defaulters go on paying a part
        "last": last,
        "short": short,
    }
    return {name: values[:, None] for name, values in events.items()}


def _amounts(loan: Columns, path: Columns, month: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rate, term = loan["rate"][:, None], loan["term"][:, None]
    instalment = np.round(loan["amount"][:, None] * rate / (1 - (1 + rate) ** -term), 2)
    due = np.where(month <= path["length"], instalment, 0.0)
    due = np.where(month == path["roll"], np.round(0.10 * instalment, 2), due)  # the fee; the instalment moves back
    paid = due.copy()
    broken = (month >= path["missed"]) & (month < path["cure"])
    paid = np.where(broken, np.round(path["part"] * due, 2), paid)
    owed = np.cumsum(due - paid, axis=1)
    paid = np.where(month == path["cure"], np.roll(owed, 1, axis=1) + due, paid)
    paid = np.where(month == path["slip"], 0.0, paid)
    paid = np.where(month == path["slip"] + 1, due + instalment, paid)
    # What is settled early is due then: the rest of the principal.
    left = term - path["settle"]
    rest = np.round(instalment * (1 - (1 + rate) ** -np.maximum(left, 0)) / rate, 2)
    settling = month == path["settle"]
    due, paid = np.where(settling, due + rest, due), np.where(settling, paid + rest, paid)
    paid = np.where(month == 1, paid - path["coins"], paid)
    paid = np.where((month == path["last"]) & (path["coins"] > 0), paid + path["coins"], paid)
    return np.round(due, 2), np.round(paid, 2)


def _days_past_due(path: Columns, month: np.ndarray) -> np.ndarray:
    """Most days past due that were reached within the month."""
    dpd = np.where(month >= path["missed"], PERIOD_DAYS * (month - path["missed"]), 0)
    dpd = np.where(month == path["cure"], PERIOD_DAYS * (month - 1 - path["missed"]) + path["short"], dpd)
    dpd = np.where(month > path["cure"], 0, dpd)
    dpd = np.where(month == path["slip"] + 1, path["short"], dpd)
    return np.where(path["coins"] > 0, PERIOD_DAYS * (month - 1), dpd)


def _status(path: Columns, month: np.ndarray, owed: np.ndarray, dpd: np.ndarray, fraud: np.ndarray) -> np.ndarray:
    status = np.where((dpd > 0) | (owed > 0), LATE, CURRENT)
    status = np.where(month == path["roll"], ROLLED_OVER, status)
    status = np.where(month == path["settle"], SETTLED_EARLY, status)
    status = np.where((dpd >= 120) & (owed >= MATERIAL), WRITTEN_OFF, status)
    return np.where(fraud & (month >= 2), FRAUD, status)


def _up_to(rng: np.random.Generator, highest: np.ndarray) -> np.ndarray:
    """A whole number from 1 to `highest` (1 when that is less)."""
    return 1 + np.floor(rng.random(len(highest)) * np.maximum(highest, 1)).astype(np.int64)
