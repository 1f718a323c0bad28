"""Candidates that say the same, two by two or many together.

Two by two: complete linkage on 1 − |correlation| of their WoE, cut at the limit. Within a cluster every two are
correlated beyond it, so that no chain of pairs joins what is far apart. The member with the most information stands
for the cluster; those kept by name stand beside it. Many together: the variance inflation of each on all others.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from riskbench.scorecard.regression.collinearity import inflations
from riskbench.scorecard.selection.state import COMBINATION, Reasons, State

SAME = 1e-9  # a correlation at the limit is not over it


def repeated(state: State) -> Reasons:
    """Candidates that a stronger one of their cluster stands for."""
    names, limit = state.strongest_first(state.left), state.limits.correlation
    matrix = np.abs(state.correlation(names))
    numbers = clusters(matrix, limit)
    state.facts["cluster"] = dict(zip(names, numbers, strict=True))
    reasons = {}
    for number in sorted(set(numbers)):
        first, *others = [place for place, own in enumerate(numbers) if own == number]
        for other in others:
            reasons[names[other]] = (
                f"WoE correlation {matrix[other, first]:.3f} with the stronger {names[first]}, over {limit:g}:"
                f" it stands for cluster {number}, of {len(others) + 1} candidates"
            )
    return reasons


def inflated(state: State) -> Reasons:
    """Candidates that many others together repeat: of those over the limit the weakest leaves, one at a time."""
    left, reasons, limit = state.varying(state.left), Reasons(), state.limits.vif
    factors = _by_name(state, left)
    state.facts["vif"] = factors
    while free := [name for name in left if factors[name] > limit and name not in state.keep]:
        weakest = state.strongest_first(free)[-1]
        reasons[weakest] = _repeated(factors[weakest], limit)
        left.remove(weakest)
        factors = _by_name(state, left)
    return reasons


def clusters(correlation: NDArray[np.float64], limit: float) -> list[int]:
    """The cluster of each candidate, numbered from 1 in their order; `correlation` holds absolute values.

    >>> clusters(np.array([[1, 0.95, 0.8], [0.95, 1, 0.93], [0.8, 0.93, 1]]), 0.9)  # a chain of pairs is none
    [1, 1, 2]
    """
    if len(correlation) < 2:
        return [1] * len(correlation)
    distance = np.clip(1 - correlation, 0.0, None)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform((distance + distance.T) / 2, checks=False), method="complete")
    labels = fcluster(tree, t=1 - limit - SAME, criterion="distance").tolist()
    number = {label: place for place, label in enumerate(dict.fromkeys(labels), start=1)}
    return [number[label] for label in labels]


def _by_name(state: State, names: list[str]) -> dict[str, float]:
    return dict(zip(names, inflations(state.correlation(names)).tolist(), strict=True)) if names else {}


def _repeated(factor: float, limit: float) -> str:
    if np.isinf(factor):
        return COMBINATION
    return f"the others together repeat it: variance inflation {factor:.1f}, over {limit:g}"
