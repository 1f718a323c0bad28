"""Which applications a policy is replayed on: the sample that judges the card, or the months that somebody asks for."""

import re

import pandas as pd

from riskbench.core.errors import CannotRun, NotEvaluated
from riskbench.data.study import Study

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def replayed(study: Study, applications: pd.DataFrame, first: str = "", last: str = "") -> pd.Series:
    """The applications of the months from `first` to `last` ("2024-03"), both included; of the holdout without either.

    An end that is empty is open. Raises `CannotRun` for what is no month, for an empty period and for one without
    applications, `NotEvaluated` where the study has no decision dates.
    """
    if not (first or last):
        return applications["sample"] == study.holdout
    if wrong := [end for end in (first, last) if end and not MONTH.fullmatch(end)]:
        raise CannotRun(f"a month is written as 2024-03, got {wrong[0]!r}")
    if (applications["month"] == "").all():
        raise NotEvaluated("the study has no decision dates, so no period can be chosen: leave first and last empty")
    if first and last and first > last:
        raise CannotRun(f"the first month must not come after the last, got {first} and {last}")
    months = applications["month"]
    chosen = (months >= first) & (months <= (last or "9999-12"))
    if not chosen.any():
        raise CannotRun(f"no application was decided from {first or months.min()} to {last or months.max()}")
    return chosen


def period_told(study: Study, applications: pd.DataFrame, chosen: pd.Series) -> str:
    """Whom the page speaks of, as a sentence."""
    months, seen = applications.loc[chosen, "month"], f"{int(chosen.sum()):,} applications"
    span = f", decided from {months.min()} to {months.max()}" if (months != "").all() else ", without decision dates"
    fitted = int((chosen & (applications["sample"] == "development")).sum())
    of_holdout = applications.loc[chosen, "sample"].eq(study.holdout).all()
    kind = f" of the {study.holdout.replace('_', '-')} sample" if of_holdout else ""
    warned = f" The card was fitted on {fitted:,} of them: their PDs flatter the policy." if fitted else ""
    return f"Replayed on {seen}{kind}{span}.{warned}"
