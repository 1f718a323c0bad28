"""Cases like one are counted as the log has them; a bad rate is observed, or said not to be."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.service.review.board import Brief
from riskbench.service.review.comparable import compared, nearest, observed
from riskbench.service.review.words import say

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def brief(id_, score, band="review", rule="", action="refer"):
    return Brief(id_, NOW, "0" * 64, "champion", action, band, rule, False, score, 0.1, 500.0)


def board(*briefs, by_people=None, waiting=()):
    return SimpleNamespace(recent={b.id: b for b in briefs}, by_people=by_people or {}, waiting=dict.fromkeys(waiting))


@given(st.lists(st.integers(400, 700), max_size=30), st.integers(400, 700), st.integers(1, 10))
def test_no_case_left_out_is_nearer_than_one_that_is_compared(scores, score, most):
    briefs = [brief(str(n), s) for n, s in enumerate(scores)]
    found = nearest(board(*briefs), brief("own", score), most)
    left = [abs(b.score - score) for b in briefs if b not in found]
    assert len(found) == min(most, len(scores))
    assert not (found and left) or max(abs(b.score - score) for b in found) <= min(left)


def test_another_band_with_another_rule_is_no_comparable_case_nor_is_the_case_itself():
    own = brief("own", 520, rule="young")
    alike, other = brief("a", 700, band="prime", rule="young"), brief("b", 520, band="prime")
    assert nearest(board(own, alike, other, brief("c", None)), own) == [alike]


def test_what_the_model_and_people_decided_is_counted():
    cases = board(
        brief("a", 519), brief("b", 522), brief("c", 521), by_people={"a": "decline", "x": "approve"}, waiting="bc"
    )
    told = compared(cases, brief("own", 520), None, say("en"))
    assert (told.n, told.low, told.high, told.open) == (3, 519, 522, 2)
    assert (dict(told.by_model), dict(told.by_people)) == ({"refer": 3}, {"decline": 1})
    assert "expected, not observed: the bundle names no run" in told.rate
    assert "10.0" in told.rate  # the PD of each is .1


@pytest.fixture
def scores(tmp_path):
    """40 outcomes at 520 points out of time, 10 bad; the card's own sample, all bad, does not count."""
    frame = pd.DataFrame(
        {
            "score": [520] * 80 + [600] * 5 + [520],
            "y": [1.0] * 10 + [0.0] * 30 + [1.0] * 40 + [0.0] * 5 + [np.nan],
            "sample": ["out_of_time"] * 40 + ["development"] * 40 + ["out_of_time"] * 6,
        }
    )
    frame.to_parquet(tmp_path / "scores.parquet")
    return tmp_path / "scores.parquet"


def test_a_bad_rate_is_that_of_outcomes_which_the_card_has_not_seen(scores):
    rate = observed(scores, 515, 525, say("en"))
    assert (rate.value, rate.n) == (0.25, 40)
    assert rate.lower < 0.25 < rate.upper


def test_few_outcomes_or_no_run_are_no_rate(scores, tmp_path):
    assert "5 outcomes in this range, fewer than 30" in observed(scores, 590, 610, say("en")).reason
    assert observed(tmp_path / "none.parquet", 1, 2, say("en")).reason == "the run is not at hand"
