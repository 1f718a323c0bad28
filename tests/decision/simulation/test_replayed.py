"""A policy replayed: the count table against the replay, the parts against the whole, and what cannot be said."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.decision.simulation.frontier import Constraints
from riskbench.decision.simulation.replayed import PROPOSED, THIS, Replayed

STUDY = SimpleNamespace(
    limits=Thresholds(),
    population="through_the_door",
    base=SimpleNamespace(decision="decision", approved=["approve"], segments=[]),
)


@pytest.fixture
def replayed(policy, portfolio):
    """The policy on 400 applications, a quarter of them declined at the time."""

    def made(**constraints: float) -> Replayed:
        frame = portfolio(400).assign(in_force=np.arange(400) % 4 > 0)
        frame["y"] = frame["y"].astype(float).where(frame["in_force"])
        rows = pd.DataFrame({"decision": np.where(frame["in_force"], "approve", "decline"), "y": frame["y"]})
        groups = pd.DataFrame({"sex": ["a", "b"] * 200})
        return Replayed(STUDY, policy, rows, frame, groups, 0.0, Constraints(**constraints))

    return made


def test_the_count_table_is_the_replay_and_the_parts_are_the_whole(replayed):
    replay = replayed(largest_bad_rate=0.08)
    for check in (replay.replay_gap(Thresholds()), replay.whole_gap(Thresholds())):
        assert check.status == "green"


def test_the_proposed_cut_off_keeps_the_constraints(replayed):
    replay = replayed(largest_bad_rate=0.08)
    proposed = replay.against(THIS).table.set_index("policy").loc[PROPOSED]
    assert (replay.choice.kept, proposed["bad_rate"] <= 0.08) == (True, True)


def test_a_gain_against_this_policy_is_that_of_the_proposed_cut_off(replayed):
    replay = replayed()
    table = replay.against(THIS).table.set_index("policy")["profit_each"]
    assert replay.cut_off_gain.value == pytest.approx(table[PROPOSED] - table[THIS])


def test_worse_declined_make_every_cut_off_riskier_and_less_profitable(replayed):
    lines = replayed().assumptions(Estimate(0.15, 0.15, 0.4))
    card, highest = (lines[lines["series"] == name] for name in ("as the card says", "highest"))
    assert (highest["bad_rate"].to_numpy() >= card["bad_rate"].to_numpy()).all()
    assert (highest["profit"].to_numpy() <= card["profit"].to_numpy()).all()


def test_where_nothing_can_be_assumed_there_is_one_line(replayed):
    assert set(replayed().series(Estimate.missing("booked loans only"))["series"]) == {"as the card says"}


def test_a_policy_without_alternatives_has_no_arms(replayed):
    with pytest.raises(NotEvaluated, match="neither challengers nor shadows"):
        replayed().arms()
