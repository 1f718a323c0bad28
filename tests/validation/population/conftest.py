"""Applicants to validate: a made portfolio as a run leaves it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from riskbench.data.study import Study, load_study
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.validation.population.applicants import Applicants

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def study() -> Study:
    """The study of micro-loans: dates, declines, customers who come back and decisions of the lender."""
    return load_study(ROOT / "data/microloan/study.toml")


@pytest.fixture(scope="session")
def booked_study() -> Study:
    """A study of booked loans, without dates, declines or decisions of the lender."""
    return load_study(ROOT / "data/south_german/study.toml")


@pytest.fixture
def applicants(study) -> Callable[..., Applicants]:
    """3,000 applications, half of them development, with two features on the card and one beside it.

    Keywords replace columns of the applications, or whole tables and the study.
    """

    def made(n: int = 3000, seed: int = 0, of: Study = study, features: Any = None, **columns: Any) -> Applicants:
        rng = np.random.default_rng(seed)
        X = pd.DataFrame(
            {
                "utilisation": rng.random(n).round(2),
                "employment": rng.choice(["salaried", "self_employed"], n),
                "contacts": rng.integers(0, 50, n).astype(float),
            }
        )
        risk = 1 / (1 + np.exp(3 - 3 * X["utilisation"].to_numpy()))
        y, developing = (rng.random(n) < risk).astype(float), np.arange(n) < n // 2
        card = Scorecard(WoeBinning(max_bins=4)).fit(X.loc[developing, ["utilisation", "employment"]], y[developing])
        binning = WoeBinning(max_bins=4).fit(X[developing], y[developing])
        X = X.assign(**(features or {}))
        known = pd.DataFrame(
            {"customer": np.arange(n).astype(str), "month": np.where(developing, "2023-05", "2024-01")}
        )
        known = known.assign(
            sample=np.where(developing, "development", of.holdout), label=np.where(y == 1, "bad", "good")
        )
        others = {"y": y, "decision": "approve", "amount_requested": 100.0, "channel": "app", "product": "cash"}
        known = known.assign(**(others | columns))
        if of.base.as_of is None:
            known["month"] = ""
        pd_ = card.predict_proba(X)[:, 1]
        scores = known[["month", "sample", "label", "y"]].assign(pd=pd_, pd_applied=pd_, score=card.points(X))
        action = np.where(pd_ < 0.3, "approve", "decline")
        decisions = pd.DataFrame({"action": action, "rule": "", "reason": "score in band " + pd.Series(action)})
        return Applicants(of, known, X, scores, decisions, binning, card)

    return made
