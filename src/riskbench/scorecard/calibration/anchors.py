"""What the mean PD is to meet: a stated target, the long-run average default rate, or the newest labels."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.core.errors import StudyError
from riskbench.core.results import Estimate
from riskbench.data import oversampling
from riskbench.data.periods import periods
from riskbench.data.samples import SAMPLES, labelled
from riskbench.data.study import Study
from riskbench.data.study.calibration import LongRunRate, RecentLabels, TargetRate
from riskbench.metrics.intervals import jeffreys_interval
from riskbench.scorecard.calibration.long_run import long_run_average, period_rates

Found = tuple[NDArray[np.bool_], NDArray[np.float64], Estimate, str]  # rows, weights, rate, in words


@dataclass(frozen=True)
class Anchor:
    """The labelled applications whose weighted mean PD is to be `level`: `rate` with its interval, `told` in words.

    `rows` marks them among all applications; `weights` has one number for each of them.
    """

    rows: NDArray[np.bool_]
    weights: NDArray[np.float64]
    level: float
    rate: Estimate
    told: str


def anchor_of(study: Study, applications: pd.DataFrame) -> Anchor | None:
    """What the study's calibration asks the mean PD to meet, or None.

    `applications` has the columns sample, month and y (1 = bad, NaN = no label). Raises StudyError where the labels do
    not give the level.
    """
    asked = study.calibration
    if asked is None:
        return None
    if isinstance(asked, TargetRate):
        return _target(study, asked, applications)
    rows, weights, rate, told = (
        _long_run(study, asked, applications) if isinstance(asked, LongRunRate) else _newest(asked, applications)
    )
    if rate.value is None or not 0 < rate.value < 1:
        found = rate.reason or f"all are {'bad' if rate.value else 'good'}"
        raise StudyError(f"study {study.name}: calibration ({asked.kind}) needs labels of both classes: {found}")
    return Anchor(rows, weights, rate.value, rate, told)


def fitted_samples(study: Study, applications: pd.DataFrame) -> tuple[str, ...]:
    """The samples that lent labels to the coefficients or to the level: on them a test of PDs is not independent."""
    anchor = anchor_of(study, applications)
    lent = [] if anchor is None else applications.loc[anchor.rows, "sample"].unique().tolist()
    return tuple(name for name in SAMPLES if name == "development" or name in lent)


def _target(study: Study, asked: TargetRate, applications: pd.DataFrame) -> Anchor:
    """The labelled development sample, weighted to the population's mix where bads are oversampled."""
    rows = labelled(applications, "development").to_numpy()
    weights = oversampling.outcome_weights(applications.loc[rows, "y"], oversampling.shift(study, applications))
    rate = Estimate(asked.target, n=len(weights), method="stated by the study")
    mix = ", weighted to the population's mix of good and bad" if study.oversampling else ""
    told = f"a target ({asked.because}), met by the labelled development sample{mix}"
    return Anchor(rows, weights, asked.target, rate, told)


def _long_run(study: Study, asked: LongRunRate, applications: pd.DataFrame) -> Found:
    """The labels of all counted periods; a period counts as much as another, as it does in the average."""
    rates = period_rates(study, applications, study.limits)
    cases = rates[rates["counted"]].set_index("period")["n"]
    period = periods(applications["month"], asked.period)
    rows = labelled(applications, *asked.samples).to_numpy() & period.isin(cases.index).to_numpy()
    told = f"the simple average of {len(cases)} periods of {', '.join(asked.samples)} ({asked.because})"
    return rows, 1 / period[rows].map(cases).to_numpy(float), long_run_average(rates), told


def _newest(asked: RecentLabels, applications: pd.DataFrame) -> Found:
    """The labels of the newest months that have any."""
    rows = labelled(applications, *asked.samples).to_numpy()
    newest = sorted(applications.loc[rows, "month"].unique())[-asked.months :]
    rows = rows & applications["month"].isin(newest).to_numpy()
    n = int(rows.sum())
    months = f"{newest[0]} to {newest[-1]}" if newest else "no month"
    told = f"the labels of {months} of {', '.join(asked.samples)} ({asked.because}), by {asked.method}"
    return rows, np.ones(n), jeffreys_interval(int(applications.loc[rows, "y"].sum()), n), told
