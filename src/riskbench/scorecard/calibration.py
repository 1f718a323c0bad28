"""The level of a card's PDs: from those of the logit to those that a decision uses, in one order and in one place.

1. *Logit*: PDs at the bad rate of the development sample, too far apart elsewhere.
2. *Shrinkage* draws them together by γ and keeps their mean (`scorecard/shrinkage.py`).
3. *Sampling* moves the log odds to the population's where bads were drawn more often (`data/prior.py`).
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
from scipy.optimize import brentq
from scipy.special import expit, logit

from riskbench.core.errors import StudyError
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data import prior
from riskbench.data.levels import LongRunRate, RecentLabels
from riskbench.data.study import Study
from riskbench.metrics.calibration import calibration_line
from riskbench.metrics.intervals import jeffreys_interval
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.long_run import average, period_rates, periods

STEPS = ("logit", "shrinkage", "sampling", "calibration")
NONE = "the study asks for none: PDs stay at the bad rate of the development sample, or of the population it states"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Anchor:
    """The labelled applications whose weighted mean PD is to be `rate`, and the same in words."""

    rows: NDArray[np.bool_]
    weights: Floats
    rate: Estimate
    told: str


@dataclass(frozen=True)
class Calibrated:
    """A card at the level that its study asks for.

    `steps` has one row for each of `STEPS` with `slope` and `intercept` (what the step does to the log odds of bad),
    `mean_pd` of the labelled development sample after it, and `because`. `shift` is step 3: what `pd_applied` lies
    above `pd`, in log odds. `rate` is the level asked for and `gap` what the card misses it by, both without a value
    where the study asks for none.
    """

    card: Scorecard
    steps: pd.DataFrame
    shift: float
    rate: Estimate
    gap: Estimate

    def results(self, thresholds: Thresholds) -> list[CheckResult]:
        """The shift of step 3, the level asked for, and the check that the card meets it."""
        limit = thresholds["scorecard.equivalence"] if self.gap.evaluated else None
        title = "Mean PD less the bad rate that calibration asks for, absolute"
        shift = Estimate(self.shift)
        results = [
            CheckResult("champion.prior_shift", "Log odds added for the population's bad rate", shift, unit="log-odds")
        ]
        if self.rate.evaluated:
            results += [
                CheckResult("champion.calibration_rate", "Bad rate that calibration asks for", self.rate, unit="%"),
                CheckResult("champion.calibration_gap", title, self.gap, limit),
            ]
        return results


def calibrate(
    card: Scorecard, study: Study, applications: pd.DataFrame, features: pd.DataFrame, shrinkage: float = 1.0
) -> Calibrated:
    """The fitted `card` taken through all four steps; `shrinkage` is γ in (0, 1].

    `applications` has the columns sample, month and y (1 = bad, NaN = no label), `features` the card's inputs, in the
    same rows. Raises StudyError where the labels cannot give the level that the study asks for.
    """
    developed = ((applications["sample"] == "development") & applications["y"].notna()).to_numpy()
    inputs = features[list(card.points_)]
    shift = prior.shift(study, applications)
    log_odds = card.logit_.log_odds(card.binning_.transform(inputs))
    shrunk = card.shrunk(shrinkage, inputs[developed], applications.loc[developed, "y"])
    intercept, slope = shrunk.correction_
    sampled = intercept + slope * log_odds + shift
    anchor = anchored(study, applications)
    level, spread = (0.0, 1.0) if anchor is None else _line(study, anchor, applications["y"], sampled)
    lines = [(0.0, 1.0), (intercept, slope), (shift, 1.0), (level, spread)]
    weights = prior.outcome_weights(applications.loc[developed, "y"], shift)
    told = (
        "maximum likelihood on the development sample",
        "mean slope of bootstrap cards on the development sample; the mean PD is kept",
        prior.told(study, applications),
        anchor.told if anchor else NONE,
    )
    rate, gap = Estimate.missing(NONE), Estimate.missing(NONE)
    if anchor:
        mean = np.average(expit(level + spread * sampled[anchor.rows]), weights=anchor.weights)
        rate, gap = anchor.rate, Estimate(abs(float(mean) - _value(anchor)), n=int(anchor.rows.sum()))
    return Calibrated(
        shrunk.shifted(shift).recalibrated(level, spread),
        _steps(lines, log_odds[developed], weights, told),
        shift,
        rate,
        gap,
    )


def anchored(study: Study, applications: pd.DataFrame) -> Anchor | None:
    """What the study asks the mean PD to meet, or None. Raises StudyError where the labels do not give it."""
    asked, labelled = study.calibration, applications["y"].notna()
    if asked is None:
        return None
    if asked.kind == "target":
        rows = ((applications["sample"] == "development") & labelled).to_numpy()
        weights = prior.outcome_weights(applications.loc[rows, "y"], prior.shift(study, applications))
        rate = Estimate(asked.target, n=int(rows.sum()), method="stated by the study")
        mix = ", weighted to the population's mix of good and bad" if study.oversampling else ""
        return Anchor(rows, weights, rate, f"a target ({asked.because}), met by the labelled development sample{mix}")
    rows = (applications["sample"].isin(asked.samples) & labelled).to_numpy()
    among = ", ".join(asked.samples)
    if isinstance(asked, LongRunRate):
        rates = period_rates(study, applications, study.limits)
        counted = rates[rates["counted"]]
        period = periods(applications["month"], asked.period)
        rows &= period.isin(counted["period"]).to_numpy()
        weights = 1 / period[rows].map(counted.set_index("period")["n"]).to_numpy(float)  # periods count alike
        rate = average(rates)
        told = f"the simple average of {len(counted)} periods of {among} ({asked.because}); each period counts alike"
    else:
        newest = sorted(applications.loc[rows, "month"].unique())[-asked.months :]
        rows &= applications["month"].isin(newest).to_numpy()
        weights = np.ones(int(rows.sum()))
        rate = jeffreys_interval(int(applications.loc[rows, "y"].sum()), int(rows.sum()))
        months = f"{newest[0]} to {newest[-1]}" if newest else "no month"
        told = f"the labels of {months} of {among} ({asked.because}), by {asked.method}"
    if rate.value is None or not 0 < rate.value < 1:
        found = rate.reason or f"all are {'bad' if rate.value else 'good'}"
        raise StudyError(f"study {study.name}: calibration ({asked.kind}) needs labels of both classes: {found}")
    return Anchor(rows, weights, rate, told)


def level_shift(log_odds: ArrayLike, rate: float, weights: Floats | None = None) -> float:
    """What to add to everybody's log odds so that the weighted mean probability is exactly `rate`, in (0, 1).

    Adding the difference of the two log odds only comes near it, because a mean of probabilities is not the
    probability of a mean.

    >>> shift = level_shift([-3.0, 0.0, 1.0], 0.25)
    >>> round(float(expit(np.array([-3.0, 0.0, 1.0]) + shift).mean()), 12)
    0.25
    """
    if not 0 < rate < 1:
        raise ValueError(f"rate must lie in (0, 1), got {rate!r}")
    at = np.asarray(log_odds, dtype=float)
    reach = float(np.abs(at).max()) + abs(float(logit(rate))) + 1
    return float(brentq(lambda x: np.average(expit(at + x), weights=weights) - rate, -reach, reach, xtol=1e-13))


def uncorrected(card: Scorecard, pd_applied: ArrayLike) -> Floats:
    """The PDs of the bare logit behind those that the card says: all steps undone, at the bad rate of the data."""
    intercept, slope = card.correction_
    return expit((logit(np.asarray(pd_applied, dtype=float)) - intercept) / slope)


def fitted_samples(study: Study) -> tuple[str, ...]:
    """The samples whose labels set the coefficients or the level: a test of PDs on them is no independent test."""
    asked = study.calibration
    levelled = asked.samples if isinstance(asked, LongRunRate | RecentLabels) else []
    return tuple(dict.fromkeys(["development", *levelled]))


def _line(study: Study, anchor: Anchor, y: pd.Series, log_odds: Floats) -> tuple[float, float]:
    """Intercept and slope that meet the anchor; Cox's maximum-likelihood line where the study asks for a slope."""
    asked, at = study.calibration, log_odds[anchor.rows]
    if not (isinstance(asked, RecentLabels) and asked.method == "slope"):
        return level_shift(at, _value(anchor), anchor.weights), 1.0
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


def _value(anchor: Anchor) -> float:
    if anchor.rate.value is None:
        raise ValueError(f"an anchor needs a rate, got none: {anchor.rate.reason}")
    return anchor.rate.value
