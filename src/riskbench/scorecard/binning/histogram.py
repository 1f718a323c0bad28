"""Goods and bads by fine code, cumulated, so that whatever lies between two cuts is a difference."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from riskbench.data.counts import Tally
from riskbench.scorecard.binning.woe import information, woe

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


class Traits(NamedTuple):
    """What decides whether bins may be neighbours: bad rate, WoE and, where asked for, bad rate by period (first axis).

    The rate of a bin without cases is NaN.
    """

    rate: Floats
    woe: Floats
    by_period: Floats | None

    def at(self, *index: slice | list[int]) -> "Traits":
        """Some of the bins."""
        by_period = None if self.by_period is None else self.by_period[(slice(None), *index)]
        return Traits(self.rate[index], self.woe[index], by_period)


class Histogram:
    """Goods and bads by code of one feature; cut c, of 0..size, parts code c − 1 from code c.

    The totals are those of the whole sample, so that missing and special values outside the codes keep their weight.
    `forced` cuts must be in every partition. `by_period` holds goods and bads by period and code, where the trend must
    hold in every period.
    """

    def __init__(
        self,
        goods: Tally,
        bads: Tally,
        total_goods: float,
        total_bads: float,
        *,
        forced: Iterable[int] = (),
        by_period: tuple[Tally, Tally] | None = None,
    ):
        self.goods, self.bads = _cumulated(goods), _cumulated(bads)
        self.cases = self.goods + self.bads
        self.size = len(goods)
        self.total_goods, self.total_bads = total_goods, total_bads
        self.forced = np.array(sorted(forced), np.int64)
        self.by_period = by_period and (_cumulated(by_period[0]), _cumulated(by_period[1]))

    def at(self, cuts: Integers) -> "Histogram":
        """The coarser histogram of what lies between these cuts, the forced ones among them."""
        edges = np.array([0, *cuts, self.size])
        by_period = self.by_period and (np.diff(self.by_period[0][:, edges]), np.diff(self.by_period[1][:, edges]))
        forced = np.searchsorted(edges, self.forced)
        goods, bads = self.between(edges[:-1], edges[1:])
        return Histogram(goods, bads, self.total_goods, self.total_bads, forced=forced, by_period=by_period)

    def between(self, start: int | Integers, stop: int | Integers) -> tuple[Tally, Tally]:
        """Goods and bads between two cuts."""
        return self.goods[stop] - self.goods[start], self.bads[stop] - self.bads[start]

    def information(self, start: int | Integers, stop: int | Integers) -> Floats:
        """Part of the information value of the bin between two cuts."""
        return information(*self.between(start, stop), self.total_goods, self.total_bads)

    def traits(self, start: int | Integers, stop: int | Integers) -> Traits:
        """What decides whether the bins between two cuts may be neighbours."""
        goods, bads = self.between(start, stop)
        by_period = None
        if self.by_period is not None:
            first, last = np.broadcast_arrays(start, stop)
            by_period = _rate(*(part[:, last] - part[:, first] for part in self.by_period))
        return Traits(_rate(goods, bads), woe(goods, bads, self.total_goods, self.total_bads), by_period)

    def inside(self, start: int, stop: int, least: float) -> Integers:
        """Cuts strictly between two cuts that leave at least `least` cases on both sides."""
        first = int(np.searchsorted(self.cases, self.cases[start] + least, side="left"))
        last = int(np.searchsorted(self.cases, self.cases[stop] - least, side="right"))
        return np.arange(max(first, start + 1), min(last, stop))


def _cumulated(part: Tally) -> Tally:
    return np.concatenate([np.zeros_like(part[..., :1]), np.cumsum(part, axis=-1)], axis=-1)


def _rate(goods: Tally, bads: Tally) -> Floats:
    cases = np.asarray(goods + bads)
    return np.divide(bads, cases, out=np.full(cases.shape, np.nan), where=cases > 0)
