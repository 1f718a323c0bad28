"""What can be said before labels are known: early outcomes of the loans that are still open, at each month's end.

Every look uses only what was known on its day. It takes the loans whose labels were not known then, each at the age it
had, and holds them against development's loans of the same PD and age.
"""

import datetime as dt

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Threshold, Thresholds
from riskbench.metrics.pd_tests import jeffreys
from riskbench.monitoring.outcomes.ages import by_month
from riskbench.monitoring.outcomes.booked import NO_REPAYMENTS, Booked
from riskbench.monitoring.outcomes.expected import FIRST_PAYMENT, METHOD, Lines, Part, against, expected_bads
from riskbench.monitoring.outcomes.months_judged import MONTH_KEY, judged_month

LIMIT = "outcomes.early_outcomes"
COLUMNS = ["month", "n", "bads", "expected_bads", "ratio", "ratio_lower", "ratio_upper", "p_value"]


def open_loans(lines: Lines, at: dt.date) -> list[Part]:
    """The loans whose labels were not known on the day `at`, by the age each had then, where development has a line."""
    booked, end = lines.booked, np.datetime64(at, "s")
    age = (booked.known <= end).sum(axis=1)
    still_open = (age > 0) & ~(booked.loans["final_on"].to_numpy("datetime64[s]") <= end)
    ages = [m for m in booked.ages if not lines.reason(str(m))]
    return [part for m in ages for part in lines.parts(str(m), np.flatnonzero(still_open & (age == m)))]


def by_look(lines: Lines) -> pd.DataFrame:
    """One row a month's end after development: early outcomes as known then, and the newest vintage matured by then.

    Returns `COLUMNS`, where `month` is that of the look and `ratio` is bad loans over those expected, then `matured`
    (the newest month of decision whose labels were known), `matured_ratio` (its bad rate over its mean PD) and
    `matured_p_value` of Jeffreys' test. Raises NotEvaluated where months on book are not known.
    """
    booked = lines.booked
    booked.require_ages()
    until = booked.observed_until
    if until is None:
        return pd.DataFrame(columns=[*COLUMNS, "matured", "matured_ratio", "matured_p_value"])
    first = booked.loans.loc[booked.loans["developed"], "month"].max()
    ends = pd.period_range(pd.Period(first, "M") + 1, pd.Period(until, "M"), freq="M")
    rows = []
    for month in ends:
        at = min(month.end_time.date(), until)
        parts = open_loans(lines, at)
        found, bads = against(parts), int(sum(part.bad.sum() for part in parts))
        row = {"month": str(month), "n": found.n, "bads": bads, "expected_bads": expected_bads(parts)}
        rows.append(row | found.columns("ratio") | {"p_value": found.p_value} | _matured(booked, at))
    return pd.DataFrame(rows, columns=[*COLUMNS, "matured", "matured_ratio", "matured_p_value"])


def early_checks(lines: Lines, thresholds: Thresholds) -> list[CheckResult]:
    """Tests that more open loans are not bad, nor first payments missed, than expected; and the ratio of the first.

    `open_loans.early_outcomes` is of all loans whose labels are not known by now, `first_payment.early_outcomes` of the
    newest month of decision that can be judged. What is judged is a p-value, that of the month adjusted for all months:
    small says more.
    """
    newest, dims = Estimate.missing("no month can be judged"), dict[str, str]()
    if not lines.booked.ages:
        found = newest = Estimate.missing(NO_REPAYMENTS)
    else:
        until = lines.booked.observed_until
        found = against([] if until is None else open_loans(lines, until))
        for last in by_month(lines, FIRST_PAYMENT).dropna(subset="p_adjusted").tail(1).to_dict("records"):
            p, dims = float(last["p_value"]), {"month": str(last["month"])}
            newest = judged_month(p, float(last["p_adjusted"]), int(last["n"]), f"{METHOD}; one-sided p-value")
    when = f", loans of {dims['month']}" if dims else ""
    test, missed = "Test that open loans do no worse than expected at their age (p-value)", "open_loans.early_ratio"
    first = f"Test that no more first payments are missed than expected{when} (adjusted p-value)"
    return [
        CheckResult("open_loans.early_outcomes", test, _as_p_value(found), thresholds[LIMIT]),
        CheckResult(missed, "Bad open loans over those expected at their age", found),
        CheckResult("first_payment.early_outcomes.newest_month", first, newest, thresholds[MONTH_KEY], dims=dims),
    ]


def drawn(looks: pd.DataFrame) -> pd.DataFrame:
    """A table of `by_look` as two series to draw: `month, series, value, lower, upper`, 1 where all is as expected.

    Raises NotEvaluated where there was no look.
    """
    if looks["ratio"].isna().all():
        raise NotEvaluated("no loan was open and old enough at any month's end")
    early = looks[["month"]].assign(
        series="early outcomes", value=looks["ratio"], lower=looks["ratio_lower"], upper=looks["ratio_upper"]
    )
    matured = looks[["month"]].assign(series="newest matured", value=looks["matured_ratio"], lower=np.nan, upper=np.nan)
    return pd.concat([early, matured], ignore_index=True)


def first_signals(looks: pd.DataFrame, limit: Threshold) -> str:
    """When early outcomes and matured labels first failed their limit, in a sentence that is true of any study."""
    found = {"early outcomes": _first(looks, "p_value", limit)}
    found["the labels of the newest matured vintage"] = _first(looks, "matured_p_value", limit)
    told = [f"{name} {f'at the end of {month}' if month else 'never'}" for name, month in found.items()]
    return (
        f"Looks at a month's end: {len(looks)}. The first to fail (p below {limit.amber:g}): {told[0]}, {told[1]}. "
        "By chance alone each look fails as often as that."
    )


def _first(looks: pd.DataFrame, p_value: str, limit: Threshold) -> str:
    failed = [month for month, p in zip(looks["month"], looks[p_value], strict=True) if p == p and _fails(limit, p)]
    return str(failed[0]) if failed else ""


def _fails(limit: Threshold, p: float | None) -> bool:
    return p is not None and limit.judge(p) == "red"


def _as_p_value(found: Estimate) -> Estimate:
    if not found.evaluated:
        return found
    return Estimate(found.p_value, n=found.n, method=f"{found.method}; one-sided", p_value=found.p_value)


def _matured(booked: Booked, at: dt.date) -> dict[str, object]:
    """The newest month of decision whose labels were all known on that day."""
    loans = booked.loans
    closed = loans.groupby("month")["final_on"].max() <= pd.Timestamp(at)
    if not closed.any():
        return {}
    month = closed[closed].index.max()
    judged = loans[(loans["month"] == month) & loans["label"].isin(["good", "bad"])]
    if judged.empty:
        return {"matured": month}
    bads, mean = int((judged["label"] == "bad").sum()), float(judged["pd"].mean())
    p = jeffreys(len(judged), bads, mean).p_value
    return {"matured": month, "matured_ratio": bads / len(judged) / mean, "matured_p_value": p}
