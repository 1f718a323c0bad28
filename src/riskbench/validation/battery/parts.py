"""How a sample is divided: into grades, into the segments of the study, into periods of decision.

Parts come in a stable order: grades from the safest, the values of a segment and the periods as their text sorts.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from pandas import Series, factorize

from riskbench.data.periods import periods
from riskbench.scorecard.calibration.master_scale import grades
from riskbench.validation.battery.case import Case, Part

NO_VALUE = "no value"


def by_grade(case: Case) -> list[Case]:
    """One part a grade, the safest first; a grade without an application is there too."""
    grade = grades(case.rows["pd_applied"], case.scale)
    return [
        case.restricted_to(Part("grade", f"grade_{number}", name), grade == number)
        for number, name in enumerate(case.scale.labels, 1)
    ]


def by_segment(case: Case) -> Iterator[Case]:
    """One part a value of each segment column; where there is no value, that is a part of its own.

    A column with too many values (`too_many`) is not divided.
    """
    for column in case.segments:
        if not too_many(case, column):
            yield from segments_of(case, column)


def too_many(case: Case, column: str) -> str:
    """Why a column has too many values to be read as segments (an amount, a key), or an empty string."""
    values, limit = int(case.rows[column].nunique(dropna=False)), case.thresholds["validation.segment_values"]
    if limit.judge(values) != "red":
        return ""
    return f"{column} has {values:,} values, and segments are at most {limit.amber:g}"


def segments_of(case: Case, column: str) -> list[Case]:
    """The parts of one segment column."""
    codes, names = _divided(case.rows[column])
    keys = _keys([f"segment_{column}_{name}" for name in names])
    return [
        case.restricted_to(Part("segment", key, f"{column.replace('_', ' ')}: {name}"), codes == number)
        for number, (key, name) in enumerate(zip(keys, names, strict=True))
    ]


def by_quarter(case: Case) -> list[Case]:
    """One part a quarter of decision; none where the scores carry no months or the study has no dates."""
    codes, months = months_of(case)
    if not months:
        return []
    quarters, names = factorize(periods(Series(months), "quarter"), sort=True)
    return [
        case.restricted_to(Part("quarter", f"quarter_{_plain(name)}", name), quarters[codes] == number)
        for number, name in enumerate(names)
    ]


def months_of(case: Case) -> tuple[np.ndarray, list[str]]:
    """The number of each row's month, and the months in order; both empty without dates."""
    if "month" not in case.rows or not len(case.rows):
        return np.empty(0, dtype=int), []
    codes, months = factorize(case.rows["month"], sort=True)
    names = [str(month) for month in months]
    return (codes, names) if all(names) and (codes >= 0).all() else (np.empty(0, dtype=int), [])


def _divided(column: Series) -> tuple[np.ndarray, list[str]]:
    codes, values = factorize(column, use_na_sentinel=False)
    names = np.array([_named(value) for value in values], dtype=object)
    order = np.argsort(names.astype(str), kind="stable")
    return np.argsort(order)[codes], list(names[order])


def _named(value: object) -> str:
    if value is None or value != value:
        return NO_VALUE
    return f"{value:g}" if isinstance(value, float) else str(value)


def _keys(names: Sequence[str]) -> list[str]:
    """Names as evidence ids can hold them; two that would read alike get the number of their place."""
    plain = [_plain(name) for name in names]
    return [key if plain.count(key) == 1 else f"{key}_{place}" for place, key in enumerate(plain, 1)]


def _plain(name: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", name.lower()))
