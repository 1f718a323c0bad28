"""What every statistic accepts: labels, risks, probabilities and counts, checked once.

Wrong input is refused with the rule and what arrived; input that is right but leaves a statistic undefined (one class
only, an empty sample) is not wrong, and gives `Estimate.missing`.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def labels(y: ArrayLike) -> Bools:
    """`y` as booleans, True = bad. Raises ValueError unless it is one column of 0 and 1."""
    return flags(y, "y", "bad")


def flags(values: ArrayLike, name: str, meaning: str) -> Bools:
    """A column of 0 and 1 as booleans; `meaning` says what 1 stands for."""
    column = _column(values, name)
    wrong = column[(column != 0) & (column != 1)]
    if wrong.size:
        raise ValueError(f"{name} must hold only 0 and 1 (1 = {meaning}), got {wrong[0]:g}")
    return column == 1


def risks(pd: ArrayLike, name: str = "pd") -> Floats:
    """Finite numbers that grow with risk: PDs, or anything that ranks as they do."""
    values = _column(pd, name)
    wrong = values[~np.isfinite(values)]
    if wrong.size:
        raise ValueError(f"{name} must be finite, got {wrong[0]:g}")
    return values


def probabilities(pd: ArrayLike, name: str = "pd") -> Floats:
    """Probabilities. Raises ValueError for anything outside [0, 1]."""
    values = risks(pd, name)
    wrong = values[(values < 0) | (values > 1)]
    if wrong.size:
        raise ValueError(f"{name} must lie in [0, 1], got {wrong[0]:g}")
    return values


def ranked_cases(y: ArrayLike, pd: ArrayLike) -> tuple[Bools, Floats]:
    """Labels and risks of the same cases, for statistics that only rank."""
    return _paired(labels(y), risks(pd))


def cases(y: ArrayLike, pd: ArrayLike) -> tuple[Bools, Floats]:
    """Labels and PDs of the same cases, for statistics that read the PD as a probability."""
    return _paired(labels(y), probabilities(pd))


def counts(values: ArrayLike, name: str) -> Floats:
    """Counts, one a cell; fractions are allowed because cases may be weighted."""
    column = risks(values, name)
    wrong = column[column < 0]
    if wrong.size:
        raise ValueError(f"{name} must not be negative, got {wrong[0]:g}")
    return column


def same_length(**columns: NDArray) -> None:
    """Raise ValueError unless all columns have one length."""
    if len({column.size for column in columns.values()}) > 1:
        sizes = ", ".join(f"{name} {column.size}" for name, column in columns.items())
        raise ValueError(f"columns must have the same length, got {sizes}")


def part_of(part: float, whole: float, names: str) -> tuple[int, int]:
    """A count and the count it is part of, as integers."""
    if whole != int(whole) or part != int(part) or not 0 <= part <= whole:
        raise ValueError(f"{names} must be whole numbers with 0 <= the first <= the second, got {part:g} and {whole:g}")
    return int(part), int(whole)


def share(value: float, name: str, *, open_interval: bool = False) -> float:
    """One number in [0, 1], or strictly inside."""
    if not 0 <= value <= 1 or (open_interval and value in (0, 1)):
        raise ValueError(f"{name} must lie in {'(0, 1)' if open_interval else '[0, 1]'}, got {value:g}")
    return float(value)


def lacks_a_class(bad: Bools) -> str:
    """Why labels cannot be compared by class, or an empty string when they can."""
    if not bad.size:
        return "there are no cases"
    if bad.all() or not bad.any():
        return f"it needs bad and good cases, and all {bad.size} are {'bad' if bad.all() else 'good'}"
    return ""


def _column(values: ArrayLike, name: str) -> Floats:
    column = np.asarray(values, dtype=float)
    if column.ndim != 1:
        raise ValueError(f"{name} must be one column, got {column.ndim} dimensions")
    return column


def _paired(bad: Bools, risk: Floats) -> tuple[Bools, Floats]:
    same_length(y=bad, pd=risk)
    return bad, risk
