"""The credit policy: score bands, rules, limits, prices, caps and economics, refused where it leaves anything open.

Score bands tile the whole range, rules can only make a decision more severe, and every rule says what happens when its
variable is missing. `reading.py` reads it from its file, `decision/meaning/` says what it decides.
"""

import math
from itertools import pairwise
from typing import Literal, Self

from pydantic import Field, model_validator

from riskbench.decision.policy.arms import CHAMPION, Alternative, Arms
from riskbench.decision.policy.bands import Band
from riskbench.decision.policy.caps import Caps
from riskbench.decision.policy.economics import Economics
from riskbench.decision.policy.grids import LimitTable, Price, SmallestAmount
from riskbench.decision.policy.rules import Freshness, Rule
from riskbench.decision.policy.section import Section


class Policy(Section):
    """Bands, rules, limits, prices, caps, arms and economics of one portfolio.

    Among a band and all rules that fire, the most severe action wins: decline, then refer, limit, approve.
    Where a rule is at least as severe as the band, the first such rule in the file gives the reason.
    """

    schema_version: Literal[2]
    bands: list[Band] = Field(min_length=1)
    rules: list[Rule] = []
    freshness: list[Freshness] = []
    limits: list[LimitTable] = []
    smallest_amount: SmallestAmount | None = None
    price: Price | None = None
    caps: Caps = Caps()
    arms: Arms | None = None
    shadow: list[Alternative] = []
    economics: Economics

    @model_validator(mode="after")
    def _bands_tile_the_range(self) -> Self:
        ordered = self.bands_by_score
        if not (ordered[0].lower == -math.inf and ordered[-1].upper == math.inf):
            raise ValueError(f"bands must cover -.inf to .inf, got {ordered[0].lower:g} to {ordered[-1].upper:g}")
        for below, above in pairwise(ordered):
            if below.upper != above.lower:
                fault = "leave a gap" if below.upper < above.lower else "overlap"
                where = f"{below.upper:g} and {above.lower:g}"
                raise ValueError(f"bands {below.name} and {above.name} {fault} between {where}")
        for kind, names in (("band", [b.name for b in self.bands]), ("rule", [r.name for r in self.rules])):
            if repeated := sorted({name for name in names if names.count(name) > 1}):
                raise ValueError(f"{kind} names must be unique, got {', '.join(repeated)} more than once")
        return self

    @property
    def bands_by_score(self) -> list[Band]:
        """The bands from the riskiest up."""
        return sorted(self.bands, key=lambda band: band.lower)

    @property
    def variables(self) -> tuple[str, ...]:
        """What rules, limits and prices read, those of challengers and shadows included, each once, in their order.

        Sources of freshness are none: their ages are handed over beside the variables.
        """
        policies = [self.arm(name) for name in (CHAMPION, *(a.name for a in self.alternatives))]
        read: list[str] = []
        for policy in policies:
            read += [variable for rule in policy.rules for variable in rule.variables]
            read += [variable for table in policy.limits for variable in table.variables]
            read += policy.price.variables if policy.price else ()
        return tuple(dict.fromkeys(read))

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """All challengers, then all shadows."""
        return (*(self.arms.challengers if self.arms else ()), *self.shadow)

    def arm(self, name: str) -> "Policy":
        """The policy by which an arm or a shadow decides, without arms and shadows of its own.

        `name` is "champion" or that of an alternative; raises KeyError for another.
        """
        own = self.model_copy(update={"arms": None, "shadow": []})
        if name == CHAMPION:
            return own
        sections = {a.name: a for a in self.alternatives}[name]
        replaced = ("bands", "rules", "limits", "smallest_amount", "price")
        given = {key: getattr(sections, key) for key in replaced if getattr(sections, key) is not None}
        return own.model_copy(update=given)
