"""A policy of three bands, five applications and a larger portfolio, and what the policy would do to them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from riskbench.data.candidates import candidates_of
from riskbench.data.study import Study, load_study
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.making import bundle_of
from riskbench.decision.bundle.parts import MadeFrom
from riskbench.decision.decide import decide
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.reading import load_policy
from riskbench.decision.simulation.simulation import Simulation, simulate
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.reason_texts import load_texts

STUDIES = Path(__file__).parents[2] / "data"


@pytest.fixture
def policy() -> Policy:
    """Approve from 550 points, half the request from 520, decline below."""
    return Policy.model_validate(
        {
            "schema_version": 2,
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


@dataclass(frozen=True)
class Lender:
    """Applications of the study microloan, few and made up, and the bundles that decide them."""

    study: Study
    applications: pd.DataFrame

    def bundle(self, *features: str, level: float = 0.0, policy: Policy | None = None, title: str = "") -> Bundle:
        """A card on some features, its log odds moved by `level`, with the study's own policy or another."""
        X = candidates_of(self.study, self.applications)
        card = Scorecard(WoeBinning(max_bins=4)).fit(X[list(features)], self.applications["y"]).shifted(level)
        steps = pd.DataFrame({"step": ["logit"], "slope": [1.0], "intercept": [level], "because": ["for a test"]})
        folder = STUDIES / self.study.name
        return bundle_of(
            self.study.model_copy(update={"title": title or self.study.title}),
            card,
            policy or load_policy(Path(__file__).parent / "lender.yaml", self.study),
            load_texts(folder, self.study),
            steps=steps,
            made_from=MadeFrom(study="0" * 64, code="1" * 64, data="2" * 64),
        )


@pytest.fixture(scope="session")
def lender() -> Lender:
    """Two thousand applications, riskier the more is asked for by income and the more enquiries there were."""
    rng, n = np.random.default_rng(7), 2_000
    study = load_study(STUDIES / "microloan" / "study.toml")
    rows = {
        name: rng.normal(0, 1, n) if column.type in ("integer", "number") else "x"
        for name, column in study.columns.items()
        if name in study.raw_candidates
    }
    rows |= {
        "amount_requested": rng.integers(1, 60, n) * 50.0,
        "monthly_income": rng.integers(5, 40, n) * 100.0,
        "night_share": np.where(rng.random(n) < 0.1, np.nan, rng.random(n).round(2)),
        "employment": rng.choice(["salaried", "public", "informal"], n),
        "delinquencies_12m": np.where(rng.random(n) < 0.05, np.nan, rng.poisson(1.0, n)),
        "enquiries_6m": rng.poisson(2.0, n).astype(float),
    }
    frame = pd.DataFrame(rows)
    risk = 1.2 * frame["amount_requested"] / frame["monthly_income"] + 0.3 * frame["enquiries_6m"] - 3
    return Lender(study, frame.assign(y=(rng.random(n) < expit(risk)).astype(float)))
