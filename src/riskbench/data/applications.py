"""The applications of a run: one row each, without identifiers, and the groups of protected attributes beside them.

How they are put together at intake, and what may be asked of them afterwards, where the study knows it.
"""

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.data.features.formulas import compute
from riskbench.data.study import Study
from riskbench.privacy.pseudonyms import pseudonymise


def assemble_applications(
    study: Study, joined: pd.DataFrame, labels: pd.DataFrame, sample: pd.Series, key: bytes
) -> pd.DataFrame:
    """The applications of a run: pseudonyms, month, sample, label and y, then raw candidates, context and dates read.

    `joined` is what `Engine.collate` gives; `labels` has the columns label and y, `sample` one name a row, both in its
    order. Rows keep the order of `joined` (by the original key), so that nothing downstream depends on the pseudonyms'
    `key`.
    """
    head = {
        "application": pseudonymise(joined[study.base.key], key, "application"),
        "customer": pseudonymise(joined[study.base.customer], key, "customer"),
        "month": _month(study, joined),
        "sample": sample,
        "label": labels["label"].astype("str"),
        "y": labels["y"],
    }
    context = [name for name in study.with_role("context", "price") if name not in study.raw_candidates]
    shown = [*study.raw_candidates, *context, *study.dates_read]
    body = {name: _in_one_form(joined[name], study.columns[name].type) for name in shown}
    return pd.DataFrame(head | body)


def protected_groups(study: Study, joined: pd.DataFrame, applications: pd.DataFrame) -> pd.DataFrame:
    """The groups of the study's protected attributes, as text, beside the application's pseudonym.

    A study without protected attributes gives a table without groups.
    """
    groups = compute(joined, study.protected_sql)
    texts = {name: _as_text(groups[name]).fillna("unknown") for name in groups}
    return pd.DataFrame({"application": applications["application"]} | texts)


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


def yes_or_no(values: pd.Series) -> pd.Series:
    """Truth as text, as every category is; other values as they are.

    >>> yes_or_no(pd.Series([True, None, False])).tolist()
    ['yes', nan, 'no']
    """
    if pd.api.types.infer_dtype(values, skipna=True) != "boolean":
        return values
    return values.map({True: "yes", False: "no"}).astype("str")


def _month(study: Study, joined: pd.DataFrame) -> pd.Series:
    if study.base.as_of is None:
        return pd.Series("", index=joined.index, dtype="str")
    return pd.to_datetime(joined[study.base.as_of]).dt.strftime("%Y-%m").astype("str")


def _in_one_form(values: pd.Series, kind: str) -> pd.Series:
    if kind == "boolean":
        return yes_or_no(values.astype("boolean"))
    if kind == "category":
        return _as_text(values)
    if kind in ("integer", "number"):
        return values.astype(float)
    return values


def _as_text(values: pd.Series) -> pd.Series:
    """Text; whole numbers without a decimal point even where some are missing, which makes pandas keep floats."""
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    return values.astype("str").where(values.notna(), np.nan)
