"""What is to be expected of loans that are not yet as old as their label asks for: what others of their age had done.

A young loan has had less time to go bad, so its PD, which speaks of the whole window, says nothing about it yet. What
the loans of development had done at the same age, given their PDs and terms, does: a loan of two instalments goes bad
in its first months or not at all. It allows for age and for who was lent to, and leaves what neither explains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, ndtr

from riskbench.core.results import LEVEL, Estimate
from riskbench.metrics.arguments import Floats, lacks_a_class
from riskbench.metrics.calibration import fit_line, no_line
from riskbench.metrics.intervals import around
from riskbench.monitoring.outcomes.booked import Booked

FIRST_PAYMENT = "fpd"
LEAST = 5  # bad loans expected: below it the normal interval of their number does not hold
METHOD = "bad loans over those expected at the same age; normal, with the error of development's line"


@dataclass(frozen=True)
class AtAge:
    """Log-odds of being bad at an age as a line in those of the PD: logit P = a + b · logit(pd), from development.

    `line` holds a and b, `covariance` theirs; `n` and `bads` stand behind them. Where there is no line, `reason` says
    why.
    """

    n: int
    bads: int
    line: Floats
    covariance: Floats
    reason: str = ""

    @classmethod
    def fit(cls, bad: ArrayLike, pd: ArrayLike) -> "AtAge":
        """The line by maximum likelihood; `bad` holds 1, 0 or NaN for a loan that takes no part.

        >>> AtAge.fit([0, 0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4, 0.5]).line.round(2).tolist()
        [1.46, 2.3]
        """
        all_bad, all_pd = np.asarray(bad, dtype=float), np.asarray(pd, dtype=float)
        told = ~np.isnan(all_bad)
        y, p = all_bad[told] == 1, all_pd[told]
        if reason := lacks_a_class(y) or no_line(y, p):
            return cls(y.size, int(y.sum()), np.full(2, np.nan), np.full((2, 2), np.nan), f"at development {reason}")
        line, information = fit_line(np.column_stack([np.ones(p.size), logit(p)]), y)
        return cls(y.size, int(y.sum()), line, np.linalg.inv(information).astype(float))

    def expected(self, pd: ArrayLike) -> Floats:
        """The probability of being bad at this age, loan by loan; NaN where there is no line."""
        return expit(self.line[0] + self.line[1] * logit(np.asarray(pd, dtype=float)))

    def error(self, pd: ArrayLike) -> float:
        """Standard error of the sum of `expected`, from the error of the line alone."""
        x, p = logit(np.asarray(pd, dtype=float)), self.expected(pd)
        slope = np.array([(p * (1 - p)).sum(), (p * (1 - p) * x).sum()])
        return float(np.sqrt(slope @ self.covariance @ slope))


@dataclass(frozen=True)
class Part:
    """Loans of one age and stratum: whether each is `bad` (1 or 0, none missing), its `pd`, and their line."""

    bad: Floats
    pd: Floats
    line: AtAge
    stratum: int = 0


@dataclass(frozen=True)
class Lines:
    """Development's lines of each age, "1", "2", ..., and of the first payment, "fpd": one a stratum of terms."""

    booked: Booked
    of: Mapping[str, Sequence[AtAge]]

    @classmethod
    def of_development(cls, booked: Booked) -> "Lines":
        """From the loans of development's months; a stratum that allows no line has that of all strata together.

        Where months on book are not known there are no lines.
        """
        if not booked.ages:
            return cls(booked, {})
        then, strata = booked.loans["developed"].to_numpy(bool), booked.loans["stratum"].to_numpy()
        pds = booked.loans["pd"].to_numpy(float)

        def fitted(bad: Floats) -> list[AtAge]:
            together = AtAge.fit(bad[then], pds[then])
            found = [AtAge.fit(bad[then & (strata == s)], pds[then & (strata == s)]) for s in range(strata.max() + 1)]
            return [together if line.reason else line for line in found]

        return cls(booked, {age: fitted(cls._bad(booked, age)) for age in (FIRST_PAYMENT, *map(str, booked.ages))})

    def reason(self, age: str) -> str:
        """Why nothing can be expected at an age; empty where something can."""
        return next((line.reason for line in self.of[age]), "")

    def parts(self, age: str, rows: NDArray[np.int64]) -> list[Part]:
        """The loans of these rows that take part at an age, by stratum; their outcomes as known by now."""
        outcome = self._bad(self.booked, age)
        rows = rows[~np.isnan(outcome[rows])]
        bad, pds = outcome[rows], self.booked.loans["pd"].to_numpy(float)[rows]
        strata = self.booked.loans["stratum"].to_numpy()[rows]
        these = [(int(s), strata == s) for s in np.unique(strata)]
        return [Part(bad[at], pds[at], self.of[age][s], s) for s, at in these]

    @staticmethod
    def _bad(booked: Booked, age: str) -> Floats:
        return booked.missed_first if age == FIRST_PAYMENT else booked.bad[:, int(age) - 1]


def expected_bads(parts: Sequence[Part]) -> float:
    """How many bad loans are expected of them; NaN where a line is missing."""
    return float(sum(part.line.expected(part.pd).sum() for part in parts))


def against(parts: Sequence[Part], level: float = LEVEL) -> Estimate:
    """Bad loans over those expected at their ages, all parts together; above 1 there are more than expected.

    `statistic` is z = (O − E)/√(Σ g(1 − g) + s²), with g what is expected of each loan and s the error of the lines:
    those of one stratum rest on the same loans and are taken to err together, strata apart. `p_value` is one-sided,
    H0: no more go bad than of development's loans of the same PD, term and age. The interval of the ratio is that of
    O/E by the same error. Missing where a line is, or fewer than `LEAST` bad loans are expected.
    """
    n = sum(part.bad.size for part in parts)
    if not n:
        return Estimate.missing("no loan is old enough", 0, METHOD)
    if lacking := [part.line.reason for part in parts if part.line.reason]:
        return Estimate.missing(lacking[0], n, METHOD)
    chances, expected = [part.line.expected(part.pd) for part in parts], expected_bads(parts)
    if expected < LEAST:
        return Estimate.missing(f"fewer than {LEAST} bad loans are expected", n, METHOD)
    errors: dict[int, float] = {}
    for part in parts:
        errors[part.stratum] = errors.get(part.stratum, 0.0) + part.line.error(part.pd)
    chance = sum(float((g * (1 - g)).sum()) for g in chances)
    deviation = sqrt(chance + sum(error**2 for error in errors.values()))
    observed = float(sum(part.bad.sum() for part in parts))
    z = (observed - expected) / deviation
    lower, upper = around(observed / expected, deviation / expected, level, 0.0, inf)
    return Estimate(observed / expected, lower, upper, level, n, METHOD, statistic=z, p_value=float(ndtr(-z)))
