"""The policy with another cut-off: what moves with it and what does not."""

import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.decision.decide import decide
from riskbench.decision.simulation.cut_off_policy import at_cut_off, let_through, own_cut_off

LENDING = ["approve", "limit"]


def test_its_own_cut_off_is_where_its_lowest_lending_band_begins(policy):
    assert own_cut_off(policy) == 520


@pytest.mark.parametrize("cut_off", [480, 520, 530, 555, 700])
def test_whoever_scores_as_much_as_the_cut_off_is_lent_to_and_nobody_else(policy, portfolio, cut_off):
    frame = portfolio(300)
    lends = decide(at_cut_off(policy, cut_off), frame)["action"].isin(LENDING)
    assert lends.equals(frame["score"] >= cut_off)


def test_at_its_own_cut_off_the_policy_lends_to_the_same_and_as_much(policy, portfolio):
    frame = portfolio(300)
    before, after = decide(policy, frame), decide(at_cut_off(policy, 520), frame)
    pd.testing.assert_series_equal(before["amount"], after["amount"])


def test_below_its_own_cut_off_the_lowest_lending_band_reaches_down(policy):
    # scores 500 and 480 lie below 520: half of 100 each, as the band "middle" lends
    decided = decide(at_cut_off(policy, 480), pd.DataFrame({"score": [500, 480], "amount": [100.0, 100.0]}))
    assert decided["amount"].tolist() == [50, 50]


def test_what_is_let_through_does_not_depend_on_the_cut_off(policy, portfolio):
    frame = portfolio(300)
    everybody, some = let_through(policy, frame), decide(at_cut_off(policy, 530), frame)
    passed = frame["score"] >= 530
    assert everybody["lent"][passed].equals(some["amount"][passed].rename("lent"))


def test_a_policy_that_lends_in_no_band_has_no_cut_off(policy):
    nobody = policy.model_copy(update={"bands": [b for b in policy.bands if b.action == "decline"]})
    with pytest.raises(NotEvaluated, match="no band of the policy lends"):
        at_cut_off(nobody, 500)
