"""What law or the board caps, each with the source that says so."""

from typing import Literal

from pydantic import Field

from riskbench.decision.policy.section import Section


class Cap(Section):
    """A largest value, and who set it."""

    value: float = Field(gt=0)
    source: str = Field(min_length=1)


class RateCap(Cap):
    """The largest all-in annual rate, a share: `nominal` is twelve times the monthly one, `effective` compounds it."""

    convention: Literal["nominal", "effective"]


class ConcentrationCap(Section):
    """The largest share of all that is lent that a level of a variable may have: it binds portfolios, not cases."""

    by: str = Field(min_length=1)
    value: float = Field(gt=0, le=1)
    source: str = Field(min_length=1)


class Caps(Section):
    """Legal caps. `amount` binds every loan; `all_in_rate` every price that the policy can give."""

    amount: Cap | None = None
    all_in_rate: RateCap | None = None
    concentration: list[ConcentrationCap] = []
