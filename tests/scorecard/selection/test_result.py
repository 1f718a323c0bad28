"""What a finished funnel says: who was chosen, what the steps did, and the checks of the choice."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import DataError
from riskbench.core.thresholds import Override, Thresholds
from riskbench.scorecard import WoeBinning
from riskbench.scorecard.selection import (
    chosen,
    compared,
    features_of_card,
    funnel_checks,
    funnel_sheet,
    left_without_outcome,
    select,
    steps_told,
)
from riskbench.scorecard.selection.result import in_the_last_step


def candidates(n=6000):
    draw = np.random.default_rng(1)
    X = pd.DataFrame({"strong": draw.normal(size=n), "fair": draw.normal(size=n), "noise": draw.normal(size=n)})
    X["twin"] = X["strong"] + 0.25 * draw.normal(size=n)
    X["empty"] = np.nan
    y = (draw.random(n) < 1 / (1 + np.exp(1.5 - 1.5 * X["strong"] - 0.5 * X["fair"]))).astype(int)
    return X, y


X, Y = candidates()
FUNNEL = select(X, Y, WoeBinning().fit(X, Y))
NOTHING = select(X[["noise", "empty"]], Y, WoeBinning().fit(X[["noise", "empty"]], Y))


def test_the_features_of_the_card_are_those_chosen():
    assert features_of_card(FUNNEL) == chosen(FUNNEL) == ["strong", "fair"]


def test_without_a_feature_there_is_no_card_and_it_is_said_what_to_do():
    assert chosen(NOTHING) == []
    with pytest.raises(DataError, match=r"none of the candidates earned a place\. What to do: bring more rows"):
        features_of_card(NOTHING)


def test_candidates_are_compared_from_the_clusters_on():
    assert compared(FUNNEL) == ["strong", "fair", "twin"]
    assert in_the_last_step(FUNNEL) == ["strong", "fair"]


def test_only_what_left_unseen_by_the_outcome_may_be_left_out_of_a_card_built_again():
    assert left_without_outcome(FUNNEL) == ["empty"]


def test_a_page_prints_the_chosen_first_and_the_strongest_first_among_them():
    sheet = funnel_sheet(FUNNEL)
    assert sheet["feature"].tolist()[:2] == ["strong", "fair"]
    assert list(sheet) == ["feature", "result", "reason", "iv", "p_value"]


def test_steps_account_for_every_candidate():
    steps = steps_told(FUNNEL)
    assert steps["came"].iloc[0] == len(FUNNEL)
    assert steps["dropped"].sum() == (FUNNEL["status"] == "dropped").sum()


def test_every_step_says_when_a_candidate_leaves_by_the_limits_in_force():
    limits = Thresholds({"features.vif": Override(green=5.0, amber=5.0, reason="test")})
    told = steps_told(FUNNEL, limits).set_index("step")["a_candidate_leaves_when"]
    assert told["inflation"] == "the others together repeat it: variance inflation over 5"
    assert told["missing"] == "more than 95% of the rows are missing"


def test_a_funnel_that_keeps_nothing_has_no_largest_iv():
    count, largest, flagged, moved = funnel_checks(NOTHING, Thresholds())
    assert (count.estimate.value, flagged.estimate.value) == (0, 0)
    assert largest.status == moved.status == "not_evaluated"


def test_the_checks_count_what_was_chosen_and_judge_the_largest_iv():
    count, largest, flagged, _ = funnel_checks(FUNNEL, Thresholds())
    assert count.estimate.value == 2
    assert "(strong)" in largest.title
    assert flagged.estimate.value == FUNNEL.loc[FUNNEL["status"] == "kept", "review"].sum()
