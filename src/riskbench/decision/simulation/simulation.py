"""What a policy would do to a portfolio: who is approved, how bad they are, and what they earn.

Expected figures come from the PD and hold for every applicant; observed ones exist only where an outcome is known,
which for declined applicants it usually is not. Both are shown side by side, never mixed. Where bads were drawn more
often than goods, every application counts with the weight that gives the population's mix back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.data.oversampling import outcome_weights
from riskbench.decision import weighted
from riskbench.decision.decide import requested_amounts
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import LENDING, SEVERITY
from riskbench.decision.simulation.portfolio_sums import part_sums, parts_table, with_every_part
from riskbench.metrics.arguments import probabilities
from riskbench.metrics.intervals import normal_quantile

UNIT_EXPOSURE = "no amounts are known: each loan counts as one unit"
REFERRED = "referred applications wait for a person: they lend nothing here"
REWEIGHTED = "bads are oversampled in the data: rates and sums are weighted to the bad rate of the population"


@dataclass(frozen=True, eq=False)
class Simulation:
    """Applications as a policy decided them, and what is expected of each.

    `applications` has one row each: its `action` and `band`, `pd`, `y` (1 = bad, 0 = good, NaN = unlabelled), the
    amounts `asked` and `lent`, the expected `profit`, the `weight` that it counts for and, where earlier decisions are
    known, whether the policy `in_force` approved it. `shift` is what the population's log odds of bad lie above those
    of the data, and `amounts_known` tells whether amounts are in currency or 1 a loan.
    """

    policy: Policy
    applications: pd.DataFrame
    shift: float
    amounts_known: bool

    @property
    def approved(self) -> pd.Series:
        """Which applications are approved, limited ones included; by row."""
        return self.applications["action"].isin(LENDING)

    @property
    def by_action(self) -> pd.DataFrame:
        """One row an action, from approve to decline, with the columns of `portfolio_sums.parts_table`."""
        return self._by("action", SEVERITY)

    @property
    def by_band(self) -> pd.DataFrame:
        """One row a score band, the safest first, with the columns of `portfolio_sums.parts_table`."""
        return self._by("band", [band.name for band in reversed(self.policy.bands_by_score)])

    @property
    def approval_rate(self) -> Estimate:
        """Share of applications approved, limited ones included."""
        return weighted.share(self.approved.to_numpy(), self.applications["weight"].to_numpy())

    @property
    def expected_bad_rate(self) -> Estimate:
        """Mean PD of those approved, limited ones included."""
        method = "mean PD, normal interval over the sampling of applicants"
        risk, weight = self.applications.loc[self.approved, "pd"], self.applications.loc[self.approved, "weight"]
        if len(risk) < 2:
            return Estimate.missing("fewer than two applications are approved", len(risk), method)
        value = weighted.mean(risk, weight)
        reach = normal_quantile(weighted.LEVEL) * np.sqrt(weighted.variance_of_mean(risk, weight))
        return Estimate(value, max(0.0, value - reach), min(1.0, value + reach), weighted.LEVEL, len(risk), method)

    def figures(self, sample: str) -> list[CheckResult]:
        """How many it approves and how bad they are expected to be."""
        approved = "Applications approved, limited ones included"
        expected = "Expected bad rate of the approved portfolio"
        return [
            CheckResult(f"portfolio.approval_rate.{sample}", approved, self.approval_rate, unit="%"),
            CheckResult(f"portfolio.expected_bad_rate.{sample}", expected, self.expected_bad_rate, unit="%"),
        ]

    @property
    def profit_per_unit_lent(self) -> Estimate:
        """Expected profit over the amount lent, the costs of all applications deducted."""
        decided = self.applications
        lent, profit = ((decided["weight"] * decided[name]).to_numpy() for name in ("lent", "profit"))
        method = "expected profit / amount lent, linearised over the sampling of applicants"
        method += "" if self.amounts_known else f"; {UNIT_EXPOSURE}"
        if not lent.sum():
            return Estimate.missing("nothing is lent", len(lent), method)
        sums = profit.sum(), lent.sum(), (profit**2).sum(), (profit * lent).sum(), (lent**2).sum()
        value, lower, upper = (float(x) for x in weighted.ratio(*sums, len(lent)))
        if len(lent) == 1:
            return Estimate(value, n=1, method=method)
        return Estimate(value, lower, upper, weighted.LEVEL, len(lent), method)

    @property
    def note(self) -> str:
        """What the reader of a table must know, in sentences; empty where there is nothing."""
        told = [UNIT_EXPOSURE] * (not self.amounts_known)
        told += [REFERRED] * bool((self.applications["action"] == "refer").any())
        told += [REWEIGHTED] * (self.shift != 0)
        return " ".join(f"{sentence.capitalize()}." for sentence in told)

    def checks(self, sample: str, thresholds: Thresholds) -> list[CheckResult]:
        """What the policy is judged by: its profit, and lending bands that turn out worse than expected."""
        return [
            CheckResult(
                f"portfolio.expected_profit.{sample}",
                "Expected profit of the approved portfolio, per unit lent",
                self.profit_per_unit_lent,
                thresholds["policy.expected_profit"],
                unit="%",
            ),
            self._underestimated_bands(sample, thresholds),
        ]

    def _by(self, column: str, names: Sequence[str]) -> pd.DataFrame:
        found = parts_table(part_sums(self.applications, [column]), self.policy.economics, self.shift)
        return with_every_part(found, pd.DataFrame({column: names}))

    def _underestimated_bands(self, sample: str, thresholds: Thresholds) -> CheckResult:
        lending = {band.name for band in self.policy.bands if band.action in LENDING}
        by_band = self.by_band
        known = by_band[by_band["band"].isin(lending) & by_band["lower"].notna()]
        too_low = known[known["lower"] > known["expected_bad_rate"]]
        named = ", ".join(too_low["band"])
        title = f"Lending bands with a bad rate above what is expected{f' ({named})' if named else ''}"
        method = "95 % interval of the observed bad rate above the mean PD"
        estimate = Estimate(len(too_low), n=len(known), method=method)
        if known.empty:
            estimate = Estimate.missing("no lending band has an outcome")
        limit = thresholds["policy.bands_underestimated"]
        return CheckResult(f"bands.underestimated.{sample}", title, estimate, limit)


def simulate(policy: Policy, frame: pd.DataFrame, decisions: pd.DataFrame, shift: float = 0.0) -> Simulation:
    """What `decisions` of a policy would bring on the applications of `frame`.

    `frame` has `pd` in [0, 1] and, where known, `amount` (requested), `y` (1 = bad, 0 = good, NaN = unlabelled) and
    `in_force` (boolean: the policy in force approved); `decisions` is what `decide` says of the same rows. `shift` is
    what the population's log odds of bad lie above those of the data, see `data/oversampling.py`. Raises ValueError
    for no row, a PD outside [0, 1], labels other than 0 and 1 or an `in_force` that is not boolean.
    """
    if not len(frame):
        raise ValueError("a simulation needs at least one application, got none")
    if "pd" not in frame:
        raise ValueError(f"a simulation needs a column pd, got {', '.join(map(str, frame.columns))}")
    risk, labels = probabilities(frame["pd"]), _labels(frame)
    lent = decisions["amount"].to_numpy(float)
    earned = np.where(decisions["action"].isin(LENDING), policy.economics.expected_profit(risk, lent), 0.0)
    decided = decisions[["action", "band"]].assign(
        pd=risk,
        y=labels,
        asked=requested_amounts(frame),
        lent=lent,
        profit=earned - policy.economics.cost_per_application,
        weight=outcome_weights(labels, shift),
        **_in_force(frame),
    )
    return Simulation(policy, decided, shift, amounts_known="amount" in frame)


def _labels(frame: pd.DataFrame) -> np.ndarray:
    labels = frame["y"].to_numpy(float) if "y" in frame else np.full(len(frame), np.nan)
    if not (np.isnan(labels) | (labels == 0) | (labels == 1)).all():
        raise ValueError("y must be 1 (bad), 0 (good) or missing")
    return labels


def _in_force(frame: pd.DataFrame) -> dict[str, pd.Series]:
    """The column of earlier decisions, where there is one."""
    if "in_force" not in frame:
        return {}
    if not pd.api.types.is_bool_dtype(frame["in_force"]):
        raise ValueError(f"in_force must be boolean (True = approved before), got {frame['in_force'].dtype}")
    return {"in_force": frame["in_force"]}
