"""The candidates: what may enter a model, raw or engineered, and what may not, with the reason.

A candidate becomes a feature of the card when selection keeps it.
"""

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from riskbench.data.applications import yes_or_no
from riskbench.data.features.formulas import compute
from riskbench.data.study import Study

WHY_NOT = {  # by role, where it may not enter
    "leakage": "written after the decision, or suspected to be: dropped at intake",
    "identifier": "names a person, or may: never enters a run",
    "key": "replaced by a pseudonym",
    "protected": "kept apart, only to test fairness",
    "price": "set by the lender itself",
    "outcome": "what is to be predicted",
    "context": "kept for reporting",
    "date": "dates the row",
}


def candidates_of(study: Study, applications: pd.DataFrame) -> pd.DataFrame:
    """One column a candidate, in the study's order: the raw ones as they are, then the engineered ones, computed.

    `applications` are those of a run, one row each; truth becomes "yes" and "no". Raises `StudyError` when a formula
    cannot be computed on them.
    """
    engineered = compute(applications, study.feature_sql)
    return pd.concat(
        [applications[study.raw_candidates], *(yes_or_no(engineered[name]) for name in engineered)], axis=1
    )


def candidate_statistics(X: pd.DataFrame, special: Mapping[str, Sequence[float]] | None = None) -> pd.DataFrame:
    """One row a candidate: missing share, distinct values, mean, SD and quantiles; levels have no mean.

    `special` values by candidate stand for something that is no amount, such as -999 for no file: their share is told,
    and they are in no mean and in no quantile.

    >>> told = candidate_statistics(pd.DataFrame({"age": [20.0, 40.0, -1.0, None]}), {"age": [-1]})
    >>> told[["special_share", "mean"]].values
    array([[ 0.25, 30.  ]])
    """
    rows = []
    for name in X:
        column = X[name]
        apart = column.isin((special or {}).get(str(name), ()))
        row = {
            "feature": name,
            "missing_share": column.isna().mean(),
            "special_share": apart.mean(),
            "distinct": column.nunique(),
        }
        if pd.api.types.is_numeric_dtype(column):
            amounts = column[~apart]
            low, middle, high = amounts.quantile([0.05, 0.5, 0.95])
            row |= {"mean": amounts.mean(), "sd": amounts.std(), "p5": low, "median": middle, "p95": high}
        rows.append(row)
    columns = ["feature", "missing_share", "special_share", "distinct", "mean", "sd", "p5", "median", "p95"]
    return pd.DataFrame(rows, columns=columns)


def columns_behind(study: Study, candidates: Iterable[str]) -> set[str]:
    """The columns of the files behind some candidates: themselves, or what their formulas and aggregates read."""
    tables = {name: table for table in study.tables.values() for name in table.aggregates}
    joined = {column for name in candidates for column in study.reads(name)}
    return {column for name in joined for column in (tables[name].reads(name) if name in tables else {name})}


def left_behind(study: Study) -> pd.DataFrame:
    """The columns that no model sees, and why: one row each with table, column, role and reason."""
    rows = [
        (name, column, declared.role, WHY_NOT[declared.role])
        for name, table in study.tables.items()
        if table.join != "outcome"
        for column, declared in table.columns.items()
        if not declared.may_enter
    ]
    return pd.DataFrame(rows, columns=["table", "column", "role", "reason"])
