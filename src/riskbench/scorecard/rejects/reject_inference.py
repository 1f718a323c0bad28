"""Reject inference: what the declined applications may hide, by one assumption after another.

A card is fitted on those who were accepted and scores everybody. No outcome of a declined application exists, so
whatever is said of it rests on an assumption that the data cannot test (Hand and Henley, IMA Journal of Mathematics
Applied in Business and Industry 5, 1993). Each method here turns one assumption into weighted rows, on which the
champion's features are binned and fitted again; the methods together are a band of sensitivity, and none is the truth.

Imputed rows are no information: standard errors of a card fitted on them are too small, so none are given.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import Estimate
from riskbench.data.applications import decisions_in_force
from riskbench.data.oversampling import moved
from riskbench.data.study import Study
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.regression.logit import fit_logit
from riskbench.scorecard.woe_binning import WoeBinning

NO_DECLINED = "the study has no declined applications"
CHAMPION, NOTHING = "champion", "nothing"
BANDS = 10  # of equal numbers of known cases
LEAST_ACCEPTANCE = 0.05  # a known case stands for at most twenty applications

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Applicants:
    """What a method knows of each application: its label (NaN where declined), PD and chance of being accepted.

    `pd` is of the card fitted on the known, `acceptance` of a logit of the decision on the same features.
    """

    y: Floats
    pd: Floats
    acceptance: Floats

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where the outcome is known."""
        return ~np.isnan(self.y)


class Rows(NamedTuple):
    """Rows to fit on: positions of applications, labels (1 = bad) and weights above 0."""

    position: NDArray[np.int64]
    y: NDArray[np.int64]
    weight: Floats


@dataclass(frozen=True)
class Method:
    """One assumption: `rows` turns applicants into the rows to fit on (None: `scorecard/rejects/selection_bias.py`)."""

    name: str
    title: str
    assumption: str
    source: str
    rows: Callable[[Applicants], Rows] | None


def declined(study: Study, applications: pd.DataFrame) -> pd.Series:
    """Which applications were declined and have no label, by row.

    None where the population is booked loans, where no decisions are recorded, or where the sample that develops or
    the one that judges holds no such application.
    """
    if study.population != "through_the_door" or study.base.decision is None:
        return pd.Series(False, index=applications.index)
    refused = ~decisions_in_force(study, applications) & applications["y"].isna()
    return refused & ({"development", study.holdout} <= set(applications.loc[refused, "sample"]))


def require(refused: pd.Series) -> None:
    """Raise `NotEvaluated` where nobody was declined."""
    if not refused.any():
        raise NotEvaluated(NO_DECLINED)


def applicants_of(card: Scorecard, X: pd.DataFrame, y: ArrayLike) -> Applicants:
    """What the methods need to know of the applications that a card is fitted on, the declined ones among them.

    `card` says which features, how they are binned and on which scale; it is fitted anew on the known, without
    shrinkage. `y`: 1 bad, 0 good, NaN declined. Raises ValueError where no application, or every one, is declined.
    """
    label = np.asarray(y, float)
    known = ~np.isnan(label)
    if known.all() or not known.any():
        raise ValueError(f"some applications must be known and some declined, got {known.sum()} of {len(known)} known")
    pd_ = _unfitted(card).fit(X[known], label[known]).predict_proba(X)[:, 1]
    binning = _free(card).set_params(trends=None)  # trends are declared of risk, not of decisions
    decision = Scorecard(binning).fit(X, (~known).astype(int))
    return Applicants(label, pd_, 1 - decision.predict_proba(X)[:, 1])


def fit_and_score(card: Scorecard, X: pd.DataFrame, applicants: Applicants, everyone: pd.DataFrame) -> pd.DataFrame:
    """The PD of each row of `everyone` by every method that fits on rows: one column a method, doing nothing first.

    The features of `card` are binned and fitted again on the method's rows of `X`, which `applicants` describes.
    """
    cards = {method.name: refit(card, X, method.rows(applicants)) for method in METHODS if method.rows}
    return pd.DataFrame({name: of.predict_proba(everyone)[:, 1] for name, of in cards.items()}, index=everyone.index)


def refit(card: Scorecard, X: pd.DataFrame, rows: Rows) -> Scorecard:
    """The card with its features binned and fitted again on weighted rows of `X`."""
    sample = X.iloc[rows.position].reset_index(drop=True)
    return _unfitted(card).fit(sample, rows.y, sample_weight=rows.weight)


def describe() -> pd.DataFrame:
    """One row a method: title, assumption and source."""
    rows = [(m.title, m.assumption, m.source) for m in METHODS]
    return pd.DataFrame(rows, columns=["method", "assumption", "source"])


