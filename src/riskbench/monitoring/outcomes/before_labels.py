"""The bad rate and the AUC that the PDs promise before labels are known, always beside what has been seen by then.

The estimate cannot see concept drift: where the same applicant has become riskier, the PDs do not know it. So it never
stands alone here; the early outcomes of the same vintage, at their age, stand in the same row.
"""

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import LEVEL, Estimate
from riskbench.decision.policy.section import LENDING
from riskbench.decision.simulation.vintages import level_error
from riskbench.metrics.discrimination import auc
from riskbench.metrics.intervals import around, jeffreys_interval
from riskbench.metrics.without_labels import expected_auc, expected_rate
from riskbench.monitoring.outcomes.booked import Booked
from riskbench.monitoring.outcomes.vintages import NO_DATES

COLUMNS = ["month", "applied", "approved", "n", "expected", "expected_lower", "expected_upper"]
COLUMNS += ["observed", "observed_lower", "observed_upper", "month_on_book", "early_ratio"]
COLUMNS += ["early_ratio_lower", "early_ratio_upper"]
COLUMNS += ["expected_auc", "expected_auc_lower", "expected_auc_upper"]
COLUMNS += ["observed_auc", "observed_auc_lower", "observed_auc_upper"]


def by_month(
    booked: Booked, applications: pd.DataFrame, scores: pd.DataFrame, actions: pd.Series, early: pd.DataFrame
) -> pd.DataFrame:
    """One row a month of decision: what PDs alone say, then what has been seen.

    `actions` are those of this policy, in the order of the applications; `early` is of
    `ages.oldest`. Returns `month`, `applied` and
    `approved` (mean PD of all, and of those whom this policy approves), `n` booked loans, `expected` (their mean PD,
    with the bounds within which their bad rate falls if the PDs are right), `expected_auc` with bounds; `month_on_book`
    and `early_ratio`, bad loans over those expected at that age, with bounds; `observed` and `observed_auc`, with
    intervals, where the month has matured. Raises NotEvaluated without dates.
    """
    loans = booked.loans
    if not len(loans) or (loans["month"] == "").all():
        raise NotEvaluated(NO_DATES)
    pds, months = scores["pd"].to_numpy(float), applications["month"].to_numpy()
    error = level_error(loans.loc[loans["developed"], "pd"])
    named = {name: f"early_{name}" for name in ("ratio", "ratio_lower", "ratio_upper")}
    oldest = early.set_index("month").rename(columns=named).to_dict("index")
    approved = actions.isin(LENDING).to_numpy()
    rows = []
    for month, group in loans.groupby("month", sort=True):
        here = months == month
        row: dict[str, object] = {"month": month, "applied": pds[here].mean(), "n": len(group)}
        row["approved"] = pds[here & approved].mean() if (here & approved).any() else np.nan
        row |= expected_rate(group["pd"], error).columns("expected") | expected_auc(group["pd"]).columns("expected_auc")
        rows.append(row | oldest.get(str(month), {}) | _seen(group))
    table = pd.DataFrame(rows, columns=COLUMNS)
    measured = [name for name in COLUMNS if name not in ("month", "n", "month_on_book")]
    table[measured] = table[measured].astype(float)
    return table.astype({"month": "str", "n": int, "month_on_book": "Int64"})


def change(booked: Booked) -> Estimate:
    """Expected bad rate of the loans whose labels are not known yet, less that of development's months, in points.

    The interval is Welch's of two means. Missing where one of the two has no loans.
    """
    loans, method = booked.loans, "difference of mean PDs, normal interval"
    now = loans.loc[loans["label"] == "immature", "pd"].to_numpy(float)
    then = loans.loc[loans["developed"], "pd"].to_numpy(float)
    if min(now.size, then.size) < 2:
        return Estimate.missing("no label is outstanding" if now.size < 2 else "no month of development", 0, method)
    value = float(now.mean() - then.mean())
    error = float(np.sqrt(now.var(ddof=1) / now.size + then.var(ddof=1) / then.size))
    return Estimate(value, *around(value, error, LEVEL, -1.0, 1.0), LEVEL, now.size, method)


def _seen(group: pd.DataFrame) -> dict[str, float | None]:
    """The bad rate and the AUC of a month whose labels are all known."""
    judged = group[group["label"].isin(["good", "bad"])]
    if (group["label"] == "immature").any() or judged.empty:
        return {}
    y = (judged["label"] == "bad").to_numpy()
    rate = jeffreys_interval(int(y.sum()), len(y))
    return rate.columns("observed") | auc(y, judged["pd"]).columns("observed_auc")
