"""The third option: the champion with another level, or another level and spread, and the same ranking.

A line through log odds has one or two numbers, and is fitted to the months that were held out, because nothing older
knows of the new level. Where it is judged, each row is judged by a line that was fitted without it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit, logit

from riskbench.core.files import canonical_json
from riskbench.core.results import LEVEL, Estimate
from riskbench.decision.bundle.bundle import Bundle
from riskbench.metrics.arguments import Floats, lacks_a_class
from riskbench.metrics.calibration import calibration_line
from riskbench.metrics.intervals import around
from riskbench.scorecard.export.document import address, card_document
from riskbench.scorecard.regression.level import level_shift

Method = Literal["intercept", "slope"]
FOLDS, SEED = 5, 0


@dataclass(frozen=True)
class Line:
    """log odds of bad = `intercept` + `slope` times those of the champion."""

    intercept: float
    slope: float = 1.0

    def applied(self, pd: Floats) -> Floats:
        """The PDs on the line.

        >>> Line(0.0, 1.0).applied(np.array([0.25])).tolist()
        [0.25]
        """
        return expit(self.intercept + self.slope * logit(pd))


def level_moved(y: Floats, pd: Floats) -> Estimate:
    """What must be added to everybody's log odds so that as many are bad as the PDs say; 0 where the level holds.

    `y`: 1 = bad; `pd` in (0, 1). Above 0: riskier than the PDs say. Wald's interval of the intercept with the slope
    held at 1 (its variance is 1/Σ p(1 − p)). Source: Cox, Biometrika 45 (1958).

    >>> moved = level_moved(np.array([1.0, 1.0, 0.0, 0.0]), np.full(4, 0.25))  # logit .5 less logit .25 = ln 3
    >>> round(moved.value, 4), round(moved.upper - moved.value, 4)  # 1.96 / sqrt(4 · .25)
    (1.0986, 1.96)
    """
    if reason := lacks_a_class(y == 1):
        return Estimate.missing(reason, len(y), "level of the log odds")
    shift = level_shift(logit(pd), float(y.mean()))
    p = Line(shift).applied(pd)
    lower, upper = around(shift, float(1 / np.sqrt((p * (1 - p)).sum())), LEVEL, -np.inf, np.inf)
    return Estimate(shift, lower, upper, LEVEL, len(y), "intercept with the slope held at 1; Wald")


def fitted_line(y: Floats, pd: Floats, method: Method) -> Line | None:
    """The line by maximum likelihood; None where it does not exist or would turn the ranking round."""
    if lacks_a_class(y == 1):
        return None
    if method == "intercept":
        return Line(level_shift(logit(pd), float(y.mean())))
    line = calibration_line(y, pd)
    if line.slope.value is None or line.intercept.value is None or line.slope.value <= 0:
        return None
    return Line(line.intercept.value, line.slope.value)


def cross_fitted(y: Floats, pd: Floats, method: Method) -> Floats | None:
    """The PDs of each row on a line that was fitted without it, in five parts; None where a part has no line."""
    part = np.random.default_rng(SEED).permutation(len(y)) % FOLDS  # by place: rows stand in the order of their keys
    found = np.empty(len(y))
    for number in range(FOLDS):
        among = part == number
        line = fitted_line(y[~among], pd[~among], method)
        if line is None:
            return None
        found[among] = line.applied(pd[among])
    return found


def nearer(y: Floats, before: Floats, after: Floats) -> Estimate:
    """Mean log loss of `before` less that of `after` on the same rows: above 0 where `after` is nearer to outcomes.

    The interval is that of a mean of differences; for a line that was cross-fitted it takes the parts as independent.
    """
    method = "mean difference of log loss on the same rows; normal interval"
    if len(y) < 2:
        return Estimate.missing("it needs two cases", len(y), method)
    gain = _loss(y, before) - _loss(y, after)
    value = float(gain.mean())
    lower, upper = around(value, float(gain.std(ddof=1) / np.sqrt(len(y))), LEVEL, -np.inf, np.inf)
    return Estimate(value, lower, upper, LEVEL, len(y), method)


def recalibrated_bundle(bundle: Bundle, line: Line, because: str) -> Bundle:
    """The same bundle at the level of the line: ranking, policy and texts stay, whole points follow the level.

    It is for comparing. Only a run makes a bundle that people sign.
    """
    card = bundle.scorecard.recalibrated(line.intercept, line.slope)
    step = {"step": "recalibration", "slope": line.slope, "intercept": line.intercept, "because": because}
    changed = {
        "card": card_document(card, bundle.card["title"]),
        "card_address": address(card),
        "calibration": [*bundle.document["calibration"], step],
    }
    return Bundle.model_validate_json(canonical_json(bundle.document | changed))


def _loss(y: Floats, pd: Floats) -> Floats:
    return -np.log(np.where(y == 1, pd, 1 - pd))
