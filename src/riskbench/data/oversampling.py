"""Oversampling: from the bad rate of the data to that of the population, where bads were drawn more often than goods.

Drawing by outcome multiplies everybody's odds of bad by one factor. The coefficients of a logit stay what they are;
its intercept moves by the logarithm of that factor (Prentice and Pyke, Biometrika 66, 1979; King and Zeng, Political
Analysis 9, 2001). What is compared with the labels of the data stays at the rate of the data.
"""

import math

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from riskbench.data.samples import labelled
from riskbench.data.study import Study


def shift(study: Study, applications: pd.DataFrame) -> float:
    """What the population's log odds of bad lie above those of the development sample; 0 without oversampling.

    `applications` has the columns sample and y (1 = bad, NaN = no label).
    """
    if study.oversampling is None:
        return 0.0
    return float(logit(study.oversampling.bad_rate) - logit(_developed_rate(applications)))


def moved(p: ArrayLike, log_odds: float) -> NDArray[np.float64]:
    """Probabilities with `log_odds` added to their log odds; 0 and 1 stay, and NaN.

    >>> moved([0.3, 0.0], math.log(0.05 / 0.95) - math.log(0.3 / 0.7)).round(3).tolist()
    [0.05, 0.0]
    """
    return expit(logit(np.asarray(p, dtype=float)) + log_odds) if log_odds else np.asarray(p, dtype=float)


def outcome_weights(y: ArrayLike, log_odds: float) -> NDArray[np.float64]:
    """What each application counts for, so that the odds of bad become e^`log_odds` times those of the data.

    `y` is 1 (bad), 0 (good) or missing. The weights of the labelled have mean 1; the others count once.

    >>> outcome_weights([1, 0, 0, 0], 0.0).tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    bad, good = (np.asarray(y, dtype=float) == value for value in (1, 0))
    weight = np.where(bad, np.exp(log_odds), 1.0)
    known = bad | good
    return np.where(known, weight / weight[known].mean(), 1.0) if known.any() else weight


def told(study: Study, applications: pd.DataFrame) -> str:
    """What was done about oversampling, as a sentence for the reader."""
    if study.oversampling is None:
        return "The study does not say that bads were oversampled: PDs are at the bad rate of the data."
    rate = _developed_rate(applications)
    true, why = study.oversampling.bad_rate, study.oversampling.because
    factor = math.exp(-shift(study, applications))
    return (
        f"Bads are oversampled: {rate:.1%} of the development sample, {true:.1%} of the population ({why}). The odds "
        f"of bad that the card and the policy use are those of the data divided by {factor:.2f}; everything that is "
        "compared with labels stays at the bad rate of the data."
    )


def _developed_rate(applications: pd.DataFrame) -> float:
    """The bad rate of the development sample."""
    return float(applications.loc[labelled(applications, "development"), "y"].mean())
