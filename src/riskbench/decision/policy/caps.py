"""What law or the board caps, each with the source that says so."""

from typing import Literal, Self

from pydantic import Field, model_validator

from riskbench.core.written.faults import broken
from riskbench.core.written.section import Section

LARGEST = 10  # a year, as a share: no law or board caps at more than 1,000 %, and who writes 36 means 36 %


class Cap(Section):
    """A largest value, and who set it."""

    value: float = Field(gt=0)
    source: str = Field(min_length=1)


class RateCap(Cap):
    """The largest all-in annual rate, a share: `nominal` is twelve times the monthly one, `effective` compounds it."""

    convention: Literal["nominal", "effective"]

    @model_validator(mode="after")
    def _is_a_share(self) -> Self:
        if self.value > LARGEST:
            raise broken(
                f"must be a share a year, {self.value / 100:g} for {self.value:g} %, got {self.value:g}", "value"
            )
        return self


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
