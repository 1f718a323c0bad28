"""Cases to validate: made portfolios as the battery sees them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import ArrayLike

from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale
from riskbench.validation.battery.case import Case


@pytest.fixture
def portfolio() -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """PDs and outcomes; the true log-odds are `shift` above those of the PD."""

    def made(n: int = 3000, seed: int = 0, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng(seed)
        x = rng.normal(-2, 1.2, n)
        y = rng.random(n) < 1 / (1 + np.exp(-x - shift))
        return y.astype(float), 1 / (1 + np.exp(-x))

    return made


@pytest.fixture
def case() -> Callable[..., Case]:
    """One sample from labels and PDs, where PDs are applied as they are unless `applied` says otherwise.

    `also` holds further columns of the rows.
    """

    def made(
        y: ArrayLike,
        risk: ArrayLike,
        sample: str = "test",
        applied: ArrayLike | None = None,
        also: Any = None,
        **more: Any,
    ) -> Case:
        columns = {"y": y, "pd": risk, "pd_applied": risk if applied is None else applied}
        given = {"scale": MasterScale(), "thresholds": Thresholds()} | more
        return Case(sample, pd.DataFrame(columns, dtype=float).assign(**(also or {})), **given)

    return made


@pytest.fixture
def whole(case: Callable[..., Case], portfolio: Callable[..., tuple[np.ndarray, np.ndarray]]) -> Callable[..., Case]:
    """A sample with everything that a check may ask for: two segments, a year of months, amounts, whole points."""

    def made(sample: str = "test", n: int = 3000, seed: int = 0, shift: float = 0.0, **more: Any) -> Case:
        y, risk = portfolio(n, seed, shift)
        at = np.arange(n)
        also = {
            "month": [f"2025-{number % 12 + 1:02}" for number in at],
            "amount": 100.0 + at % 7,
            "pd_of_points": risk,
            "channel": np.where(at // 12 % 2, "app", "branch"),
        }
        return case(y, risk, sample, also=also, **{"segments": ("channel",)} | more)

    return made
