"""What a loan earns and loses."""

from typing import Self

from numpy.typing import ArrayLike
from pydantic import Field, model_validator

from riskbench.core.written.faults import broken
from riskbench.core.written.section import Section
from riskbench.metrics.arguments import Floats
from riskbench.metrics.economics import loan_profit


class Economics(Section):
    """What a loan earns and loses. Shares are per unit lent over the loan's life; costs are in the unit of the amounts.

    `basis` says where the figures come from. A loan repaid earns `margin` less `funding_cost`; a bad one loses `lgd`,
    funding included. Without amounts each loan counts as one unit, and costs are then shares of a loan.
    """

    basis: str = ""
    lgd: float = Field(gt=0, le=1)
    margin: float = Field(ge=0)
    funding_cost: float = Field(ge=0)
    cost_per_application: float = Field(default=0.0, ge=0)
    cost_per_account: float = Field(default=0.0, ge=0)

    @model_validator(mode="after")
    def _a_good_loan_earns(self) -> Self:
        if self.funding_cost >= self.margin:
            raise broken(f"margin must exceed funding_cost, got {self.margin:g} and {self.funding_cost:g}", "margin")
        return self

    @property
    def net_margin(self) -> float:
        """What a loan repaid earns after funding, per unit lent."""
        return self.margin - self.funding_cost

    @property
    def break_even_pd(self) -> float:
        """The PD at which a loan earns nothing, costs aside: (1 − PD) · net margin = PD · LGD."""
        return self.net_margin / (self.net_margin + self.lgd)

    def expected_profit(self, pd: ArrayLike, lent: ArrayLike) -> Floats:
        """What each loan is expected to bring, the cost of its account deducted and that of its application not.

        `pd` in [0, 1] and `lent`, in the currency of the costs, are columns of one length.
        """
        return loan_profit(pd, self.net_margin, self.lgd, lent, self.cost_per_account)
