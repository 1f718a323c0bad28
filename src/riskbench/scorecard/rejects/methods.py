"""The methods of reject inference: each turns one assumption about the declined into weighted rows to fit a card on.

No outcome of a declined application exists, so whatever is said of it rests on an assumption that the data cannot test
(Hand and Henley, IMA Journal of Mathematics Applied in Business and Industry 5, 1993). The methods together are a range
of what may be, and none is the truth. Imputed rows are no information: standard errors of a card fitted on them are too
small, so none are given.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.core.results import Estimate
from riskbench.data.oversampling import moved
from riskbench.metrics.arguments import Bools, Floats

CHAMPION = "Champion, as applied"  # the card in use, beside which the methods are shown
PROBIT, PROBIT_GIVEN_DECISION = "Bivariate probit", "Probit, given the decision"
PARTS = 10  # of equal numbers of known cases
LEAST_ACCEPTANCE = 0.05  # a known case stands for at most twenty applications


@dataclass(frozen=True, eq=False)
class Applicants:
    """What a method knows of each application: its label (NaN where declined), PD and chance of being accepted.

    `pd` is of the card fitted on the known, `acceptance` of a logit of the decision on the same features.
    """

    y: Floats
    pd: Floats
    acceptance: Floats

    @property
    def known(self) -> Bools:
        """Where the outcome is known."""
        return ~np.isnan(self.y)


class Rows(NamedTuple):
    """Rows to fit on: positions of applications, labels (1 = bad) and weights above 0."""

    position: NDArray[np.int64]
    y: NDArray[np.int64]
    weight: Floats


@dataclass(frozen=True)
class Method:
    """One assumption: `rows` turns applicants into the rows to fit on; None for those of `bivariate_probit.py`."""

    title: str
    assumption: str
    source: str
    rows: Callable[[Applicants], Rows] | None


def methods_table() -> pd.DataFrame:
    """One row a method: title, assumption and source."""
    rows = [(m.title, m.assumption, m.source) for m in METHODS]
    return pd.DataFrame(rows, columns=["method", "assumption", "source"])


def known_rows(a: Applicants) -> Rows:
    """The known as they are: what a card is fitted on that leaves the declined aside."""
    at = np.flatnonzero(a.known)
    return Rows(at, a.y[at].astype(np.int64), np.ones(len(at)))


def reweighted(a: Applicants) -> Rows:
    """The known, each with the weight of those that it stands for: 1 / chance of being accepted, trimmed."""
    known = known_rows(a)
    return known._replace(weight=1 / np.maximum(a.acceptance[known.position], LEAST_ACCEPTANCE))


def effective_share(rows: Rows) -> Estimate:
    """What weighting leaves of a sample: (sum of weights)² / sum of squared weights, by row (Kish 1965).

    >>> effective_share(Rows(np.arange(2), np.array([0, 1]), np.array([1.0, 3.0]))).value  # 16 / 10 of 2 rows
    0.8
    """
    weight = rows.weight
    share = float(weight.sum() ** 2 / (weight**2).sum() / len(weight))
    return Estimate(share, n=len(weight), method="Kish's effective sample size by the number of rows")


def fuzzy(a: Applicants, factor: float = 1.0) -> Rows:
    """Each declined application as bad with its PD, its odds multiplied by `factor`, and as good with the rest."""
    return _imputed(a, moved(a.pd, float(np.log(factor))))


def parcelled(a: Applicants, factor: float) -> Rows:
    """Each declined application as bad with `factor` times the bad rate of the known in its tenth of the PD."""
    edges = np.unique(np.quantile(a.pd[a.known], np.linspace(0, 1, PARTS + 1)[1:-1]))
    part = np.searchsorted(edges, a.pd, side="right")
    cases, bads = (np.bincount(part[a.known], w, len(edges) + 1) for w in (None, a.y[a.known]))
    rate = bads / np.maximum(cases, 1)
    return _imputed(a, np.minimum(factor * rate[part], 1.0))


def _imputed(a: Applicants, chance: Floats) -> Rows:
    """The known as they are, and each declined application twice: as bad with its chance, as good with the rest."""
    known, at = known_rows(a), np.flatnonzero(~a.known)
    position = np.concatenate([known.position, at, at])
    y = np.concatenate([known.y, np.ones_like(at), np.zeros_like(at)])
    weight = np.concatenate([known.weight, chance[at], 1 - chance[at]])
    counts = weight > 0
    return Rows(position[counts], y[counts], weight[counts])


def _times(factor: float) -> str:
    return "" if factor == 1 else f"{factor:g} times "


_FUZZY = "Siddiqi, Intelligent Credit Scoring (2017), on reject inference"
_PARCELLING = "Siddiqi (2017); Crook and Banasik, Journal of Banking and Finance 28 (2004)"
_PROBIT = "van de Ven and van Praag, Journal of Econometrics 17 (1981); Heckman, Econometrica 47 (1979)"

METHODS = (
    Method("Doing nothing", "The declined are as a card says that was fitted on the known.", "", known_rows),
    Method(
        "Reweighting",
        "At equal features the known stand for the declined: each counts 1 / chance of being accepted, a chance of at"
        f" least {LEAST_ACCEPTANCE:g}.",
        "Hsia, Hastings Law Journal 30 (1978); Banasik and Crook, Journal of the OR Society 56 (2005)",
        reweighted,
    ),
    Method("Fuzzy augmentation", "Each declined enters as bad with its PD and as good with the rest.", _FUZZY, fuzzy),
    Method("Fuzzy, odds × 2", "The same, with odds of bad twice those of the card.", _FUZZY,
           partial(fuzzy, factor=2.0)),
    *(
        Method(
            f"Parcelling, rate × {factor:g}",
            f"In each tenth of the known by PD, the declined are bad {_times(factor)}as often as the known.",
            _PARCELLING,
            partial(parcelled, factor=factor),
        )
        for factor in (1.0, 1.25, 1.5, 2.0)
    ),
    Method(PROBIT, "What is hidden in decision and default is normal and correlated; a variable moves the decision"
           " alone. P(bad) of an applicant.", _PROBIT, None),
    Method(PROBIT_GIVEN_DECISION, "The same. P(bad), given that the application was declined.", _PROBIT, None),
)  # fmt: skip
