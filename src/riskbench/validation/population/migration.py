"""How customers who come back move between grades, from development to the holdout.

Each is taken at the last application of either sample, one pair a customer, so that rows of the matrix are independent.
Whoever comes back is no random part: many a bad one is not lent to again. The statistics are the ECB's
(`metrics/transitions.py`).
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale
from riskbench.metrics.arguments import Bools
from riskbench.metrics.intervals import around
from riskbench.metrics.transitions import Migration, migration
from riskbench.scorecard.calibration.master_scale import grades
from riskbench.validation.population.applicants import Applicants

ENOUGH = "validation.grade_cases"
ALPHA = 0.05
Matrix = NDArray[np.int64]


def migration_matrix(applicants: Applicants) -> Matrix:
    """Customers by grade at development (row) and in the holdout (column); zeros where none comes back."""
    scale = applicants.study.master_scale
    oldest_first = np.argsort(applicants.applications["month"].to_numpy(str), kind="stable")
    grade = grades(applicants.scores["pd_applied"], scale)
    before, now = applicants.developing[oldest_first], applicants.judged[oldest_first]
    pairs = last_pairs(applicants.customers[oldest_first], grade[oldest_first], before, now)
    size = len(scale.labels)
    cells = (pairs["before"] - 1) * size + pairs["now"] - 1
    return np.bincount(cells.to_numpy(np.int64), minlength=size**2).reshape(size, size)


def last_pairs(customers: ArrayLike, grade: ArrayLike, before: Bools, now: Bools) -> pd.DataFrame:
    """The grades `before` and `now` of everybody who stands in both, each time of the last row: put the oldest first.

    >>> earlier = np.array([True, True, True, False])
    >>> last_pairs([7, 7, 8, 7], [1, 2, 3, 4], earlier, ~earlier).values.tolist()
    [[2, 4]]
    """
    rows = pd.DataFrame({"customer": np.asarray(customers), "grade": np.asarray(grade)})
    first, second = (rows[part].groupby("customer")["grade"].last() for part in (before, now))
    return pd.DataFrame({"before": first, "now": second}).dropna().astype(int).reset_index(drop=True)


def matrix_table(matrix: Matrix, scale: MasterScale, smallest: int) -> pd.DataFrame:
    """The shares of each grade that move to each grade, with n; rows of fewer than `smallest` people are left empty.

    Raises NotEvaluated where no customer comes back.
    """
    if not matrix.sum():
        raise NotEvaluated(_lack(0))
    sizes = matrix.sum(axis=1)
    shares = np.where(sizes[:, None] >= smallest, matrix / np.maximum(sizes, 1)[:, None], np.nan)
    table = pd.DataFrame(shares, columns=[f"to grade {name}" for name in scale.labels])
    table.insert(0, "grade", list(scale.labels))
    table.insert(1, "n", sizes)
    return table


def migration_checks(matrix: Matrix, sample: str, thresholds: Thresholds) -> list[CheckResult]:
    """Bandwidths (information), moves that jump a grade, and whether customers drift to worse grades."""
    n = int(matrix.sum())
    limit = thresholds[ENOUGH]
    few = limit.judge(n) == "red"
    lack = Estimate.missing(_lack(n, limit.bound), n)
    moves = Migration(lack, lack) if few else migration(matrix)
    far = [f"{before} to {now}" for (before, now), p in moves.holm.items() if p < ALPHA]
    named = f" ({'; '.join(far)})" if far else ""
    return [
        CheckResult(f"grades.mwb_worse.{sample}", "Bandwidth of moves to worse grades", moves.upper),
        CheckResult(f"grades.mwb_better.{sample}", "Bandwidth of moves to better grades", moves.lower),
        CheckResult(
            f"grades.jumps.{sample}",
            f"Moves to a grade that are commoner than those to the grade before it, beyond chance{named}",
            lack if few else jumps(moves),
            thresholds["population.jumps"],
        ),
        CheckResult(
            f"grades.balance.{sample}",
            "Share of customers who came back in a worse grade less that in a better one",
            lack if few else balance(matrix),
            thresholds["population.balance"],
            unit="%",
        ),
    ]


def jumps(moves: Migration) -> Estimate:
    """How many of the ECB's z tests reject at 5 %, Holm's method over all: far moves outnumber near ones there.

    `n` counts the tests; the least adjusted p-value is `p_value`.
    """
    method = f"ECB z tests, Holm's method over {len(moves.holm)}"
    if not moves.holm:
        return Estimate.missing("no move can be tested", 0, method)
    found = sum(p < ALPHA for p in moves.holm.values())
    return Estimate(found, n=len(moves.holm), method=method, p_value=min(moves.holm.values()))


def balance(matrix: ArrayLike) -> Estimate:
    """Share that moved to a worse grade less share that moved to a better one, with Wald's interval for paired shares.

    0 is balance; above 0 customers come back riskier.

    >>> e = balance([[60, 20], [10, 10]])
    >>> round(e.value, 2), round(e.lower, 4), round(e.upper, 4)  # .2 − .1, variance (.2 + .1 − .01) / 100
    (0.1, -0.0055, 0.2055)
    """
    counts = np.asarray(matrix, dtype=float)
    n = counts.sum()
    worse, better = np.triu(counts, 1).sum() / n, np.tril(counts, -1).sum() / n
    value = float(worse - better)
    lower, upper = around(value, float(np.sqrt((worse + better - value**2) / n)), LEVEL, -1.0, 1.0)
    return Estimate(value, lower, upper, LEVEL, int(n), "difference of paired shares, Wald")


def _lack(n: int, enough: float = 1) -> str:
    if not n:
        return "no customer of development comes back in the holdout"
    return f"{n} customers come back, and at least {enough:g} are asked for"
