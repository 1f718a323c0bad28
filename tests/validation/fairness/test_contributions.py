"""Which features a gap in scores comes from."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.validation.fairness.contributions import contributions, points_by_feature


def test_points_of_features_sum_to_the_score():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"income": rng.normal(size=500), "late": rng.integers(0, 3, 500)})
    card = Scorecard(WoeBinning(max_bins=4)).fit(X, (rng.random(500) < 0.2 + 0.1 * X["late"]).astype(int))
    points = points_by_feature(card.to_dict(), X)
    assert (points.sum(axis=1) + card.base_).tolist() == card.points(X).tolist()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 60), st.integers(0, 60)), min_size=6, max_size=40))
def test_gaps_of_features_sum_to_the_gap_in_scores(people):
    table = pd.DataFrame(people, columns=["group", "income", "late"])
    score = (table["income"] + table["late"]).groupby(table["group"]).mean()
    reference = str(table["group"].iloc[0])
    found = contributions(table[["income", "late"]], table["group"], reference)
    for group, own in found.groupby("group"):
        assert own["points_gap"].sum() == pytest.approx(score[group] - score[reference])
        assert own["points_gap"].abs().is_monotonic_decreasing


def test_a_reference_that_is_not_shown_is_refused():
    with pytest.raises(ValueError, match="the reference must be a group that is shown, got 'c'"):
        contributions(pd.DataFrame({"x": [1, 2]}), pd.Series(["a", ""]), "c")


def test_one_group_has_no_gap():
    assert contributions(pd.DataFrame({"x": [1, 2]}), pd.Series(["a", "a"]), "a").empty
