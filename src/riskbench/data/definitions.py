"""Other definitions of bad: what the labels would be if the study had drawn the line elsewhere.

There is one way from repayments to labels, `labels.py`; each definition here is that way on the study with another
outcome section. Where the outcome is a plain column of the data nothing else can be known, and there are none.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.core.errors import DataError
from riskbench.data.engine import Engine
from riskbench.data.labels import label
from riskbench.data.study import Study
from riskbench.data.study.sections import RepaymentOutcome

Floats = NDArray[np.float64]

DAYS_PAST_DUE = (15, 30, 60, 90)
HORIZONS = (3, 4, 6, 9, 12)  # months
PLAIN_COLUMN = "the outcome of this study is a column of its data: days past due and their months are not known"


@dataclass(frozen=True)
class Definition:
    """One other definition of bad: its `name` as a column, `told` in words, and the outcome section that says it."""

    name: str
    told: str
    outcome: RepaymentOutcome


def other_definitions(study: Study) -> tuple[Definition, ...]:
    """The other definitions that a study's repayments allow; none where its outcome is a plain column.

    Fewer days past due take the indeterminate with them, as far as they reach; the study's own values are left out.
    """
    own = study.outcome
    return tuple(_others(own)) if isinstance(own, RepaymentOutcome) else ()


def definitions_of(engine: Engine, joined: pd.DataFrame, applications: pd.Series) -> pd.DataFrame:
    """Column `application` as given, and y (1 bad, 0 good, NaN neither) by each of the other definitions.

    `joined` are the applications as an engine has joined them, in the rows of `applications`. Windows that reach beyond
    the last month of the repayments have no column, since nothing of those months is known. A definition by which all
    are of one class is all NaN.
    """
    study, table = engine.study, pd.DataFrame({"application": applications.to_numpy()})
    own = study.outcome
    if not isinstance(own, RepaymentOutcome):
        return table
    joined, repayments = _numbered(study.base.key, joined, engine.frame(engine.table(own.table)))
    known = int(repayments[own.month].max()) if len(repayments) else 0
    for other in other_definitions(study):
        if other.outcome.horizon_months <= max(known, own.horizon_months):
            table[other.name] = _labels(study.model_copy(update={"outcome": other.outcome}), joined, repayments)
    return table


def _numbered(key: str, joined: pd.DataFrame, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables with whole numbers as keys, which are much faster to look up than text, time and again."""
    number, _ = pd.factorize(pd.concat([joined[key], rows[key]], ignore_index=True))
    return joined.assign(**{key: number[: len(joined)]}), rows.assign(**{key: number[len(joined) :]})


def _labels(study: Study, joined: pd.DataFrame, repayments: pd.DataFrame) -> Floats | float:
    try:
        return label(study, joined, repayments)["y"].to_numpy(float)
    except DataError:  # one class only
        return float("nan")


def _others(own: RepaymentOutcome) -> Iterator[Definition]:
    for days in DAYS_PAST_DUE:
        if days != own.days_past_due:
            start = min(own.indeterminate_from, days)
            yield _changed(own, f"dpd_{days}", f"{days} days past due", days_past_due=days, indeterminate_from=start)
    for name, told, days in (
        ("indeterminate_bad", "indeterminate bad", own.indeterminate_from),
        ("indeterminate_good", "indeterminate good", own.days_past_due),
    ):
        rolled = name.removeprefix("indeterminate_") if own.rolled_over == "indeterminate" else own.rolled_over
        yield _changed(own, name, told, days_past_due=days, indeterminate_from=days, rolled_over=rolled)
    for months in HORIZONS:
        if months != own.horizon_months:
            yield _changed(own, f"horizon_{months}", f"window of {months} months", horizon_months=months)


def _changed(own: RepaymentOutcome, name: str, told: str, **changes: object) -> Definition:
    return Definition(name, told, RepaymentOutcome.model_validate(own.model_dump() | changes | {"definition": told}))
