"""Calibration: a card's PDs from those of the logit to those that a decision uses, in four steps and in one order.

1. *Logit*: PDs at the bad rate of the development sample, too far apart elsewhere.
2. *Shrinkage* draws them together by γ and keeps their mean (`shrinkage.py`).
3. *Sampling* moves the log odds to the population's where bads were drawn more often (`data/oversampling.py`).
4. *Calibration* meets the bad rate that the study asks for: a stated target, the long-run average of its own default
   rates, or the newest labels; by an intercept, and by a slope too where the study says so.

Each step is a straight line on the log odds, so whole points follow and nobody's rank changes. That is why there is no
isotonic regression here: its steps belong to no bin. Platt's method is step 4 with a slope.

`pd` in a table of scores undoes step 3 and nothing else, since step 3 is about how the data were drawn: whatever is
compared with labels tests the level that is applied.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from riskbench.core.errors import StudyError
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data import oversampling
from riskbench.data.samples import labelled
from riskbench.data.study import Study
from riskbench.data.study.calibration import RecentLabels
from riskbench.metrics.calibration import calibration_line
from riskbench.scorecard.calibration.anchors import Anchor, anchor_of
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.regression.level import level_shift

STEPS = ("logit", "shrinkage", "sampling", "calibration")
NOTHING_ASKED = (
    "the study asks for none: PDs stay at the bad rate of the development sample, or of the population it states"
)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Calibrated:
    """A card at the level that its study asks for.

    `steps` has one row for each of `STEPS` with `slope` and `intercept` (what the step does to the log odds of bad),
    `mean_pd` of the labelled development sample after it, and `because`. `shift` is step 3: what `pd_applied` lies
    above `pd`, in log odds, and `told` says what was done about oversampling. `rate` is the level asked for and `gap`
    what the card misses it by, both without a value where the study asks for none.
    """

    card: Scorecard
    steps: pd.DataFrame
    shift: float
    told: str
    rate: Estimate
    gap: Estimate

    def checks(self, thresholds: Thresholds) -> list[CheckResult]:
        """The shift of step 3, the level asked for, and the check that the card meets it."""
        moved = "Log odds added for the population's bad rate"
        checks = [CheckResult("champion.prior_shift", moved, Estimate(self.shift), unit="log-odds")]
        if self.rate.evaluated:
            title, limit = "Mean PD less the bad rate that calibration asks for", thresholds["scorecard.equivalence"]
            checks += [
                CheckResult("champion.calibration_rate", "Bad rate that calibration asks for", self.rate, unit="%"),
                CheckResult("champion.calibration_gap", f"{title}, absolute", self.gap, limit),
            ]
        return checks


def calibrate(
    card: Scorecard, study: Study, applications: pd.DataFrame, features: pd.DataFrame, shrinkage: float = 1.0
) -> Calibrated:
    """The fitted `card` taken through all four steps; `shrinkage` is γ in (0, 1].

    `applications` has the columns sample, month and y (1 = bad, NaN = no label), `features` the card's inputs, in the
    same rows. Raises StudyError where the labels cannot give the level that the study asks for.
    """
    developed = labelled(applications, "development").to_numpy()
    inputs = features[list(card.points_)]
    shift = oversampling.shift(study, applications)
    log_odds = card.logit_.log_odds(card.binning_.transform(inputs))
    shrunk = card.shrunk(shrinkage, inputs[developed], applications.loc[developed, "y"])
    intercept, slope = shrunk.correction_
    sampled = intercept + slope * log_odds + shift
    anchor = anchor_of(study, applications)
    level, spread = (0.0, 1.0) if anchor is None else line_to(study, anchor, applications["y"], sampled)
    lines = [(0.0, 1.0), (intercept, slope), (shift, 1.0), (level, spread)]
    weights = oversampling.outcome_weights(applications.loc[developed, "y"], shift)
    told = (
        "maximum likelihood on the development sample",
        "mean slope of bootstrap cards on the development sample; the mean PD is kept",
        _sampling(study),
        anchor.told if anchor else NOTHING_ASKED,
    )
    rate, gap = Estimate.missing(NOTHING_ASKED), Estimate.missing(NOTHING_ASKED)
    if anchor:
        mean = np.average(expit(level + spread * sampled[anchor.rows]), weights=anchor.weights)
        rate, gap = anchor.rate, Estimate(abs(float(mean) - anchor.level), n=len(anchor.weights))
    return Calibrated(
        shrunk.shifted(shift).recalibrated(level, spread),
        _steps(lines, log_odds[developed], weights, told),
        shift,
        oversampling.told(study, applications),
        rate,
        gap,
    )


def uncorrected(card: Scorecard, pd_applied: ArrayLike) -> Floats:
    """The PDs of the bare logit behind those that the card says: all steps undone, at the bad rate of the data."""
    intercept, slope = card.correction_
    return expit((logit(np.asarray(pd_applied, dtype=float)) - intercept) / slope)


def _sampling(study: Study) -> str:
    if study.oversampling is None:
        return "bads are not said to be oversampled"
    return f"{study.oversampling.bad_rate:.1%} of the population are bad ({study.oversampling.because})"


def line_to(study: Study, anchor: Anchor, y: pd.Series, log_odds: Floats) -> tuple[float, float]:
    """Intercept and slope that meet the anchor; Cox's maximum-likelihood line where the study asks for a slope."""
    asked, at = study.calibration, log_odds[anchor.rows]
    if not (isinstance(asked, RecentLabels) and asked.method == "slope"):
        return level_shift(at, anchor.level, anchor.weights), 1.0
    line = calibration_line(y[anchor.rows], expit(at))
    if line.intercept.value is None or line.slope.value is None or line.slope.value <= 0:
        why = line.slope.reason or f"it is {line.slope.value:.3g}, which would turn the ranking round"
        raise StudyError(f"study {study.name}: calibration by slope needs a slope above 0 on {anchor.told}: {why}")
    return line.intercept.value, line.slope.value


def _steps(lines: list[tuple[float, float]], log_odds: Floats, weights: Floats, told: tuple[str, ...]) -> pd.DataFrame:
    """One row a step; from step 3 on the mean PD is that of the population's mix, before it that of the data."""
    rows = []
    for number, ((intercept, slope), name, because) in enumerate(zip(lines, STEPS, told, strict=True)):
        log_odds = intercept + slope * log_odds
        mean = np.average(expit(log_odds), weights=weights if number >= 2 else None)
        rows.append((name, slope, intercept, float(mean), because))
    return pd.DataFrame(rows, columns=["step", "slope", "intercept", "mean_pd", "because"])
