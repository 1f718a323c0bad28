"""How the money lent is spread: over products, channels, bands, and against the policy's own limits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskbench.core.results import Estimate
from riskbench.decision.paired import Ratio
from riskbench.decision.policy.caps import ConcentrationCap
from riskbench.decision.weighted import LEVEL
from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import normal_quantile


@dataclass(frozen=True, eq=False)
class Spread:
    """What is lent, `lent` by application (0 where nothing is), over the levels of one variable."""

    by: str
    levels: pd.Series
    lent: Floats

    @property
    def shares(self) -> pd.Series:
        """The share of all that is lent by level, the largest first."""
        sums = pd.Series(self.lent).groupby(self.levels.fillna("unknown").astype(str).to_numpy()).sum()
        return (sums / sums.sum()).sort_values(ascending=False, kind="stable")

    def largest(self) -> tuple[str, Estimate]:
        """The level with the largest share, and that share with its interval."""
        level = str(self.shares.index[0])
        return level, self.share(level)

    def share(self, level: str) -> Estimate:
        """The share of one level, with its interval for the sampling of applicants."""
        inside = (self.levels.fillna("unknown").astype(str) == level).to_numpy()
        return Ratio(self.lent * inside, self.lent).estimate()

    def index(self) -> Estimate:
        """Herfindahl's index Σ s² of the shares: 1 where one level holds everything, 1/K where K hold as much.

        The interval is linearised over the sampling of applicants.
        """
        shares, total, n = self.shares, self.lent.sum(), len(self.lent)
        of_each = shares.reindex(self.levels.fillna("unknown").astype(str)).to_numpy(float)
        value = float((shares**2).sum())
        influence = 2 * self.lent * (of_each - value) / total
        reach = float(normal_quantile(LEVEL) * np.sqrt((influence**2).sum() * n / max(n - 1, 1)))
        method = "Σ of squared shares of what is lent, linearised over the sampling of applicants"
        return Estimate(value, max(0.0, value - reach), min(1.0, value + reach), LEVEL, n, method)


def concentration_table(spreads: Sequence[Spread], caps: Sequence[ConcentrationCap]) -> pd.DataFrame:
    """One row a variable, each share and index with its interval.

    `variable`, number of `levels`, the `largest` of them, its `lent_share`, `lent_hhi`, and `share_cap`: that of the
    policy on the share of a level, where it has one.
    """
    limits = {cap.by: cap.value for cap in caps}
    rows = []
    for spread in spreads:
        level, share = spread.largest()
        rows.append(
            {
                "variable": spread.by,
                "levels": len(spread.shares),
                "largest": level,
                **share.columns("lent_share"),
                **spread.index().columns("lent_hhi"),
                "share_cap": limits.get(spread.by),
            }
        )
    return pd.DataFrame(rows)


def broken_caps(spreads: Sequence[Spread], caps: Sequence[ConcentrationCap]) -> list[str]:
    """Every cap that a level's share is above, in words."""
    known = {spread.by: spread for spread in spreads}
    told = []
    for cap in caps:
        if cap.by in known:
            above = known[cap.by].shares
            told += [
                f"{cap.by} {level}: {share:.1%} of at most {cap.value:.1%}"
                for level, share in above.items()
                if share > cap.value
            ]
    return told
