"""How far the groups of one attribute lie apart, over all of them at once: three parities, as difference and ratio.

Point values and intervals are those of `metrics.group_parity`, from the counts of each group. The rule for small
groups: one with fewer than `enough` cases behind a rate sits that parity out. A group that is absent takes no part.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from riskbench import metrics
from riskbench.core.results import Estimate
from riskbench.validation.fairness.counts import GroupCounts

COLUMNS = ["parity", "of", "parity_difference", "parity_difference_lower", "parity_difference_upper"]
COLUMNS += ["parity_ratio", "parity_ratio_lower", "parity_ratio_upper", "furthest"]


@dataclass(frozen=True)
class ParityKind:
    """One parity: its key, its name on a page, what is compared, and the key by which metrics calls it."""

    key: str
    name: str
    of: str
    asked: str


@dataclass(frozen=True)
class Gap:
    """One parity of one attribute, the group with the lowest rate, and `what` of several rates is furthest apart."""

    kind: ParityKind
    parity: metrics.Parity
    group: str = ""
    what: str = ""


def gaps(
    counts: GroupCounts, enough: int, *, replicates: int = 2000, seed: int = 0, only: Collection[str] = ()
) -> dict[str, Gap]:
    """The parities of `KINDS` by key, over groups with `enough` cases behind a rate; `only` some of them, else all.

    >>> n = np.array([100, 90])
    >>> found = gaps(GroupCounts(["a", "b"], n, np.array([60, 45]), n, n, n, n), enough=30)
    >>> f"{found['demographic_parity'].parity.difference.value:.2f}", found["demographic_parity"].group
    ('0.10', 'b')
    """
    large, known = counts.n >= enough, counts.with_outcomes(enough)
    # metrics speaks of bads that are flagged; here the positive case is the good one, and it is approved
    found = metrics.group_parity(
        metrics.GroupCounts(
            selected=counts.approved[large],
            total=counts.n[large],
            hits=counts.goods_approved[known],
            bads=counts.goods[known],
            false_alarms=counts.bads_approved[known],
            goods=counts.bads[known],
        ),
        replicates,
        seed,
        only=[kind.asked for kind in KINDS if not only or kind.key in only],
    )
    rates = {
        "approval rate": (counts.approved, counts.n, large),
        "goods approved": (counts.goods_approved, counts.goods, known),
        "bads approved": (counts.bads_approved, counts.bads, known),
    }
    return {
        kind.key: _told(kind, found[kind.asked], counts.names, rates, enough) for kind in KINDS if kind.asked in found
    }


def parity_table(found: dict[str, Gap]) -> DataFrame:
    """One row a parity: its name, what is compared, difference and ratio with intervals, and who is furthest behind."""
    rows = [
        [gap.kind.name, gap.kind.of, *gap.parity.difference.bounded, *gap.parity.ratio.bounded, gap.group]
        for gap in found.values()
    ]
    return DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(COLUMNS[2:-1], float))


def _told(
    kind: ParityKind,
    parity: metrics.Parity,
    names: list[str],
    rates: dict[str, tuple[NDArray, NDArray, NDArray]],
    enough: int,
) -> Gap:
    """The gap with the name of the group that is approved least, by the rate whose groups lie furthest apart."""
    if parity.difference.value is None:
        reason = (
            f"fewer than two groups have {enough} {'people' if kind.asked == 'demographic_parity' else 'good and '}"
        )
        reason += "" if kind.asked == "demographic_parity" else f"{enough} bad outcomes"
        n = parity.difference.n
        return Gap(kind, metrics.Parity(Estimate.missing(reason, n), Estimate.missing(reason, n)))
    spreads = []
    for what in kind.of.split(" and "):
        part, whole, among = rates[what]
        rate = part[among] / whole[among]
        spreads.append((float(np.ptp(rate)), np.flatnonzero(among)[int(rate.argmin())], what))
    _, at, what = max(spreads, key=lambda spread: spread[0])
    return Gap(kind, parity, names[at], what)


KINDS = (
    ParityKind("demographic_parity", "demographic parity", "approval rate", "demographic_parity"),
    ParityKind("equal_opportunity", "equal opportunity", "goods approved", "true_positive_rate"),
    ParityKind("equalised_odds", "equalised odds", "goods approved and bads approved", "equalised_odds"),
)
