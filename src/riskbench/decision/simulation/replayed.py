"""A policy replayed on the applications of a period: what all questions of a credit committee are asked of.

Each answer is worked out when it is first asked for, from one row an application.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.study import Study
from riskbench.decision.decide import decide
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import LENDING
from riskbench.decision.simulation.candidates import Candidate, Candidates
from riskbench.decision.simulation.charges import Charges
from riskbench.decision.simulation.concentration import Spread
from riskbench.decision.simulation.cut_off_policy import at_cut_off, own_cut_off
from riskbench.decision.simulation.cut_offs import CutOffs, count_frame, passing
from riskbench.decision.simulation.disparity import approval_ratios
from riskbench.decision.simulation.frontier import Choice, Constraints, best, undominated
from riskbench.decision.simulation.simulation import Simulation, simulate
from riskbench.decision.simulation.unknown_outcomes import AS_THE_CARD, assumed
from riskbench.decision.simulation.vintages import vintage_table
from riskbench.scorecard.rejects.declined import declined

THIS, IN_FORCE, PROPOSED = "this policy", "in force", "proposed"
NEAR = 0.01  # marks of the frontier whose labels would be written over each other
DRAWN = 60  # points of a line
NO_ARMS = "the policy has neither challengers nor shadows"
LENT_IN_FULL = "What the policy in force lent is taken to be what was asked for."
FRESH = "Every source is taken to be fresh: how old the data were at the decision is not known here."


@dataclass(frozen=True, eq=False)
class Replayed:
    """A policy on the applications of a period.

    `applications` (of intake), `frame` (of `policy_frame`) and `groups` (one column a protected attribute) have the
    same rows; `shift` is as in `simulate`, and `constraints` are what the proposed cut-off must keep.
    """

    study: Study
    policy: Policy
    applications: pd.DataFrame
    frame: pd.DataFrame
    groups: pd.DataFrame
    shift: float = 0.0
    constraints: Constraints = field(default_factory=Constraints)

    @cached_property
    def decisions(self) -> pd.DataFrame:
        """What the policy decides, as `decide` has it."""
        return decide(self.policy, self.frame, assume_fresh=True)

    @cached_property
    def simulated(self) -> Simulation:
        """What its decisions come to."""
        return simulate(self.policy, self.frame, self.decisions, self.shift)

    @cached_property
    def lent_to(self) -> pd.DataFrame:
        """Those who are lent to: `pd`, `y`, `asked`, `lent`, `weight` and `band`, on the index of the applications."""
        return self.simulated.applications[self.simulated.approved]

    # --- every other cut-off ------------------------------------------------------------------------------------------

    @cached_property
    def passed(self) -> pd.DataFrame:
        """What every application would be lent if the cut-off let it through, as `count_frame` takes it."""
        return passing(self.policy, self.frame, self.shift)

    @cached_property
    def cut_offs(self) -> pd.DataFrame:
        """All cut-offs, with `approval_ratio` where the study has protected groups, and which keep the constraints."""
        table = self._table(self.passed)
        try:
            enough = int(self.study.limits["privacy.smallest_cell"].bound)
            ratios = approval_ratios(self.passed, self.groups, table["cut_off"].to_numpy(), enough)
            table = table.assign(approval_ratio=ratios["approval_ratio"])
        except NotEvaluated:  # no groups: the constraint on them is then refused, and no ratio shown
            table = table.assign(approval_ratio=np.nan)
        feasible, efficient = self.constraints.kept_by(table), undominated(table, "expected_profit", "bad_rate")
        return table.assign(kept=feasible, undominated=efficient)

    def _table(self, passed: pd.DataFrame) -> pd.DataFrame:
        return CutOffs(count_frame(passed), self.policy.economics, self.shift).table

    @property
    def own(self) -> float:
        """The policy's own cut-off."""
        return own_cut_off(self.policy)

    @cached_property
    def choice(self) -> Choice:
        """The cut-off that keeps the constraints and earns most, or the nearest."""
        return best(self.cut_offs, self.constraints)

    @property
    def cut_off_gain(self) -> Estimate:
        """Expected profit an application of the proposed cut-off less that of this policy, in currency."""
        return self.against(THIS).gain(PROPOSED)

    def series(self, range_: Estimate) -> pd.DataFrame:
        """As `assumptions`, or the cut-offs by the card alone where nothing can be assumed; thinned to be drawn."""
        try:
            lines = self.assumptions(range_)
        except NotEvaluated:
            lines = self.cut_offs.assign(series=AS_THE_CARD)
        parts = [line.iloc[_thinned(len(line))] for _, line in lines.groupby("series", sort=False)]
        return pd.concat(parts, ignore_index=True)

    def assumptions(self, range_: Estimate) -> pd.DataFrame:
        """All cut-offs under each assumption about those who were declined: `series`, then the columns of `cut_offs`.

        Raises `NotEvaluated` where nobody was declined, or reject inference gives no range.
        """
        hidden = declined_in(self.study, self.applications)
        by_name = assumed(self.frame["pd"], hidden, range_)
        tables = [self._table(self.passed.assign(pd=risk)).assign(series=name) for name, risk in by_name.items()]
        return pd.concat(tables, ignore_index=True)

    # --- policies side by side ----------------------------------------------------------------------------------------

    def against(self, first: str) -> Candidates:
        """The policy, that in force where it is known, and the proposed cut-off; compared with the one named first."""
        cut = at_cut_off(self.policy, float(self.choice.at["cut_off"]))
        found = [Candidate.of(THIS, self.policy, self.frame), Candidate.of(PROPOSED, cut, self.frame)]
        if "in_force" in self.frame:
            lends = self.frame["in_force"].to_numpy(bool)
            found.insert(0, Candidate(IN_FORCE, lends, np.where(lends, self._asked, 0.0)))
        return self._candidates(sorted(found, key=lambda candidate: candidate.name != first))

    def frontier(self) -> pd.DataFrame:
        """Every cut-off and the policies side by side, to draw: `kind`, `label`, `bad_rate`, `profit` and their bounds.

        `kind` is frontier where a cut-off keeps the constraints and no other beats it, tried where not.
        """
        table, named = self.cut_offs, self.against(THIS).table.rename(columns={"policy": "label"})
        drawn = np.where(table["kept"] & table["undominated"], "frontier", "tried")
        kinds = np.where(named["label"] == THIS, "champion", "alternative")
        columns = ["kind", "label", "cut_off", *_bounded("approval_share"), *_bounded("bad_rate"), *_bounded("profit")]
        every = table.assign(kind=drawn, label="").astype({"cut_off": float}).reindex(columns=columns)
        chosen = _labelled(named.assign(kind=kinds)).reindex(columns=columns)
        return pd.concat([every, chosen.astype(every.dtypes.to_dict())], ignore_index=True)

    @property
    def note(self) -> str:
        """What the reader of the policies side by side must know."""
        told = [LENT_IN_FULL] * ("in_force" in self.frame) + [FRESH] * bool(self.policy.freshness)
        return " ".join([*told, self.simulated.note]).strip()

    def arms(self) -> pd.DataFrame:
        """The champion against its challengers and shadows, each on all applications; `NotEvaluated` without any."""
        if not self.policy.alternatives:
            raise NotEvaluated(NO_ARMS)
        names = ["champion", *(alternative.name for alternative in self.policy.alternatives)]
        found = [Candidate.of(name, self.policy.arm(name), self.frame) for name in names]
        return self._candidates(found).shown

    @property
    def _asked(self) -> np.ndarray:
        return self.simulated.applications["asked"].to_numpy(float)

    def _candidates(self, found: Sequence[Candidate]) -> Candidates:
        decided = self.simulated.applications
        risk, weight, y = (decided[name].to_numpy(float) for name in ("pd", "weight", "y"))
        return Candidates(found, risk, self._asked, weight, y, self.policy.economics, self.shift)

    # --- what is lent, and to whom ------------------------------------------------------------------------------------

    @cached_property
    def charges(self) -> Charges:
        """What the study tells of interest, terms and income, of those who are lent to."""
        return Charges.of(self.study, self.applications.loc[self.lent_to.index])

    def burden(self) -> np.ndarray:
        """Instalment and expenses of those who are lent to, as a share of income; raises `NotEvaluated`."""
        rates = self.decisions.get("rate")
        of = None if rates is None else rates.loc[self.lent_to.index].to_numpy(float)
        return self.charges.burden(self.lent_to["lent"].to_numpy(float), of)

    def spreads(self, more: Sequence[str] = ()) -> list[Spread]:
        """How what is lent is spread: over bands, segments of the study, what the policy caps, and `more` columns."""
        caps = [cap.by for cap in self.policy.caps.concentration]
        columns = dict.fromkeys([*self.study.base.segments, *caps, *more])
        lent = (self.lent_to["weight"] * self.lent_to["lent"]).to_numpy(float)
        told = self.applications.loc[self.lent_to.index]
        return [Spread("band", self.lent_to["band"], lent), *(Spread(name, told[name], lent) for name in columns)]

    def vintages(self, error: float) -> pd.DataFrame:
        """The loss expected of each quarter of decisions, see `vintage_table`; raises `NotEvaluated` without dates."""
        months = self.applications.loc[self.lent_to.index, "month"]
        return vintage_table(self.lent_to, months, self.policy.economics.lgd, error, "quarter")

    # --- proofs -------------------------------------------------------------------------------------------------------

    def whole_gap(self, thresholds: Thresholds) -> CheckResult:
        """How far this policy, as one of several, lies from the sums of its actions: relative, the largest."""
        row = self.against(THIS).table.iloc[0]
        parts = self.simulated.by_action
        lends = parts["action"].isin(LENDING)
        sums = {"n": parts["n"][lends].sum(), "amount": parts["amount"].sum(), "earned": parts["expected_profit"].sum()}
        told = {"n": row["n"], "amount": row["amount"], "earned": row["profit"] * self._weighed(self._asked)}
        gaps = [abs(told[name] - value) / max(1.0, abs(value)) for name, value in sums.items()]
        title = "What is told of this policy against the sums of its actions, largest relative difference"
        estimate = Estimate(float(max(gaps)), n=len(self.frame), method="approved, lent and expected profit")
        return CheckResult("policies.parts_gap", title, estimate, thresholds["simulation.replay_gap"])

    def _weighed(self, values: np.ndarray) -> float:
        return float((self.simulated.applications["weight"].to_numpy(float) * values).sum())

    def replay_gap(self, thresholds: Thresholds) -> CheckResult:
        """How far the count table lies from replaying the policy with the proposed cut-off: relative, the largest."""
        at = self.choice.at
        again = at_cut_off(self.policy, float(at["cut_off"]))
        told = simulate(again, self.frame, decide(again, self.frame, assume_fresh=True), self.shift)
        parts = told.by_action
        sums = {
            "n": told.approved.sum(),
            "amount": parts["amount"].sum(),
            "expected_profit": parts["expected_profit"].sum(),
        }
        rates = {"approval_share": told.approval_rate.value, "bad_rate": told.expected_bad_rate.value}
        gaps = [
            abs(at[name] - value) / max(1.0, abs(value)) for name, value in (sums | rates).items() if value is not None
        ]
        title = "Count table against replaying the policy with the proposed cut-off, largest relative difference"
        method = "approved, lent, expected profit, approval rate and bad rate"
        estimate = Estimate(float(max(gaps)), n=len(self.frame), method=method)
        return CheckResult("cut_offs.replay_gap", title, estimate, thresholds["simulation.replay_gap"])


def _labelled(named: pd.DataFrame) -> pd.DataFrame:
    """The policies with the label of the proposed one joined to this policy's where their marks lie on each other."""
    at = named.set_index("label")[["bad_rate", "profit"]]
    if np.abs(at.loc[PROPOSED].to_numpy(float) - at.loc[THIS].to_numpy(float)).max() > NEAR:
        return named
    return named.assign(label=named["label"].replace({THIS: f"{THIS}, and {PROPOSED}", PROPOSED: ""}))


def _thinned(n: int) -> np.ndarray:
    return np.unique(np.linspace(0, n - 1, min(n, DRAWN)).round().astype(int))


def _bounded(name: str) -> tuple[str, str, str]:
    return name, f"{name}_lower", f"{name}_upper"


def declined_in(study: Study, applications: pd.DataFrame) -> pd.Series:
    """Who was declined and has no label, among all applications of a run or some of them."""
    if study.population == "booked" or study.base.decision is None:
        return declined(study, applications)  # which says why there is nobody
    refused = ~applications[study.base.decision].isin(study.base.approved)
    return refused & applications["y"].isna()
