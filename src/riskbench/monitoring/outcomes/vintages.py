"""Do outcomes meet expectations? The expected and the observed bad rate of each vintage: the loans of one month.

Only vintages whose performance windows have closed are judged. A young one holds fewer bad loans because it is young;
read as a result it would always be good news.
"""

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.metrics.arguments import cases
from riskbench.metrics.pd_tests import jeffreys
from riskbench.monitoring.outcomes.booked import DEVELOPED
from riskbench.monitoring.outcomes.months_judged import MONTH_KEY, adjusted, judged_month

JEFFREYS_KEY = "validation.jeffreys"
NOT_WATCHED = ["not_booked", "fraud", "indeterminate"]  # labels of what is no loan, no credit loss, or neither
NO_DATES = "the study has no decision dates"
COLUMNS = ["month", "n", "n_labelled", "expected", "observed", "lower", "upper", "p_value", "p_adjusted", "beyond"]
COLUMNS += ["evaluated", "reason"]
METHOD = "Jeffreys test of the mean PD, one-sided p-value"


def booked_loans(applications: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """One row a booked loan: `month` of decision, `y` (1 = bad, 0 = good, NaN = no label), `pd` at decision.

    And `matured`: the loan's performance window has closed; `developed`: it was decided in the months of development.
    `applications` and `scores` hold the same rows in the same order.
    """
    booked = ~applications["label"].isin(NOT_WATCHED)
    matured, developed = applications["label"] != "immature", applications["sample"].isin(DEVELOPED)
    told = applications[["month", "y"]].assign(pd=scores["pd"].to_numpy(), matured=matured, developed=developed)
    return told[booked]


def vintages(loans: pd.DataFrame) -> pd.DataFrame:
    """Expected and observed bad rate of each month of decision, over its labelled loans; no rows without dates.

    `loans` as `booked_loans` gives them. A month is evaluated when all its windows have closed and it has a label.
    Returns `COLUMNS`: `expected` is the mean PD, `lower` and `upper` bound the observed bad rate, `p_value` is of
    Jeffreys' test (H0: the PD is not too low) and `p_adjusted` the same for all months after development together
    (`months_judged`), `beyond` says that the expected rate lies outside the interval, `reason` why a month is not
    evaluated.

    >>> loans = pd.DataFrame({"month": "2026-01", "y": [1.0, 0.0], "pd": 0.25, "matured": True, "developed": False})
    >>> vintages(loans)[["n", "expected", "evaluated"]].to_dict("records")
    [{'n': 2, 'expected': 0.25, 'evaluated': True}]
    """
    rows, developed = [], []
    for month, group in loans[loans["month"] != ""].groupby("month", sort=True):
        labelled = group[group["y"].notna()]
        reason = _why_not(group, labelled)
        row = {"month": month, "n": len(group), "n_labelled": len(labelled), "evaluated": not reason, "reason": reason}
        rows.append(row | ({} if reason else _comparison(labelled)))
        developed.append(bool(group["developed"].any()))
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"beyond": "boolean", "evaluated": bool})
    return table.assign(p_adjusted=adjusted(table["p_value"], developed))


def outcome_checks(by_month: pd.DataFrame, thresholds: Thresholds) -> list[CheckResult]:
    """`portfolio.jeffreys.newest_matured_month`, and `portfolio.jeffreys.matured_months` of all of them together.

    `by_month` comes from `vintages`. The value judged is a p-value, that of the month adjusted for all months; a small
    one says that the PD is too low.
    """
    mature, lack = by_month[by_month["evaluated"]], _lack(by_month)
    month, dims = Estimate.missing(lack, 0, METHOD), dict[str, str]()
    for last in mature.dropna(subset="p_adjusted").tail(1).to_dict("records"):
        dims = {"month": str(last["month"])}
        month = judged_month(float(last["p_value"]), float(last["p_adjusted"]), int(last["n_labelled"]), METHOD)
    when = f", loans of {dims['month']}" if dims else ""
    title = "Test that the mean PD is not too low"
    newest, every = f"{title}{when} (adjusted p-value)", f"{title} (p-value)"
    return [
        CheckResult("portfolio.jeffreys.newest_matured_month", newest, month, thresholds[MONTH_KEY], dims=dims),
        CheckResult("portfolio.jeffreys.matured_months", every, _together(mature, lack), thresholds[JEFFREYS_KEY]),
    ]


def expected_and_observed(by_month: pd.DataFrame) -> pd.DataFrame:
    """The table of `vintages` as two series to draw: `month, series, value, lower, upper`.

    Raises NotEvaluated where no month is evaluated.
    """
    known = by_month[by_month["evaluated"]]
    if known.empty:
        raise NotEvaluated(_lack(by_month))
    expected = known[["month"]].assign(series="expected", value=known["expected"], lower=np.nan, upper=np.nan)
    observed = known[["month"]].assign(
        series="observed", value=known["observed"], lower=known["lower"], upper=known["upper"]
    )
    return pd.concat([expected, observed], ignore_index=True)


def _lack(by_month: pd.DataFrame) -> str:
    """Why no month can be judged, where none can."""
    return NO_DATES if by_month.empty else "no month has matured"


def _why_not(group: pd.DataFrame, labelled: pd.DataFrame) -> str:
    if not group["matured"].all():
        return f"the performance window of {int((~group['matured']).sum())} of {len(group)} loans is still open"
    return "" if len(labelled) else "no loan is labelled"


def _comparison(labelled: pd.DataFrame) -> dict[str, float | bool | None]:
    bad, pd_ = cases(labelled["y"], labelled["pd"])
    expected = float(pd_.mean())
    e = jeffreys(len(bad), bad.sum(), expected)
    inside = e.lower is not None and e.upper is not None and e.lower <= expected <= e.upper
    return {
        "expected": expected,
        "observed": e.value,
        "lower": e.lower,
        "upper": e.upper,
        "p_value": e.p_value,
        "beyond": not inside,
    }


def _together(months: pd.DataFrame, lack: str) -> Estimate:
    """The p-value of Jeffreys' test over all loans of these months; without a loan missing, as `lack` says."""
    n = int(months["n_labelled"].sum())
    if not n:
        return Estimate.missing(lack, 0, METHOD)
    bad = round(float((months["observed"] * months["n_labelled"]).sum()))
    expected = float((months["expected"] * months["n_labelled"]).sum()) / n
    p = jeffreys(n, bad, expected).p_value
    return Estimate(p, n=n, method=METHOD, p_value=p)
