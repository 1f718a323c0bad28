import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.governance.registry.following import follow, state_of
from riskbench.governance.registry.records import Model, Version
from riskbench.governance.registry.states import GRAPHS, begin, faults

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
MODEL = Model(id="loans", title="t", study="loans", owner="li", purpose="p", tier=2, tier_because=["small"])
STATES = GRAPHS[Version].states


def versions(*states):
    return [
        Version(
            model="loans", number=i, run=f"loans-{i}", manifest_sha256="0" * 64, registered=NOON, registered_by="li",
            state=state,
        )
        for i, state in enumerate(states, 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("states", "model"),
    [
        ([], "in_development"),
        (["candidate"], "in_development"),
        (["in_validation", "candidate"], "in_validation"),
        (["live", "approved"], "live"),
        (["stopped", "approved"], "stopped"),
        (["replaced", "live"], "live"),
        (["rejected", "retired"], "in_development"),
    ],
)
def test_a_model_is_what_its_foremost_version_is(states, model):
    assert state_of(versions(*states)) == model


@given(st.data())
def test_whatever_a_version_moves_to_its_model_can_follow(data):
    states = data.draw(st.lists(st.sampled_from(STATES), min_size=1, max_size=4))
    i = data.draw(st.integers(0, len(states) - 1))
    before = MODEL.model_copy(update={"state": state_of(versions(*states))})
    for taken in GRAPHS[Version].after(states[i]):
        after = versions(*states[:i], taken.after, *states[i + 1 :])
        assert follow(before, after, "li", "so it is", NOON).state == state_of(after)


def test_a_model_follows_with_a_step_of_its_history():
    model = follow(begin(MODEL, "li", "registered", NOON), versions("candidate"), "li", "version 1", NOON)
    assert [step.after for step in model.history] == ["proposed", "in_development"]
    assert faults(model) == []
    assert follow(model, versions("candidate", "candidate"), "li", "version 2", NOON) is model


def test_a_retired_model_stays_so():
    gone = MODEL.model_copy(update={"state": "retired"})
    assert follow(gone, versions("candidate"), "li", "version 1", NOON) is gone
