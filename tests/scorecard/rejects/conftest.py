"""A lender who accepted the safer of 4,000 applications, its card, and what the methods know of the applicants."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.rejects.methods import Applicants
from riskbench.scorecard.rejects.refitting import applicants_of, refit_and_score


class Lender(NamedTuple):
    """Features, labels (NaN where declined), the card fitted on the known, the applicants, and every method's PDs."""

    X: pd.DataFrame
    y: np.ndarray
    card: Scorecard
    applicants: Applicants
    pds: pd.DataFrame

    @property
    def declined(self) -> np.ndarray:
        """Whose outcome nobody knows."""
        return np.isnan(self.y)


@pytest.fixture(scope="session")
def lender() -> Lender:
    """A risk that two numbers show; an application is the likelier accepted the lower both are."""
    draw, n = np.random.default_rng(2), 4000
    X = pd.DataFrame({"late": draw.poisson(1.0, n).astype(float), "debt": draw.normal(size=n).round(2)})
    risk = -2 + 0.6 * X["late"] + 0.7 * X["debt"]
    bad = (draw.random(n) < 1 / (1 + np.exp(-risk))).to_numpy(float)
    accepted = draw.random(n) < 1 / (1 + np.exp(1.5 * risk + 1.5))
    y = np.where(accepted, bad, np.nan)
    card = Scorecard(WoeBinning()).fit(X[accepted], y[accepted])
    applicants = applicants_of(card, X, y)
    return Lender(X, y, card, applicants, refit_and_score(card, X, applicants, X))
