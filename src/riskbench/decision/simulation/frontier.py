"""Which cut-offs are worth discussing: those that no other beats, those that keep the limits, and the best of them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskbench.metrics.arguments import Bools

LIMITS = {  # parameter: column of the table of cut-offs, 1 where the column must reach the limit, -1 where not pass it
    "least_approval": ("approval_share", 1),
    "largest_bad_rate": ("bad_rate", -1),
    "least_disparity": ("approval_ratio", 1),
    "least_profit": ("profit", 1),
}


@dataclass(frozen=True)
class Constraints:
    """What a policy must keep, None where it is free; each is a share in the unit of its column of `LIMITS`.

    `least_disparity` is the smallest ratio of approval between the groups of a protected attribute; `least_profit` is
    per unit asked for.
    """

    least_approval: float | None = None
    largest_bad_rate: float | None = None
    least_disparity: float | None = None
    least_profit: float | None = None

    def __post_init__(self) -> None:
        for name in ("least_approval", "largest_bad_rate", "least_disparity"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise ValueError(f"{name} must lie in [0, 1], got {value:g}")

    @property
    def given(self) -> dict[str, float]:
        """Those that are set."""
        return {name: getattr(self, name) for name in LIMITS if getattr(self, name) is not None}

    def missed_by(self, table: pd.DataFrame) -> pd.DataFrame:
        """By how much each row misses each constraint that is set, one column each; 0 where it is kept.

        A figure that is missing misses its constraint by all of it: nothing is kept by silence.
        """
        missed = {}
        for name, limit in self.given.items():
            column, sign = LIMITS[name]
            values = table[column].to_numpy(float) if column in table else np.full(len(table), np.nan)
            missed[name] = np.nan_to_num(np.maximum(sign * (limit - values), 0.0), nan=np.inf)
        return pd.DataFrame(missed, index=table.index)

    def kept_by(self, table: pd.DataFrame) -> Bools:
        """Which rows keep all of them."""
        return (self.missed_by(table) == 0).all(axis=1).to_numpy()


@dataclass(frozen=True, eq=False)
class Choice:
    """The cut-off that is proposed: `at` is its row of the table; `kept` tells whether it keeps all constraints."""

    at: pd.Series
    kept: bool
    missed: dict[str, float]

    @property
    def told(self) -> str:
        """The choice as a sentence."""
        cut_off = f"{self.at['cut_off']:.0f}"
        if self.kept:
            return f"Of the cut-offs that keep all constraints, {cut_off} is expected to earn most."
        short = ", ".join(
            f"{name.replace('_', ' ')} by {100 * by:.1f} percentage points" for name, by in self.missed.items()
        )
        return f"No cut-off keeps all constraints. The nearest is {cut_off}; it misses {short}."


def best(table: pd.DataFrame, constraints: Constraints) -> Choice:
    """The row that keeps all constraints and is expected to earn most; where none does, the one that misses least.

    What is least is the sum of what is missed, in percentage points; of equals the one that earns more. Raises
    ValueError for a table without rows, or where a constraint can be kept by no row because its figure is missing.
    """
    if table.empty:
        raise ValueError("there is no cut-off to choose from")
    missed = constraints.missed_by(table)
    if np.isinf(missed.to_numpy(float)).all(axis=0).any():
        lacking = ", ".join(name for name in constraints.given if np.isinf(missed[name]).all())
        raise ValueError(f"{lacking} cannot be asked for: its figure is not known of these applications")
    total = missed.sum(axis=1)
    least = table[total == total.min()]
    at = least.loc[least["expected_profit"].idxmax()]
    short = missed.loc[at.name]
    of_it = {name: float(short[name]) for name in constraints.given if short[name] > 0}
    return Choice(at, not of_it, of_it)


def undominated(table: pd.DataFrame, gain: str, cost: str) -> Bools:
    """Which rows no other beats: none has at least as much `gain` for at most as much `cost`, and one of them better.

    >>> undominated(pd.DataFrame({"profit": [1, 3, 2], "bad_rate": [0.1, 0.2, 0.3]}), "profit", "bad_rate").tolist()
    [True, True, False]
    """
    order = np.lexsort((-table[gain].to_numpy(float), table[cost].to_numpy(float)))
    gains, costs = table[gain].to_numpy(float)[order], table[cost].to_numpy(float)[order]
    before = np.concatenate([[-np.inf], np.maximum.accumulate(gains)[:-1]])
    same = np.zeros(len(order), dtype=bool)  # equal in both to the row before it: as good as that one
    same[1:] = (gains[1:] == gains[:-1]) & (costs[1:] == costs[:-1])
    kept = gains > before
    for i in np.flatnonzero(same):
        kept[i] = kept[i - 1]
    found = np.empty(len(order), dtype=bool)
    found[order] = kept
    return found