def echo(card: Scorecard, X: pd.DataFrame, applicants: Applicants) -> Estimate:
    """What fuzzy augmentation with a card's own PDs changes in a coefficient while the bins stay: nothing.

    The score equations of the logit hold for the rows that it imputed itself, so they teach it nothing; what a method
    changes comes from its assumption, or from cutting the bins again.
    """
    W, known = card.binning_.transform(X), applicants.known
    first = fit_logit(W[known], applicants.y[known])
    rows = _fuzzy(Applicants(applicants.y, first.probability(W), applicants.acceptance))
    again = fit_logit(W.iloc[rows.position], rows.y, weights=rows.weight)
    gap = float(np.abs(again.coefficients - first.coefficients).max())
    return Estimate(gap, n=len(X), method="largest absolute difference of a coefficient after fuzzy augmentation")


def reweighted(a: Applicants) -> Rows:
    """The known, each with the weight of those that it stands for: 1 / chance of being accepted, trimmed."""
    known = _known(a)
    return known._replace(weight=1 / np.maximum(a.acceptance[known.position], LEAST_ACCEPTANCE))


def effective_share(rows: Rows) -> Estimate:
    """What weighting leaves of a sample: (sum of weights)² / sum of squared weights, by row (Kish 1965).

    >>> effective_share(Rows(np.arange(2), np.array([0, 1]), np.array([1.0, 3.0]))).value  # 16 / 10 of 2 rows
    0.8
    """
    weight = rows.weight
    share = float(weight.sum() ** 2 / (weight**2).sum() / len(weight))
    return Estimate(share, n=len(weight), method="Kish's effective sample size by the number of rows")


def _unfitted(card: Scorecard) -> Scorecard:
    return Scorecard(**(card.get_params(deep=False) | {"binning": _free(card)}))


def _free(card: Scorecard) -> WoeBinning:
    """The binning of the card's features yet to be fitted; no trend is asked of imputed rows period by period."""
    return card.binning_.unfitted_for(card.points_).set_params(trend_in_every_period=False)


def _known(a: Applicants) -> Rows:
    at = np.flatnonzero(a.known)
    return Rows(at, a.y[at].astype(np.int64), np.ones(len(at)))


def _fuzzy(a: Applicants, factor: float = 1.0) -> Rows:
    return _imputed(a, moved(a.pd, float(np.log(factor))))


def _parcelled(a: Applicants, factor: float) -> Rows:
    edges = np.unique(np.quantile(a.pd[a.known], np.linspace(0, 1, BANDS + 1)[1:-1]))
    band = np.searchsorted(edges, a.pd, side="right")
    cases, bads = (np.bincount(band[a.known], w, len(edges) + 1) for w in (None, a.y[a.known]))
    rate = bads / np.maximum(cases, 1)
    return _imputed(a, np.minimum(factor * rate[band], 1.0))


def _imputed(a: Applicants, chance: Floats) -> Rows:
    """The known as they are, and each declined application twice: as bad with its chance, as good with the rest."""
    known, at = _known(a), np.flatnonzero(~a.known)
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
    Method(NOTHING, "Doing nothing", "The declined are as a card says that was fitted on the known.", "", _known),
    Method(
        "reweighting",
        "Reweighting",
        "At equal features the known stand for the declined: each counts 1 / chance of being accepted, a chance of at"
        f" least {LEAST_ACCEPTANCE:g}.",
        "Hsia, Hastings Law Journal 30 (1978); Banasik and Crook, Journal of the OR Society 56 (2005)",
        reweighted,
    ),
    Method("fuzzy", "Fuzzy augmentation", "Each declined enters as bad with its PD and as good with the rest.", _FUZZY,
           _fuzzy),
    Method("fuzzy_2", "Fuzzy, odds × 2", "The same, with odds of bad twice those of the card.", _FUZZY,
           partial(_fuzzy, factor=2.0)),
    *(
        Method(
            f"parcelling_{round(100 * factor)}",
            f"Parcelling, rate × {factor:g}",
            f"In each tenth of the known by PD, the declined are bad {_times(factor)}as often as the known.",
            _PARCELLING,
            partial(_parcelled, factor=factor),
        )
        for factor in (1.0, 1.25, 1.5, 2.0)
    ),
    Method("probit", "Bivariate probit", "What is hidden in decision and default is normal and correlated; a variable"
           " moves the decision alone. P(bad) of an applicant.", _PROBIT, None),
    Method("probit_given_decision", "Probit, given the decision", "The same. P(bad), given that the application was"
           " declined.", _PROBIT, None),
)  # fmt: skip

TITLES = {CHAMPION: "Champion, as applied"} | {method.name: method.title for method in METHODS}
