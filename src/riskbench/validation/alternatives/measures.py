"""What is measured of a ranking: how well it separates, what lending by it earns, how unlike it treats groups.

Every card approves the same share of applications, the safest by its own ranking: equal approval makes cards with
other points comparable. Of cases that tie at the cut-off each is approved in part, so that the share is met exactly and
nothing hangs on the order of rows. Outcomes exist for labelled applications alone: AUC, bad rate, profit and the
opportunity gap are theirs. Shares, in [0, 1]; a larger AUC and profit and a smaller gap are better; a ratio of 1 is
parity.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from riskbench.metrics.arguments import Floats, share
from riskbench.validation.alternatives.applicants import Judged

OVERALL = ("auc", "bad_rate", "profit")
OF_GROUPS = ("approval_gap", "adverse_impact_ratio", "opportunity_gap")


def figure(statistic: str, attribute: str = "") -> str:
    """The name of a figure among those of a `Yardstick`: of all, or of the groups of an attribute."""
    return f"{attribute}.{statistic}" if attribute else statistic


@dataclass(frozen=True, eq=False)
class Yardstick:
    """Measures rankings and decisions on one sample; `enough` goods make a rate of goods.

    `names` are the figures, in the order of every array that is returned: `auc`; `bad_rate` among the approved;
    `profit` realised per unit asked for, fixed costs aside; and by attribute `approval_gap` (largest less smallest
    approval rate: the demographic-parity difference), `adverse_impact_ratio` (smallest over largest) and
    `opportunity_gap` (the same spread among good applications: the equal-opportunity difference). NaN where undefined.
    """

    judged: Judged
    enough: int = 30

    @cached_property
    def names(self) -> list[str]:
        """The figures, in order."""
        return [*OVERALL, *(figure(name, attribute) for attribute in self.judged.groups for name in OF_GROUPS)]

    def place(self, statistic: str, attribute: str = "") -> int:
        """Where a figure stands."""
        return self.names.index(figure(statistic, attribute))

    def of_risk(self, risk: Floats, weights: NDArray | None = None, at: float | None = None) -> Floats:
        """The figures of a ranking, one row a row of `weights` (how often each application counts; once without).

        `risk` is any finite number that grows with risk, one an application; `at` the share approved, by default the
        policy's.

        Returns shape (replicates, figures).
        """
        asked = share(self.judged.share if at is None else at, "at", open_interval=True)
        order, starts, run = _ordered(risk)
        summed, counted = self._sums[order], np.ones((1, len(risk))) if weights is None else weights
        labelled = np.flatnonzero((self._good + self._bad)[order])
        bad, ties = self._bad[order][labelled], np.flatnonzero(np.diff(run[labelled], prepend=-1))
        areas, sums = np.empty(len(counted)), np.empty((len(counted), summed.shape[1]))
        for i, row in enumerate(counted):
            w = row[order].astype(float)
            sums[i] = _approved(w, starts, run, asked) @ summed
            areas[i] = _area(w[labelled], bad, ties)
        return self._figures(areas, sums, counted @ self._sums)

    def of_decisions(self, approved: Floats, weights: NDArray | None = None) -> Floats:
        """The same of decisions that are given, each the probability of approval; they have no AUC."""
        counted = np.ones((1, len(approved))) if weights is None else weights
        return self._figures(np.full(len(counted), np.nan), (counted * approved) @ self._sums, counted @ self._sums)

    def approval_rates(self, risk: Floats, attribute: str) -> Floats:
        """The approval rate of each group of an attribute at the policy's share, in the order of its names."""
        order, starts, run = _ordered(risk)
        codes = self.judged.groups[attribute][order] + 1  # 0 is everybody else
        approved = _approved(np.ones(len(order)), starts, run, self.judged.share)
        return np.bincount(codes, approved)[1:] / np.bincount(codes)[1:]

    @cached_property
    def _good(self) -> Floats:
        return (self.judged.y == 0).astype(float)

    @cached_property
    def _bad(self) -> Floats:
        return (self.judged.y == 1).astype(float)

    @cached_property
    def _sums(self) -> Floats:
        """What is summed over the approved: labelled, bad, earned, asked for; then members and goods of each group."""
        j, known = self.judged, self._good + self._bad
        earned = self._good * j.stakes.net_margin - self._bad * j.stakes.lgd
        columns = [j.weight * known, j.weight * self._bad, j.weight * j.amount * earned, j.weight * j.amount * known]
        for attribute, codes in j.groups.items():
            for group in range(len(j.names[attribute])):
                member = (codes == group).astype(float)
                columns += [member, member * self._good]
        return np.column_stack(columns)

    def _figures(self, areas: Floats, approved: Floats, total: Floats) -> Floats:
        """The figures from sums over the approved and over all."""
        found = [areas, _over(approved[:, 1], approved[:, 0]), _over(approved[:, 2], total[:, 3])]
        at = 4
        for attribute in self.judged.groups:
            until = at + 2 * len(self.judged.names[attribute])
            rates = _over(approved[:, at:until:2], total[:, at:until:2])
            of_goods = _over(approved[:, at + 1 : until : 2], total[:, at + 1 : until : 2], self.enough)
            highest, lowest = rates.max(axis=1), rates.min(axis=1)
            known = np.isfinite(of_goods)
            spread = np.where(known, of_goods, -np.inf).max(axis=1) - np.where(known, of_goods, np.inf).min(axis=1)
            found += [highest - lowest, _over(lowest, highest), np.where(known.sum(axis=1) > 1, spread, np.nan)]
            at = until
        return np.column_stack(found)


def _ordered(risk: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The order of rising risk; where each run of ties starts in it; and the run of each place."""
    order = np.argsort(risk, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(risk[order]) > 0))
    return order, starts, np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(order))))


def _approved(w: Floats, starts: NDArray[np.int64], run: NDArray[np.int64], at: float) -> Floats:
    """What of each weight is approved, the cases by rising risk: all below the cut-off, a part of those tied at it."""
    by_run = np.add.reduceat(w, starts)
    through = np.cumsum(by_run)
    room = at * through[-1] - (through - by_run)
    part = np.clip(np.divide(room, by_run, out=np.zeros_like(by_run), where=by_run > 0), 0.0, 1.0)
    return w * part[run]


def _area(w: Floats, bad: Floats, starts: NDArray[np.int64]) -> float:
    """The AUC of weighted labelled cases by rising risk, of which `bad` are 1; a tie is one half."""
    bads, both = np.add.reduceat(w * bad, starts), np.add.reduceat(w, starts)
    goods = both - bads
    pairs = goods.sum() * bads.sum()
    return float(bads @ (np.cumsum(goods) - goods / 2) / pairs) if pairs else np.nan


def _over(part: Floats, whole: Floats, enough: float = 0) -> Floats:
    """The quotient, NaN where the whole is nothing or less than enough."""
    usable = (whole > 0) & (whole >= enough)
    return np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=usable)
