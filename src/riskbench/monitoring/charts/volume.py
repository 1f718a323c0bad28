"""Count chart of volume: whether as many applications came as the calendar and the last weeks let us expect."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from riskbench.metrics.arguments import Floats, counts, same_length
from riskbench.monitoring.charts.chart import Chart, looks
from riskbench.monitoring.charts.matched import bounds, tails

WINDOW = 28  # looks: four weeks of days


def volume_chart(
    n: ArrayLike,
    season: Sequence[str],
    reference: ArrayLike,
    once_in: float,
    window: int = WINDOW,
    tolerance: float = 0.0,
) -> Chart:
    """A chart of how many came at each look (day, week or month, without gaps: a look without any counts as 0).

    Expected is the level of the `window` looks before, times the profile of the look's `season` (its weekday; or
    "Monday in December" where the reference is long enough): what that season had in the `reference` (a mask), as a
    ratio to the level then. A business that grows is so compared with itself. Counts are negative binomial; the excess
    over Poisson is that of the reference around its own expectation, and the error of the level is added. Each side is
    exceeded once in 2 `once_in` looks; a low side at zero cannot ring. `tolerance` (a share of the expected) widens
    both sides, which makes `chance` smaller. A look without `window` looks before it, or of a season that the
    reference lacks, is not evaluated.

    >>> n, season = [10, 20] * 30, ["Monday", "Sunday"] * 30
    >>> chart = volume_chart([*n, 60], [*season, "Monday"], [True] * 60 + [False], once_in=1000, window=10)
    >>> round(chart.last.centre), chart.last.signal
    (10, True)
    """
    rate = 1 / looks(once_in) / 2
    came, names = counts(n, "n"), np.asarray(season, dtype=str)
    known = np.asarray(reference, dtype=bool)
    same_length(n=came, season=names, reference=known)
    if window < 1 or tolerance < 0:
        raise ValueError(f"window must be at least 1 and tolerance not negative, got {window} and {tolerance:g}")
    profile = _profile(came, names, known, window)
    adjusted = np.array([profile.get(name, np.nan) for name in names])
    expected, share = _levels(came, adjusted, window)
    size = _excess(came[known], expected[known], share[known], window)
    variance = expected * (1 + share) + size * expected**2 * (1 + 1 / window)
    judged = np.isfinite(expected) & (expected > 0)
    lower, upper, chance = np.full((3, len(came)), np.nan)
    if judged.any():
        lower[judged], upper[judged] = bounds(expected[judged], variance[judged], rate, rate)
        lower[judged] -= tolerance * expected[judged]
        upper[judged] += tolerance * expected[judged]
        chance[judged] = np.sum(tails(expected[judged], variance[judged], lower[judged], upper[judged]), axis=0)
    hidden = np.where(judged, 1.0, np.nan)
    reasons = tuple("" if ok else "too few looks before it, or none of its season in the reference" for ok in judged)
    method = f"negative binomial chart, excess variance {size:.3f} of the squared mean"
    return Chart(came * hidden, expected * hidden, lower, upper, came, chance, once_in, method, reasons)


def _profile(came: Floats, names: np.ndarray, known: np.ndarray, window: int) -> dict[str, float]:
    """Of each season in the reference: its counts as a ratio to the means of the reference in the windows around."""
    around = np.ones(window)
    size = np.convolve(known.astype(float), around, mode="same")
    level = np.convolve(np.where(known, came, 0.0), around, mode="same") / np.maximum(size, 1.0)
    found = {}
    for name in np.unique(names[known]):
        mine = known & (names == name)
        if level[mine].sum() > 0:
            found[str(name)] = float(came[mine].sum() / level[mine].sum())
    return found


def _levels(came: Floats, profile: Floats, window: int) -> tuple[Floats, Floats]:
    """Expected count of each look from the window before it, and how much it weighs beside that window."""
    expected, share = np.full(len(came), np.nan), np.full(len(came), np.nan)
    for look in range(window, len(came)):
        before = slice(look - window, look)
        weight = np.nansum(profile[before])
        if weight > 0:
            expected[look] = profile[look] * came[before][np.isfinite(profile[before])].sum() / weight
            share[look] = profile[look] / weight
    return expected, share


def _excess(came: Floats, expected: Floats, share: Floats, window: int) -> float:
    """1 / size of the negative binomial by moments: what residuals vary beyond Poisson looks and levels, at least 0."""
    usable = np.isfinite(expected) & (expected > 0)
    if not usable.any():
        return 0.0
    x, mean = came[usable], expected[usable]
    beyond = float(((x - mean) ** 2 - mean * (1 + share[usable])).sum())
    return max(0.0, beyond / float((mean**2).sum() * (1 + 1 / window)))
