"""Income, expenses and work, as stated on the application."""

import numpy as np

from riskbench.data.synthetic.columns import Columns
from riskbench.data.synthetic.customers import RETIRED

SALARIED, PUBLIC, SELF_EMPLOYED, INFORMAL = range(4)
NOT_STATED = np.array([0.02, 0.02, 0.85, 0.50, 1.00])  # share without months of employment, by kind of work


def draw(rng: np.random.Generator, person: Columns, applied: np.ndarray) -> tuple[Columns, np.ndarray]:
    """The table's columns, and months of employment as they are, stated or not."""
    n = len(applied)
    employment = person["employment"]
    monthly = np.round(np.exp(person["income_level"] + rng.normal(0, 0.08, n)), -1)
    monthly = np.where(person["ring"] >= 0, 1500.0, np.maximum(monthly, 100.0))
    share = np.clip(0.54 + 0.05 * person["thrift"] + rng.normal(0, 0.12, n), 0.15, 1.4)
    age = (applied - person["birth_date"]).astype(np.int64) / 365.25
    months = np.floor(np.minimum(rng.exponential(42, n), (age - 17) * 12))
    months = np.where(employment == RETIRED, 0, months)
    columns: Columns = {
        "monthly_income": monthly,
        "annual_income": np.round(12 * monthly * (1 + rng.normal(0, 0.004, n)), -2),
        "monthly_expense": np.round(monthly * share, -1),
        "employment": employment,
        "employer_months": np.where(rng.random(n) < NOT_STATED[employment], np.nan, months.astype(float)),
    }
    return columns, months
