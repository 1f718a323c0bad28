"""One month among many: its p-value as it stands once all months that are looked at are judged together.

Of a hundred months in which nothing has happened one has a p-value below .01, and who looks every month meets it. So
what is judged is the p-value adjusted for all of them (Benjamini and Hochberg), and the plain one stands beside it.
"""

import numpy as np
from numpy.typing import ArrayLike

from riskbench.core.results import Estimate
from riskbench.metrics.arguments import Floats
from riskbench.metrics.multiple_tests import benjamini_hochberg

MONTH_KEY = "outcomes.month"


def adjusted(p_values: ArrayLike, developed: ArrayLike) -> Floats:
    """P-values of months adjusted for all that came after development, which alone are news; the others have none.

    `developed` says which months are of development, where the card has seen most labels. Where no other month has a
    p-value, these are adjusted for one another.

    >>> adjusted([0.001, 0.01, 0.5, np.nan], [True, False, False, False]).tolist()
    [nan, 0.02, 0.5, nan]
    """
    p, known = np.asarray(p_values, dtype=float), ~np.asarray(developed, dtype=bool)
    among = np.where(known, p, np.nan)
    return benjamini_hochberg(p if np.isnan(among).all() else among)


def judged_month(p_value: float, p_adjusted: float, n: int, method: str) -> Estimate:
    """A month of `n` loans as it is judged: by its adjusted p-value; the plain one is kept as that of the estimate.

    >>> judged_month(0.004, 0.02, 100, "a test, one-sided p-value").method
    'a test, one-sided p-value adjusted for all months'
    """
    return Estimate(p_adjusted, n=n, method=f"{method} adjusted for all months", p_value=p_value)
