"""Do outcomes meet expectations? Observed against expected bad rate by month, and vintages.

Only months whose performance windows have closed are judged. A young month holds fewer bad loans because it is young;
read as a result it would always be good news.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.arguments import probabilities
from riskbench.metrics.intervals import jeffreys_interval
from riskbench.metrics.pd_tests import jeffreys

JEFFREYS_KEY = "validation.jeffreys"


def outcomes_by_month(y: ArrayLike, pd_: ArrayLike, month: pd.Series, matured: ArrayLike) -> pd.DataFrame:
    """Expected and observed bad rate of each month of decision, over the labelled loans of matured months.

    One row per booked loan: `y` is 1 = bad, 0 = good, NaN = unlabelled; `pd_` the PD at decision; `matured` whether the
    loan's performance window had closed. A month is evaluated when all its windows have closed and it has a label.
    Returns `month, n, n_labelled, expected, observed, lower, upper, p_value, beyond, evaluated, reason`: `p_value` of
    the Jeffreys test (H0: the PD is not too low), `beyond` whether the expected rate lies outside the interval.
    """
    loans = _loans(y, month).assign(pd=probabilities(pd_), matured=_boolean(matured, len(month)))
    rows = []
    for label, group in loans.groupby("month", sort=True):
        labelled = group[group["y"].notna()]
        reason = _why_not(group, labelled)
        row = {"month": label, "n": len(group), "n_labelled": len(labelled), "evaluated": not reason, "reason": reason}
        rows.append(row | ({} if reason else _comparison(labelled)))
    columns = ["month", "n", "n_labelled", "expected", "observed", "lower", "upper", "p_value", "beyond", "evaluated"]
    return pd.DataFrame(rows, columns=[*columns, "reason"]).astype({"beyond": "boolean"})


def outcome_checks(table: pd.DataFrame, thresholds: Thresholds) -> list[CheckResult]:
    """`portfolio.jeffreys.newest_matured_month`, and `portfolio.jeffreys.matured_months` of all of them together.

    `table` comes from `outcomes_by_month`. The value judged is the p-value; a small one says that the PD is too low.
    """
    mature = table[table["evaluated"].astype(bool)]
    newest = mature.iloc[-1:]
    last_dims = {"month": str(newest["month"].iloc[0])} if len(newest) else {}
    return [
        _jeffreys_check("newest_matured_month", "the last matured month", newest, thresholds, last_dims),
        _jeffreys_check("matured_months", "all matured months", mature, thresholds, {}),
    ]


def vintages(y: ArrayLike, month: pd.Series, by: pd.Series | None = None) -> pd.DataFrame:
    """Bad rate of the labelled loans by month of decision, and by `by` within it (product or term, say).

    A product that enters half-way reads as drift of the whole; cut by `by`, it does not. `y` is 1 = bad, 0 = good, NaN
    = unlabelled. Returns `month, [by's name,] n, n_labelled, n_bad, bad_rate, lower, upper`, the interval by Jeffreys.

    >>> vintages([1, 0, 0, None], pd.Series(["2026-01", "2026-01", "2026-02", "2026-02"])).n_bad.tolist()
    [1, 0]
    """
    loans = _loans(y, month)
    keys = ["month"]
    if by is not None:
        keys.append(str(by.name or "group"))
        loans[keys[1]] = by.to_numpy()
    rows = []
    for labels, group in loans.groupby(keys, sort=True, observed=True, dropna=False):
        known = group["y"].dropna()
        e = jeffreys_interval(known.sum(), len(known))
        counts = {"n": len(group), "n_labelled": len(known), "n_bad": int(known.sum())}
        rate = {"bad_rate": e.value, "lower": e.lower, "upper": e.upper}
        rows.append(dict(zip(keys, labels, strict=True)) | counts | rate)
    table = pd.DataFrame(rows, columns=[*keys, "n", "n_labelled", "n_bad", "bad_rate", "lower", "upper"])
    return table.astype(dict.fromkeys(["bad_rate", "lower", "upper"], float))


def _why_not(group: pd.DataFrame, labelled: pd.DataFrame) -> str:
    if not group["matured"].all():
        return f"the performance window of {int((~group['matured']).sum())} of {len(group)} loans is still open"
    return "" if len(labelled) else "no loan is labelled"


def _comparison(labelled: pd.DataFrame) -> dict[str, float | bool | None]:
    expected = float(labelled["pd"].mean())
    e = jeffreys(len(labelled), labelled["y"].sum(), expected)
    inside = e.lower is not None and e.upper is not None and e.lower <= expected <= e.upper
    return {
        "expected": expected,
        "observed": e.value,
        "lower": e.lower,
        "upper": e.upper,
        "p_value": e.p_value,
        "beyond": not inside,
    }


def _jeffreys_check(
    name: str, words: str, months: pd.DataFrame, thresholds: Thresholds, dims: dict[str, str]
) -> CheckResult:
    method = "Jeffreys test of the mean PD, one-sided p-value"
    n = int(months["n_labelled"].sum())
    if n:
        bad = round(float((months["observed"] * months["n_labelled"]).sum()))
        expected = float((months["expected"] * months["n_labelled"]).sum()) / n
        p = jeffreys(n, bad, expected).p_value
        estimate = Estimate(p, n=n, method=method, p_value=p)
    else:
        estimate = Estimate.missing("no month has matured", 0, method)
    title = f"Observed against expected bad rate, {words} (p-value)"
    return CheckResult(f"portfolio.jeffreys.{name}", title, estimate, thresholds[JEFFREYS_KEY], dims=dims)


def _loans(y: ArrayLike, month: pd.Series) -> pd.DataFrame:
    labels = np.asarray(y, dtype=float)
    if labels.shape != (len(month),):
        raise ValueError(f"y and month must have the same length, got {labels.size} and {len(month)}")
    if not (np.isnan(labels) | (labels == 0) | (labels == 1)).all():
        raise ValueError("y must be 1 (bad), 0 (good) or missing")
    return pd.DataFrame({"month": month.astype("str").to_numpy(), "y": labels})


def _boolean(values: ArrayLike, n: int) -> np.ndarray:
    flags = np.asarray(values)
    if flags.dtype != bool or flags.shape != (n,):
        raise ValueError(f"matured must be boolean with {n} rows, got {flags.dtype} with shape {flags.shape}")
    return flags
