"""The battery's curves, as figures draw them: the CAP of each sample, and the calibration line with its band."""

from collections.abc import Iterable

import numpy as np
from pandas import DataFrame, concat

from riskbench import metrics
from riskbench.core.errors import NotEvaluated
from riskbench.core.evidence import SAMPLES
from riskbench.validation.battery.case import Case

STEPS = 50  # points of a CAP curve: so many that a figure shows no corner, and its table can be read


def cap_points(cases: Iterable[Case]) -> DataFrame:
    """The CAP curves of samples, read off at 51 places: series, x (share of cases) and y (share of bads among them).

    A series is called by its sample and its Gini coefficient; cases come from the riskiest. Raises NotEvaluated where
    no sample has both bads and goods.
    """
    at = np.linspace(0, 1, STEPS + 1)
    curves = [(SAMPLES[case.sample], case.once(metrics.cap_curve)) for case in cases]
    drawn = [
        DataFrame({"series": f"{name}, Gini {gini:.3f}", "x": at, "y": np.interp(at, curve.cases, curve.bads)})
        for name, curve in curves
        if (gini := curve.accuracy_ratio.value) is not None
    ]
    if not drawn:
        raise NotEvaluated("no sample has both bad and good cases")
    return concat(drawn, ignore_index=True)


def calibration_line_points(case: Case) -> DataFrame:
    """The fitted bad rate over the PDs of a sample with its 95 % band: predicted, observed, lower, upper.

    Raises NotEvaluated with the reason where there is no line.
    """
    band = case.once(metrics.calibration_band)
    if band.reason:
        raise NotEvaluated(band.reason)
    return DataFrame({"predicted": band.pd, "observed": band.bad_rate, "lower": band.lower, "upper": band.upper})
