"""Perfect separation: where classes do not overlap, no finite coefficient is the best, and solvers do not say so."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Floats = NDArray[np.float64]


class SeparationError(ValueError):
    """Columns separate the classes, wholly or in part: the likelihood has no maximum.

    `features` names the columns; `bins` their bins of one class alone, as (feature, bin, goods, bads), where the
    columns are known to be bins.
    """

    def __init__(self, features: list[str], bins: list[tuple[str, str, int, int]] | None = None):
        self.features, self.bins = features, bins or []
        names = ", ".join(map(repr, features))
        where = "; ".join(f"{name}: bin {label!r} has {good} goods, {bad} bads" for name, label, good, bad in self.bins)
        super().__init__(
            f"classes must overlap, but {names} separates some of them perfectly: no finite coefficient exists"
            f"{f' ({where})' if where else ''}; look for leakage, or pool its pure bins"
        )


def separating(design: Floats, target: Floats, names: list[str]) -> list[str]:
    """Columns that separate the classes, wholly or in part; `design` has the intercept first, then `names`.

    There is a direction along which no case gets worse and some case better (Albert and Anderson, Biometrika 71, 1984),
    found by a linear programme (Konis, Oxford DPhil thesis, 2007). Empty where the classes overlap.
    """
    alone = [name for name, x in zip(names, design.T[1:], strict=True) if _separates_alone(x, target == 1)]
    if alone:
        return alone
    scaled = design / np.maximum(np.abs(design).max(axis=0), 1e-300)
    signed = np.unique(scaled * np.where(target == 1, 1.0, -1.0)[:, None], axis=0)
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(signed)), bounds=(-1, 1), method="highs")
    if found.status != 0 or -found.fun < 1e-6:
        return []
    return [name for name, weight in zip(names, found.x[1:], strict=True) if abs(weight) > 1e-6] or names


def _separates_alone(x: Floats, bad: NDArray[np.bool_]) -> bool:
    return bool(x[bad].min() >= x[~bad].max() or x[bad].max() <= x[~bad].min())
