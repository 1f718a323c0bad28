"""The columns of a study that are no candidates, each with the reason."""

from collections.abc import Iterable

import pandas as pd

from riskbench.data.candidates import left_behind
from riskbench.data.study import Study
from riskbench.data.study.schema import TableSpec

NOT_IN_THIS_RUN = "not among the candidates of this run"


def barred_columns(study: Study, candidates: Iterable[str]) -> pd.DataFrame:
    """One row a column of the study, or engineered feature, that is none of `candidates`: table, column, role, reason.

    The reason is that of its role; what only aggregates read, and what builds the label, says so.
    """
    known = set(candidates)
    barred = {(str(t), str(c)): str(why) for t, c, _, why in left_behind(study).itertuples(index=False, name=None)}
    rows: list[tuple[str, str, str, str]] = []
    for table, spec in study.tables.items():
        rows += [
            (table, column, declared.role, reason)
            for column, declared in spec.columns.items()
            if (reason := _reason(table, spec, column, barred) or NOT_IN_THIS_RUN * (column not in known))
        ]
        rows += [(table, name, "aggregate", NOT_IN_THIS_RUN) for name in spec.aggregates if name not in known]
    rows += [("engineered", name, "feature", NOT_IN_THIS_RUN) for name in study.features if name not in known]
    return pd.DataFrame(rows, columns=["table", "column", "role", "reason"])


def _reason(table: str, spec: TableSpec, column: str, barred: dict[tuple[str, str], str]) -> str:
    """Why a column can be no candidate; empty where it can."""
    if spec.join == "outcome":
        return "read only to build the label"
    if spec.join == "aggregate":
        readers = [name for name in spec.aggregates if column in spec.reads(name)]
        if readers:
            return f"a row a time: read by {', '.join(readers)}"
        return barred.get((table, column), "a row a time, and no aggregate reads it")
    return barred.get((table, column), "")
