"""A made portfolio with every kind of column, for models to learn from."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

Cases = tuple[pd.DataFrame, NDArray[np.int64]]


@pytest.fixture(scope="session")
def mixed() -> Callable[..., Cases]:
    """Numbers, counts, flags, levels, categories and an empty column, with gaps; the risk rises with the number."""

    def made(n: int = 600, seed: int = 0) -> Cases:
        draw = np.random.default_rng(seed)
        X = pd.DataFrame(
            {
                "number": draw.normal(size=n),
                "count": pd.array(draw.integers(0, 9, n), dtype="Int64"),
                "flag": draw.random(n) < 0.5,
                "level": pd.Series(draw.choice(["x", "y", "z"], n), dtype="str"),
                "category": pd.Categorical(draw.choice(["u", "v"], n)),
                "empty": np.full(n, np.nan),
            }
        )
        risk = 1 / (1 + np.exp(1 - 1.5 * X["number"] - (X["level"] == "x")))
        y = (draw.random(n) < risk).astype(int).to_numpy()
        for name in ("number", "count", "level"):
            X.loc[draw.random(n) < 0.1, name] = None
        return X, y

    return made
