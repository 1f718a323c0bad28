"""What leaves intake: one table of applications without identifiers, and one of protected attributes beside it."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated, StudyError
from riskbench.data.features.expressions import columns_of
from riskbench.data.features.formulas import compute
from riskbench.data.study import Study
from riskbench.privacy.pseudonyms import pseudonymise

# Every table of a run speaks of an application, and of what the card says of it, under these names, whatever the
# source called them.
IDENTITY = ("application", "customer", "month", "sample", "label", "y")
RESERVED = (*IDENTITY, "score", "pd")


def assemble(study: Study, joined: pd.DataFrame, labels: pd.DataFrame, sample: pd.Series, key: bytes) -> pd.DataFrame:
    """The applications of a run: pseudonyms, month, sample, label, then inputs and context columns.

    Rows keep the order of `joined` (by the original key), so that nothing downstream depends on the pseudonyms' key.
    """
    shown = study.with_role("feature", "context", "price")
    clash = sorted(name for name in (*shown, *study.features, *study.protected) if name.casefold() in RESERVED)
    if clash:
        raise StudyError(f"study {study.name}: these column names are reserved: {', '.join(clash)}")
    head = {
        "application": pseudonymise(joined[study.base.key], key, "application"),
        "customer": pseudonymise(joined[study.base.customer], key, "customer"),
        "month": _month(study, joined),
        "sample": sample,
        "label": labels["label"].astype("str"),
        "y": labels["y"],
    }
    context = [n for n in study.with_role("context", "price") if n not in study.inputs]
    context += _dates_read(study)
    body = {name: _as_input(joined[name], study.columns[name].type) for name in [*study.inputs, *context]}
    return pd.DataFrame(head | body)


def protected_groups(study: Study, joined: pd.DataFrame, applications: pd.DataFrame) -> pd.DataFrame:
    """The groups of the study's protected attributes, as text, beside the application's pseudonym.

    A study without protected attributes gives a table without groups.
    """
    groups = compute(joined, study.protected_sql)
    texts = {name: _as_text(groups[name]).fillna("unknown") for name in groups}
    return pd.DataFrame({"application": applications["application"]} | texts)


def candidates(study: Study, applications: pd.DataFrame) -> pd.DataFrame:
    """All candidate inputs of a model: the raw ones and the engineered ones, in the study's order.

    Raises `StudyError` when a formula reads a column that may not enter a model.
    """
    for name, formula in study.feature_sql.items():
        barred = sorted(columns_of(name, formula) - set(study.inputs) - set(study.with_role("context", "date")))
        if barred:
            roles = ", ".join(f"{c} ({study.columns[c].role if c in study.columns else 'unknown'})" for c in barred)
            raise StudyError(f"feature {name!r} reads columns that may not enter a model: {roles}")
    engineered = compute(applications, study.feature_sql)
    return pd.concat([applications[study.inputs], *(_yes_or_no(engineered[name]) for name in engineered)], axis=1)


def columns_behind(study: Study, features: Iterable[str]) -> set[str]:
    """The raw columns that stand behind some features: themselves, or what their formulas and aggregates read."""
    tables = {name: table for table in study.tables.values() for name in table.aggregates}
    formulas = study.feature_sql
    raw: set[str] = set()
    for name in features:
        raw |= columns_of(name, formulas[name]) if name in formulas else {name}
    return {column for name in raw for column in (tables[name].reads(name) if name in tables else {name})}


def left_behind(study: Study) -> pd.DataFrame:
    """The columns that no model sees, and why: one row each with table, column, role and reason."""
    why = {
        "leakage": "written after the decision, or suspected to be: dropped at intake",
        "identifier": "names a person, or may: never enters a run",
        "key": "replaced by a pseudonym",
        "protected": "kept apart, only to test fairness",
        "price": "set by the lender itself",
        "outcome": "what is to be predicted",
        "context": "kept for reporting",
        "date": "dates the row",
    }
    rows = [
        (name, column, c.role, why[c.role])
        for name, table in study.tables.items()
        if table.join != "outcome"
        for column, c in table.columns.items()
        if not (c.role == "feature" or (c.role == "price" and c.because))
    ]
    return pd.DataFrame(rows, columns=["table", "column", "role", "reason"])


def decisions_in_force(study: Study, applications: pd.DataFrame) -> pd.Series:
    """Whether the policy in force approved each application; raises `NotEvaluated` where decisions are unknown."""
    if study.base.decision is None:
        raise NotEvaluated("the study records no earlier decisions")
    return applications[study.base.decision].isin(study.base.approved)


def amounts(study: Study, applications: pd.DataFrame) -> pd.Series:
    """The amount asked for; raises `NotEvaluated` where the study has none."""
    if study.base.amount is None:
        raise NotEvaluated("the study records no amounts")
    return applications[study.base.amount].astype(float)


def _dates_read(study: Study) -> list[str]:
    """Dates of the rows that a feature is computed from, such as the days from an earlier date to the decision."""
    read = {column for item in study.feature_sql.items() for column in columns_of(*item)}
    return [name for name in study.with_role("date") if name in read]


def _month(study: Study, joined: pd.DataFrame) -> pd.Series:
    if study.base.as_of is None:
        return pd.Series("", index=joined.index, dtype="str")
    return pd.to_datetime(joined[study.base.as_of]).dt.strftime("%Y-%m").astype("str")


def _as_input(values: pd.Series, kind: str) -> pd.Series:
    if kind == "boolean":
        return _yes_or_no(values.astype("boolean"))
    if kind == "category":
        return _as_text(values)
    if kind in ("integer", "number"):
        return values.astype(float)
    return values


def _yes_or_no(values: pd.Series) -> pd.Series:
    """Truth as text, as every category is; other values as they are."""
    if pd.api.types.infer_dtype(values, skipna=True) != "boolean":
        return values
    return values.map({True: "yes", False: "no"}).astype("str")


def _as_text(values: pd.Series) -> pd.Series:
    """Text; whole numbers without a decimal point even where some are missing, which makes pandas keep floats."""
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    return values.astype("str").where(values.notna(), np.nan)
