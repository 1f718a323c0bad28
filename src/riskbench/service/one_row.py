"""One application, decided as a frame of one row by the bundle itself."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.outcome import Decision, Outcome
from riskbench.decision.policy.arms import CHAMPION

REASONS = 4  # features told


class WrongInput(ValueError):
    """A value of an input that is not of the type of its column."""

    def __init__(self, column: str, rule: str, got: str):
        super().__init__(f"{column}: {rule}, got {got}")
        self.column, self.rule, self.got = column, rule, got


class RowDecider:
    """Decides by a bundle; without arms, which a frame does not draw."""

    def __init__(self, bundle: Bundle):
        self._bundle = bundle
        self._numbers = {c.name for c in bundle.inputs.columns if c.type in ("number", "integer")}

    def __call__(
        self,
        inputs: Mapping[str, Any],
        *,
        customer: str | None = None,
        ages: Mapping[str, float | None] | None = None,
        arm: str | None = None,
    ) -> Outcome:
        """The outcome for the inputs of one application."""
        cells = {
            name: pd.Series([value], dtype=float if name in self._numbers else object) for name, value in inputs.items()
        }
        frame = pd.DataFrame(cells).assign(
            **{f"age_hours:{name}": float("nan") if age is None else age for name, age in (ages or {}).items()}
        )
        complete = self._bundle.completed(frame)
        decided, scored = self._bundle.decide(frame).iloc[0], self._bundle.score(frame).iloc[0]
        card = self._bundle.scorecard
        unknown = bool(decided["rule"]) and str(decided["reason"]).endswith(" is unknown")
        decision = Decision(decided["action"], decided["band"], decided["rule"], unknown, float(decided["amount"]))
        lost = sorted(
            (-(int(max(points)) - int(points[at])), order, name, at)
            for order, (name, points) in enumerate(card.points_.items())
            for at in [int(card.binning_.features_[name].bin_of(complete[name])[0])]
        )
        reasons = tuple((name, at) for worst, _, name, at in lost if worst < 0)[:REASONS]
        return Outcome(int(scored["score"]), float(scored["pd"]), CHAMPION, decision, {}, reasons)
