"""From outcomes to labels: good, bad, and why the others are neither.

Only closed performance windows are labelled. A loan that is already bad in an open window stays unlabelled too: its
good neighbours of the same age cannot be counted yet, and counting the bad alone would inflate the bad rate. For the
same reason the loans decided in one month close together, with the last of them.
"""

import numpy as np
import pandas as pd

from riskbench.core.errors import DataError
from riskbench.data.engine import Engine
from riskbench.data.study import Study
from riskbench.data.study.sections import ColumnOutcome, RepaymentOutcome


def label(study: Study, applications: pd.DataFrame, outcomes: pd.DataFrame | None) -> pd.DataFrame:
    """Columns `label` (text) and `y` (1 bad, 0 good, NaN otherwise), in the order of `applications`.

    `outcomes` holds the repayments where the study labels from them. Raises `DataError` when one class is missing.
    """
    labels = label_names(study, applications, outcomes)
    y = np.select([labels == "bad", labels == "good"], [1.0, 0.0], np.nan)
    for name, value in (("bad", 1.0), ("good", 0.0)):
        if not (y == value).any():
            raise _one_class(study, name, pd.Series(labels).value_counts())
    return pd.DataFrame({"label": labels, "y": y}, index=applications.index)


def label_names(study: Study, applications: pd.DataFrame, outcomes: pd.DataFrame | None) -> np.ndarray:
    """The same labels of applications of which all may be of one class, or there may be none."""
    if isinstance(study.outcome, ColumnOutcome):
        return _from_column(study, study.outcome, applications)
    if outcomes is None:
        raise DataError("labels from repayments need the table of repayments", file=study.outcome.table)
    return _from_repayments(study, study.outcome, applications, outcomes)


def labels_of(engine: Engine, joined: pd.DataFrame) -> pd.DataFrame:
    """`label` of the applications that an engine has joined; repayments are read where the study labels from them."""
    outcome = engine.study.outcome
    repayments = engine.frame(engine.table(outcome.table)) if isinstance(outcome, RepaymentOutcome) else None
    return label(engine.study, joined, repayments)


def _one_class(study: Study, lacking: str, counts: pd.Series) -> DataError:
    """Names the file and column of the outcome, and what the labels are instead."""
    outcome = study.outcome
    column = outcome.column if outcome.kind == "column" else outcome.dpd
    tables = study.tables.values() if outcome.kind == "column" else [study.tables[outcome.table]]
    found = ", ".join(f"{count:,} {str(name).replace('_', ' ')}" for name, count in counts.items())
    return DataError(
        f"the target must have both classes: no application is {lacking} ({found})",
        file=next(table.file for table in tables if column in table.columns),
        column=column,
        remedy="check the outcome's definition in the study, and whether the data hold both",
    )


def _from_column(study: Study, outcome: ColumnOutcome, applications: pd.DataFrame) -> np.ndarray:
    value = applications[outcome.column]
    labels = np.select([value.isin(outcome.bad), value.isin(outcome.good)], ["bad", "good"], "indeterminate")
    if outcome.observed_until is None:
        return labels
    ends = window_ends(applications[study.as_of], outcome.horizon_months)
    return np.where(ends <= np.datetime64(outcome.observed_until), labels, "immature")


def _from_repayments(
    study: Study, outcome: RepaymentOutcome, applications: pd.DataFrame, rows: pd.DataFrame
) -> np.ndarray:
    key = study.base.key
    window = rows[rows[outcome.month] <= outcome.horizon_months]
    late = window[outcome.dpd].where(window[outcome.past_due] >= outcome.materiality, 0)
    by_loan = late.groupby(window[key]).max().reindex(applications[key])
    worst = by_loan.to_numpy(dtype=float)
    closed = window_ends(applications[study.as_of], outcome.horizon_months) <= np.datetime64(outcome.observed_until)
    booked = applications[key].isin(rows[key]).to_numpy()
    if outcome.booked is not None:  # a loan of the last weeks has no row yet
        booked = booked | applications[outcome.booked].eq(True).to_numpy(dtype=bool, na_value=False)

    def ever(status: str) -> np.ndarray:
        loans = window.loc[window[outcome.status] == status, key].unique()
        return applications[key].isin(loans).to_numpy()

    rules = [
        (~booked, "not_booked"),
        (~closed, "immature"),
        (np.isnan(worst), "indeterminate"),  # nothing is known of how it paid
        (ever("fraud"), outcome.fraud),
        (worst >= outcome.days_past_due, "bad"),
        (ever("rolled_over"), outcome.rolled_over),
        (worst >= outcome.indeterminate_from, "indeterminate"),
        (ever("settled_early"), outcome.early_settlement),
    ]
    return np.select([rule for rule, _ in rules], [name for _, name in rules], "good")


def window_ends(decided: pd.Series, horizon: int) -> np.ndarray:
    """The day on which the window of the last loan decided in the same month is over.

    A month on book is thirty days here and a calendar month there; the later of the two ends counts, because
    30 January and a month of thirty days end after February.
    """
    month = decided.to_numpy("datetime64[M]")
    last_day = (month + 1).astype("datetime64[D]") - 1
    return np.maximum((month + horizon + 1).astype("datetime64[D]") - 1, last_day + 30 * horizon)
