"""Loans elsewhere: how bad those are who are lent to, by how many other loans or enquiries they have."""

from collections.abc import Sequence

import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.data.study import Study
from riskbench.decision.simulation.classes import by_class

NAMED_NOWHERE = "the study names no count of loans elsewhere ([loan] others)"
MOST = 4  # counts from here on stand in one row


def stacking_table(study: Study, applications: pd.DataFrame, lent_to: pd.DataFrame) -> pd.DataFrame:
    """Those who are lent to, by each count of the study's `[loan] others`.

    `lent_to` has `pd` and `y` of some rows of `applications`, on their index. Returns `count`, the column that counts,
    and below it the columns of `by_class`. Raises `NotEvaluated` where the study names none.
    """
    if not study.loan.others:
        raise NotEvaluated(NAMED_NOWHERE)
    tables, smallest = [], int(study.limits["privacy.smallest_cell"].bound)
    for column in study.loan.others:
        counted = applications.loc[lent_to.index, column]
        special = counted.isin(study.special_values.get(column, []))
        found = by_class(_classes(counted.mask(special), special, lent_to), "elsewhere", smallest)
        found.insert(0, "count", column)
        tables.append(found)
    return pd.concat(tables, ignore_index=True)


def _classes(counted: pd.Series, special: pd.Series, of: pd.DataFrame) -> Sequence[tuple[str, pd.DataFrame]]:
    several = counted.clip(upper=MOST)
    rows = [(f"{n}" if n < MOST else f"{MOST} or more", of[several == n]) for n in range(MOST + 1)]
    return [*rows, ("no file", of[special]), ("unknown", of[counted.isna() & ~special])]
