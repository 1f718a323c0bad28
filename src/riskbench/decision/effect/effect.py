"""What a change of bundles does to the same applications: a promotion, or the rollback that takes it back.

Each side scores and decides by its own card, policy and economics. What a side cannot compute on these applications,
because they lack a column that it reads, is not evaluated, with that reason. The effect of the way back is that of the
way there with the other sign.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated, RiskbenchError
from riskbench.core.results import Estimate
from riskbench.data.oversampling import outcome_weights
from riskbench.decision import weighted
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.decide import decide
from riskbench.decision.effect import paired
from riskbench.decision.effect.paired import Ratio
from riskbench.decision.simulation.simulation import Simulation, simulate
from riskbench.metrics.arguments import Floats
from riskbench.metrics.paired import paired_difference


@dataclass(frozen=True, eq=False)
class Applicants:
    """Whom an effect is computed on: one row an application, in one order.

    `columns` are those that bundles read; `y` is 1 (bad), 0 (good) or missing; `groups` holds one column a protected
    attribute, and `smallest_cell` the fewest people of a group that may be shown; `shift` is as in `simulate`.
    """

    columns: pd.DataFrame
    y: pd.Series
    groups: pd.DataFrame
    smallest_cell: int
    shift: float = 0.0


@dataclass(frozen=True, eq=False)
class Side:
    """One bundle on some applicants: `scored` (score, pd) and what its decisions come to, or why there is none."""

    bundle: Bundle
    scored: pd.DataFrame | None
    simulated: Simulation | None
    why_not: str = ""


@dataclass(frozen=True)
class Change:
    """One figure before and after, and its change, each with the interval of the sampling of applicants."""

    name: str
    title: str
    unit: str
    before: Estimate
    after: Estimate
    change: Estimate


@dataclass(frozen=True, eq=False)
class Effect:
    """Two bundles on the same applicants; `changes` are the figures, `effect_tables.py` has the tables."""

    before: Side
    after: Side
    applicants: Applicants
    currency: str = ""

    @cached_property
    def changes(self) -> list[Change]:
        """Every figure of `MEASURES`, in that order."""
        return [self._change(measure) for measure in MEASURES]

    @property
    def lacking(self) -> list[str]:
        """What could not be evaluated, as sentences; empty where everything was."""
        sides = {"before": self.before, "after": self.after}
        return [f"The bundle {name} the change: {side.why_not}." for name, side in sides.items() if side.why_not]

    def scored(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Score and PD of both sides; raises `NotEvaluated` where one has none."""
        if self.before.scored is None or self.after.scored is None:
            raise NotEvaluated(self._reason)
        return self.before.scored, self.after.scored

    def decided(self) -> tuple[Simulation, Simulation]:
        """What both sides decide; raises `NotEvaluated` where one decides nothing."""
        if self.before.simulated is None or self.after.simulated is None:
            raise NotEvaluated(self._reason)
        return self.before.simulated, self.after.simulated

    @property
    def _reason(self) -> str:
        return " ".join(dict.fromkeys(filter(None, (self.before.why_not, self.after.why_not))))

    def _change(self, measure: "Measure") -> Change:
        first, second = (measure.ratio(side, self.applicants) for side in (self.before, self.after))
        lacks = Estimate.missing(self._reason, len(self.applicants.columns))
        return Change(
            measure.name,
            measure.title,
            self.currency if measure.unit == "currency" else measure.unit,
            lacks if first is None else measure.estimate(first),
            lacks if second is None else measure.estimate(second),
            lacks if first is None or second is None else measure.change(first, second),
        )


def bundle_effect(before: Bundle, after: Bundle, applicants: Applicants) -> Effect:
    """What changes for the same applicants when `after` takes the place of `before`.

    Raises ValueError where there is no applicant, or the tables have not the same rows.
    """
    n = len(applicants.columns)
    if not n:
        raise ValueError("an effect needs at least one application, got none")
    if {len(applicants.y), len(applicants.groups)} != {n}:
        raise ValueError(
            f"y and groups must have the {n} rows of columns, got {len(applicants.y)}, {len(applicants.groups)}"
        )
    units = [column.unit for column in after.inputs.columns if column.name == after.inputs.amount]
    return Effect(_side(before, applicants), _side(after, applicants), applicants, *units)


