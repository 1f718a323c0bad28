"""Three candidates of which two say something, and the funnel that they go through."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard import WoeBinning
from riskbench.scorecard.selection import select


@pytest.fixture(scope="session")
def outcome() -> Callable[..., np.ndarray]:
    """Draw who is bad from log-odds less 1.5: `outcome(0.8 * X["a"])`."""

    def draw(odds: pd.Series, seed: int = 0) -> np.ndarray:
        return (np.random.default_rng(seed).random(len(odds)) < 1 / (1 + np.exp(1.5 - np.asarray(odds)))).astype(int)

    return draw


@pytest.fixture(scope="session", name="X")
def candidates() -> pd.DataFrame:
    """6,000 rows: `a` says more than `b`, and `c` nothing."""
    draw = np.random.default_rng(1)
    return pd.DataFrame({name: draw.normal(size=6000) for name in "abc"})


@pytest.fixture(scope="session")
def y(X: pd.DataFrame, outcome: Callable[..., np.ndarray]) -> np.ndarray:
    """Their outcome."""
    return outcome(0.8 * X["a"] + 0.5 * X["b"], 1)


@pytest.fixture(scope="session")
def funnel(X: pd.DataFrame, y: np.ndarray) -> Callable[..., pd.DataFrame]:
    """What `select` says of each candidate, of these or of other rows: `funnel(X.assign(twin=X["a"]))`."""

    def call(rows: pd.DataFrame = X, y: np.ndarray = y, **options: object) -> pd.DataFrame:
        return select(rows, y, WoeBinning().fit(rows, y), **options).set_index("feature")

    return call
