"""Whether bins stay what they were when they were made: bad rate and share of each bin in each period.

A trend that holds over all cases may fail in a period, by chance or for good. A reversal is a pair of neighbouring
regular bins whose bad rates run against the trend in a period; it is beyond chance when Newcombe's interval of their
difference excludes 0 (a pair at a time: among many pairs some do so by chance). Bins without cases are not compared.
Shares of a period are compared with those of all other periods: a part of its own whole would differ less by chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from riskbench.core.results import LEVEL, CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.counts import Tally
from riskbench.data.weights import design_effect, frequencies
from riskbench.metrics.divergence import csi
from riskbench.metrics.intervals import wilson_bounds
from riskbench.scorecard.binning.bins import FeatureBins
from riskbench.scorecard.binning.inputs import frame_of, periods_of, target_of
from riskbench.scorecard.binning.trends import BY_BAD_RATE, Trend, signs
from riskbench.scorecard.woe_binning import WoeBinning


@dataclass(frozen=True, eq=False)
class BinsByPeriod:
    """Goods and bads of one feature's bins in each period (a row a period), the bins being frozen."""

    bins: FeatureBins
    periods: tuple[str, ...]
    goods: Tally
    bads: Tally
    design_effect: float = 1.0

    @property
    def cases(self) -> Tally:
        """Cases, or the sum of their weights, by period and bin."""
        return self.goods + self.bads

    def table(self, level: float = LEVEL) -> pd.DataFrame:
        """One row a period and bin that has cases: count, share of the period, bad rate with Wilson's interval."""
        lower, upper = self._bounds(level)
        row, column = np.nonzero(self.cases)
        return pd.DataFrame(
            {
                "period": np.array(self.periods, object)[row],
                "bin": np.array(self.bins.labels, object)[column],
                "count": self.cases[row, column],
                "share": self._shares()[row, column],
                "bad_rate": self._rates()[row, column],
                "bad_rate_lower": lower[row, column],
                "bad_rate_upper": upper[row, column],
            }
        )

    def reversals(self, level: float = LEVEL) -> pd.DataFrame:
        """Every pair of neighbouring bins that runs against the trend in a period, and whether beyond chance."""
        regular = np.flatnonzero(self.bins.cases[: self.bins.regular] > 0)
        left, right = regular[:-1], regular[1:]
        rate, (lower, upper) = self._rates(), self._bounds(level)
        sign = self._signs(regular)
        gap = sign * (rate[:, right] - rate[:, left])
        # Newcombe: the difference, and how far Wilson's intervals of both rates reach towards each other
        falling = np.hypot(rate[:, left] - lower[:, left], upper[:, right] - rate[:, right])
        rising = np.hypot(upper[:, left] - rate[:, left], rate[:, right] - lower[:, right])
        beyond = -gap > np.where(sign > 0, falling, rising)
        row, pair = np.nonzero(gap < 0)
        labels = np.array(self.bins.labels, object)
        return pd.DataFrame(
            {
                "period": np.array(self.periods, object)[row],
                "bin": labels[left[pair]],
                "next_bin": labels[right[pair]],
                "bad_rate": rate[row, left[pair]],
                "next_bad_rate": rate[row, right[pair]],
                "beyond_chance": beyond[row, pair],
            }
        )

    def csi(self, level: float = LEVEL) -> dict[str, Estimate]:
        """CSI of the shares of each period against those of all others, missing and special bins included."""
        return dict(zip(self.periods, against_the_others(self.cases / self.design_effect, level), strict=True))

    def of_at_least(self, cases: float) -> "BinsByPeriod":
        """Only the periods that have so many cases."""
        enough = self.cases.sum(axis=1) >= cases
        named = tuple(name for name, kept in zip(self.periods, enough, strict=True) if kept)
        return replace(self, periods=named, goods=self.goods[enough], bads=self.bads[enough])

    def _rates(self) -> NDArray[np.float64]:
        return np.divide(self.bads, self.cases, out=np.full(self.cases.shape, np.nan), where=self.cases > 0)

    def _shares(self) -> NDArray[np.float64]:
        return self.cases / self.cases.sum(axis=1, keepdims=True)

    def _bounds(self, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return wilson_bounds(self._rates(), self.cases / self.design_effect, level)

    def _signs(self, regular: NDArray[np.int64]) -> NDArray[np.int64]:
        """The direction of the trend between neighbouring bins; a peak or valley turns where it did when fitted."""
        trend = "ascending" if self.bins.trend == BY_BAD_RATE else self.bins.trend
        return np.array(signs(cast(Trend, trend), self.bins.bads[regular] / self.bins.cases[regular]), np.int64)


def bins_by_period(
    binning: WoeBinning, X: pd.DataFrame, y: ArrayLike, periods: ArrayLike, sample_weight: ArrayLike | None = None
) -> dict[str, BinsByPeriod]:
    """Every feature's bins in each period, of the cases given; `periods`: labels by row, in whose order they are told.

    >>> X, y = pd.DataFrame({"x": [1, 1, 2, 2] * 50}), [0, 0, 1, 0] * 25 + [0, 1, 0, 0] * 25
    >>> by_period = bins_by_period(WoeBinning().fit(X, y), X, y, ["first"] * 100 + ["second"] * 100)["x"]
    >>> by_period.table()[["period", "bin", "bad_rate"]].values.tolist()
    [['first', 'all values', 0.25], ['second', 'all values', 0.25]]
    """
    frame = frame_of(X)
    target = target_of(frame, y)
    codes, names = periods_of(frame, periods)
    weights = None if sample_weight is None else frequencies(sample_weight, len(frame))
    by_period = {}
    for name, bins in binning.features_.items():
        shape = len(names), 2, len(bins.labels)
        found = binning.looked_up(frame, {name: np.arange(len(bins.labels))})[name].to_numpy()
        cells = np.ravel_multi_index((codes, target, found), shape)
        tally = np.bincount(cells, weights, minlength=int(np.prod(shape))).reshape(shape)
        by_period[name] = BinsByPeriod(bins, tuple(names), tally[:, 0], tally[:, 1], design_effect(weights))
    return by_period


def against_the_others(cases: ArrayLike, level: float = LEVEL) -> list[Estimate]:
    """CSI of each row of counts (a row a period, a column a bin) against the sum of all others.

    >>> [round(e.value, 3) for e in against_the_others([[50, 50], [60, 40], [40, 60]])]
    [0.0, 0.091, 0.091]
    """
    parts = np.asarray(cases, float)
    return [csi(parts.sum(axis=0) - part, part, level) for part in parts]


def stability_table(
    by_period: Mapping[str, BinsByPeriod], thresholds: Thresholds | None = None, level: float = LEVEL
) -> pd.DataFrame:
    """One row a feature: does its trend hold in every period, and how far have the shares of its bins moved.

    Periods of fewer cases than `scorecard.period_cases` of the thresholds are not judged. `holds` is None where there
    is no trend to hold, or no period to judge. `csi` is the largest of all periods, with its period, the value that
    chance alone exceeds with probability 1 − `level` in one period, and whether it exceeds that; the largest of several
    exceeds it by chance more often.
    """
    least = (thresholds or Thresholds())["scorecard.period_cases"].bound
    rows = []
    for name, given in by_period.items():
        of = given.of_at_least(least)
        against = of.reversals(level)
        tested = {period: e for period, e in of.csi(level).items() if e.value is not None}
        worst = max(tested, key=lambda period: tested[period].value or 0.0, default=None)
        largest = tested[worst] if worst is not None else Estimate.missing("it needs two periods and bins with cases")
        trend = of.bins.trend
        rows.append(
            {
                "feature": name,
                "trend": trend,
                "holds": None if trend == "none" or not of.periods else against.empty,
                "reversals": len(against),
                "beyond_chance": int(against["beyond_chance"].sum()),
                "csi": largest.value,
                "csi_period": worst,
                "csi_critical": largest.critical,
                "csi_beyond_chance": largest.value is not None and largest.value > (largest.critical or np.inf),
            }
        )
    return pd.DataFrame(rows)


def trend_counts(stability: pd.DataFrame, period: str) -> list[CheckResult]:
    """How many candidates of a `stability_table` have a trend, how many hold it, and how many reversals there are.

    `period`: what one is called, as "half-year".
    """
    reversals, beyond = (int(stability[name].sum()) for name in ("reversals", "beyond_chance"))
    counted = (
        ("count", "Candidates that have a trend", int(stability["holds"].notna().sum())),
        ("hold", f"Candidates whose trend holds in every {period}", int(stability["holds"].eq(True).sum())),
        ("reversals", f"Reversals of a trend in a {period}", reversals),
        ("reversals_beyond_chance", "Reversals beyond chance, one pair at a time", beyond),
    )
    return [CheckResult(f"trends.{name}", title, Estimate(count)) for name, title, count in counted]
