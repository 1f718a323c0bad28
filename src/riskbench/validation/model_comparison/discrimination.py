"""Champion against challengers on the same cases: figures side by side, the checks of their gains, ROC curves.

Everywhere `y` is 1 = bad, with a label in every row, and `pds` holds the PDs of the same rows: the column champion,
and one a challenger.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from pandas import DataFrame, Series, concat

from riskbench import metrics
from riskbench.core.results import CheckResult
from riskbench.core.thresholds import Thresholds
from riskbench.validation.model_comparison.judged import CHAMPION, title_of

FIGURES = ("auc", "lower", "upper", "auc_gain", "gain_lower", "gain_upper", "p_value", "brier", "calibration_slope")


def compare(y: ArrayLike, pds: DataFrame) -> DataFrame:
    """One row a model, the champion first: AUC with interval, gain over the champion with DeLong's test, calibration.

    Columns: model, n, auc, lower, upper, auc_gain, gain_lower, gain_upper, p_value, brier, calibration_slope; missing
    where not defined. DeLong's test is not for nested models judged on the sample that they were fitted on. Raises
    ValueError for labels that are not 0 or 1, or of another length.

    >>> pds = DataFrame({"champion": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], "forest": [0.1, 0.2, 0.4, 0.3, 0.5, 0.6]})
    >>> compare([0, 0, 1, 0, 1, 1], pds)["auc_gain"].round(4).tolist()
    [nan, 0.1111]
    """
    rows = [_figures(y, CHAMPION, pds[CHAMPION])]
    for name in _challengers(pds):
        gain = metrics.delong(y, pds[name], pds[CHAMPION])
        gained = {"auc_gain": gain.value, "gain_lower": gain.lower, "gain_upper": gain.upper, "p_value": gain.p_value}
        rows.append(_figures(y, name, pds[name]) | gained)
    return DataFrame(rows, columns=["model", "n", *FIGURES]).astype(dict.fromkeys(FIGURES, float))


def auc_gains(y: ArrayLike, pds: DataFrame, thresholds: Thresholds, sample: str) -> list[CheckResult]:
    """`<challenger>.auc_gain.<sample>`: AUC of the challenger minus AUC of the champion, with DeLong's interval.

    Green while no challenger gains enough to be worth its loss of explanation. The names of the challengers become
    part of evidence ids: lower case, digits and underscores.
    """
    return [
        CheckResult(
            f"{name}.auc_gain.{sample}",
            f"AUC gained over the champion by {title_of(name)}",
            metrics.delong(y, pds[name], pds[CHAMPION]),
            thresholds["challengers.auc_gain"],
        )
        for name in _challengers(pds)
    ]


def roc_curves(y: ArrayLike, pds: DataFrame, points: int = 101) -> DataFrame:
    """ROC curves of all models, at most `points` a curve: columns series, x (share of goods flagged) and y (of bads).

    A curve runs from the riskiest case down.

    >>> roc_curves([1, 0], DataFrame({"champion": [0.9, 0.1]}))["y"].tolist()
    [0.0, 1.0, 1.0]
    """
    from sklearn.metrics import roc_curve

    return concat([_curve(roc_curve(y, pds[name]), str(name), points) for name in pds], ignore_index=True)


def _challengers(pds: DataFrame) -> list[str]:
    return [str(name) for name in pds if name != CHAMPION]


def _figures(y: ArrayLike, model: str, pd: Series) -> dict[str, Any]:
    auc, brier, line = metrics.auc(y, pd), metrics.brier(y, pd), metrics.calibration_line(y, pd)
    figures = {"model": model, "n": auc.n, "auc": auc.value, "lower": auc.lower, "upper": auc.upper}
    return figures | {"brier": brier.value, "calibration_slope": line.slope.value}


def _curve(curve: tuple[Any, ...], name: str, points: int) -> DataFrame:
    x, y = curve[0], curve[1]
    kept = np.unique(np.linspace(0, len(x) - 1, min(points, len(x))).round().astype(int))
    return DataFrame({"series": name, "x": x[kept], "y": y[kept]})
