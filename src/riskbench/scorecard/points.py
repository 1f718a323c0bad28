"""Whole points: what the exact points of bins are rounded to, so that they sum to a score close to the exact one."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class WholePoints:
    """`base`: points that everybody has; `by_bin`: those of the bins of each feature; `neutral`: those at WoE 0."""

    base: int
    by_bin: dict[str, Integers]
    neutral: dict[str, int]


def whole_points(neutral: float, parts: Mapping[str, NDArray[np.float64]], from_zero: bool = False) -> WholePoints:
    """Whole points from the exact `neutral` score and, by feature and bin, the exact points that a bin adds to it.

    The neutral score is rounded once and spread over the features in whole points; rounded a feature at a time, every
    score would be off the same way. Each bin adds its own part, rounded. `from_zero`: the least that a feature can earn
    is 0, and what all lose by it is the base.

    >>> found = whole_points(7.4, {"income": np.array([-3.2, 2.6]), "late": np.array([1.0])})
    >>> found.neutral, {name: points.tolist() for name, points in found.by_bin.items()}
    ({'income': 4, 'late': 3}, {'income': [1, 7], 'late': [4]})
    """
    each, left = divmod(round(neutral), len(parts))
    shares = {name: each + (place < left) for place, name in enumerate(parts)}
    points = {name: shares[name] + np.rint(part).astype(np.int64) for name, part in parts.items()}
    least = {name: int(of.min()) if from_zero else 0 for name, of in points.items()}
    return WholePoints(
        base=sum(least.values()),
        by_bin={name: of - least[name] for name, of in points.items()},
        neutral={name: shares[name] - low for name, low in least.items()},
    )
