"""Bads against expectation: whether loans pay as loans of their PDs and age did at development.

Early outcomes hold cohorts against cohorts of the same age: what young loans show is multiplied up by nothing, and a
young cohort is not read as a good one. The PD of each loan adjusts for who was booked, so that a riskier intake is
expected to have more bads and a change of the odds is what remains.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from riskbench.metrics.arguments import Bools, Floats, counts, risks, same_length
from riskbench.monitoring.charts.chart import Chart, looks
from riskbench.monitoring.charts.dispersion import Dispersion, dispersion
from riskbench.monitoring.charts.matched import bounds, tails


@dataclass(frozen=True, eq=False)
class Cohorts:
    """Loans by cohort and by an age that all of a row have reached: one row a cohort and age, in columns.

    `n` loans, `bad` of them bad by that age, and the sums of their PDs and of the squares of these.
    """

    cohort: ArrayLike
    age: ArrayLike
    n: ArrayLike
    bad: ArrayLike
    total: ArrayLike
    squares: ArrayLike

    def rows(self, ages: Sequence[str]) -> "Rows":
        """The rows of these ages that hold loans. Raises ValueError unless the columns are counts of one length."""
        n, bad, total = counts(self.n, "n"), counts(self.bad, "bad"), counts(self.total, "total")
        squares, cohort, age = risks(self.squares, "squares"), np.asarray(self.cohort), np.asarray(self.age)
        same_length(n=n, bad=bad, total=total, squares=squares, cohort=cohort, age=age)
        place = {name: rank for rank, name in enumerate(ages)}
        rank = np.array([place.get(name, -1) for name in age.tolist()], dtype=np.int64)
        kept = (rank >= 0) & (n > 0)
        return Rows(cohort[kept], rank[kept], n[kept], bad[kept], total[kept], squares[kept])


@dataclass(frozen=True, eq=False)
class Rows:
    """Columns of one length; `age` is the place of the age among those that are asked for, the youngest at 0."""

    cohort: NDArray[np.generic]
    age: NDArray[np.int64]
    n: Floats
    bad: Floats
    total: Floats
    squares: Floats

    def where(self, kept: ArrayLike) -> "Rows":
        """Some of the rows, by a mask or by their places."""
        at = np.asarray(kept)
        return Rows(*(getattr(self, column.name)[at] for column in fields(self)))

    def oldest(self) -> "Rows":
        """Of each cohort the row of the oldest age that it has reached."""
        order = np.lexsort((self.age, self.cohort))
        cohort = self.cohort[order]
        return self.where(order[np.append(cohort[1:] != cohort[:-1], True)[: len(order)]])

    def by_age(self, ages: int) -> tuple[Floats, Floats, Floats]:
        """Bads, PDs and their squares, summed by age."""
        bad, total, squares = np.zeros((3, ages))
        for sums, column in ((bad, self.bad), (total, self.total), (squares, self.squares)):
            np.add.at(sums, self.age, column)
        return bad, total, squares


def early_outcomes(
    current: Cohorts, reference: Cohorts, ages: Sequence[str], once_in: float, tolerance: float = 0.0
) -> Chart:
    """One look: the bads of all current cohorts together, each at the oldest of `ages` (youngest first) it has reached.

    A look that sees every loan once, at its age, has the most to go by; cohorts may be days. The bad rate that is
    expected of an age is the reference's bads of that age for each unit of PD, times the PDs of the cohort. Its error
    is allowed for, also that of two ages being one error, and so is what reference cohorts vary in truth
    (`dispersion`). Rings upwards only, once in `once_in` looks; looks that share cohorts ring together, so first alarms
    are rarer. `tolerance` (a share: .1 lets bads be a tenth more than expected) makes them rarer: `chance` is that of
    bads as expected, without the tenth, beyond the limit that allows it.

    >>> old = Cohorts(["2025"], ["3"], [1000], [50], [100], [10])  # half of the PD is seen by the third month
    >>> new = Cohorts(["2026"], ["3"], [200], [20], [20], [2])
    >>> chart = early_outcomes(new, old, ["3"], once_in=100)
    >>> chart.points.tolist(), chart.centre.tolist(), chart.signals.tolist()
    ([0.1], [0.05], [True])
    """
    return _charts([current.rows(ages)], reference.rows(ages), ages, once_in, tolerance)


def vintages(current: Cohorts, reference: Cohorts, age: str, once_in: float, tolerance: float = 0.0) -> Chart:
    """A chart of cohorts that have reached one age ("final": matured): a look each, by cohort, as `early_outcomes`.

    Cohorts that have not reached it have no point.

    >>> old = Cohorts(["2025"], ["final"], [1000], [100], [100], [10])
    >>> new = Cohorts(["2026-02", "2026-01"], ["final"] * 2, [200, 200], [50, 20], [20, 20], [2, 2])
    >>> vintages(new, old, "final", once_in=100).signals.tolist()
    [False, True]
    """
    rows = current.rows([age])
    nows = [rows.where(rows.cohort == cohort) for cohort in np.unique(rows.cohort)]
    return _charts(nows, reference.rows([age]), [age], once_in, tolerance)


def _charts(nows: Sequence[Rows], before: Rows, ages: Sequence[str], once_in: float, tolerance: float) -> Chart:
    """A look for each of several sets of cohorts."""
    alpha = 1 / looks(once_in)
    if tolerance < 0:
        raise ValueError(f"tolerance must not be negative, got {tolerance:g}")
    seen, promised, _ = before.by_age(len(ages))
    known = (seen > 0) & (promised > 0)
    grown = np.divide(seen, promised, out=np.full(len(ages), np.nan), where=known)
    spread = _variation(before.oldest(), grown)
    # What the reference varies moves the normal quantile of the limit; whole numbers are asked for the tail beyond.
    z = float(-ndtri(alpha))
    level = float(ndtr(-spread.widened(z))) if spread.measured else alpha
    looked, reasons = [], []
    for now in nows:
        young = now.oldest()
        n = float(young.n.sum())
        reason = _why_not(young, known, ages)
        if reason:
            looked.append((np.nan, np.nan, np.nan, n, np.nan))
        else:
            expected, variance = _expected(young, grown, seen)
            limit = bounds(expected * (1 + tolerance), variance * (1 + tolerance), 0.0, level)[1][0]
            beyond = -ndtri(tails(expected, variance, -np.inf, limit)[1][0]) - spread.widened(z)
            looked.append((young.bad.sum() / n, expected / n, limit / n, n, float(spread.passed(z, beyond))))
        reasons.append(reason)
    points, centre, upper, cases, chance = np.array(looked, dtype=float).reshape(-1, 5).T
    method = f"bads against expectation: {spread.told()}"
    return Chart(points, centre, np.full(len(looked), np.nan), upper, cases, chance, once_in, method, tuple(reasons))


def _why_not(young: Rows, known: Bools, ages: Sequence[str]) -> str:
    if not len(young.n):
        return "no loan is old enough"
    unknown = [ages[place] for place in np.unique(young.age[~known[young.age]])]
    return f"the reference has no bads of age {', '.join(unknown)}" if unknown else ""


def _expected(young: Rows, grown: Floats, seen: Floats) -> tuple[float, float]:
    """Expected bads, and their variance by chance and by the error of the reference, which has `seen` bads by age."""
    _, total, squares = young.by_age(len(grown))
    there = total > 0
    ratio, known = grown[there], seen[there]
    expected = ratio * total[there]
    chance = float(expected.sum() - ratio**2 @ squares[there])
    # Who is bad by a younger age is so by an older one, so two ages share the relative error of the older.
    error = float(expected @ (1 / np.maximum.outer(known, known)) @ expected)
    return float(expected.sum()), max(chance, 0.0) + error


def _variation(before: Rows, grown: Floats) -> Dispersion:
    """Of the reference's cohorts around their expectation."""
    expected = grown[before.age] * before.total
    chance = np.nan_to_num(expected - grown[before.age] ** 2 * before.squares)
    usable = chance > 0
    return dispersion((before.bad - expected)[usable] / chance[usable], 1 / np.sqrt(chance[usable]))
