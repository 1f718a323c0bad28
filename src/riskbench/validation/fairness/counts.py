"""How many of each group were approved, and how many of the good and of the bad: what all rates here are made of.

This is the one place that says what the words mean. *Favourable* is to be approved, limited approvals included. A case
is *positive* if its loan was good. So

- the *true positive rate* is the share of good loans that would be approved; to miss one is what a group suffers;
- the *false positive rate* is the share of bad loans that would be approved;
- *precision* is the share of good loans among those that would be approved and whose outcome is known.

Demographic parity compares approval rates, equal opportunity true positive rates, equalised odds the larger gap of the
two error rates. Outcomes exist only where money was lent (`observation.py` says what that leaves open).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import Series

from riskbench.metrics.arguments import flags, labels

Integers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class GroupCounts:
    """Counts of every shown group, in the order of `names`."""

    names: list[str]
    n: Integers
    approved: Integers
    goods: Integers
    goods_approved: Integers
    bads: Integers
    bads_approved: Integers

    @property
    def labelled(self) -> Integers:
        """Cases whose outcome is known."""
        return self.goods + self.bads

    def reference(self, enough: int = 1) -> int:
        """Which group the others are compared with: the highest approval rate among groups of `enough` people.

        Where none is so large it is the highest rate of all; among equals the first by name.
        """
        rate = self.approved / self.n
        large = self.n >= enough
        return int(np.argmax(np.where(large, rate, -1.0) if large.any() else rate))

    def with_outcomes(self, enough: int) -> NDArray[np.bool_]:
        """The groups with at least `enough` good and as many bad outcomes; a rate over fewer says little."""
        return (self.goods >= enough) & (self.bads >= enough)


def count(group: Series, y: ArrayLike, approved: ArrayLike) -> GroupCounts:
    """Count the cases of every group; `group` is empty where a case may not be shown, `y` missing without a label.

    Raises ValueError unless `y` is 0, 1 or missing, `approved` 0 or 1, and all have one length.

    >>> found = count(Series(["a", "a", "b"]), [0, 1, None], [1, 0, 1])
    >>> found.names, found.approved.tolist(), found.goods_approved.tolist()
    (['a', 'b'], [1, 1], [1, 0])
    """
    bad, chosen = np.asarray(y, dtype=float), flags(approved, "approved", "approved")
    labels(bad[~np.isnan(bad)])
    sizes = {"y": len(bad), "approved": len(chosen), "group": len(group)}
    if len(set(sizes.values())) > 1:
        raise ValueError(f"columns must have the same length, got {', '.join(f'{k} {v}' for k, v in sizes.items())}")
    names, code = coded(group)

    def how_many(condition: NDArray[np.bool_]) -> Integers:
        return np.bincount(code[condition & (code >= 0)], minlength=len(names))

    good, bad_one, everyone = bad == 0, bad == 1, np.ones_like(chosen)
    wanted = (everyone, chosen, good, good & chosen, bad_one, bad_one & chosen)
    return GroupCounts(names, *(how_many(condition) for condition in wanted))


def coded(group: Series) -> tuple[list[str], Integers]:
    """The names of groups in order, and their number by row; -1 where a case may not be shown.

    >>> names, code = coded(Series(["b", "", "a"]))
    >>> names, code.tolist()
    (['a', 'b'], [1, -1, 0])
    """
    names = sorted({str(name) for name in group} - {""})
    place = {name: i for i, name in enumerate(names)} | {"": -1}
    return names, np.array([place[name] for name in group], dtype=np.int64)
