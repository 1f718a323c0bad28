"""What a few points more or less on the cut-off would do to the approval rate and to the bad rate among those approved.

The score alone decides here, from the cut-off up. Bad rates are of labelled applications, so of people who were given a
loan at the time; where the cut-off goes down to people who never were, nothing is known of them.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import difference, wilson
from riskbench.validation.robustness.bench import NO_CUT_OFF

COLUMNS = (
    "cut_off",
    "approval_rate",
    "approval_rate_lower",
    "approval_rate_upper",
    "cases",
    "accepted_bad_rate",
    "accepted_bad_rate_lower",
    "accepted_bad_rate_upper",
)


def lending_from(lowest: Iterable[float]) -> float | None:
    """The lowest score that is lent to, of the lower ends of all bands that lend; None without such an end.

    >>> lending_from([550, 525]), lending_from([float("-inf")]), lending_from([])
    (525.0, None, None)
    """
    least = float(min(lowest, default=-np.inf))
    return least if np.isfinite(least) else None


def cut_off_table(score: ArrayLike, y: ArrayLike, cut_off: float | None, steps: Iterable[float]) -> pd.DataFrame:
    """One row a cut-off, from the lowest: `cut_off` and as many points more or less as `steps` says.

    `score` of all applications (larger is safer), `y` 1 bad, 0 good, NaN no label. Approved are scores from the cut-off
    up; `cases` are the labelled among them. Both rates have Wilson's interval and are missing where nobody is counted.
    Raises NotEvaluated without a cut-off.

    >>> cut_off_table([500, 520, 540, 560], [1, 1, 0, 0], 520, [20])["approval_rate"].tolist()
    [0.75, 0.5]
    """
    if cut_off is None:
        raise NotEvaluated(NO_CUT_OFF)
    points, bad = np.asarray(score, dtype=float), np.asarray(y, dtype=float)
    rows = []
    for at in sorted({cut_off, *(cut_off + step for step in steps)}):
        approved = points >= at
        known = approved & ~np.isnan(bad)
        rate, bads = wilson(int(approved.sum()), len(points)), wilson(int(np.nansum(bad[known])), int(known.sum()))
        rows.append((at, rate.value, rate.lower, rate.upper, int(known.sum()), bads.value, bads.lower, bads.upper))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({name: float for name in COLUMNS if name != "cases"})


def per_point(score: ArrayLike, y: ArrayLike, cut_off: float | None, reach: float, sample: str) -> list[CheckResult]:
    """By how much one point more on the cut-off lowers both rates, on average over `reach` points to either side of it.

    The approval rate falls by the share of applications in between, with Wilson's interval. The bad rate among those
    approved falls by w (b_in − b_above), with b_in of those in between, b_above of those above them and w the part of
    the former in both; the two are different people, so the interval is Newcombe's, with w taken as known. Both are
    falls, in percentage points for each point of the cut-off; below 0 is a rise.
    Raises ValueError unless `reach` is above 0, NotEvaluated without a cut-off.
    """
    if not reach > 0:
        raise ValueError(f"reach must be above 0, got {reach:g}")
    if cut_off is None:
        raise NotEvaluated(NO_CUT_OFF)
    points, bad = np.asarray(score, dtype=float), np.asarray(y, dtype=float)
    between = (points >= cut_off - reach) & (points < cut_off + reach)
    approval = _scaled(wilson(int(between.sum()), len(points)), 1 / (2 * reach))
    title = "for each point more on the cut-off"
    return [
        CheckResult(f"cut_off.approval_fall.{sample}", f"Fall of the approval rate {title}", approval, unit="%"),
        CheckResult(
            f"cut_off.bad_rate_fall.{sample}",
            f"Fall of the bad rate of those approved {title}",
            _scaled(_bad_rate_raised(points, bad, cut_off + reach, between), 1 / (2 * reach)),
            unit="%",
        ),
    ]


def _bad_rate_raised(points: Floats, bad: Floats, upper: float, between: np.ndarray) -> Estimate:
    """How much those in between raise the bad rate of those above them."""
    inside, above = (bad[who & ~np.isnan(bad)] for who in (between, points >= upper))
    if not (inside.size and above.size):
        return Estimate.missing("no labelled application near the cut-off, or none above it", inside.size + above.size)
    gap = difference(int(inside.sum()), inside.size, int(above.sum()), above.size)
    return _scaled(gap, inside.size / (inside.size + above.size))


def _scaled(estimate: Estimate, by: float) -> Estimate:
    if estimate.value is None or estimate.lower is None or estimate.upper is None:
        return estimate
    return Estimate(
        estimate.value * by, estimate.lower * by, estimate.upper * by, estimate.level, estimate.n, estimate.method
    )
