"""How cases move between grades: bandwidths of the migration matrix, and whether near moves outnumber far ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import around
from riskbench.metrics.multiple_tests import holm


@dataclass(frozen=True)
class Migration:
    """What a migration matrix says, by the ECB's statistics.

    `upper` and `lower` are the matrix weighted bandwidths of moves to worse and to better grades: 0 when nobody
    moves, 1 when all who move go as far as they can. `tests` holds, by (from, to) with grades counted from 1, the
    share of moves one grade nearer minus the share of moves to that grade, and z with H0: near moves are at least as
    frequent. `holm` holds the p-values adjusted for testing them all.
    """

    upper: Estimate
    lower: Estimate
    tests: Mapping[tuple[int, int], Estimate] = field(default_factory=dict)
    holm: Mapping[tuple[int, int], float] = field(default_factory=dict)


def migration(matrix: ArrayLike, level: float = LEVEL) -> Migration:
    """Bandwidths and stability tests of a square matrix of counts: row = grade before, column = grade now.

    Source: ECB, Instructions for reporting the validation results of internal models (2019), 2.5.5.1 and 2.5.5.2.
    Intervals of the bandwidths are by the delta method, rows being multinomial. Raises ValueError unless the matrix
    is square, of two grades or more, without negative numbers.

    >>> moves = migration([[80, 15, 5], [10, 70, 20], [2, 18, 80]])
    >>> round(moves.upper.value, 2), round(moves.lower.value, 2), round(moves.tests[1, 3].statistic, 6)
    (0.75, 0.64, 2.294157)
    """
    counts = np.asarray(matrix, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or len(counts) < 2:
        raise ValueError(f"a migration matrix must be square, of two grades or more, got shape {counts.shape}")
    if not (np.isfinite(counts) & (counts >= 0)).all():
        raise ValueError(f"a migration matrix must hold counts that are not negative, got {counts.min():g}")
    tests = {
        (i + 1, j + 1): _nearer_minus_farther(counts[i], j - int(np.sign(j - i)), j, level)
        for i, j in np.ndindex(*counts.shape)
        if i != j
    }
    above = np.triu(np.ones_like(counts), 1)
    return Migration(_bandwidth(counts, above, level), _bandwidth(counts, above.T, level), tests, _adjusted(tests))


def _bandwidth(counts: Floats, side: Floats, level: float) -> Estimate:
    grades, n = len(counts), int(counts.sum())
    rows, columns = np.indices(counts.shape)
    far = np.abs(rows - columns) * side
    farthest = np.maximum(rows, grades - 1 - rows) * side
    most = float((farthest * counts).sum())
    if not most:
        return Estimate.missing("nobody moved to that side", n, "matrix weighted bandwidth (ECB)")
    value = float((far * counts).sum()) / most
    weights = (far - value * farthest) / most
    sizes = np.maximum(counts.sum(axis=1), 1)
    variance = ((weights**2 * counts).sum(axis=1) - (weights * counts).sum(axis=1) ** 2 / sizes).sum()
    lower, upper = around(value, sqrt(max(0.0, float(variance))), level, 0.0, 1.0)
    return Estimate(value, lower, upper, level, n, "matrix weighted bandwidth (ECB); delta method")


def _nearer_minus_farther(row: Floats, near: int, far: int, level: float) -> Estimate:
    n = row.sum()
    if not n:
        return Estimate.missing("nobody was in that grade", 0, "ECB z")
    p, q = float(row[near] / n), float(row[far] / n)
    error = sqrt(max(0.0, p * (1 - p) + q * (1 - q) + 2 * p * q) / n)
    if not error:
        return Estimate.missing("the two shares do not vary", int(n), "ECB z")
    z = (p - q) / error
    lower, upper = around(p - q, error, level, -1.0, 1.0)
    return Estimate(
        p - q, lower, upper, level, int(n), "ECB z, one-sided; Wald interval", statistic=z, p_value=float(ndtr(z))
    )


def _adjusted(tests: Mapping[tuple[int, int], Estimate]) -> dict[tuple[int, int], float]:
    p = {cell: e.p_value for cell, e in tests.items() if e.p_value is not None}
    return dict(zip(p, holm(list(p.values())).tolist(), strict=True))
