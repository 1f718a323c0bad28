"""Champion and challengers: who is decided by which policy, drawn by a keyed hash of the customer."""

from typing import Any

from pydantic import Field

from riskbench.core.written.section import Section
from riskbench.decision.policy.bands import Band
from riskbench.decision.policy.grids import LimitTable, Price, SmallestAmount
from riskbench.decision.policy.rules import Rule

CHAMPION = "champion"
REPLACED = ("bands", "rules", "limits", "smallest_amount", "price")  # what an alternative may have of its own


class Alternative(Section):
    """Another policy: the champion's, with each section that is given here in the place of the champion's."""

    name: str = Field(min_length=1)
    because: str = Field(min_length=1)
    bands: list[Band] | None = None
    rules: list[Rule] | None = None
    limits: list[LimitTable] | None = None
    smallest_amount: SmallestAmount | None = None
    price: Price | None = None

    @property
    def given(self) -> dict[str, Any]:
        """The sections of its own, by name."""
        return {key: getattr(self, key) for key in REPLACED if getattr(self, key) is not None}


class Challenger(Alternative):
    """An alternative that decides for a share of customers."""

    share: float = Field(gt=0, lt=1)


class Arms(Section):
    """Challengers decide for their shares, the champion for the rest. Another `key` draws another split."""

    key: str = Field(min_length=1)
    challengers: list[Challenger] = Field(min_length=1)
