"""What detectors share: the outcomes of a desk, and one p-value for several questions asked together."""

import numpy as np
from numpy.typing import NDArray

from riskbench.core.results import Estimate
from riskbench.metrics.multiple_tests import holm
from riskbench.validation.attack.desk import Desk


def outcomes(desk: Desk, rows: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Outcomes and PDs, at the bad rate of the data, of the labelled rows among `rows`."""
    chosen = desk.rows[rows & desk.labelled]
    return chosen["y"].to_numpy(dtype=float), chosen["pd"].to_numpy(dtype=float)


def smallest(found: dict[str, tuple[float, float]], n: int, method: str) -> Estimate:
    """The smallest of several p-values, adjusted by Holm; `statistic` is the one that belongs to it."""
    if not found:
        return Estimate.missing("nothing can be compared", n)
    adjusted = dict(zip(found, holm([p for p, _ in found.values()]), strict=True))
    name = min(adjusted, key=lambda key: (adjusted[key], key))
    return tested(float(adjusted[name]), n, found[name][1], f"{method}: {name}, of {len(found)}, Holm")


def tested(p: float, n: int | None, statistic: float, method: str) -> Estimate:
    """The estimate of a test whose value is its p-value."""
    return Estimate(p, n=n, method=method, statistic=statistic, p_value=p)
