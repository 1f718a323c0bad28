"""Which columns tell what a loan costs its customer, whether it can be afforded, what was lost where it went bad."""

from typing import Literal

from pydantic import Field

from riskbench.data.study.part import Part


class Losses(Part):
    """Columns of the table of applications that were written after the decision: no model ever sees them.

    `funded` is what was paid out, `repaid` the principal received before the loan went bad, `recovered` what came back
    afterwards, `cost` what recovering it cost.
    """

    funded: str
    repaid: str
    recovered: str
    cost: str | None = None

    @property
    def columns(self) -> dict[str, str]:
        """The columns by what they are."""
        return {part: column for part, column in self.model_dump().items() if column}


class Loan(Part):
    """Columns of one loan, each left out where the study has none.

    `rate` is the interest that the lender charged, as a share a `rate_per`, `term` the number of monthly instalments;
    `income` is a `income_per`, `expenses` are a month, `others` counts loans or lenders elsewhere.
    """

    rate: str | None = None
    rate_per: Literal["month", "year"] = "month"
    term: str | None = None
    income: str | None = None
    income_per: Literal["month", "year"] = "month"
    expenses: str | None = None
    others: list[str] = Field(default=[])
    losses: Losses | None = None

    @property
    def read(self) -> dict[str, str]:
        """The columns that are read from the applications of a run, by the key that names them."""
        single = {key: getattr(self, key) for key in ("rate", "term", "income", "expenses")}
        return {key: column for key, column in single.items() if column} | {f"others[{c}]": c for c in self.others}
