"""A card of two numbers and a category, and the rows that it was fitted on."""

import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard import Scorecard, WoeBinning


@pytest.fixture(scope="session")
def loans() -> tuple[pd.DataFrame, pd.Series]:
    """4,000 rows and their outcome, 1 = bad: fewer with a larger `a` and `b`, and with level x of `c`."""
    draw = np.random.default_rng(8)
    X = pd.DataFrame({"a": draw.normal(size=4000), "b": draw.integers(0, 5, 4000), "c": draw.choice(["x", "y"], 4000)})
    chance = 1 / (1 + np.exp(1 + X["a"] + 0.4 * X["b"] + (X["c"] == "x")))
    return X, pd.Series((draw.random(4000) < chance).astype(int))


@pytest.fixture(scope="session", name="X")
def rows(loans: tuple[pd.DataFrame, pd.Series]) -> pd.DataFrame:
    """The rows."""
    return loans[0]


@pytest.fixture(scope="session")
def y(loans: tuple[pd.DataFrame, pd.Series]) -> pd.Series:
    """Their outcome."""
    return loans[1]


@pytest.fixture(scope="session")
def card(X: pd.DataFrame, y: pd.Series) -> Scorecard:
    """The card of these rows. Only read it."""
    return Scorecard(WoeBinning()).fit(X, y)
