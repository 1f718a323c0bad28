"""The meaning of a policy over columns in memory: an array of doubles, truths or positions for every value."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from riskbench.decision.meaning.algebra import Algebra, Cells, Constants, Kind
from riskbench.decision.meaning.reads import AGE, Read, absent_age, check_amounts, reads_of
from riskbench.decision.policy import rules
from riskbench.decision.policy.policy import Policy
from riskbench.metrics.arguments import Bools, Floats

COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    **rules.COMPARE,
    "in": lambda values, listed: np.isin(values, listed),
    "not in": lambda values, listed: ~np.isin(values, listed),
}
NONE = -1  # an index that is none: the last of a list, where what it stands for is put


@dataclass(frozen=True)
class Texts:
    """A column of texts: each level once, and its position by row; -1 where it is missing."""

    codes: np.ndarray
    levels: tuple[str, ...]

    def by_level(self, of: Callable[[str], Any], missing: Any) -> np.ndarray:
        """What `of` says of the level, by row."""
        return np.array([*map(of, self.levels), missing])[self.codes]


def numpy_columns(policy: Policy, frame: pd.DataFrame, assume_fresh: bool = False) -> Algebra:
    """An algebra over what `policy` reads of a frame, as `decision.decide.decide` describes it."""
    if "amount" not in frame:
        check_amounts(policy)
    return _NumpyColumns(frame, reads_of(policy), assume_fresh)


class _NumpyColumns:
    def __init__(self, frame: pd.DataFrame, reads: Mapping[str, Read], assume_fresh: bool):
        self.frame, self.reads, self.assume_fresh, self.rows = frame, reads, assume_fresh, len(frame)

    def score(self) -> Floats:
        if "score" not in self.frame:
            raise ValueError(f"a policy decides on a column score, got {', '.join(map(str, self.frame.columns))}")
        scores = self.frame["score"].to_numpy(float, na_value=np.nan)
        if np.isnan(scores).any():
            raise ValueError(f"every row must have a score, got {int(np.isnan(scores).sum())} without")
        return scores

    def asked(self) -> Floats:
        return requested_amounts(self.frame)

    def variable(self, name: str, kind: Kind) -> Floats | Texts:
        read = self.reads[name]
        if name not in self.frame:
            raise read.absent("columns")
        series = self.frame[name]
        if kind == "text" or (kind == "any" and not pd.api.types.is_numeric_dtype(series)):
            return texts(series, read)
        return numbers(series, read)

    def age(self, source: str) -> Floats:
        if AGE + source in self.frame:
            return self.frame[AGE + source].to_numpy(float, na_value=np.nan)
        if not self.assume_fresh:
            raise absent_age(source)
        return np.zeros(self.rows)

    def let(self, label: str, values: Sequence[Any]) -> list[Any]:
        return list(values)

    def missing(self, value: Floats | Texts) -> Bools:
        return value.codes < 0 if isinstance(value, Texts) else np.isnan(value)

    def compare(self, value: Floats | Texts, op: str, constant: Constants) -> Bools:
        if isinstance(value, Texts):
            levels = np.array(value.levels, dtype=object)
            return np.append(np.asarray(COMPARE[op](levels, constant), dtype=bool), False)[value.codes]
        holds = COMPARE[op](value, constant)
        return holds & ~np.isnan(value) if op in ("!=", "not in") else holds

    def below(self, number: Floats, other: Floats) -> Bools:
        return number < other

    def equal(self, number: Floats, other: Floats) -> Bools:
        return number == other

    def all(self, truths: Sequence[Bools]) -> Bools:
        return reduce(operator.and_, truths) if truths else np.ones(self.rows, dtype=bool)

    def any(self, truths: Sequence[Bools]) -> Bools:
        return reduce(operator.or_, truths) if truths else np.zeros(self.rows, dtype=bool)

    def no(self, truth: Bools) -> Bools:
        return ~truth

    def constant(self, number: float) -> Floats:
        return np.full(self.rows, number)

    def times(self, number: Floats, other: Floats) -> Floats:
        with np.errstate(all="ignore"):  # what is no number is missing, by the meaning
            return number * other

    def minus(self, number: Floats, other: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return number - other

    def least(self, numbers: Sequence[Floats]) -> Floats:
        return reduce(np.minimum, numbers)

    def where(self, truth: Bools, value: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
        return np.where(truth, value, otherwise)

    def interval(self, number: Floats, uppers: Sequence[float]) -> np.ndarray:
        return np.where(np.isnan(number), NONE, np.searchsorted(uppers, number, side="right"))

    def position(self, value: Floats | Texts, groups: Sequence[Sequence[Any]], rest: int | None) -> np.ndarray:
        of = {held: n for n, group in reversed(list(enumerate(groups))) for held in group}
        otherwise = NONE if rest is None else rest
        if isinstance(value, Texts):
            return value.by_level(lambda level: of.get(level, otherwise), NONE)
        found = np.where(np.isnan(value), NONE, otherwise)
        for held, n in of.items():
            found[value == held] = n
        return found

    def among(self, index: np.ndarray, positions: Sequence[int]) -> Bools:
        return np.isin(index, positions)

    def first(self, truths: Mapping[int, Bools]) -> np.ndarray:
        found = np.full(self.rows, NONE)
        for number, truth in reversed(list(truths.items())):
            found[truth] = number
        return found

    def pick(self, cells: Cells, *indices: np.ndarray) -> Floats:
        return padded(cells)[indices]


def padded(cells: Cells) -> Floats:
    """The cells with a missing one at the end of each list: that is where an index of none, -1, leads."""
    table = np.array(cells, dtype=float)
    return np.pad(table, [(0, 1)] * table.ndim, constant_values=np.nan)


def requested_amounts(frame: pd.DataFrame) -> Floats:
    """The column `amount` as positive floats, or 1 for each row when there is none (unit exposure)."""
    if "amount" not in frame:
        return np.ones(len(frame))
    amounts = frame["amount"].to_numpy(float, na_value=np.nan)
    if not (np.isfinite(amounts) & (amounts > 0)).all():
        raise ValueError(f"amount must be positive and finite, got {amounts[~(amounts > 0) | np.isinf(amounts)][:3]}")
    return amounts


def numbers(series: pd.Series, read: Read) -> Floats:
    """A column as doubles, NaN where it is missing; raises ValueError where it holds anything but numbers."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(series.cat.categories.dtype)
    if series.dtype == object:
        known = series.dropna()
        kind = pd.api.types.infer_dtype(known)
        if kind not in ("empty", "integer", "floating", "mixed-integer-float", "decimal"):
            raise read.wrong(kind)
        return pd.to_numeric(series.astype(float) if kind == "decimal" else series).to_numpy(float, na_value=np.nan)
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        return series.to_numpy(float, na_value=np.nan)
    if series.notna().any():
        raise read.wrong(series.dtype)
    return np.full(len(series), np.nan)


def texts(series: pd.Series, read: Read) -> Texts:
    """A column as texts, truth as "yes" and "no"; raises ValueError where it holds anything else."""
    codes, found = pd.factorize(series)
    levels = [("yes" if level else "no") if isinstance(level, bool | np.bool_) else level for level in found]
    if wrong := [level for level in levels if not isinstance(level, str)]:
        raise read.wrong(series.dtype if series.dtype != object else type(wrong[0]).__name__)
    return Texts(codes, tuple(levels))
