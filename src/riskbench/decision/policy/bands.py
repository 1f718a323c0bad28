"""Score bands: what the score alone decides."""

from typing import Self

from pydantic import Field, model_validator

from riskbench.core.written.faults import broken
from riskbench.core.written.section import Section
from riskbench.decision.policy.section import Action, End


class Band(Section):
    """Scores in [from, to) and what is done with them; `limit` lends at most an amount or a share of the request."""

    name: str = Field(min_length=1)
    action: Action
    lower: End = Field(alias="from")
    upper: End = Field(alias="to")
    limit_amount: float | None = Field(default=None, gt=0)
    limit_share: float | None = Field(default=None, gt=0, lt=1)

    @model_validator(mode="after")
    def _limits_only_where_limited(self) -> Self:
        if not self.lower < self.upper:
            raise broken(f"band {self.name}: from must lie below to, got {self.lower:g} to {self.upper:g}", "to")
        given = [name for name in ("limit_amount", "limit_share") if getattr(self, name) is not None]
        if len(given) != (self.action == "limit"):
            rule = "exactly one of limit_amount and limit_share" if self.action == "limit" else "no limit"
            raise broken(
                f"band {self.name}: action {self.action} takes {rule}, got {' and '.join(given) or 'neither'}", "action"
            )
        return self
