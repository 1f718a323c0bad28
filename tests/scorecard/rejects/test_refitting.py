"""Cards fitted again: on the known they are the champion, and what a method assumes moves them."""

import numpy as np
import pytest

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.rejects.methods import fuzzy
from riskbench.scorecard.rejects.refitting import applicants_of, fuzzy_gap, refit


def test_doing_nothing_gives_the_card_of_the_known(lender):
    assert lender.pds["Doing nothing"].to_numpy() == pytest.approx(lender.card.predict_proba(lender.X)[:, 1], abs=1e-9)


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ("Fuzzy augmentation", "Fuzzy, odds × 2"),
        ("Parcelling, rate × 1", "Parcelling, rate × 1.25"),
        ("Parcelling, rate × 1.5", "Parcelling, rate × 2"),
    ],
)
def test_a_larger_factor_makes_the_declined_riskier(lender, less, more):
    assert lender.pds.loc[lender.declined, less].mean() < lender.pds.loc[lender.declined, more].mean()


def test_fuzzy_augmentation_on_unchanged_bins_changes_no_coefficient(lender):
    gap = fuzzy_gap(lender.card, lender.X, lender.applicants)
    assert gap.value < 1e-8
    assert gap.n == len(lender.X)


def test_a_card_whose_bins_held_their_trend_in_every_period_can_be_fitted_again(lender):
    X, y, known, periods = lender.X, lender.y, ~lender.declined, np.arange(len(lender.X)) % 3
    strict = WoeBinning(trend_in_every_period=True).fit(X[known], y[known], periods=periods[known])
    card = Scorecard(strict, pdo=40, constrained=True).fit(X[known], y[known])
    again = refit(card, X, fuzzy(lender.applicants))
    assert (again.pdo, again.constrained) == (40, True)
    assert (again.logit_.slopes <= 0).all()


def test_the_declined_have_the_lower_chance_of_acceptance(lender):
    acceptance = lender.applicants.acceptance
    assert acceptance[lender.declined].mean() < acceptance[~lender.declined].mean()


@pytest.mark.parametrize("y", [0.0, np.nan])
def test_inference_takes_known_and_declined_applications(lender, y):
    with pytest.raises(ValueError, match="some applications must be known and some declined"):
        applicants_of(lender.card, lender.X, np.full(len(lender.X), y))
