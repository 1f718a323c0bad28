import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.regression.separation import SeparationError

DRAW = np.random.default_rng(2)
X = pd.DataFrame({"income": DRAW.normal(size=600), "purpose": ["car"] * 300 + ["home"] * 300})
Y = (DRAW.random(600) < 1 / (1 + np.exp(1 + X["income"]))).astype(int)


def test_a_card_names_the_bin_that_separates_and_what_is_in_it():
    leak = np.where(Y == 1, "late", "paid")
    with pytest.raises(SeparationError) as caught:
        Scorecard(WoeBinning()).fit(X.assign(purpose=leak), Y)
    goods, bads = int((Y == 0).sum()), int((Y == 1).sum())
    assert caught.value.bins == [("purpose", "paid", goods, 0), ("purpose", "late", 0, bads)]
    assert f"purpose: bin 'paid' has {goods} goods, 0 bads" in str(caught.value)


def test_a_bin_that_separates_some_of_the_cases_is_named():
    late = ((Y == 1) & (X["income"] < 0)).map({True: "written off", False: "open"})
    pure = int((late == "written off").sum())
    with pytest.raises(SeparationError, match=f"purpose: bin 'written off' has 0 goods, {pure} bads"):
        Scorecard(WoeBinning()).fit(X.assign(purpose=late), Y)


def test_a_binning_fitted_elsewhere_is_judged_by_the_cases_at_hand():
    binning = WoeBinning().fit(X, np.where(X.index % 3, Y, 1 - Y))
    some = X[(X["purpose"] == "car") | (Y == 1)]
    with pytest.raises(SeparationError) as caught:
        Scorecard(binning).fit(some, Y[some.index])
    assert caught.value.bins == [("purpose", "home", 0, int(Y[300:].sum()))]


def test_a_pure_bin_among_others_that_overlap_does_not_separate():
    third = X["purpose"].mask((Y == 1) & (X.index % 4 == 0), "written off")
    card = Scorecard(WoeBinning()).fit(X.assign(purpose=third), Y)
    assert np.isfinite(card.logit_.coefficients).all()


def test_columns_that_separate_only_together_have_no_pure_bin_to_name():
    a, b = (v.ravel() for v in np.meshgrid(np.arange(6.0), np.arange(6.0)))
    both = pd.DataFrame({"a": a, "b": b}).loc[np.repeat(np.flatnonzero(a + b != 5), 20)]
    with pytest.raises(SeparationError, match="'a', 'b' separates some of them"):
        Scorecard(WoeBinning(max_bins=6, min_bin_share=0.01, min_class_count=0)).fit(both, both["a"] + both["b"] > 5)
