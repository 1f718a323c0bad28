"""Level and ranking of the PDs, month by month of decision, on matured loans alone."""

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.metrics.arguments import cases
from riskbench.metrics.calibration_intercept import calibration_intercept
from riskbench.metrics.discrimination import auc
from riskbench.monitoring.outcomes.vintages import NO_DATES

COLUMNS = ["month", "n_labelled", "bads", "intercept", "intercept_lower", "intercept_upper"]
AUC_COLUMNS = ["auc", "auc_lower", "auc_upper"]


def by_month(loans: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """Calibration intercept and AUC of each matured month, with intervals.

    `loans` as `vintages.booked_loans` gives them, `judged` of `vintages.vintages`. Returns `month`, `n_labelled`,
    `bads`, `intercept` and its bounds (above 0: the PDs are too low), `auc` and its bounds; missing where a month has
    one class only. Raises NotEvaluated where no month has matured.
    """
    matured = judged.loc[judged["evaluated"], "month"]
    if matured.empty:
        raise NotEvaluated(NO_DATES if judged.empty else "no month has matured")
    labelled = loans[loans["y"].notna() & loans["month"].isin(matured)]
    rows = []
    for month, group in labelled.groupby("month", sort=True):
        bad, pd_ = cases(group["y"], group["pd"])
        row = {"month": month, "n_labelled": bad.size, "bads": int(bad.sum())}
        rows.append(row | calibration_intercept(bad, pd_).columns("intercept") | auc(bad, pd_).columns("auc"))
    columns = [*COLUMNS, *AUC_COLUMNS]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[3:], float))


def developed(loans: pd.DataFrame, applications: pd.DataFrame) -> dict[str, float]:
    """The AUC of the test sample from the months of development, as a named line to draw; none without such labels."""
    test = loans[loans["y"].notna() & (applications["sample"].loc[loans.index] == "test")]
    found = auc(test["y"], test["pd"]).value
    return {} if found is None else {"test sample": found}
