"""What is asked for: product, channel, purpose, amount, term."""

import numpy as np

from riskbench.data.synthetic.columns import Columns
from riskbench.data.synthetic.randomness import choose
from riskbench.data.synthetic.timeline import CALENDAR, month_number

PAYDAY = 1  # position of payday_plus among the products
APP, AGENT, BRANCH, WEB = range(4)
CHANNELS_BEFORE = np.array([0.40, 0.25, 0.20, 0.15])
CHANNELS_AFTER = np.array([0.62, 0.13, 0.08, 0.17])
PURPOSE_SHARES = np.array([0.34, 0.20, 0.12, 0.11, 0.10, 0.13])
DEBT = 5
TERM_SHARES = np.array([0.08, 0.15, 0.22, 0.15, 0.10, 0.30])
SMALLEST, LARGEST = 100.0, 5000.0


def draw(rng: np.random.Generator, person: Columns, applied: np.ndarray, monthly_income: np.ndarray) -> Columns:
    """One application for each person."""
    n = len(applied)
    month = month_number(applied)
    payday = (rng.random(n) < 0.30) & (month >= CALENDAR.new_product)
    shares = np.where((month >= CALENDAR.population_shift)[:, None], CHANNELS_AFTER, CHANNELS_BEFORE)
    channel = choose(rng, shares)
    young = (applied - person["birth_date"]).astype(np.int64) / 365.25 < 30
    channel = np.where(young & (rng.random(n) < 0.20), APP, channel)
    purpose = choose(rng, np.tile(PURPOSE_SHARES, (n, 1)))
    term = np.where(payday, rng.integers(1, 3, n), choose(rng, np.tile(TERM_SHARES, (n, 1))) + 1)
    wish = np.where(payday, 0.30, 0.32 * np.sqrt(term)) * monthly_income * np.exp(rng.normal(0, 0.45, n))
    hour = np.clip(np.round(rng.normal(14, 4.2, n)), 0, 23)
    night = rng.integers(0, 5, n)

    ring = person["ring"] >= 0
    return {
        "applied_at": applied,
        "applied_hour": np.where(ring, night, hour).astype(np.int64),
        "product": (payday & ~ring).astype(np.int64),
        "channel": np.where(ring, APP, channel),
        "purpose": np.where(ring, 0, purpose),
        # A ring's applications are copies of one another.
        "amount_requested": np.where(
            ring, 900.0 + 100 * person["ring"], np.clip(np.round(wish, -1), SMALLEST, LARGEST)
        ),
        "term_months": np.where(ring, 3, term),
        "postcode_income_index": person["postcode_income_index"],
    }
