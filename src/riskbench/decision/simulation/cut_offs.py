"""All cut-offs at once: what a policy would approve, risk and earn if it lent from each score on.

One group-by on the whole score, finished in numpy. Economics enter after the counting, so that one count table answers
for every assumption about losses and margins.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from ibis.expr.types import Table

from riskbench.data.oversampling import moved, outcome_weights
from riskbench.data.sums import Sums, Term, frame_sums, table_sums
from riskbench.decision import weighted
from riskbench.decision.policy.economics import Economics
from riskbench.decision.policy.policy import Policy
from riskbench.decision.simulation.cut_off_policy import let_through
from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import wilson_bounds

W, P, L, A = "weight", "pd", "lent", "asked"
BY = ("score", "lends")
TERMS: tuple[Term, ...] = (
    *((W, *of) for of in ((), (P,), (L,), (P, L), (A,))),
    *((W, W, *of) for of in ((), (P,), (P, P), (L,), (P, L), (L, L), (P, L, L), (P, P, L, L))),
    *((W, W, *of) for of in ((A,), (A, A), (A, L), (A, P, L))),
    ("known",),
    ("y",),
    ("known", W),
    ("known", W, P),
)


def count_frame(frame: pd.DataFrame) -> Sums:
    """The count table of a frame: one row an application, `score`, `lends`, `pd`, `lent`, `asked`, `y`, `weight`.

    `lends` and `lent` are those of `let_through`; `y` is 1 (bad), 0 (good) or missing; `weight` may be absent.
    """
    whole = frame.assign(score=np.floor(frame["score"]).astype(int), known=frame["y"].notna())
    return frame_sums(whole, BY, TERMS, ones=[W])


def count_table(table: Table) -> Sums:
    """The same count table of an Ibis table with these columns, of any size."""
    score = table["score"]
    points = score if score.type().is_integer() else score.floor().cast("int64")  # a plain column is grouped faster
    return table_sums(table.mutate(score=points, known=table["y"].notnull().cast("int8")), BY, TERMS, ones=[W])


def passing(policy: Policy, frame: pd.DataFrame, shift: float = 0.0) -> pd.DataFrame:
    """The applications of `frame`, as `simulate` takes it, as `count_frame` takes them.

    Weights are there where bads are oversampled. Raises `NotEvaluated` where no band of the policy lends.
    """
    told = frame[["score", "pd", "y"]].join(let_through(policy, frame))
    return told.assign(weight=outcome_weights(frame["y"], shift)) if shift else told


@dataclass(frozen=True, eq=False)
class CutOffs:
    """A count table with the economics of the policy; `shift` is what the population's log odds lie above the data's.

    `scores` are the cut-offs: every score at which somebody would be lent to, from the lowest up.
    """

    counts: Sums
    economics: Economics
    shift: float = 0.0

    @cached_property
    def scores(self) -> np.ndarray:
        """The cut-offs, whole points."""
        return np.unique(self._lending.keys["score"].to_numpy()).astype(np.int64)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a cut-off, from the lowest score up.

        `cut_off`, `n` approved, `approval_share`, `bad_rate` (mean PD of the approved), `n_labelled` of them and their
        `observed_bad_rate`, `expected_profit` in currency, `profit` per unit asked for by anybody and `profit_lent` per
        unit lent, `amount` lent. Shares and ratios have an interval (`_lower`, `_upper`) for the sampling of
        applicants. No row where nobody would be lent to.
        """
        approved, risk, observed = self._approval(), self._bad_rate(), self._observed()
        profit, by_lent = self._profit("asked"), self._profit("lent")
        columns = {
            "cut_off": self.scores,
            "n": self._upto().astype(int),
            **_three("approval_share", approved),
            **_three("bad_rate", risk),
            "n_labelled": self._upto("known").astype(int),
            **_three("observed_bad_rate", observed),
            "amount": self._upto(W, L),
            "expected_profit": self._earned(),
            **_three("profit", profit),
            **_three("profit_lent", by_lent),
        }
        return pd.DataFrame(columns)

    # --- sums of those at or above each cut-off ----------------------------------------------------------------------

    @cached_property
    def _lending(self) -> Sums:
        return self.counts.where(self.counts.keys["lends"].to_numpy(bool))

    def _upto(self, *term: str) -> Floats:
        """The sum over those that each cut-off lends to."""
        return np.cumsum(self._lending.of(*term)[::-1])[::-1]

    def _all(self, *term: str) -> float:
        return float(self.counts.of(*term).sum())

    def _approval(self) -> tuple[Floats, ...]:
        n = int(self._all())
        if W in self.counts.ones:
            share = self._upto() / n
            return share, *wilson_bounds(share, np.full(len(share), n))
        inside = self._upto(W, W)
        return _within(weighted.ratio(self._upto(W), self._all(W), inside, inside, self._all(W, W), n))

    def _bad_rate(self) -> tuple[Floats, ...]:
        squares = self._upto(W, W, P, P), self._upto(W, W, P), self._upto(W, W)
        return _within(_ratio(self._upto(W, P), self._upto(W), *squares, self._upto()))

    def _observed(self) -> tuple[Floats, ...]:
        known, bad = self._upto("known"), self._upto("y")
        share = np.divide(bad, known, out=np.full(len(known), np.nan), where=known > 0)
        return tuple(moved(x, self.shift) for x in (share, *wilson_bounds(share, known)))

    def _earned(self) -> Floats:
        """Expected profit of each cut-off: margin, losses, accounts of those lent to; applications of all."""
        e = self.economics
        lent = e.net_margin * self._upto(W, L) - (e.net_margin + e.lgd) * self._upto(W, P, L)
        return lent - e.cost_per_account * self._upto(W) - e.cost_per_application * self._all(W)

    def _profit(self, over: str) -> tuple[Floats, ...]:
        """Expected profit over the sum asked for by everybody, or over what is lent.

        An application lent to brings w·(m·l − (m + LGD)·p·l − k), each other one −w·c, with k = account + c.
        """

        def ww(*of: str) -> Floats:
            return self._upto(W, W, *of)

        e, m = self.economics, self.economics.net_margin
        s, c = m + e.lgd, e.cost_per_application
        k = e.cost_per_account + c
        squared = m**2 * ww(L, L) - 2 * m * s * ww(P, L, L) + s**2 * ww(P, P, L, L)
        squared += k**2 * ww() - 2 * k * (m * ww(L) - s * ww(P, L))
        squared += c**2 * (self._all(W, W) - ww())
        if over == "lent":
            cross = m * ww(L, L) - s * ww(P, L, L) - k * ww(L)
            return weighted.ratio(self._earned(), self._upto(W, L), squared, cross, ww(L, L), int(self._all()))
        cross = m * ww(A, L) - s * ww(A, P, L) - k * ww(A) - c * (self._all(W, W, A) - ww(A))
        return weighted.ratio(self._earned(), self._all(W, A), squared, cross, self._all(W, W, A, A), int(self._all()))


def every_cut_off(policy: Policy, frame: pd.DataFrame, shift: float = 0.0) -> pd.DataFrame:
    """The table of `CutOffs` for a policy on the applications of `frame`, as `passing` takes them."""
    return CutOffs(count_frame(passing(policy, frame, shift)), policy.economics, shift).table


def _ratio(p: Floats, a: Floats, pp: Floats, pa: Floats, aa: Floats, n: Floats) -> tuple[Floats, ...]:
    """Σp / Σa with its linearised interval, each entry over its own number of applicants; no interval of one."""
    value, *bounds = weighted.ratio(p, a, pp, pa, aa, n)
    return value, *(np.where(n > 1, bound, np.nan) for bound in bounds)


def _within(three: tuple[Floats, ...]) -> tuple[Floats, ...]:
    value, lower, upper = three
    return value, np.maximum(lower, 0.0), np.minimum(upper, 1.0)


def _three(name: str, found: tuple[Floats, ...]) -> dict[str, Floats]:
    return dict(zip((name, f"{name}_lower", f"{name}_upper"), found, strict=True))
