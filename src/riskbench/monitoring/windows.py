"""A run's applications as monitoring windows: development against the sample now, and against every month."""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.monitoring import drift, outcomes

NO_DATES = "the study has no decision dates"


def development(applications: pd.DataFrame) -> np.ndarray:
    """Which applications the frozen edges come from: the development sample, booked or not."""
    return (applications["sample"] == "development").to_numpy()


def current(applications: pd.DataFrame, sample: str) -> np.ndarray:
    """Which applications are compared with development."""
    return (applications["sample"] == sample).to_numpy()


def band_series(scores: pd.Series, edges: ArrayLike) -> pd.Series:
    """The frozen band of each score."""
    return pd.Series(drift.band_codes(scores, edges), index=scores.index, name="score")


def score_drift(
    banded: pd.Series, reference: ArrayLike, now: ArrayLike, sample: str, thresholds: Thresholds
) -> list[CheckResult]:
    """`score.psi.<sample>`: PSI of the score between two groups of rows, judged by the convention."""
    estimate = drift.psi_of_columns(banded.to_frame("score"), reference, now)["score"]
    limit = thresholds[drift.PSI_KEY]
    return [CheckResult(f"score.psi.{sample}", "PSI of the score", estimate, limit)]


def score_by_month(banded: pd.Series, month: pd.Series, reference: ArrayLike, thresholds: Thresholds) -> pd.DataFrame:
    """PSI of the score in every month with its critical value; raises `NotEvaluated` without dates."""
    _require_dates(month)
    return drift.psi_by_month(banded.to_frame("score"), month, reference, thresholds).drop(columns="subject")


def largest_by_month(
    codes: pd.DataFrame, month: pd.Series, reference: ArrayLike, thresholds: Thresholds
) -> pd.DataFrame:
    """The input with the largest CSI in every month; raises `NotEvaluated` without dates."""
    _require_dates(month)
    table = drift.psi_by_month(codes, month, reference, thresholds).dropna(subset="psi")
    return table.loc[table.groupby("month")["psi"].idxmax()].sort_values("month", ignore_index=True)


def newest_month(
    banded: pd.Series, codes: pd.DataFrame, month: pd.Series, reference: ArrayLike, thresholds: Thresholds
) -> list[CheckResult]:
    """The PSI of the score and the largest CSI of the newest month against development; missing without dates."""
    newest = month.max()
    if not newest:
        missing, limit = Estimate.missing(NO_DATES), thresholds[drift.PSI_KEY]
        titles = {
            "score.psi.newest_month": "PSI of the score in the newest month",
            "features.largest_csi.newest_month": "Largest CSI in the newest month",
        }
        return [CheckResult(name, title, missing, limit) for name, title in titles.items()]
    now = (month == newest).to_numpy() & ~np.asarray(reference)
    score = [c for c in drift.score_checks(banded, month, reference, thresholds) if c.name == "score.psi.newest_month"]
    worst = drift.worst_feature_check(codes, reference, now, thresholds, "newest_month")
    return [*score, replace(worst, title=f"{worst.title} in {newest}", dims={"month": newest})]


def outcome_checks(applications: pd.DataFrame, scores: pd.DataFrame, thresholds: Thresholds) -> list[CheckResult]:
    """Expected against observed in the newest matured month and in all; not evaluated without dates."""
    try:
        return outcomes.outcome_checks(booked_outcomes(applications, scores), thresholds)
    except NotEvaluated as lack:
        missing, limit = Estimate.missing(str(lack)), thresholds[outcomes.JEFFREYS_KEY]
        title = "Observed against expected bad rate, the last matured month (p-value)"
        return [CheckResult("portfolio.jeffreys.newest_matured_month", title, missing, limit)]


def booked_outcomes(applications: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Expected and observed bad rate of booked loans by month; raises `NotEvaluated` without dates."""
    _require_dates(applications["month"])
    booked = ~applications["label"].isin(["not_booked", "fraud", "indeterminate"])
    loans = applications[booked]
    matured = loans["label"] != "immature"
    return outcomes.outcomes_by_month(loans["y"], scores.loc[booked, "pd"], loans["month"], matured)


def expected_and_observed(table: pd.DataFrame) -> pd.DataFrame:
    """The table of `booked_outcomes` as two series to draw: month, series, value, lower, upper."""
    known = table[table["evaluated"].astype(bool)]
    expected = known[["month"]].assign(series="expected", value=known["expected"], lower=np.nan, upper=np.nan)
    observed = known[["month"]].assign(
        series="observed", value=known["observed"], lower=known["lower"], upper=known["upper"]
    )
    return pd.concat([expected, observed], ignore_index=True)


def side_by_side(theirs: pd.DataFrame, moved: pd.DataFrame, score_psi: float | None) -> pd.DataFrame:
    """Evidently's PSI beside ours for every input and the score."""
    ours = moved.set_index("subject")["psi"].to_dict() | {"score": score_psi}
    return pd.DataFrame({"column": theirs["column"], "evidently": theirs["score"], "ours": theirs["column"].map(ours)})


def _require_dates(month: pd.Series) -> None:
    if (month == "").all():
        raise NotEvaluated(NO_DATES)
