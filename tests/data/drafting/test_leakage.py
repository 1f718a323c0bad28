"""Columns that know the outcome give themselves away by their values; honest ones do not."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.data.drafting.leakage import suspicion

LIMITS = Thresholds()
Y = np.array([1.0] * 100 + [0.0] * 400)
RNG = np.random.default_rng(3)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (Y * 10 + RNG.random(500), "AUC of 1.000"),
        (-Y * 10 + RNG.random(500), "AUC of 1.000"),
        (Y == 1, "AUC of 1.000"),
        (np.where(Y == 1, "lost", "fine"), "AUC"),
        (np.where(Y == 1, 5.0, np.nan), "filled for bad cases alone (100 rows)"),
        (np.where((Y == 1) & (np.arange(500) % 3 == 0), 5.0, np.nan), "filled for bad cases alone (34 rows)"),
        (np.where(Y == 1, np.nan, 5.0), "filled for good cases alone (400 rows)"),
        (np.where((Y == 1) & (np.arange(500) % 2 == 0), np.nan, 5.0), "missing for bad cases alone (50 rows)"),
        (((Y == 1) & (np.arange(500) % 2 == 0)) * 1.0, "a value of it is held by bad cases alone (50 rows)"),
        (np.where((Y == 0) & (np.arange(500) % 2 == 0), "yes", "no"), "held by good cases alone (200 rows)"),
    ],
)
def test_a_column_that_knows_the_outcome_is_suspected(facts, values, said: str) -> None:
    assert said in suspicion(facts("x", values), Y, None, LIMITS)


@pytest.mark.parametrize(
    "values",
    [
        RNG.random(500),
        Y + RNG.normal(size=500),  # AUC .76
        np.where(RNG.random(500) < 0.3, np.nan, 1.0),
        np.where((Y == 0) & (np.arange(500) % 40 == 0), np.nan, 1.0),  # ten goods: .8^10 is .1
        [f"level {i % 90}" for i in range(500)],
        [f"own {i}" for i in range(500)],
        [7] * 500,
        [None] * 500,
    ],
)
def test_a_column_known_at_the_decision_is_not(facts, values) -> None:
    assert suspicion(facts("x", values), Y, None, LIMITS) == ""


def test_dates_after_the_decision_are_suspected_and_a_slip_of_the_pen_is_not(facts) -> None:
    decided = np.full(500, np.datetime64("2024-06-01"))
    days = pd.Series(pd.Timestamp("2024-05-01"), index=range(500))
    days[:5] = pd.Timestamp("2024-07-01")
    few = facts("x", days)
    days[:6] = pd.Timestamp("2024-07-01")
    assert suspicion(few, RNG.permutation(Y), decided, LIMITS) == ""
    assert suspicion(facts("x", days), Y, decided, LIMITS) == "1.2% of its dates lie after the decision"


def test_a_few_cases_that_fall_apart_are_an_accident(facts) -> None:
    # 2 / C(8, 3) = 2 / 56: every 28th column of noise does so
    y = np.array([1.0] * 3 + [0.0] * 5)
    assert suspicion(facts("x", np.arange(8)), y, None, LIMITS) == ""
