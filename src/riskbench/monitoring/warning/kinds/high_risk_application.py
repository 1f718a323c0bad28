"""A single application that somebody should see at once."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from riskbench.core.written.faults import Fault, broken
from riskbench.monitoring.reading import Reading
from riskbench.monitoring.warning.look import Look
from riskbench.monitoring.warning.observed import Decided
from riskbench.monitoring.warning.rule import Portfolio, Rule, unknown_names
from riskbench.monitoring.warning.sentences import figure


class HighRiskApplication(Rule):
    """It rings where the score is below, or the PD above, a limit, or a rule of the policy named in `hits` hit."""

    kind: Literal["high_risk_application"]
    score_below: float | None = None
    pd_above: float | None = Field(default=None, gt=0, lt=1)
    hits: list[str] = Field(default_factory=list)

    SEES: ClassVar[str] = "single applications"
    FACT: ClassVar[str] = "an application was as risky as described"

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.score_below is None and self.pd_above is None and not self.hits:
            raise broken("it asks for nothing. What to do: give score_below, pd_above or hits", "kind")
        return self

    def against(self, portfolio: Portfolio) -> Iterator[Fault]:
        """Hits are rules of the policy."""
        yield from unknown_names("hits", self.hits, portfolio.rules, "rule of the policy")

    def read(self, look: Look) -> list[Reading]:
        """A signal for each decision that is as described, or one quiet reading."""
        decisions = look.observed.decisions
        if decisions is None:
            return [self.lacking(look, "single decisions were not looked at")]
        if not decisions:
            return [self.lacking(look, "nothing was decided since the last look")]
        found = [reading for decided in decisions if (reading := self.about(look, decided))]
        text = f"None of {len(decisions):,} applications was as risky as the rule describes."
        return found or [self.reading(look, state="quiet", n=len(decisions), text=text)]

    def about(self, look: Look, decided: Decided) -> Reading | None:
        """The signal of one decision, or None."""
        told, value, limit = [], None, None
        if self.score_below is not None and decided.score is not None and decided.score < self.score_below:
            value, limit = decided.score, self.score_below
            told.append(f"its score of {decided.score:g} is below {self.score_below:g}")
        if self.pd_above is not None and decided.pd is not None and decided.pd > self.pd_above:
            value, limit = decided.pd, self.pd_above
            told.append(f"its PD of {figure(decided.pd, '%')} is above {figure(self.pd_above, '%')}")
        if hit := [name for name in self.hits if name in decided.hits]:
            told.append(f"it hit {', '.join(hit)}")
        if not told:
            return None
        text = f"Decision {decided.decision} ({decided.action}): {', and '.join(told)}."
        about = {"decision": decided.decision}
        return self.reading(look, state="signal", subject=about, value=value, limit=limit, n=1, text=text)
