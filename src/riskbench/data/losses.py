"""What was lost on loans that went bad, from columns that were written after the decision; no model sees them."""

import pandas as pd

from riskbench.core.errors import DataError
from riskbench.data.engine import Engine

PARTS = ("funded", "repaid", "recovered", "cost")


def losses_of(engine: Engine, applications: pd.DataFrame) -> pd.DataFrame:
    """One row an application, in their order: pseudonym, `funded`, `repaid`, `recovered` and `cost` in currency.

    A study without a column of costs has none: 0. Where the study names no columns of losses, there is the pseudonym
    alone. Raises `DataError` where an amount of a loan that went bad is missing or negative.
    """
    study = engine.study
    if study.loan.losses is None:
        return applications[["application"]]
    named = study.loan.losses.columns
    table = engine.table(study.base_table)
    read = table.select(key_=table[study.base.key], **{part: table[column] for part, column in named.items()})
    found = engine.frame(read.order_by("key_")).drop(columns="key_").reindex(columns=list(PARTS)).astype(float)
    found["cost"] = found["cost"].fillna(0.0) if "cost" in named else 0.0
    bad = (applications["y"] == 1).to_numpy()
    for part, column in named.items():
        if wrong := int((~(found[part][bad] >= 0)).sum()):
            told = f"amounts of losses must be 0 or more where a loan went bad, {wrong} are missing or negative"
            raise DataError(told, column=column, remedy="correct them, or leave [loan.losses] out of the study")
    return pd.concat([applications[["application"]], found], axis=1)
