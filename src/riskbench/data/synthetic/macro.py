"""Unemployment and inflation by month, known about six weeks after the month."""

import numpy as np

from riskbench.data.synthetic.columns import Columns
from riskbench.data.synthetic.randomness import stream
from riskbench.data.synthetic.timeline import MONTHS, OBSERVED_UNTIL, days, month_end

EARLIER = 6  # months before the first application, so that it too has figures that were known


def draw(seed: int) -> tuple[Columns, np.ndarray]:
    """The published table, and the unemployment of months 1 to 36 as it was (percent)."""
    rng = stream(seed, "macro")
    months = np.arange(1 - EARLIER, MONTHS + 1)
    unemployment = 5.5 + _autoregressive(rng, len(months), 0.90, 0.28)
    inflation = 4.0 + _autoregressive(rng, len(months), 0.85, 0.25)
    ends = month_end(months)
    published = ends + days(40 + rng.integers(0, 6, len(months)))
    known = published <= OBSERVED_UNTIL
    table = {
        "month_end": ends,
        "unemployment": np.round(unemployment, 1),
        "inflation": np.round(inflation, 1),
        "published_at": published,
    }
    return {name: values[known] for name, values in table.items()}, unemployment[EARLIER:]


def _autoregressive(rng: np.random.Generator, n: int, memory: float, sd: float) -> np.ndarray:
    values = np.zeros(n)
    for i in range(1, n):
        values[i] = memory * values[i - 1] + rng.normal(0, sd)
    return values
