"""Reports of the credit bureau: one before each application, and often one after the decision.

The later report knows how the loan went. Whoever reads the newest report instead of the newest *known at the decision*
will find it very predictive.
"""

import numpy as np

from riskbench.data.synthetic.columns import Columns
from riskbench.data.synthetic.randomness import sigmoid
from riskbench.data.synthetic.timeline import days

NO_FILE = -999.0
ITEMS = ("open_loans", "delinquencies_12m", "utilisation", "enquiries_6m", "months_since_oldest")


def draw(rng: np.random.Generator, person: Columns, applied: np.ndarray, after: np.ndarray) -> tuple[Columns, Columns]:
    """The report known at each application and the items as they are (also of those without a file).

    `after` is the day of the customer's last report so far, NaT when there is none; a report is newer than that.
    """
    n = len(applied)
    thrift = person["thrift"]
    age = (applied - person["birth_date"]).astype(np.int64) / 365.25
    loans = rng.poisson(1.6 * np.exp(0.15 * thrift))
    truth = {
        "open_loans": loans.astype(float),
        "delinquencies_12m": np.minimum(rng.poisson(np.exp(-1.15 + 0.70 * thrift)), 9).astype(float),
        "utilisation": np.round(1.1 * sigmoid(-0.45 + 0.65 * thrift + rng.normal(0, 0.9, n)), 3),
        "enquiries_6m": np.minimum(rng.poisson(np.exp(0.20 + 0.35 * thrift)), 12).astype(float),
        "months_since_oldest": np.floor(np.minimum(rng.gamma(1.5, 26, n), (age - 18) * 12)),
    }
    reported = applied - days(rng.integers(1, 81, n))
    newer = np.where(after < applied, np.maximum(reported, after + days(1)), reported)
    hides = rng.random(n) < np.where(truth["enquiries_6m"] >= 4, 0.25, 0.03)
    report = {"reported_at": newer, **_as_published(truth, person["has_file"], hides)}
    return report, truth


def draw_after(
    rng: np.random.Generator, person: Columns, truth: Columns, decision: Columns, default_seen: np.ndarray
) -> tuple[np.ndarray, Columns]:
    """Which applications have a report after the decision, and those reports; they know a default seen by then."""
    n = len(default_seen)
    reported = decision["decided_at"] + days(rng.integers(60, 150, n))
    bad = default_seen <= reported
    later = {
        **truth,
        "open_loans": truth["open_loans"] + decision["funded"],
        "delinquencies_12m": truth["delinquencies_12m"] + rng.poisson(0.1, n) + 2 * bad,
        "enquiries_6m": truth["enquiries_6m"] + 1,
    }
    published = _as_published(later, person["has_file"] | bad, np.zeros(n, dtype=bool))
    return rng.random(n) < 0.40, {"reported_at": reported, **published}


def _as_published(truth: Columns, has_file: np.ndarray, hides: np.ndarray) -> Columns:
    published = dict(truth)
    published["utilisation"] = np.where(truth["open_loans"] == 0, np.nan, truth["utilisation"])
    published["enquiries_6m"] = np.where(hides, np.nan, truth["enquiries_6m"])
    return {name: np.where(has_file, published[name], NO_FILE) for name in ITEMS}
