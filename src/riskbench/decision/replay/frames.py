"""Logged decisions as two tables: what was decided, and the columns that a bundle reads to decide it again."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.parts import InputColumn
from riskbench.decision.meaning.reads import AGE, BETWEEN

Content = Mapping[str, Any]  # of a decision, as the log holds it
DECIDED = ("action", "band", "rule", "unknown", "hits", "alerts", "amount", "rate", "all_in_rate")


@dataclass(frozen=True, eq=False)
class Logged:
    """`decided`: one row a decision, what was said; `columns`: what the bundle reads of it; `why_not`: else a text.

    All three have the same rows. Where `why_not` holds a text the row of `columns` means nothing.
    """

    decided: pd.DataFrame
    columns: pd.DataFrame
    why_not: pd.Series


def logged(contents: Sequence[Content], bundle: Bundle) -> Logged:
    """The tables of some decisions for one bundle."""
    why_not = [_lacking(content, bundle) for content in contents]
    columns: dict[str, Any] = {}
    for column in bundle.inputs.columns:
        values = [content["inputs"].get(column.name) for content in contents]
        columns[column.name], wrong = _typed(column, values)
        for i in np.flatnonzero(wrong):
            why_not[i] = why_not[i] or f"{column.name} is no {column.type}"
        if column.name == bundle.inputs.amount:
            for i in np.flatnonzero(~(columns[column.name] > 0)):
                why_not[i] = why_not[i] or f"{column.name} is not above 0"
    for source in _sources(bundle):
        columns[f"{AGE}{source}"] = np.array([content["ages"].get(source) for content in contents], dtype=float)
    rows = pd.RangeIndex(len(contents))
    return Logged(_decided(contents), pd.DataFrame(columns, index=rows), pd.Series(why_not, index=rows, dtype="str"))


def _sources(bundle: Bundle) -> list[str]:
    return [item.source for item in bundle.effective_policy.freshness]


def _lacking(content: Content, bundle: Bundle) -> str:
    if content["score"] is None:
        return "stopped"
    columns = [column.name for column in bundle.inputs.columns if column.name not in content["inputs"]]
    ages = [f"the age of {source}" for source in _sources(bundle) if source not in content["ages"]]
    return f"lacks {', '.join([*columns, *ages])}" if columns or ages else ""


def _typed(column: InputColumn, values: Sequence[Any]) -> tuple[Any, np.ndarray]:
    """The values as a table of a run holds them, and where one is of another type."""
    given = np.array([value is not None for value in values])
    if column.type in ("number", "integer"):
        right = [isinstance(value, int | float) and not isinstance(value, bool) for value in values]
        made = np.array([value if ok else None for value, ok in zip(values, right, strict=True)], dtype=float)
        return made, given & ~np.array(right)
    right = [isinstance(value, str) for value in values]
    texts = [value if ok else None for value, ok in zip(values, right, strict=True)]
    if column.type not in ("date", "timestamp"):
        return pd.array(texts, dtype="str"), given & ~np.array(right)
    read = dt.date.fromisoformat if column.type == "date" else dt.datetime.fromisoformat
    times = [_time(read, text) for text in texts]
    return np.array(times, dtype=object), given & np.array([time is None for time in times])


def _time(read: Any, text: str | None) -> Any:
    try:
        return None if text is None else read(text)
    except ValueError:
        return None


def _decided(contents: Sequence[Content]) -> pd.DataFrame:
    """What was said, one row a decision, in the columns of `decision.decide.decide`."""
    said = [content["said"] for content in contents]
    columns: dict[str, Any] = {name: [one[name] for one in said] for name in DECIDED}
    for name in ("hits", "alerts"):
        columns[name] = [BETWEEN.join(names) for names in columns[name]]
    for name in ("action", "band", "rule", "hits", "alerts"):
        columns[name] = pd.array(columns[name], dtype="str")
    for name in ("amount", "rate", "all_in_rate"):
        columns[name] = np.array(columns[name], dtype=float)
    own = {name: pd.array([content[name] for content in contents], dtype="str") for name in ("id", "bundle", "arm")}
    scored = {name: np.array([content[name] for content in contents], dtype=float) for name in ("score", "pd")}
    return pd.DataFrame(own | scored | columns)
