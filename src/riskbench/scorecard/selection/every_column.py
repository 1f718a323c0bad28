"""Every column of the study with one result and one reason: the candidates by the funnel, the others by their role."""

import pandas as pd

from riskbench.core.thresholds import Thresholds
from riskbench.data.candidates import left_behind
from riskbench.data.study import Study
from riskbench.data.study.schema import TableSpec

NOT_DATED = "not dated"
READ_AS_OF = "read as of the decision"


def every_column(study: Study, funnel: pd.DataFrame) -> pd.DataFrame:
    """One row a column of the study and engineered feature: table, column, role, result and reason.

    `funnel` is what `select` gave. A column that is no candidate is "no candidate", for the reason that its role
    gives; what only aggregates read, and what builds the label, says so.
    """
    became = funnel.set_index("feature")[["status", "reason"]]
    barred = {(str(t), str(c)): str(why) for t, c, _, why in left_behind(study).itertuples(index=False, name=None)}
    rows: list[tuple[str, str, str, str, str]] = []
    for table, spec in study.tables.items():
        for column, declared in spec.columns.items():
            result, reason = _of_column(table, spec, column, became, barred)
            rows.append((table, column, declared.role, result, reason))
        rows += [(table, name, "aggregate", *_of_candidate(name, became)) for name in spec.aggregates]
    rows += [("engineered", name, "feature", *_of_candidate(name, became)) for name in study.features]
    return pd.DataFrame(rows, columns=["table", "column", "role", "result", "reason"])


def dates_known(study: Study, applications: pd.DataFrame, features: pd.Index) -> pd.DataFrame:
    """One row a candidate: feature, when it is known, and the share of rows it dates after the decision.

    `known` is "read as of the decision" where every column behind the candidate comes from dated rows, and "not dated"
    where only the study's word says that it was known. The share is of an engineered feature that reads a date beside
    the moment of the decision; NaN elsewhere.
    """
    dated = {c for t in study.tables.values() if t.join in ("latest", "aggregate") for c in t.aggregates or t.columns}
    rows = []
    for name in map(str, features):
        read = study.reads(name) - {study.base.as_of}
        dates = sorted(read & set(study.with_role("date")))
        share = _share_after(applications, dates, study.base.as_of)
        known = READ_AS_OF if read <= dated else NOT_DATED
        if share is not None:
            known = f"{', '.join(dates)}: after the decision in {share:.1%} of the rows"
        rows.append((name, known, share))
    return pd.DataFrame(rows, columns=["feature", "known", "after_decision"]).astype({"after_decision": float})


def known_too_late(known: pd.DataFrame, thresholds: Thresholds) -> dict[str, str]:
    """The candidates of `dates_known` that are dated after the decision too often, each with the reason."""
    limit = thresholds["features.after_decision"].bound
    late = known[known["after_decision"] > limit]
    told = zip(late["feature"].astype(str), late["known"].astype(str), strict=True)
    return {name: f"leakage suspected: {when}, over {limit:.1%}" for name, when in told}


def _share_after(applications: pd.DataFrame, dates: list[str], as_of: str | None) -> float | None:
    if as_of is None or as_of not in applications or not dates or not set(dates) <= set(applications):
        return None
    decided = pd.to_datetime(applications[as_of])
    late = pd.concat([pd.to_datetime(applications[name]) > decided for name in dates], axis=1).any(axis=1)
    return float(late.mean())


def _of_candidate(name: str, became: pd.DataFrame) -> tuple[str, str]:
    if name in became.index:
        return str(became.at[name, "status"]), str(became.at[name, "reason"])
    return "no candidate", "not among the candidates of this run"


def _of_column(
    table: str, spec: TableSpec, column: str, became: pd.DataFrame, barred: dict[tuple[str, str], str]
) -> tuple[str, str]:
    if spec.join == "outcome":
        return "no candidate", "read only to build the label"
    if spec.join == "aggregate":
        readers = [name for name in spec.aggregates if column in spec.reads(name)]
        if readers:
            return "no candidate", f"a row a time: read by {', '.join(readers)}"
        reason = barred.get((table, column), "a row a time, and no aggregate reads it")
        return "no candidate", reason
    if (table, column) in barred:
        return "no candidate", barred[table, column]
    return _of_candidate(column, became)
