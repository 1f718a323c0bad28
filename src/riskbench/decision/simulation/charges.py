"""What loans cost their customers in all, against the cap, and whether they can be afforded."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import Estimate
from riskbench.data.study import Study
from riskbench.decision.policy.caps import RateCap
from riskbench.decision.policy.rates import all_in_rate
from riskbench.decision.simulation.classes import by_class
from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import proportion

NO_RATE = "the study names no interest of its loans ([loan] rate and term)"
NO_INCOME = "the study names no income of its applicants ([loan] income)"
NO_CAP = "the policy has no cap on the all-in rate (caps.all_in_rate)"
EDGES = (0.0, 0.4, 0.6, 0.8, 1.0, np.inf)


@dataclass(frozen=True, eq=False)
class Charges:
    """The columns of loans, by application: `rate` a month and `income` a month as shares and currency, NaN unknown."""

    rate: Floats | None
    term: Floats | None
    income: Floats | None
    expenses: Floats | None

    @classmethod
    def of(cls, study: Study, applications: pd.DataFrame) -> "Charges":
        """As the study names them, each None where it does not."""
        loan = study.loan

        def column(name: str | None, per: str = "month") -> Floats | None:
            return None if name is None else applications[name].to_numpy(float) / (12.0 if per == "year" else 1.0)

        return cls(
            column(loan.rate, loan.rate_per),
            column(loan.term),
            column(loan.income, loan.income_per),
            column(loan.expenses),
        )

    def all_in(self, cap: RateCap | None) -> Floats:
        """The all-in annual rate of each loan whose interest and term are known, by the convention of the cap.

        Effective where there is no cap. Fees are not in the data, so none is counted. Raises `NotEvaluated` where the
        study names neither, or no loan has both.
        """
        if self.rate is None or self.term is None:
            raise NotEvaluated(NO_RATE)
        known = ~(np.isnan(self.rate) | np.isnan(self.term))
        if not known.any():
            raise NotEvaluated("no loan of this period has an interest and a term")
        pairs, place = np.unique(np.column_stack([self.rate[known], self.term[known]]), axis=0, return_inverse=True)
        convention = cap.convention if cap else "effective"
        return np.array([all_in_rate(float(r), int(n), convention=convention) for r, n in pairs])[place.ravel()]

    def instalments(self, lent: Floats, rates: Floats | None = None) -> Floats:
        """The monthly instalment of each amount lent: at the rate of `rates` or of the loan, else at their mean.

        Without any rate it bears no interest. NaN where the term is unknown. Raises `NotEvaluated` without terms.
        """
        if self.term is None:
            raise NotEvaluated(NO_RATE)
        rate = np.full(len(lent), np.nan) if self.rate is None else self.rate
        rate = rate if rates is None else np.where(np.isnan(rates), rate, rates)
        rate = np.where(np.isnan(rate), np.nanmean(rate) if (~np.isnan(rate)).any() else 0.0, rate)
        bearing = rate > 0
        safe = np.where(bearing, rate, 1.0)
        annuity = np.where(bearing, -np.expm1(-self.term * np.log1p(safe)) / safe, self.term)
        return lent / annuity

    def burden(self, lent: Floats, rates: Floats | None = None) -> Floats:
        """Instalment and stated expenses as a share of income, by application; NaN where one is unknown or income 0."""
        if self.income is None:
            raise NotEvaluated(NO_INCOME)
        paid = self.instalments(lent, rates) + (0.0 if self.expenses is None else self.expenses)
        return np.divide(paid, self.income, out=np.full(len(paid), np.nan), where=self.income > 0)


def share_above_cap(rates: Floats, cap: RateCap | None) -> Estimate:
    """Which share of loans is dearer than the cap."""
    if cap is None:
        return Estimate.missing(NO_CAP, len(rates))
    return proportion(int((rates > cap.value).sum()), len(rates))


def rates_table(rates: Floats, shares: tuple[float, ...] = (0.05, 0.25, 0.5, 0.75, 0.95, 1.0)) -> pd.DataFrame:
    """How dear loans are: `share_of_loans` and the `all_in_rate` a year that so many do not exceed."""
    return pd.DataFrame({"share_of_loans": shares, "all_in_rate": np.quantile(rates, shares)})


def burden_table(burden: Floats, of: pd.DataFrame, smallest: int) -> pd.DataFrame:
    """Those who are lent to, by what instalment and expenses take of their income, from little to all and more.

    `of` has `pd` and `y` by application, and `smallest` is as in `by_class`. Returns `burden` and the columns of
    `by_class`; the last row holds those of whom it is not known.
    """
    names = [f"{a:.0%} to {b:.0%}" if np.isfinite(b) else f"above {a:.0%}" for a, b in pairwise(EDGES)]
    classes = pd.cut(burden, list(EDGES), labels=names, include_lowest=True)
    rows = [(name, of[classes == name]) for name in names] + [("unknown", of[np.isnan(burden)])]
    return by_class(rows, "burden", smallest)
