"""Columns that moved the decision and not the risk: by them alone can the data tell the two apart.

An exclusion restriction, in the words of econometrics. No data can test one; whoever names it has to know it.
"""

from collections.abc import Sequence

import pandas as pd

from riskbench.data.study import Study


def exclusions(study: Study, applications: pd.DataFrame, named: Sequence[str] | None = None) -> list[str]:
    """Columns taken to move the decision and not the risk: those `named`, else the lender's own numbers.

    The lender's own numbers have the role price and are known of every application, as an earlier score is (the price
    itself is not: the declined have none). Raises ValueError for a name that is no complete column of numbers.
    """
    found = list(study.with_role("price")) if named is None else list(named)
    usable = [name for name in found if name in applications and _varies(applications[name])]
    if named is not None and usable != found:
        wrong = ", ".join(name for name in found if name not in usable)
        raise ValueError(f"an exclusion must be a column of numbers without gaps, which is not the case for {wrong}")
    return usable


def with_exclusions(X: pd.DataFrame, applications: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The columns of `X` and, scaled to mean 0 and standard deviation 1, those that move the decision alone."""
    own = applications[list(names)].astype(float)
    return pd.concat([X, (own - own.mean()) / own.std()], axis=1)


def identified_by(names: Sequence[str]) -> str:
    """What the correlation of decision and default is identified by, as sentences for the reader."""
    if not names:
        return (
            "No variable is known that moved the decision and not the risk: the correlation is told from the shape of"
            " the normal curve alone. Such a figure may be far off, so no PD is taken from it."
        )
    return (
        f"The correlation is identified by {', '.join(names)}, taken to move the decision and, beside the features,"
        " not the risk. No data can test that."
    )


def _varies(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and bool(column.notna().all()) and column.nunique() > 1
