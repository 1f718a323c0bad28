"""Champion against challengers on the same cases."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike
from pandas import DataFrame

from riskbench import metrics
from riskbench.core.results import CheckResult
from riskbench.core.thresholds import Thresholds
from riskbench.validation.labels import labelled

CHAMPION = "champion"


def compare(y: ArrayLike, champion: ArrayLike, challengers: Mapping[str, ArrayLike]) -> DataFrame:
    """One row a model, the champion first: AUC with interval, gain over the champion with DeLong's test, calibration.

    `champion` and each challenger are PDs of the same cases. Columns: model, n, auc, lower, upper, auc_gain,
    gain_lower, gain_upper, p_value, brier, calibration_slope; missing where not defined. Cases without a label (NaN)
    are left out. DeLong's test is not for nested models judged on the sample that they were fitted on.

    >>> y, pd = [0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    >>> compare(y, pd, {"forest": [0.1, 0.2, 0.4, 0.3, 0.5, 0.6]})["auc_gain"].round(4).tolist()
    [nan, 0.1111]
    """
    bad, base, *others = labelled(y, champion, *challengers.values())
    rows = []
    for model, pd in zip((CHAMPION, *challengers), (base, *others), strict=True):
        auc = metrics.auc(bad, pd)
        row = {"model": model, "n": len(bad), "auc": auc.value, "lower": auc.lower, "upper": auc.upper}
        if model != CHAMPION:
            gain = metrics.delong(bad, pd, base)
            row |= {"auc_gain": gain.value, "gain_lower": gain.lower, "gain_upper": gain.upper, "p_value": gain.p_value}
        row |= {
            "brier": metrics.brier(bad, pd).value,
            "calibration_slope": metrics.calibration_line(bad, pd).slope.value,
        }
        rows.append(row)
    columns = ["auc", "lower", "upper", "auc_gain", "gain_lower", "gain_upper", "p_value", "brier", "calibration_slope"]
    return DataFrame(rows, columns=["model", "n", *columns]).astype(dict.fromkeys(columns, float))


def auc_gains(
    y: ArrayLike, champion: ArrayLike, challengers: Mapping[str, ArrayLike], thresholds: Thresholds, sample: str
) -> list[CheckResult]:
    """`<challenger>.auc_gain.<sample>`: AUC of the challenger minus AUC of the champion, with DeLong's interval.

    Green while no challenger gains enough to be worth its loss of explanation. The names of the challengers become
    part of evidence ids: lower case, digits and underscores.
    """
    bad, base, *others = labelled(y, champion, *challengers.values())
    return [
        CheckResult(
            f"{name}.auc_gain.{sample}",
            f"AUC gained over the champion by {name.replace('_', ' ')}",
            metrics.delong(bad, np.asarray(pd), base),
            thresholds["challengers.auc_gain"],
        )
        for name, pd in zip(challengers, others, strict=True)
    ]
