"""What a replay came to: how many match, what changed the others, who changes places, and how risk is seen now."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

import pandas as pd

from riskbench.core.results import LEVEL, Estimate
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.policy.section import SEVERITY
from riskbench.decision.replay.frames import Content
from riskbench.decision.replay.replay import BY_AMOUNT, BY_MODEL, BY_RULE, CANNOT, MATCHED, VERDICTS, replayed
from riskbench.metrics.intervals import normal_quantile, wilson

EXAMPLES = 5  # decisions named for each verdict
CHANGED = (BY_MODEL, BY_RULE, BY_AMOUNT)
EXAMPLE = ["id", "verdict", "action", "action_again", "rule", "rule_again", "score", "score_again", "why_not"]


@dataclass
class Replay:
    """The counts of a replay, which grow table by table; `bundle` is the address of the bundle that decides now."""

    bundle: str
    n: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    action_changed: Counter[str] = field(default_factory=Counter)
    swaps: Counter[tuple[str, str]] = field(default_factory=Counter)
    lacking: Counter[str] = field(default_factory=Counter)
    own: int = 0  # decisions that this bundle made itself
    own_differing: int = 0  # of them, those that it does not make again
    examples: dict[str, list[dict[Hashable, Any]]] = field(default_factory=lambda: defaultdict(list))
    _shift: tuple[int, float, float] = (0, 0.0, 0.0)  # n, mean and sum of squares of the differences of PDs

    @property
    def holds(self) -> bool:
        """Whether every decision that the bundle made itself is made again, to the last figure."""
        return self.own_differing == 0

    @property
    def again(self) -> int:
        """How many could be decided again."""
        return self.n - self.verdicts["stopped"] - self.verdicts[CANNOT]

    @property
    def pd_shift(self) -> Estimate:
        """Mean PD now less mean PD as logged, of the same applications, with a normal interval for pairs."""
        n, mean, squares = self._shift
        method = "mean of paired differences, normal interval"
        if n < 2:
            return Estimate.missing(f"{n} decisions were decided again; a mean with an interval takes two", n, method)
        reach = normal_quantile(LEVEL) * sqrt(squares / (n - 1) / n)
        return Estimate(mean, mean - reach, mean + reach, LEVEL, n, method)

    def add(self, found: pd.DataFrame) -> None:
        """Count the decisions of a table of `replayed`."""
        self.n += len(found)
        can = found["verdict"].isin([MATCHED, *CHANGED])
        moved = can & (found["action"] != found["action_again"])
        self.verdicts.update(found["verdict"])
        self.action_changed.update(found.loc[moved, "verdict"])
        self.swaps.update(zip(found.loc[can, "action"], found.loc[can, "action_again"], strict=True))
        self.lacking.update(found.loc[found["verdict"] == CANNOT, "why_not"])
        own = (found["bundle"] == self.bundle) & (found["verdict"] != "stopped")
        self.own += int(own.sum())
        self.own_differing += int((own & (found["verdict"] != MATCHED)).sum())
        self._add_shift(found.loc[can, "pd_again"] - found.loc[can, "pd"])
        for verdict in (*CHANGED, CANNOT):
            free = EXAMPLES - len(self.examples[verdict])
            if free:
                self.examples[verdict] += found.loc[found["verdict"] == verdict, EXAMPLE].head(free).to_dict("records")

    def _add_shift(self, differences: pd.Series) -> None:
        n, mean, squares = self._shift  # joined as by Chan, Golub and LeVeque (1979)
        if m := len(differences):
            own = float(differences.mean())
            step = own - mean
            squares += float(((differences - own) ** 2).sum()) + step**2 * n * m / (n + m)
            self._shift = n + m, mean + step * m / (n + m), squares

    def verdict_table(self) -> pd.DataFrame:
        """One row a verdict: `verdict`, `n`, `share` of all with its bounds, `action_changed` (how many of them)."""
        rows = [
            {"verdict": verdict, "n": self.verdicts[verdict]}
            | wilson(self.verdicts[verdict], self.n, LEVEL).columns("share")
            | {"action_changed": self.action_changed[verdict]}
            for verdict in VERDICTS
        ]
        return pd.DataFrame(rows)

    def swap_table(self) -> pd.DataFrame:
        """How many went from the action of a row to that of a column, both in the order of severity."""
        counts = [[self.swaps[before, after] for after in SEVERITY] for before in SEVERITY]
        return pd.DataFrame(counts, index=pd.Index(SEVERITY, name="logged"), columns=list(SEVERITY))

    def example_table(self) -> pd.DataFrame:
        """The first decisions of each verdict that is no match, by id and without any input."""
        rows = [row for verdict in (*CHANGED, CANNOT) for row in self.examples[verdict]]
        return pd.DataFrame(rows, columns=EXAMPLE)


def replay(contents: Iterable[Content], bundle: Bundle) -> Replay:
    """Decide logged decisions again by a bundle, and count; `replayed` says how, and gives them one by one."""
    counted = Replay(bundle.address)
    for found in replayed(contents, bundle):
        counted.add(found)
    return counted
