"""Bads against expectation: whether loans pay as loans of their PDs and age did at development.

Early outcomes hold cohorts against cohorts of the same age: what young loans show is multiplied up by nothing, and a
young cohort is not read as a good one. The PD of each loan adjusts for who was booked, so that a riskier intake is
expected to have more bads and a change of the odds is what remains.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from riskbench.metrics.arguments import counts, risks, same_length
from riskbench.monitoring.charts.chart import Chart, looks
from riskbench.monitoring.charts.dispersion import Dispersion, dispersion
from riskbench.monitoring.charts.matched import bounds


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

    def table(self) -> pd.DataFrame:
        """The columns as a table. Raises ValueError unless they are of one length and of counts."""
        sums = {"n": counts(self.n, "n"), "bad": counts(self.bad, "bad"), "total": counts(self.total, "total")}
        sums["squares"] = risks(self.squares, "squares")
        same_length(cohort=np.asarray(self.cohort), age=np.asarray(self.age), **sums)
        return pd.DataFrame({"cohort": np.asarray(self.cohort), "age": np.asarray(self.age), **sums})


def early_outcomes(
    current: Cohorts, reference: Cohorts, ages: Sequence[str], once_in: float, tolerance: float = 0.0
) -> Chart:
    """One look: the bads of all current cohorts together, each at the oldest of `ages` (youngest first) it has reached.

    A look that sees every loan once, at its age, has the most to go by; cohorts may be days. The bad rate that is
    expected of an age is the reference's bads of that age for each unit of PD, times the PDs of the cohort. Its error
    is allowed for, also that of two ages being one error, and so is what reference cohorts vary beyond chance
    (`dispersion`). Rings upwards only, once in `once_in` looks; looks that share cohorts ring together, so first alarms
    are rarer. `tolerance` (a share: .1 lets bads be a tenth more than expected) makes that an upper bound.

    >>> old = Cohorts(["2025"], ["3"], [1000], [50], [100], [10])  # half of the PD is seen by the third month
    >>> new = Cohorts(["2026"], ["3"], [200], [20], [20], [2])
    >>> chart = early_outcomes(new, old, ["3"], once_in=100)
    >>> chart.points.tolist(), chart.centre.tolist(), chart.signals.tolist()
    ([0.1], [0.05], [True])
    """
    return _charts([current.table()], reference.table(), ages, once_in, tolerance)


def vintages(current: Cohorts, reference: Cohorts, age: str, once_in: float, tolerance: float = 0.0) -> Chart:
    """A chart of cohorts that have reached one age ("final": matured): a look each, by cohort, as `early_outcomes`.

    Cohorts that have not reached it have no point.

    >>> old = Cohorts(["2025"], ["final"], [1000], [100], [100], [10])
    >>> new = Cohorts(["2026-02", "2026-01"], ["final"] * 2, [200, 200], [50, 20], [20, 20], [2, 2])
    >>> vintages(new, old, "final", once_in=100).signals.tolist()
    [False, True]
    """
    table = current.table()
    cohorts = [rows for _, rows in table[table["age"] == age].groupby("cohort", sort=True)]
    return _charts(cohorts, reference.table(), [age], once_in, tolerance)


def _charts(
    nows: Sequence[pd.DataFrame], before: pd.DataFrame, ages: Sequence[str], once_in: float, tolerance: float
) -> Chart:
    """A look for each table of cohorts."""
    alpha = 1 / looks(once_in)
    if tolerance < 0:
        raise ValueError(f"tolerance must not be negative, got {tolerance:g}")
    sums = before[before["age"].isin(ages)].groupby("age")[["bad", "total"]].sum()
    sums = sums[(sums["bad"] > 0) & (sums["total"] > 0)]
    grown = sums["bad"] / sums["total"]
    spread = _variation(_oldest(before, ages), grown)
    # An excess widens the normal quantile of the limit; whole numbers are then asked for the tail beyond that.
    level = float(ndtr(-spread.widened(float(-ndtri(alpha))))) if spread.excess else alpha
    rows, reasons = [], []
    for now in nows:
        young = _oldest(now, ages)
        reason = _why_not(young, grown)
        n = float(young["n"].sum())
        if reason:
            rows.append((np.nan, np.nan, np.nan, n))
        else:
            expected, variance = _expected(young, grown, sums["bad"])
            limit = bounds(expected * (1 + tolerance), variance * (1 + tolerance), 0.0, level)[1][0]
            rows.append((young["bad"].sum() / n, expected / n, limit / n, n))
        reasons.append(reason)
    points, centre, upper, n_cases = np.array(rows, dtype=float).reshape(-1, 4).T
    method = f"bads against expectation: {spread.told()}"
    return Chart(points, centre, np.full(len(rows), np.nan), upper, n_cases, once_in, method, tuple(reasons))


def _why_not(young: pd.DataFrame, grown: pd.Series) -> str:
    if not len(young):
        return "no cohort is old enough"
    unknown = [str(age) for age in young["age"].unique() if age not in grown.index]
    return f"the reference has no bads of age {', '.join(unknown)}" if unknown else ""


def _expected(young: pd.DataFrame, grown: pd.Series, seen: pd.Series) -> tuple[float, float]:
    """Expected bads, and their variance by chance and by the error of the reference, which has `seen` bads by age."""
    pds = young.groupby("age")[["total", "squares"]].sum()
    ratio = grown[pds.index].to_numpy()
    expected = ratio * pds["total"].to_numpy()
    chance = float(expected.sum() - ratio**2 @ pds["squares"].to_numpy())
    # Who is bad by a younger age is so by an older one, so two ages share the relative error of the older.
    known = seen[pds.index].to_numpy(dtype=float)
    error = float(expected @ (1 / np.maximum.outer(known, known)) @ expected)
    return float(expected.sum()), chance + error


def _oldest(table: pd.DataFrame, ages: Sequence[str]) -> pd.DataFrame:
    """Of each cohort with loans the row of the oldest age it has reached."""
    rank = table["age"].map({age: place for place, age in enumerate(ages)})
    known = table.assign(rank=rank)[rank.notna() & (table["n"] > 0)]
    return known.loc[known.groupby("cohort")["rank"].idxmax()] if len(known) else known


def _variation(before: pd.DataFrame, grown: pd.Series) -> Dispersion:
    """Of the reference's cohorts around their expectation."""
    ratio = before["age"].map(grown).to_numpy(dtype=float)
    expected = ratio * before["total"].to_numpy()
    chance = np.nan_to_num(expected - ratio**2 * before["squares"].to_numpy())
    usable = chance > 0
    return dispersion((before["bad"].to_numpy() - expected)[usable] / chance[usable], 1 / np.sqrt(chance[usable]))
