"""What a policy says, section by section, and what follows from it: bands in order, what is read, the arms.

Whether the sections agree with each other is not asked here: `whole.py` does, for `Policy`.
"""

from typing import Literal, Self

from pydantic import Field

from riskbench.core.written.section import Section
from riskbench.decision.policy.arms import CHAMPION, Alternative, Arms
from riskbench.decision.policy.bands import Band
from riskbench.decision.policy.caps import Caps
from riskbench.decision.policy.economics import Economics
from riskbench.decision.policy.grids import LimitTable, Price, SmallestAmount
from riskbench.decision.policy.rules import Freshness, Rule
from riskbench.decision.policy.section import LENDING


class Description(Section):
    """Bands, rules, limits, prices, caps, arms and economics of one portfolio, each section for itself."""

    schema_version: Literal[2]
    bands: list[Band] = Field(min_length=1)
    rules: list[Rule] = Field([])
    freshness: list[Freshness] = Field([])
    limits: list[LimitTable] = Field([])
    smallest_amount: SmallestAmount | None = None
    price: Price | None = None
    caps: Caps = Caps()
    arms: Arms | None = None
    shadow: list[Alternative] = Field([])
    economics: Economics

    @property
    def lending_bands(self) -> list[Band]:
        """The bands that lend, in the order of the file: tables have a value for each of them."""
        return [band for band in self.bands if band.action in LENDING]

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

    def arm(self, name: str) -> Self:
        """The policy by which an arm or a shadow decides, without arms and shadows of its own.

        `name` is "champion" or that of an alternative; raises KeyError for another.
        """
        own = self.model_copy(update={"arms": None, "shadow": []})
        if name == CHAMPION:
            return own
        sections = {a.name: a for a in self.alternatives}[name]
        return own.model_copy(update=sections.given)
