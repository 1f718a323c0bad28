"""What PDs say of outcomes that nobody has seen yet: the bad rate and the AUC to expect if every PD is right.

Both follow from the PDs alone. They answer to a change of who applies, and to nothing else: where the same applicant
has become riskier (concept drift), the PDs do not know it, and neither do these figures.
"""

from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Floats, probabilities
from riskbench.metrics.intervals import around

NO_CASES = "there are no cases"


def expected_rate(pd: ArrayLike, level_error: float = 0.0, level: float = LEVEL) -> Estimate:
    """The mean PD, and the bounds within which the bad rate of these cases will fall if the PDs are right.

    The bounds hold two things: which of the cases go bad given their PDs, variance Σ p(1 − p)/n², and how well the
    level of the PDs is known, `level_error` as the standard error of their log-odds.

    >>> e = expected_rate([0.1, 0.3] * 50)  # Σ p(1 − p)/n² = 50 · (0.09 + 0.21)/10000 = 0.0015
    >>> f"{e.value:.2f} {e.lower:.4f} {e.upper:.4f}"
    '0.20 0.1241 0.2759'
    """
    p, method = probabilities(pd), "mean PD; bounds of the bad rate if the PDs are right"
    if not p.size:
        return Estimate.missing(NO_CASES, 0, method)
    spread = float((p * (1 - p)).sum())
    error = sqrt(spread + (spread * level_error) ** 2) / p.size
    value = float(p.mean())
    return Estimate(value, *around(value, error, level, 0.0, 1.0), level, p.size, method)


def expected_auc(pd: ArrayLike, level: float = LEVEL) -> Estimate:
    """The AUC to expect of these PDs if each is right, and the bounds within which it will then fall.

    Every case counts as p bad and 1 − p good: Σ p_i (1 − p_j) h_ij over Σ p_i (1 − p_j), i ≠ j, where h is 1 where
    p_i > p_j and ½ where they are equal. The bounds come from the derivative of the AUC by each outcome, a draw with
    variance p(1 − p). Sources: van Klaveren et al., BMC
    Medical Research Methodology 16 (2016); as an estimate without labels, Białek et al., arXiv 2401.08348 (2024).

    >>> round(expected_auc([0.2, 0.6]).value, 4)  # .6 · .8 in order, .2 · .4 out of order: .48/.56
    0.8571
    """
    p, method = probabilities(pd), "expected AUC; bounds if the PDs are right"
    pairs = float(p.sum() * (1 - p).sum() - (p * (1 - p)).sum())
    if not pairs:
        return Estimate.missing("all PDs are 0, all are 1, or there are fewer than two cases", p.size, method)
    goods_below, bads_above = _below(p, 1 - p) - (1 - p) / 2, p.sum() - _below(p, p) - p / 2
    value = float((p * goods_below).sum()) / pairs
    of_each = goods_below - bads_above - value * ((1 - p).sum() - p.sum() - (1 - 2 * p))
    error = sqrt(float((p * (1 - p) * of_each**2).sum())) / pairs
    return Estimate(value, *around(value, error, level, 0.0, 1.0), level, p.size, method)


def _below(p: Floats, weight: Floats) -> Floats:
    """For each case the weight of those with a lower PD, and half of that of those with the same, itself included."""
    _, place = np.unique(p, return_inverse=True)
    of = np.bincount(place, weight)
    return (np.cumsum(of) - of / 2)[place]
