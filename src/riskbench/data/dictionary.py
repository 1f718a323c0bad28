"""The dictionary of a study: what each candidate means and is made from, and which feature functions formulas call."""

import pandas as pd

from riskbench.data.features import FUNCTIONS
from riskbench.data.features.expressions import functions_in
from riskbench.data.study import Study
from riskbench.data.study.schema import Aggregate, Column, TableSpec
from riskbench.data.study.sections import Formula


def dictionary(study: Study) -> pd.DataFrame:
    """One row a candidate, in the study's order: columns feature, meaning, unit, dimension, made_from.

    `made_from` is the column's table, the aggregate in words, or the formula of an engineered feature.
    """
    origin = {name: f"table {table}" for table, spec in study.tables.items() for name in spec.columns}
    origin |= {
        name: _aggregated(table, spec, aggregate)
        for table, spec in study.tables.items()
        for name, aggregate in spec.aggregates.items()
    }
    origin |= {name: feature.formula for name, feature in study.features.items()}
    declared: dict[str, Column | Formula] = {
        name: study.columns[name] for name in study.raw_candidates
    } | study.features
    return pd.DataFrame(
        [(name, of.description, of.unit, of.dimension, origin[name]) for name, of in declared.items()],
        columns=["feature", "meaning", "unit", "dimension", "made_from"],
    )


def functions_used(study: Study) -> pd.DataFrame:
    """The feature functions that the study calls, each once: columns function and meaning."""
    formulas = [f.formula for f in (*study.features.values(), *study.protected.values())]
    for table in study.tables.values():
        formulas += [text for aggregate in table.aggregates.values() for text in aggregate.expressions.values()]
    called = {name for formula in formulas for name in functions_in(formula)}
    rows = [(function.call, function.summary) for name, function in FUNCTIONS.items() if name in called]
    return pd.DataFrame(rows, columns=["function", "meaning"])


def _aggregated(table: str, spec: TableSpec, aggregate: Aggregate) -> str:
    of = aggregate.column or aggregate.formula
    condition = f" where {aggregate.where}" if aggregate.where else ""
    days = aggregate.within_days or spec.within_days
    window = f", {days} days" if days else ""
    back = f", up to {aggregate.skip_days} days before the decision" if aggregate.skip_days else ""
    return f"{aggregate.how}{f' of {of}' if of else ''} in table {table}{condition}{window}{back}"
