"""A bench of made applications: two features that tell, two that are noise, customers who come back."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.data.study import Study, load_study
from riskbench.scorecard.calibration.calibrate import calibrate
from riskbench.scorecard.design import CardDesign, card_builder
from riskbench.validation.robustness import draws
from riskbench.validation.robustness.bench import Bench, Rebuilt

STUDIES = Path(__file__).parents[3] / "data"
N = 1600


def study_of(name: str) -> Study:
    return load_study(STUDIES / name / "study.toml")


def made(study: Study, n: int = N, seed: int = 0, cut_off: float | None = 520.0) -> Bench:
    """`n` applications of n / 2 customers over six months; half develop, a quarter tests, the last quarter is later."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "late": rng.integers(0, 4, n).astype(float),
            "used": rng.random(n).round(2),
            "noise": rng.random(n).round(2),
            "colour": rng.choice(["red", "blue", "green"], n),
        }
    )
    X.loc[::50, "used"] = np.nan
    y = (rng.random(n) < 1 / (1 + np.exp(2.2 - 0.7 * X["late"] - 1.5 * X["used"].fillna(0.5)))).astype(float)
    y[3::40] = np.nan
    place = np.arange(n) % (n // 2)  # a customer's two applications fall into one sample
    sample = np.where(place < n // 4, "development", np.where(place < 3 * n // 8, "test", "out_of_time"))
    months = np.where(sample == "out_of_time", "2023-12", [f"2023-0{1 + at % 6}" for at in range(n)])
    applications = pd.DataFrame(
        {"customer": [f"c{at}" for at in place], "month": months, "sample": sample, "y": y.to_numpy()}
    )
    developed = (sample == "development") & y.notna().to_numpy()
    card = card_builder(study)(X[developed].reset_index(drop=True), y[developed].to_numpy(int))
    level = calibrate(card, study, applications, X, shrinkage=0.9)
    return Bench(study, CardDesign(), level.card, applications, X, cut_off)


@pytest.fixture(scope="session")
def dated() -> Bench:
    """A bench with an out-of-time sample and with repayments."""
    return made(study_of("microloan"))


@pytest.fixture(scope="session")
def undated() -> Bench:
    """A bench without dates whose outcome is a plain column, judged on the test sample."""
    bench = made(study_of("taiwan"))
    return Bench(
        bench.study, bench.design, bench.champion, bench.applications.assign(month=""), bench.candidates, bench.cut_off
    )


@pytest.fixture(scope="session")
def builds(dated: Bench) -> list[Rebuilt]:
    """Eight bootstrap cards."""
    return draws.bootstrap(dated, 8)


@pytest.fixture
def with_labels() -> Callable[[Bench, np.ndarray], Bench]:
    """The same bench with other labels."""

    def other(bench: Bench, y: np.ndarray) -> Bench:
        applications = bench.applications.assign(y=y)
        return Bench(bench.study, bench.design, bench.champion, applications, bench.candidates, bench.cut_off)

    return other
