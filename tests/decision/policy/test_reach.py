"""A rule that is told never to decide never does, asked of every application that the rules can tell apart."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.decision.decide import decide
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.reach import unreachable
from riskbench.decision.policy.variables import Variable, unknown

CONDITIONS = st.builds(
    lambda variable, op, value: {"variable": variable, "op": op, "value": value},
    st.sampled_from(["x", "y"]),
    st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
    st.integers(0, 3),
) | st.builds(
    lambda variable, op, values: {"variable": variable, "op": op, "value": sorted(values)},
    st.sampled_from(["x", "y"]),
    st.sampled_from(["in", "not in"]),
    st.sets(st.integers(0, 3), min_size=1),
)
RULES = st.fixed_dictionaries(
    {
        "when": st.lists(CONDITIONS, min_size=1, max_size=3),
        "action": st.sampled_from(["refer", "decline"]),
        "on_missing": st.sampled_from(["refer", "decline", "pass"]),
    }
)
# All that conditions on 0 to 3 can tell apart: the numbers, what lies between and beyond, and missing values.
VALUES = [*np.arange(-0.5, 4.0, 0.5), np.nan]
EVERYBODY = pd.DataFrame(itertools.product(VALUES, VALUES), columns=["x", "y"]).assign(score=500)
ALL = [{"name": "all", "action": "approve", "from": -math.inf, "to": math.inf}]


def policy(rules: list[dict], bands: list[dict] = ALL) -> Policy:
    named = [rule | {"name": f"r{i}", "reason": f"r{i}"} for i, rule in enumerate(rules)]
    economics = {"lgd": 0.5, "margin": 0.1, "funding_cost": 0.02}
    return Policy.model_validate({"schema_version": 2, "bands": bands, "rules": named, "economics": economics})


def told(of: Policy) -> set[str]:
    """The rules that are told never to decide, or never to hold: an action that cannot be."""
    found = [fault for fault in unreachable(of, unknown) if fault.rule.startswith("never decides")]
    return {of.rules[int(fault.at[1])].name for fault in found}


@given(st.lists(RULES, min_size=2, max_size=4))
def test_a_rule_that_is_told_never_to_decide_decides_nobody(rules):
    of = policy(rules)
    assert not told(of) & set(decide(of, EVERYBODY)["rule"])


@given(st.lists(RULES, min_size=2, max_size=2))
def test_of_two_rules_each_that_decides_nobody_is_told(rules):
    of = policy(rules)
    silent = {rule.name for rule in of.rules} - set(decide(of, EVERYBODY)["rule"])
    faults = list(unreachable(of, unknown))
    at_fault = {of.rules[int(fault.at[1])].name for fault in faults}
    assert silent <= at_fault


@given(RULES)
def test_a_rule_of_which_a_condition_never_holds_never_takes_its_action(rule):
    of = policy([rule])
    if any(fault.rule.startswith("never holds") for fault in unreachable(of, unknown)):
        known = EVERYBODY.dropna()
        assert set(decide(of, known)["action"]) == {"approve"}


@pytest.mark.parametrize(
    ("variable", "constants", "values"),
    [
        (Variable("x", "number", 0, 1), [0.5], [0.0, 0.25, 0.5, 0.75, 1.0]),
        (Variable("n", "number", 1, 3, whole=True), [2], [1.0, 2.0, 3.0]),
        (Variable("s", "number", 0, special=(-999.0,)), [], [-999.0, 0.0, 1.0]),
        (Variable("l", "text", levels=("a", "b")), ["a"], ["a", "b"]),
        (Variable("f", "number", levels=(0.0, 1.0)), [1], [0.0, 1.0]),
    ],
)
def test_a_variable_has_one_value_for_each_case_that_constants_tell_apart(variable, constants, values):
    assert variable.values(constants) == values


def test_a_rule_below_the_bands_that_its_scores_lie_in_is_told():
    bands = [
        {"name": "low", "action": "decline", "from": -math.inf, "to": 500},
        {"name": "high", "action": "approve", "from": 500, "to": math.inf},
    ]
    rule = {"action": "refer", "on_missing": "pass"}
    below = rule | {"when": {"variable": "score", "op": "<", "value": 500}}
    across = rule | {"when": {"variable": "score", "op": "<=", "value": 500}}
    assert told(policy([below], bands)) == {"r0"}
    assert told(policy([across], bands)) == set()
