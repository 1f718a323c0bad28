"""Champion against challengers that decide nothing: on the same matured loans of each quarter, who ranks better now.

Loans of development are left out: all models have seen their labels.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.periods import periods
from riskbench.metrics.discrimination import auc, delong
from riskbench.validation.model_comparison.accuracy import brier_gain

ALL, PART_CASES, GAIN = "all quarters", "validation.part_cases", "challengers.auc_gain"
_COLUMNS = ["quarter", "model", "n", "bads", "auc", "lower", "upper", "auc_gain", "gain_lower", "gain_upper"]
COLUMNS = [*_COLUMNS, "p_value", "brier_gain", "brier_gain_lower", "brier_gain_upper", "reason"]


def by_quarter(
    applications: pd.DataFrame, scores: pd.DataFrame, challengers: pd.DataFrame, least: float
) -> pd.DataFrame:
    """One row a quarter of decision and challenger, on matured labelled loans.

    The tables hold the same applications in the same order; `challengers` has a column of PDs for each model beside
    application and sample. Returns `COLUMNS`: `auc` with interval of the challenger, `auc_gain` over the champion with
    DeLong's interval and p-value, `brier_gain` in pairs. A quarter with fewer than `least` loans of a class has a
    `reason` instead. Raises NotEvaluated where no loan outside of development has a label, or there are no dates.
    """
    judged = _judged(applications)
    quarter = periods(applications["month"], "quarter")
    rows = []
    for name in sorted(set(quarter[judged])):
        rows += _rows(name, applications["y"], scores["pd"], challengers, judged & (quarter == name).to_numpy(), least)
    return pd.DataFrame(rows, columns=COLUMNS)


def newest(found: pd.DataFrame, together: pd.DataFrame, quarters: int) -> pd.DataFrame:
    """The rows of the newest quarters and those of all together; without the column of reasons where there is none."""
    last = sorted(set(found["quarter"]))[-quarters:]
    shown = pd.concat([found[found["quarter"].isin(last)], together], ignore_index=True)
    return shown if shown["reason"].any() else shown.drop(columns="reason")


def over_all(applications: pd.DataFrame, scores: pd.DataFrame, challengers: pd.DataFrame, least: float) -> pd.DataFrame:
    """The same as `by_quarter`, one row a challenger over all quarters together, whether or not there are dates."""
    rows = _rows(ALL, applications["y"], scores["pd"], challengers, _judged(applications), least)
    return pd.DataFrame(rows, columns=COLUMNS)


def _judged(applications: pd.DataFrame) -> NDArray[np.bool_]:
    judged = (applications["y"].notna() & (applications["sample"] != "development")).to_numpy(bool)
    if not judged.any():
        raise NotEvaluated("no loan outside of development has a label")
    return judged


def _rows(
    name: str, y: pd.Series, champion: pd.Series, challengers: pd.DataFrame, at: NDArray[np.bool_], least: float
) -> list[dict[str, object]]:
    bad, own = y.to_numpy(float)[at], champion.to_numpy(float)[at]
    bads, rows = int(bad.sum()), []
    few = min(bads, len(bad) - bads) < least
    for model in models(challengers):
        row = {"quarter": name, "model": model, "n": len(bad), "bads": bads}
        row |= {"reason": f"fewer than {least:g} loans of a class"} if few else {"reason": ""}
        rows.append(row | ({} if few else _gains(bad, challengers[model].to_numpy(float)[at], own)))
    return rows


def _gains(
    bad: NDArray[np.float64], challenger: NDArray[np.float64], champion: NDArray[np.float64]
) -> dict[str, object]:
    area, gain = auc(bad, challenger), delong(bad, challenger, champion)
    return {
        **dict(zip(("auc", "lower", "upper"), area.bounded, strict=True)),
        **dict(zip(("auc_gain", "gain_lower", "gain_upper"), gain.bounded, strict=True)),
        "p_value": gain.p_value,
        **brier_gain(bad, challenger, champion).columns("brier_gain"),
    }


def models(challengers: pd.DataFrame) -> Sequence[str]:
    """The challengers that a table of their PDs holds."""
    return [str(name) for name in challengers if name not in ("application", "sample")]


def gain_checks(
    applications: pd.DataFrame, scores: pd.DataFrame, challengers: pd.DataFrame, limits: Thresholds
) -> list[CheckResult]:
    """`challengers.auc_gain.matured_months`: the largest AUC gained over the champion, on all quarters together."""
    title = "Largest AUC gained over the champion by a challenger in shadow"
    try:
        told = over_all(applications, scores, challengers, limits[PART_CASES].bound)
    except NotEvaluated as lack:
        gain = Estimate.missing(str(lack))
    else:
        known = told[told["auc_gain"].notna()]
        gain = Estimate.missing(told["reason"].iloc[0] if len(told) else "there is no challenger")
        if len(known):
            best = known.iloc[int(known["auc_gain"].to_numpy().argmax())]
            value, lower, upper = (float(best[name]) for name in ("auc_gain", "gain_lower", "gain_upper"))
            gain = Estimate(value, lower, upper, LEVEL, int(best["n"]), "DeLong, the largest of all challengers")
            title += f", {best['model']}"
    return [CheckResult("challengers.auc_gain.matured_months", title, gain, limits[GAIN])]
