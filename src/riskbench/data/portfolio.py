"""What the portfolio of a run looks like: its samples, labels and months, and whether a card can be developed on it."""

import pandas as pd

from riskbench.core.errors import DataError, NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.data.samples import SAMPLES
from riskbench.data.study import Study
from riskbench.metrics.intervals import proportion


def sample_table(applications: pd.DataFrame) -> pd.DataFrame:
    """One row a sample: applications, customers, labelled, bad, and the bad rate with its interval."""
    found = [name for name in SAMPLES if (applications["sample"] == name).any()]
    return pd.DataFrame([{"sample": name} | _outcome(applications[applications["sample"] == name]) for name in found])


def label_table(applications: pd.DataFrame) -> pd.DataFrame:
    """How many applications of each sample carry each label."""
    table = pd.crosstab(applications["label"], applications["sample"])
    shown = [name for name in SAMPLES if name in table.columns]
    return table[shown].reset_index().rename_axis(columns=None)


def bad_rate_by_month(applications: pd.DataFrame) -> pd.DataFrame:
    """One row a month of decision, with the columns of `sample_table`; raises `NotEvaluated` without dates."""
    if (applications["month"] == "").all():
        raise NotEvaluated("the study has no decision dates")
    months = applications.groupby("month", sort=True)
    return pd.DataFrame([{"month": month} | _outcome(rows) for month, rows in months])


def known_customers(applications: pd.DataFrame) -> Estimate:
    """How many out-of-time applications are by customers of the development sample who came back."""
    later = applications[applications["sample"] == "out_of_time"]
    if later.empty:
        return Estimate.missing("the study has no out-of-time sample")
    known = applications.loc[applications["sample"] == "development", "customer"]
    return Estimate(int(later["customer"].isin(known).sum()), n=len(later), method="count")


def split_checks(applications: pd.DataFrame) -> list[CheckResult]:
    """Whether the split holds: customers both in development and in test, pseudonyms given twice, and who came back.

    The first two must be 0. The out-of-time sample is drawn by date, so customers of development may come back in it.
    """
    parted = applications[applications["sample"].isin(["development", "test"])].groupby("customer")["sample"].nunique()
    both, twice = Estimate(int((parted > 1).sum())), Estimate(int(applications["application"].duplicated().sum()))
    return [
        CheckResult("samples.customers_on_both_sides", "Customers in development and in test", both),
        CheckResult("samples.repeated_pseudonyms", "Pseudonyms given twice", twice),
        CheckResult(
            "samples.known_customers.out_of_time",
            "Out-of-time applications of development customers",
            known_customers(applications),
        ),
    ]


def development_checks(study: Study, developed: pd.DataFrame) -> list[CheckResult]:
    """Whether the development sample carries a card: its bad loans, its bad rate, and the worst missing share.

    `developed` are its applications, with and without a label. Raises `DataError` when it lacks a class: nothing can be
    developed on it.
    """
    labelled, limits = int(developed["y"].notna().sum()), study.limits
    bads = int(developed["y"].sum())
    if developed.empty or (labelled and not 0 < bads < labelled):
        rule = f"the development sample must have good and bad cases, it has {labelled - bads} and {bads}"
        raise DataError(rule, remedy="bring more rows, or widen the development period of the study")
    missing = developed[study.raw_candidates].isna().mean()
    worst = str(missing.idxmax())
    share = proportion(int(developed[worst].isna().sum()), len(developed))
    enough = Estimate(bads, n=labelled, method="count")
    return [
        CheckResult("portfolio.bads.development", "Bad loans to develop on", enough, limits["intake.labelled_bads"]),
        CheckResult("portfolio.bad_rate.development", "Bad rate", proportion(bads, labelled), unit="%"),
        CheckResult(
            "candidates.largest_missing_share.development",
            f"Largest missing share of a candidate ({worst})",
            share,
            limits["intake.missing_share"],
            unit="%",
        ),
    ]


def _outcome(rows: pd.DataFrame) -> dict[str, float | int | None]:
    labelled = int(rows["y"].notna().sum())
    bads = int(rows["y"].sum())
    rate = proportion(bads, labelled) if labelled else None
    return {
        "applications": len(rows),
        "customers": rows["customer"].nunique(),
        "labelled": labelled,
        "bad": bads,
        "bad_rate": rate.value if rate else None,
        "lower": rate.lower if rate else None,
        "upper": rate.upper if rate else None,
    }
