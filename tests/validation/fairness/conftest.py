"""A portfolio in which women are approved less often, are granted less and pay more."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.validation.fairness.treatment import Treatment


def _columns(n: int = 2000) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    woman, old = rng.random(n) < 0.4, rng.random(n) < 0.1
    income = rng.normal(size=n) + 2 * ~woman
    approved = rng.random(n) < np.where(woman, 0.6, 0.9)
    points = pd.DataFrame({"income": np.rint(10 * income), "noise": rng.integers(0, 20, n)})
    cases = pd.DataFrame(
        {
            "y": np.where(rng.random(n) < 0.8, (rng.random(n) < 0.15) & ~old, np.nan),
            "approved": approved,
            "pd": rng.uniform(0, 0.3, n),
            "score": points.sum(axis=1) + 500,
            "granted": np.where(approved, np.where(woman, 800.0, 1000.0) + rng.normal(0, 100, n), 0.0),
            "requested": 1200.0,
            "rate": np.where(woman, 0.03, 0.02) + rng.normal(0, 0.001, n),
        }
    )
    groups = pd.DataFrame({"sex": np.where(woman, "women", "men"), "age_band": np.where(old, "old", "young")})
    features = pd.DataFrame({"income": income, "noise": points["noise"]})
    return {"cases": cases, "groups": groups, "features": features, "points": points}


@pytest.fixture
def treated() -> Callable[..., Treatment]:
    """A treatment of two thousand people; `treated(groups=…)` changes a part of it."""

    def make(**more: Any) -> Treatment:
        return Treatment("test", **(_columns() | {"thresholds": Thresholds(), "replicates": 100} | more))

    return make


@pytest.fixture
def changed(treated: Callable[..., Treatment]) -> Callable[..., Treatment]:
    """The same with other columns of its cases: `changed(approved=1)`."""
    return lambda **columns: treated(cases=_columns()["cases"].assign(**columns))
