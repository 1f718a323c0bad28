"""Policies side by side on the same applications, each against the first of them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskbench.core.results import Estimate
from riskbench.data.oversampling import moved
from riskbench.decision.decide import decide
from riskbench.decision.paired import Ratio, change
from riskbench.decision.policy.economics import Economics
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import LENDING
from riskbench.metrics.arguments import Bools, Floats
from riskbench.metrics.intervals import proportion

OBSERVED = ("observed_bad_rate", "observed_bad_rate_lower", "observed_bad_rate_upper")


@dataclass(frozen=True, eq=False)
class Candidate:
    """A policy by what it does to each application: whether it `lends`, and how much is `lent`, 0 where it does not."""

    name: str
    lends: Bools
    lent: Floats

    @classmethod
    def of(cls, name: str, policy: Policy, frame: pd.DataFrame) -> "Candidate":
        """A policy on the applications of `frame`, which is as `decide` takes it."""
        decided = decide(policy, frame, assume_fresh=True)
        lends = decided["action"].isin(LENDING).to_numpy()
        return cls(name, lends, np.where(lends, decided["amount"].to_numpy(float), 0.0))


@dataclass(frozen=True, eq=False)
class Candidates:
    """Candidates on the same applications, the first of which the others are compared with.

    `risk` (PDs), `asked`, `weight` and `y` (1 bad, 0 good, missing) are columns by application; `economics` judge all
    candidates alike; `shift` is what the population's log odds of bad lie above those of the data.
    """

    candidates: Sequence[Candidate]
    risk: Floats
    asked: Floats
    weight: Floats
    y: Floats
    economics: Economics
    shift: float = 0.0

    @property
    def table(self) -> pd.DataFrame:
        """One row a candidate: `policy`, `n` approved, and figures with intervals.

        `approval_share`, `bad_rate` (mean PD of the approved), `observed_bad_rate` of the `n_labelled` among them,
        `amount` lent, `profit` per unit asked for by anybody, and `profit_each`, an application, in currency.
        `profit_gain` is the difference in that against the first row; its interval knows that the applications are the
        same.
        """
        return pd.DataFrame([self._row(candidate) for candidate in self.candidates])

    @property
    def shown(self) -> pd.DataFrame:
        """The columns of `table` that a page has room for."""
        return self.table.filter(regex="^(?!n$|n_labelled$|profit_each|amount$)")

    def gain(self, name: str) -> Estimate:
        """Expected profit an application of a candidate less that of the first, in currency."""
        chosen = next(c for c in self.candidates if c.name == name)
        return change(self._profit(self.candidates[0], self.weight), self._profit(chosen, self.weight))

    def _row(self, of: Candidate) -> dict[str, object]:
        lends = self.weight * of.lends
        first = of is self.candidates[0]
        known = self.y[of.lends & ~np.isnan(self.y)]
        rate = [np.nan if x is None else x for x in proportion(int(known.sum()), len(known)).bounded]
        return {
            "policy": of.name,
            "n": int(of.lends.sum()),
            **Ratio(lends, self.weight).estimate().columns("approval_share"),
            **Ratio(lends * self.risk, lends).estimate().columns("bad_rate"),
            "n_labelled": len(known),
            **dict(zip(OBSERVED, moved(rate, self.shift), strict=True)),
            "amount": float((self.weight * of.lent).sum()),
            **self._profit(of, self.weight * self.asked).estimate().columns("profit"),
            **self._profit(of, self.weight).estimate().columns("profit_each"),
            **(Estimate.missing("the first itself") if first else self.gain(of.name)).columns("profit_gain"),
        }

    def _profit(self, of: Candidate, whole: Floats) -> Ratio:
        earned = np.where(of.lends, self.economics.expected_profit(self.risk, of.lent), 0.0)
        return Ratio(self.weight * (earned - self.economics.cost_per_application), whole)
