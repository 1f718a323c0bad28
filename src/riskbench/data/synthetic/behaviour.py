"""Traces that are not credit: the device, the network and the e-payment account."""

import numpy as np

from riskbench.data.synthetic.applications import AGENT, BRANCH
from riskbench.data.synthetic.columns import Columns
from riskbench.data.synthetic.randomness import sigmoid
from riskbench.data.synthetic.timeline import month_end

SNAPSHOTS = 3  # months of e-payments before an application


def draw_device(rng: np.random.Generator, person: Columns, application: Columns) -> tuple[Columns, Columns]:
    """The device of applications by app and web (missing for agent and branch), and what it would have been."""
    n = len(application["channel"])
    ring = person["ring"] >= 0
    night = np.clip(rng.normal(0.13 + 0.025 * person["thrift"], 0.06, n), 0, 1)
    velocity = 1 + person["shares_device"] * rng.integers(1, 3, n)
    truth = {
        "night_share": np.round(np.where(ring, np.clip(rng.normal(0.75, 0.08, n), 0, 1), night), 3),
        "same_device_customers": np.where(ring, rng.integers(8, 15, n), velocity).astype(float),
    }
    unseen = np.isin(application["channel"], (AGENT, BRANCH))
    months = (application["applied_at"] - person["device_bought"]).astype(np.int64) // 30 % 60
    seen = {
        "device_id": np.where(unseen, -1, person["device_id"]),
        "os": np.where(unseen, -1, person["os"]),
        "device_age_months": np.where(unseen, np.nan, months),
        "apps_finance": np.where(unseen, np.nan, rng.poisson(2.2 * np.exp(0.15 * person["thrift"]))),
        "night_share": np.where(unseen, np.nan, truth["night_share"]),
        "same_device_customers": np.where(unseen, np.nan, truth["same_device_customers"]),
    }
    return seen, truth


def draw_social(rng: np.random.Generator, person: Columns) -> tuple[Columns, np.ndarray]:
    """Contacts and the share of referrals that went bad (missing without consent), and that share as it is."""
    n = len(person["thrift"])
    referrals = 1 + rng.poisson(3, n)
    bad_share = np.round(rng.binomial(referrals, sigmoid(-1.9 + 0.5 * person["thrift"])) / referrals, 3)
    consents = person["consents"]
    columns = {
        "consented": consents,
        "contacts": np.where(consents, np.round(np.exp(rng.normal(4.6, 0.6, n))), np.nan),
        "referrals_bad_share": np.where(consents, bad_share, np.nan),
    }
    return columns, bad_share


def draw_wallet(rng: np.random.Generator, person: Columns, monthly_income: np.ndarray) -> np.ndarray:
    """E-payments before an application: n x months (latest first) x (inflow, outflow, count, low-balance days)."""
    n = len(monthly_income)
    shape = (n, SNAPSHOTS)
    inflow = monthly_income[:, None] * np.exp(rng.normal(-0.35, 0.30, shape))
    outflow = inflow * np.clip(rng.normal(0.95 + 0.03 * person["thrift"][:, None], 0.10, shape), 0.3, 1.6)
    stress = -1.35 + 0.60 * person["thrift"][:, None] + rng.normal(0, 0.5, (n, 1))
    low = rng.binomial(30, sigmoid(stress + rng.normal(0, 0.25, shape)))
    return np.stack([np.round(inflow, 2), np.round(outflow, 2), rng.poisson(22, shape), low], axis=2)


def carry_over(
    new: np.ndarray, month: np.ndarray, old: np.ndarray, old_month: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A month has one snapshot: those that an earlier application already has are kept.

    Returns the snapshots before `month` and which of them are new; `old` are those before `old_month` (0: none).
    """
    values, fresh = new.copy(), np.ones(new.shape[:2], dtype=bool)
    passed = month - old_month
    for gap in range(SNAPSHOTS):
        rows = np.flatnonzero((passed == gap) & (old_month > 0))
        values[rows, gap:] = old[rows, : SNAPSHOTS - gap]
        fresh[rows, gap:] = False
    return values, fresh


def snapshots(values: np.ndarray, fresh: np.ndarray, month: np.ndarray) -> tuple[np.ndarray, Columns]:
    """Rows of the table from the matrix, earliest month first: positions of the applications, and columns."""
    lag, row = np.nonzero(fresh.T[::-1])
    lag = SNAPSHOTS - lag  # months before the application
    inflow, outflow, count, low = values[row, lag - 1].T
    return row, {"month_end": month_end(month[row] - lag), "inflow": inflow, "outflow": outflow, "txn_count": count,
                 "low_balance_days": low}  # fmt: skip
