"""One application, decided: inputs in, an `Outcome` out, in microseconds and equal to the frame of the bundle.

Everything that can be made ready is: formulas, bins and policy are compiled when the decider is made, once a bundle.
"""

import logging
from collections.abc import Mapping
from typing import Any

from riskbench.data.features.closures.compiled import Closures
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.inputs import Fault, InputReader, WrongInput, hours
from riskbench.decision.meaning.arms import arm_names, arm_of
from riskbench.decision.meaning.code import compiled
from riskbench.decision.outcome import Decision, Outcome
from riskbench.decision.policy.arms import CHAMPION
from riskbench.scorecard.row import REASONS, RowScorer

log = logging.getLogger(__name__)


class RowDecider:
    """Decides by one bundle; it holds nothing that changes, so that threads may share it.

    `bundle` is the one that decides, `reasons` how many features are told. `slow` says, by engineered feature, why it
    is not compiled: DuckDB computes it, some ten milliseconds a decision; a warning is logged for each.
    """

    def __init__(self, bundle: Bundle, reasons: int = REASONS):
        policy = bundle.effective_policy
        columns, engineered = bundle.inputs.columns, bundle.inputs.engineered
        kinds = {column.name: column.type for column in columns}
        self.bundle = bundle
        self._policy, self._amount = policy, bundle.inputs.amount
        self._read = InputReader(columns, self._amount)
        self._formulas = Closures({made.name: made.formula for made in engineered}, kinds) if engineered else None
        self._score = RowScorer(bundle.scorecard, reasons)
        self._arms = {name: compiled(policy.arm(name)) for name in arm_names(policy)}
        self._shadows = tuple((other.name, compiled(policy.arm(other.name))) for other in policy.shadow)
        self._sources = tuple(item.source for item in policy.freshness)
        self.slow: Mapping[str, str] = self._formulas.slow if self._formulas else {}
        for name, why in self.slow.items():
            log.warning("feature %s is computed by DuckDB, in milliseconds: its formula has %s", name, why)

    def __call__(
        self,
        inputs: Mapping[str, Any],
        *,
        customer: str | None = None,
        ages: Mapping[str, float | None] | None = None,
        arm: str | None = None,
    ) -> Outcome:
        """What the bundle decides of one application.

        `inputs` has every column that `bundle.inputs` names, null where it is missing, and no other. `customer` draws
        the arm, unless `arm` says which one decides; nobody is the champion's. `ages` are hours by source of the
        policy's freshness, null where not known.

        Raises `WrongInput` where a column is absent, unknown or of another type, where a source has no age, and for an
        arm that the policy does not have; `StudyError` where a formula cannot be computed, by zero in integers say.
        """
        cells = self._read(inputs)
        amount = cells[self._amount] if self._amount else None
        if self._formulas:
            for name, value in self._formulas(cells).items():
                cells[name] = value if value.__class__ is not bool else "yes" if value else "no"
        score, risk, reasons = self._score(cells)
        if arm is None:
            arm = arm_of(self._policy, customer) if len(self._arms) > 1 else CHAMPION
        decide = self._arms.get(arm)
        if decide is None:
            raise WrongInput([Fault("arm", f"must be one of {', '.join(self._arms)}", arm)])
        known = hours(self._sources, ages) if self._sources else None
        decision = decide(cells, score, risk, amount, known)
        shadows: dict[str, Decision] = {name: of(cells, score, risk, amount, known) for name, of in self._shadows}
        return Outcome(score, risk, arm, decision, shadows, reasons)
