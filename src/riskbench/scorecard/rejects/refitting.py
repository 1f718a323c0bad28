"""The champion's features binned and fitted again, on the known or on the rows that a method makes of everybody."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.core.results import Estimate
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.regression.logit import fit_logit
from riskbench.scorecard.rejects.methods import METHODS, Applicants, Rows, fuzzy
from riskbench.scorecard.woe_binning import WoeBinning


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
    binning = _unfitted_binning(card).set_params(trends=None)  # trends are declared of risk, not of decisions
    decision = Scorecard(binning).fit(X, (~known).astype(int))
    return Applicants(label, pd_, 1 - decision.predict_proba(X)[:, 1])


def refit(card: Scorecard, X: pd.DataFrame, rows: Rows) -> Scorecard:
    """The card with its features binned and fitted again on weighted rows of `X`."""
    sample = X.iloc[rows.position].reset_index(drop=True)
    return _unfitted(card).fit(sample, rows.y, sample_weight=rows.weight)


def refit_and_score(card: Scorecard, X: pd.DataFrame, applicants: Applicants, everyone: pd.DataFrame) -> pd.DataFrame:
    """The PD of each row of `everyone` by every method that fits on rows: one column a method, doing nothing first.

    The features of `card` are binned and fitted again on the method's rows of `X`, which `applicants` describes.
    """
    cards = {method.title: refit(card, X, method.rows(applicants)) for method in METHODS if method.rows}
    return pd.DataFrame({title: of.predict_proba(everyone)[:, 1] for title, of in cards.items()}, index=everyone.index)


def fuzzy_gap(card: Scorecard, X: pd.DataFrame, applicants: Applicants) -> Estimate:
    """What fuzzy augmentation with a card's own PDs changes in a coefficient while the bins stay: nothing.

    The score equations of the logit hold for the rows that it imputed itself, so they teach it nothing; what a method
    changes comes from its assumption, or from cutting the bins again.
    """
    W, known = card.binning_.transform(X), applicants.known
    first = fit_logit(W[known], applicants.y[known])
    rows = fuzzy(Applicants(applicants.y, first.probability(W), applicants.acceptance))
    again = fit_logit(W.iloc[rows.position], rows.y, weights=rows.weight)
    gap = float(np.abs(again.coefficients - first.coefficients).max())
    return Estimate(gap, n=len(X), method="largest absolute difference of a coefficient after fuzzy augmentation")


def _unfitted(card: Scorecard) -> Scorecard:
    return Scorecard(**(card.get_params(deep=False) | {"binning": _unfitted_binning(card)}))


def _unfitted_binning(card: Scorecard) -> WoeBinning:
    """The binning of the card's features yet to be fitted; no trend is asked of imputed rows period by period."""
    return card.binning_.unfitted_for(card.points_).set_params(trend_in_every_period=False)
