"""What the approved of each group were granted and charged: amounts and prices, as they are and at equal scores.

A group can be approved as often as others and still get less or pay more. Two comparisons stand beside each other: of
all approved, and within score bands, where the band means of both groups are weighed by how the group itself is spread
over the bands. What is left within bands hardly follows from the score, which varies little in a band; what the
applicants asked for may explain it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame, Series

from riskbench import metrics
from riskbench.core.results import LEVEL, Estimate
from riskbench.data.study import Study
from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import around
from riskbench.validation.fairness.counts import coded

BANDS = 5


@dataclass(frozen=True)
class TwoMeans:
    """The mean of a group and that of the reference, each with its squared standard error."""

    own: float
    own_variance: float
    other: float
    other_variance: float


def requested_amounts(study: Study, applications: DataFrame) -> Series:
    """The amount that each application asked for; missing throughout where the study holds no amounts."""
    return applications.get(study.base.amount, Series(np.nan, index=applications.index)).astype(float)


def rate_columns(study: Study) -> list[str]:
    """The columns that may hold the rate charged: numbers of the role price without a unit of currency."""
    return [
        name
        for table in study.tables.values()
        for name, column in table.columns.items()
        if column.role == "price" and column.type == "number" and not column.unit
    ]


def rates_charged(study: Study, applications: DataFrame, column: str = "") -> Series:
    """The rate charged on each loan, from `column` or else from the first that `rate_columns` names.

    Missing throughout where there is none. Raises ValueError for a column that is no rate of the study.
    """
    found = rate_columns(study)
    if column and column not in found:
        raise ValueError(
            f"price must be a column with a rate ({', '.join(found) or 'the study has none'}), got {column}"
        )
    nothing = Series(np.nan, index=applications.index)
    return applications.get(column or next(iter(found), ""), nothing).astype(float)


def ratio(means: TwoMeans) -> Estimate:
    """The group's mean over that of the reference, 1 is parity; a normal interval of its logarithm.

    >>> round(ratio(TwoMeans(90.0, 1.0, 100.0, 1.0)).value, 2)
    0.9
    """
    if min(means.own, means.other) <= 0:
        return Estimate.missing("a ratio of means needs means above 0")
    value = log(means.own / means.other)
    error = sqrt(means.own_variance / means.own**2 + means.other_variance / means.other**2)
    lower, upper = around(value, error, LEVEL, -np.inf, np.inf)
    return Estimate(
        exp(value), exp(lower), exp(upper), LEVEL, method="ratio of means; normal interval of its logarithm"
    )


def difference(means: TwoMeans) -> Estimate:
    """The group's mean less that of the reference, 0 is parity; Wald's interval.

    >>> round(difference(TwoMeans(0.05, 0.0, 0.04, 0.0)).value, 3)
    0.01
    """
    value, error = means.own - means.other, sqrt(means.own_variance + means.other_variance)
    return Estimate(value, *around(value, error, LEVEL, -np.inf, np.inf), LEVEL, method="difference of means; Wald")


def terms_by_group(
    values: ArrayLike,
    group: Series,
    score: ArrayLike,
    reference: str,
    compare: Callable[[TwoMeans], Estimate] = ratio,
    enough: int = 2,
    in_band: int = 2,
) -> DataFrame:
    """One row a group, by name: its mean and median of `values` and how it compares with the reference.

    `values`: what was granted or charged, missing for those who are not to be compared (not approved, no price known);
    `group` is empty where a case may not be shown. Columns: group, n, mean, median; `compared` of all and `at_score`
    within five bands of the score that hold a fifth of the cases each (both with `_lower` and `_upper`), and smd, the
    standardised mean difference (Wald). Groups of fewer than `enough` cases are not compared, and a band counts where
    both groups have `in_band` cases in it; the reference has no comparison.

    >>> table = terms_by_group([1, 3, 2, 6], Series(["a", "a", "b", "b"]), [1, 1, 1, 1], "a")
    >>> table[["group", "mean", "compared", "at_score"]].to_numpy().tolist()
    [['a', 2.0, nan, nan], ['b', 4.0, 2.0, 2.0]]
    """
    x, (names, code) = np.asarray(values, dtype=float), coded(group)
    band = _bands(np.asarray(score, dtype=float), ~np.isnan(x))
    kept = (code >= 0) & ~np.isnan(x)
    rows = []
    for i, name in enumerate(names):
        own, base = kept & (code == i), kept & (code == (names.index(reference) if reference in names else -2))
        n = int(own.sum())
        mean, median = (float(x[own].mean()), float(np.median(x[own]))) if n else (np.nan, np.nan)
        crude = within = smd = Estimate.missing("it is the reference")
        if name != reference and min(n, int(base.sum())) >= max(enough, 2):
            crude = compare(TwoMeans(mean, _variance(x[own]), float(x[base].mean()), _variance(x[base])))
            means = _within_bands(x, own, base, band, max(in_band, 2))
            within = compare(means) if means else Estimate.missing("no band holds enough of both groups")
            both = own | base
            smd = metrics.standardised_mean_difference(x[both], own[both].astype(int))[1]
        rows.append([name, n, mean, median, *crude.bounded, *within.bounded, *smd.bounded])
    ends = [f"{c}{end}" for c in ("compared", "at_score", "smd") for end in ("", "_lower", "_upper")]
    columns = ["group", "n", "mean", "median", *ends]
    return DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], float))


def _bands(score: Floats, compared: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Bands of the score that hold about a fifth of the compared cases each; equal scores stay together."""
    if not compared.any():
        return np.zeros(len(score), dtype=np.int64)
    return np.searchsorted(np.unique(np.quantile(score[compared], np.arange(1, BANDS) / BANDS)), score, side="left")


def _within_bands(
    x: Floats, own: NDArray[np.bool_], base: NDArray[np.bool_], band: NDArray[np.int64], enough: int
) -> TwoMeans | None:
    """Band means of both groups, weighed by how the group is spread over the bands; None where no band can count."""
    sums, cases = np.zeros(4), 0
    for b in np.unique(band[own]):
        mine, theirs = x[own & (band == b)], x[base & (band == b)]
        if min(len(mine), len(theirs)) >= enough:
            n = len(mine)
            sums += [n * mine.mean(), n**2 * _variance(mine), n * theirs.mean(), n**2 * _variance(theirs)]
            cases += n
    if not cases:
        return None
    means = sums / [cases, cases**2, cases, cases**2]
    return TwoMeans(*means.tolist())


def _variance(x: Floats) -> float:
    return float(x.var(ddof=1) / len(x))
