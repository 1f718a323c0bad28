"""A policy of three bands, five applications and a larger portfolio, and what the policy would do to them."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from riskbench.decision.decide import decide
from riskbench.decision.policy import Policy
from riskbench.decision.simulation import Simulation, simulate


@pytest.fixture
def policy() -> Policy:
    """Approve from 550 points, half the request from 520, decline below."""
    return Policy.model_validate(
        {
            "schema_version": 1,
            "bands": [
                {"name": "high", "action": "approve", "from": 550, "to": math.inf},
                {"name": "middle", "action": "limit", "from": 520, "to": 550, "limit_share": 0.5},
                {"name": "low", "action": "decline", "from": -math.inf, "to": 520},
            ],
            "economics": {
                "lgd": 0.5,
                "margin": 0.25,
                "funding_cost": 0.05,
                "cost_per_application": 1,
                "cost_per_account": 2,
            },
        }
    )


@pytest.fixture
def frame() -> pd.DataFrame:
    """Two approved, one limited, two declined without an outcome."""
    return pd.DataFrame(
        {
            "score": [600, 560, 530, 500, 480],
            "pd": [0.02, 0.08, 0.15, 0.30, 0.50],
            "amount": [100.0, 200, 100, 100, 100],
            "y": [0, 1, 0, np.nan, np.nan],
            "in_force": [True, False, False, True, True],
        }
    )


@pytest.fixture
def simulated(policy: Policy) -> Callable[..., Simulation]:
    """What the policy, or another, would do to some applications."""

    def run(frame: pd.DataFrame, policy: Policy = policy, shift: float = 0.0) -> Simulation:
        return simulate(policy, frame, decide(policy, frame), shift)

    return run


@pytest.fixture
def portfolio() -> Callable[[int], pd.DataFrame]:
    """Applications whose outcomes are drawn from their PDs."""

    def drawn(n: int) -> pd.DataFrame:
        rng = np.random.default_rng(1)
        risk = rng.beta(1, 6, n)
        score = 487.123 + 28.8539 * np.log((1 - risk) / risk)
        return pd.DataFrame({"score": score, "pd": risk, "amount": rng.uniform(50, 500, n), "y": rng.random(n) < risk})

    return drawn


@pytest.fixture
def oversampled(portfolio: Callable[[int], pd.DataFrame]) -> Callable[[int], tuple[pd.DataFrame, pd.DataFrame]]:
    """A population, and the same with one of `times` goods kept; PDs are those of the population in both."""

    def drawn(times: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        sample = portfolio(400).assign(y=lambda rows: rows["y"].astype(float))
        goods = sample[sample["y"] == 0]
        return pd.concat([sample[sample["y"] == 1], *[goods] * times], ignore_index=True), sample

    return drawn
