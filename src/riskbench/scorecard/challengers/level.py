"""Challengers fitted on development, and their PDs brought to the level that the champion's are stated at.

Each gets the champion's treatment, so that levels can be compared: a straight line on its log odds, fitted on
development cases that the model did not learn from, takes the part of the card's shrinkage; then the study's own
calibration, if it asks for one, by the same anchor. A line keeps every rank, so no AUC hangs on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from riskbench.data import oversampling
from riskbench.data.samples import labelled
from riskbench.data.study import Study
from riskbench.metrics.calibration import calibration_line
from riskbench.scorecard.calibration.anchors import anchor_of
from riskbench.scorecard.calibration.calibrate import line_to
from riskbench.scorecard.challengers.families import Challenger
from riskbench.scorecard.challengers.tuning import Splits, calibrates, customer_folds

Floats = NDArray[np.float64]
FOLDS, FEWER, MANY = 5, 3, 5_000  # fewer folds of many rows: two thirds of them make nearly the model of all
LEAST = 1e-6  # a forest may say 0 or 1, which have no log odds


@dataclass(frozen=True)
class Fitted:
    """What fitting gave: PDs of all applications by challenger, at the bad rate of the data, and the lines laid.

    `lines` has one row a challenger with `slope` and `intercept` of the line on its log odds. The estimators of the
    challengers are fitted now; their own `predict_proba` is that before the line.
    """

    pds: pd.DataFrame
    lines: pd.DataFrame


def fit_all(
    families: Mapping[str, Challenger], study: Study, applications: pd.DataFrame, features: pd.DataFrame, seed: int = 0
) -> Fitted:
    """Fit every challenger on the labelled development sample and bring its PDs to the champion's level.

    `applications` has the columns customer, month, sample and y (1 = bad, NaN = no label), `features` the candidates,
    in the same rows. Slope 1 and intercept 0 stay where no line can be fitted (its slope would not be above 0, or
    development is too small for folds), and where the pipeline ends in a calibration, which is such a line already.
    """
    anchored = study.calibration is not None
    developed = labelled(applications, "development").to_numpy()
    X, y = features[developed], applications.loc[developed, "y"].to_numpy(int)
    customers = pd.factorize(applications.loc[developed, "customer"])[0]
    splits = customer_folds(y, customers, FEWER if len(y) > MANY else FOLDS, seed)
    pds, lines = {}, []
    for name, challenger in families.items():
        calibrated = calibrates(challenger.estimator)
        outside = out_of_fold(challenger.estimator, X, y, splits if anchored or not calibrated else [])
        everyone = log_odds(challenger.estimator.fit(X, y), features)
        intercept, slope = (0.0, 1.0) if calibrated else _line(y, outside)
        levelled = intercept + slope * everyone
        pds[name] = expit(_anchored(study, applications, levelled, intercept + slope * outside))
        lines.append((name, slope, intercept))
    return Fitted(
        pd.DataFrame(pds, index=applications.index), pd.DataFrame(lines, columns=["model", "slope", "intercept"])
    )


def out_of_fold(estimator: Pipeline, X: pd.DataFrame, y: NDArray[np.int64], splits: Splits) -> Floats:
    """Log odds of every row by a clone that was fitted on the other folds; empty without folds."""
    found = np.empty(len(X) if splits else 0)
    for train, judged in splits:
        found[judged] = log_odds(clone(estimator).fit(X.iloc[train], y[train]), X.iloc[judged])
    return found


def log_odds(estimator: Pipeline, X: pd.DataFrame | Floats) -> Floats:
    """Log odds of bad by row; PDs are kept a millionth away from 0 and 1."""
    return logit(np.clip(estimator.predict_proba(X)[:, 1], LEAST, 1 - LEAST))


def _line(y: NDArray[np.int64], outside: Floats) -> tuple[float, float]:
    """Intercept and slope of the calibration line on log odds found outside the folds that a model was fitted on."""
    if not len(outside):
        return 0.0, 1.0
    line = calibration_line(y, expit(outside))
    intercept, slope = line.intercept.value, line.slope.value
    return (0.0, 1.0) if intercept is None or slope is None or slope <= 0 else (intercept, slope)


def _anchored(study: Study, applications: pd.DataFrame, levelled: Floats, outside: Floats) -> Floats:
    """Log odds at the level that the study's calibration asks for, at the bad rate of the data.

    `outside` takes the place of log odds of development, which a model that learnt those cases overstates.
    """
    anchor, shift = anchor_of(study, applications), oversampling.shift(study, applications)
    if anchor is None:
        return levelled
    unseen = levelled.copy()
    if len(outside):
        unseen[labelled(applications, "development").to_numpy()] = outside
    level, spread = line_to(study, anchor, applications["y"], unseen + shift)
    return level + spread * (levelled + shift) - shift