def _side(bundle: Bundle, applicants: Applicants) -> Side:
    frame = applicants.columns
    scored = None
    try:
        if absent := bundle.lacking(frame.columns, of="card"):
            return Side(bundle, None, None, _lacks("card", absent))
        scored = bundle.score(frame)
        if absent := bundle.lacking(frame.columns):
            return Side(bundle, scored, None, _lacks("policy", absent))
        read = bundle.read_by_policy(frame)
        decided = decide(bundle.effective_policy, read, assume_fresh=True)  # a run keeps no ages
        simulated = simulate(bundle.credit_policy, read.assign(y=applicants.y.to_numpy()), decided, applicants.shift)
    except (RiskbenchError, ValueError) as error:  # cells that its formulas or rules cannot take
        return Side(bundle, scored, None, str(error).rstrip("."))
    return Side(bundle, scored, simulated)


def _lacks(reader: str, columns: list[str]) -> str:
    return f"its {reader} reads {', '.join(columns)}, which these applications do not have"


# --- the figures ------------------------------------------------------------------------------------------------------

Taken = Callable[[pd.DataFrame], Floats]  # one entry an application, from the columns of a side


@dataclass(frozen=True)
class Measure:
    """A ratio over applications. `part` and `whole` read a side's columns: score, pd, and those of its simulation."""

    name: str
    title: str
    unit: str
    part: Taken
    whole: Taken = field(default=lambda of: np.ones(len(of)))
    decided: bool = True  # whether it needs decisions, or a score alone
    counted: bool = False  # whether it is a share of applications

    def ratio(self, side: Side, applicants: Applicants) -> Ratio | None:
        """The ratio of a side; None where the side has not what it takes."""
        if side.scored is None or (self.decided and side.simulated is None):
            return None
        columns, weight = side.scored, outcome_weights(applicants.y, applicants.shift)
        if side.simulated is not None:
            told = side.simulated
            columns = told.applications.assign(score=columns["score"].to_numpy(), approved=told.approved)
        return Ratio(weight * self.part(columns), weight * self.whole(columns))

    def estimate(self, ratio: Ratio) -> Estimate:
        """The figure of one side; Wilson's interval for a share of applications."""
        if not self.counted:
            return ratio.estimate()
        return weighted.share(ratio.part > 0, ratio.whole)

    def change(self, before: Ratio, after: Ratio) -> Estimate:
        """What lies between the sides, over the same applications."""
        equal = (before.whole == before.whole[0]).all()
        if not (self.counted and equal):
            return paired.change(before, after)
        first, second = before.part > 0, after.part > 0
        cells = (first & second, ~first & second, first & ~second, ~first & ~second)
        return paired_difference(*(int(cell.sum()) for cell in cells))


def _column(name: str) -> Taken:
    return lambda of: of[name].to_numpy(float)


def _of_approved(of: pd.DataFrame) -> Floats:
    return (of["approved"] * of["pd"]).to_numpy(float)


MEASURES = (
    Measure("approval_rate", "Applications approved, limited ones included", "%", _column("approved"), counted=True),
    Measure("mean_pd", "Mean PD of all applications", "%", _column("pd"), decided=False),
    Measure("mean_score", "Mean score", "points", _column("score"), decided=False),
    Measure(
        "expected_bad_rate", "Expected bad rate of the approved, their mean PD", "%", _of_approved, _column("approved")
    ),
    Measure("lent_share", "Lent of the sum asked for", "%", _column("lent"), _column("asked")),
    Measure("lent", "Lent per application", "currency", _column("lent")),
    Measure("profit", "Expected profit per application", "currency", _column("profit")),
    Measure("profit_per_lent", "Expected profit per unit lent", "%", _column("profit"), _column("lent")),
)
