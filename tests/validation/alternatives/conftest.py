"""A made portfolio whose card holds a proxy: district repeats what income says of risk, and tells the groups apart."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.woe_binning import WoeBinning
from riskbench.validation.alternatives.applicants import Applicants, Stakes
from riskbench.validation.alternatives.found import Found
from riskbench.validation.alternatives.search import Effort
from riskbench.validation.alternatives.workshop import Workshop

CARD = ("income", "district", "debt")


def people(n: int = 8000, proxy: float = 2.5, seed: int = 0) -> pd.DataFrame:
    """Half of each sample; risk hangs on wealth and debt alone, and `proxy` is what district owes to the group."""
    rng = np.random.default_rng(seed)
    wealth, debt, woman = rng.normal(size=n), rng.normal(size=n), rng.random(n) < 0.5
    bad = rng.random(n) < 1 / (1 + np.exp(1.5 + 1.2 * wealth - 0.9 * debt))
    return pd.DataFrame(
        {
            "customer": np.arange(n).astype(str),
            "sample": np.where(np.arange(n) < n // 2, "development", "test"),
            "y": bad.astype(float),
            "amount": 1.0,
            "sex": np.where(woman, "women", "men"),
            "side": np.where(rng.random(n) < 0.5, "left", "right"),
            "income": wealth + 0.4 * rng.normal(size=n),
            "district": wealth + 0.9 * rng.normal(size=n) - proxy * woman,
            "debt": debt,
            "savings": wealth + 0.6 * rng.normal(size=n),
        }
    )


def found_in(
    table: pd.DataFrame,
    attributes: tuple[str, ...] = ("sex",),
    card: tuple[str, ...] = CARD,
    candidates: tuple[str, ...] = (),
    **more: Any,
) -> Found:
    """A search in such a table; approved is everybody but the poorest third by income, or as `approved` says."""
    approved = more.pop("approved", table["income"] > table["income"].quantile(1 / 3))
    thresholds = more.pop("thresholds", Thresholds())
    applicants = Applicants(table, table[list(attributes)], approved, "test", Stakes(0.15, 0.6), thresholds)
    develop = table["sample"].eq("development").to_numpy()
    fitted = develop & table["y"].notna().to_numpy()
    X = table[[*card, *candidates]]
    binning = WoeBinning(max_bins=5).fit(X[fitted], table.loc[fitted, "y"].to_numpy(int))
    workshop = Workshop(binning, X, table["y"].to_numpy(float), develop)
    given = {"effort": Effort(budget=40, beam=2, steps=2), "replicates": 100} | more
    return Found(applicants, workshop, workshop.recipe(card), candidates, **given)


@pytest.fixture(scope="session")
def made() -> Callable[..., pd.DataFrame]:
    """Applicants with their groups and features."""
    return people


@pytest.fixture(scope="session")
def search() -> Callable[..., Found]:
    """A search among cards of such applicants."""
    return found_in


@pytest.fixture(scope="session")
def planted() -> Found:
    """A search where leaving out district is the alternative; `side` is a group that nothing tells."""
    return found_in(people(), ("sex", "side"))
