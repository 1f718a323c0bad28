import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard import Scorecard
from riskbench.scorecard.export.identity import boundary_cases
from riskbench.validation.attack import exported


def test_every_value_falls_where_the_card_puts_it_even_at_the_edges(card):
    cases = boundary_cases(card)
    found = exported.positions(card.to_dict(), cases)
    assert (found.to_numpy() == card.binning_.bins(cases)[list(found)].to_numpy()).all()


def test_scores_and_pds_are_those_of_the_card(card, tables):
    X = tables[1]
    codes = exported.positions(card.to_dict(), X)
    assert (exported.scores(card.to_dict(), codes) == card.points(X)).all()
    np.testing.assert_allclose(exported.pds(card.to_dict(), codes), card.predict_proba(X)[:, 1], atol=1e-12)


def test_shrinkage_level_and_base_are_part_of_the_export(tables, card):
    X = tables[1].drop(columns="application")
    moved = Scorecard(card.binning_, from_zero=True).fit(X, tables[2]["y"].fillna(0).astype(int)).recalibrated(0.3, 0.8)
    codes = exported.positions(moved.to_dict(), X)
    assert moved.base_ != 0
    assert (exported.scores(moved.to_dict(), codes) == moved.points(X)).all()
    np.testing.assert_allclose(exported.pds(moved.to_dict(), codes), moved.predict_proba(X)[:, 1], atol=1e-12)


def test_a_special_value_and_an_unseen_level_have_their_bins():
    job = {"kind": "categorical", "cuts": [], "levels": ["a", "b", "n/k"], "groups": [0, 1, 1], "specials": ["n/k"]}
    job |= {"unseen": -3, "labels": ["a", "b", "n/k", "missing"]}
    # -3 counts from the end of four bins: the second
    assert exported.bin_positions(job, pd.Series(["a", "zz", "n/k", None])).tolist() == [0, 1, 2, 3]


def test_a_feature_that_is_not_there_is_named(card):
    with pytest.raises(KeyError, match="income"):
        exported.positions(card.to_dict(), pd.DataFrame({"age": [1.0]}))
