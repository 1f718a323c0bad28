"""The booked loans of a run, each with what was said of it at the decision and what has been seen of it since."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.core.errors import NotEvaluated
from riskbench.data.performance import ages_of
from riskbench.metrics.incidence import BAD, CENSORED, LEFT
from riskbench.monitoring.outcomes.counts import first_payment_missed

Floats = NDArray[np.float64]
DEVELOPED = ("development", "test")  # the samples that are drawn from the months of development
NO_REPAYMENTS = "the study records no repayments by month on book"


@dataclass(frozen=True)
class Booked:
    """Booked loans in the order of `performance`, with whatever is known of them by now.

    `loans` has the columns of `performance`, `month` of decision ("" without dates), `pd`, `amount` (asked for; 1 where
    the study has no amounts), `developed` (decided in the months of development) and `stratum`: a number from 0 on that
    loans of about the same term share, cut at the quintiles of development.
    """

    loans: pd.DataFrame
    ages: tuple[int, ...]

    @classmethod
    def of(
        cls,
        applications: pd.DataFrame,
        scores: pd.DataFrame,
        performance: pd.DataFrame,
        amount: str | None = None,
        term: str | None = None,
    ) -> "Booked":
        """From the tables of a run; `amount` and `term` are columns of the applications, where the study has them."""
        at = pd.Index(applications["application"]).get_indexer(pd.Index(performance["application"]))
        there = applications.iloc[at].reset_index(drop=True)
        developed = there["sample"].isin(DEVELOPED)
        told = pd.DataFrame(
            {
                "month": there["month"],
                "pd": scores["pd"].to_numpy(float)[at],
                "amount": 1.0 if amount is None else there[amount].to_numpy(float),
                "developed": developed,
                "stratum": 0 if term is None else _strata(there[term].to_numpy(float), developed.to_numpy(bool)),
            }
        )
        return cls(pd.concat([performance.reset_index(drop=True), told], axis=1), tuple(ages_of(performance)))

    def require_ages(self) -> None:
        """Raises NotEvaluated where months on book are not known."""
        if not self.ages:
            raise NotEvaluated(NO_REPAYMENTS)

    @cached_property
    def known(self) -> NDArray[np.datetime64]:
        """From which day each month on book (a column) of each loan (a row) is known; NaT where it is not."""
        return self._matrix("known", "datetime64[s]")

    @cached_property
    def bad(self) -> Floats:
        """1 where a loan was bad by a month on book, 0 where not, NaN where that is not known or it is fraud."""
        return self._matrix("bad", float)

    @cached_property
    def dpd(self) -> Floats:
        """Material days past due in a month on book; NaN where there is no row."""
        return self._matrix("dpd", float)

    @cached_property
    def owed(self) -> Floats:
        """Material amount past due in a month on book; NaN where there is no row."""
        return self._matrix("owed", float)

    @cached_property
    def fraud(self) -> NDArray[np.bool_]:
        """Whether a loan is flagged as fraud in a month on book."""
        return self._matrix("status", object) == "fraud"

    @cached_property
    def missed_first(self) -> Floats:
        """1 where the first instalment was not paid when it fell due, 0 where it was, NaN where not known."""
        return first_payment_missed(self.loans).to_numpy(float)

    @cached_property
    def left(self) -> NDArray[np.bool_]:
        """Whether a loan was gone before a month on book: settled, or repaid by its term."""
        return ~np.isnat(self.known) & np.isnan(self.dpd)

    @cached_property
    def observed_until(self) -> dt.date | None:
        """The last day from which anything is known of a month on book; None without any."""
        days = self.known[~np.isnat(self.known)] if self.ages else self.known
        return None if not days.size else pd.Timestamp(days.max()).date()

    def until_event(self, rows: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Age and kind of the event that ended the watch of each of these loans, for `cumulative_incidence`.

        A loan is watched from its first month on book on; one that no month is known of is left out. Fraud that the
        study keeps apart is seen to leave in the month of its flag.
        """
        known = ~np.isnat(self.known[rows])
        rows_known = known[:, 0]
        known, bad, left = known[rows_known], self.bad[rows][rows_known], self.left[rows][rows_known]
        turned = bad == 1
        gone = ~turned & (left | (known & np.isnan(bad)))
        first_bad, first_gone = (np.where(x.any(axis=1), x.argmax(axis=1) + 1, 10**6) for x in (turned, gone))
        seen = known.sum(axis=1)
        end = np.minimum(np.minimum(first_bad, first_gone), seen)
        kind = np.select([first_bad <= end, first_gone <= end], [BAD, LEFT], CENSORED)
        return end.astype(np.int64), kind.astype(np.int64)

    def _matrix(self, name: str, kind: str | type) -> NDArray:
        columns = [self.loans[f"{name}_{m}"].to_numpy(dtype=kind) for m in self.ages]
        return np.column_stack(columns) if columns else np.empty((len(self.loans), 0), dtype=kind)


def _strata(term: Floats, developed: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The part between quintiles of development's terms that each loan falls into; a missing term is the last part."""
    then = term[developed & ~np.isnan(term)]
    edges = np.unique(np.quantile(then, [0.2, 0.4, 0.6, 0.8], method="higher")) if then.size else np.empty(0)
    return np.searchsorted(edges, term, side="left").astype(np.int64)
