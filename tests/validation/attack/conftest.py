"""A made portfolio on a validator's desk: nothing is wrong with it."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.validation.attack.desk import Desk, desk_of

N = 6_000
Tables = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def made_tables(dated: bool = True) -> tuple[Tables, Scorecard]:
    """Applications, features and scores of N applicants, and the card that was fitted on the developing ones."""
    rng = np.random.default_rng(4)  # of the first seeds, one where no test happens to ring
    income, late = rng.lognormal(7, 0.6, N), rng.poisson(0.8, N).astype(float)
    age, job = rng.normal(40, 10, N), rng.choice(["clerk", "driver", "cook"], N, p=[0.5, 0.3, 0.2])
    age[rng.random(N) < 0.1] = np.nan
    risk = -1.2 - 0.8 * (np.log(income) - 7) + 0.7 * late - 0.02 * (np.nan_to_num(age, nan=40) - 40) + (job == "cook")
    y = (rng.random(N) < 1 / (1 + np.exp(-risk))).astype(float)
    y[rng.random(N) < 0.2] = np.nan
    X = pd.DataFrame({"income": income, "late": late, "age": age, "job": job})
    applications = pd.DataFrame(
        {
            "application": [f"a{i}" for i in range(N)],
            "customer": [f"c{i}" for i in range(N)],
            "month": rng.choice([f"2023-0{m}" for m in range(1, 7)], N) if dated else "",
            "sample": np.where(rng.random(N) < 0.3, "test", "development"),
            "y": y,
            "channel": rng.choice(["branch", "agent"], N, p=[0.7, 0.3]),
        }
    )
    fitted = ((applications["sample"] == "development") & applications["y"].notna()).to_numpy()
    card = Scorecard(WoeBinning(max_bins=5)).fit(X[fitted], y[fitted].astype(int))
    pds = card.predict_proba(X)[:, 1]
    scores = applications[["sample", "month", "y"]].assign(pd=pds, pd_applied=pds, score=card.points(X))
    return (applications, X.assign(application=applications["application"]), scores), card


@pytest.fixture(scope="session")
def tables() -> Tables:
    """Applications, features and scores of the made portfolio."""
    return made_tables()[0]


@pytest.fixture(scope="session")
def card() -> Scorecard:
    """The card of the made portfolio."""
    return made_tables()[1]


@pytest.fixture(scope="session")
def desk(tables: Tables, card: Scorecard) -> Desk:
    """The made portfolio on a validator's desk."""
    return desk_of(card.to_dict(), tables, ["channel"], Thresholds())


@pytest.fixture(scope="session")
def undated_desk() -> Desk:
    """The same without dates and segments."""
    tables, card = made_tables(dated=False)
    return desk_of(card.to_dict(), tables, [], Thresholds())


@pytest.fixture
def rng() -> Callable[[int], np.random.Generator]:
    """A source of chance by its seed."""
    return np.random.default_rng
