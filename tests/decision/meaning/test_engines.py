"""One meaning: a closure, a frame and a table decide alike, to the last bit, whatever the policy and whoever applies."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from riskbench.decision.meaning.numpy_columns import numpy_columns
from riskbench.decision.policy.policy import Policy
from tests.decision.policies import ECONOMICS, applications, policies

from . import reference
from .engines import by_closure, by_duckdb, by_frame, by_table, with_arms_by_duckdb, with_arms_by_frame

ONE_BAND = Policy.model_validate(
    {
        "schema_version": 2,
        "bands": [{"name": "all", "action": "approve", "from": -math.inf, "to": math.inf}],
        "economics": ECONOMICS,
    }
)
ROWS = st.lists(applications(), min_size=1, max_size=12)


@given(policies(), ROWS)
def test_a_policy_means_what_its_words_say(policy, rows):
    assert by_closure(policy, rows) == [reference.decided(policy, row) for row in rows]


@given(policies(), ROWS)
def test_the_closure_decides_as_the_frame_does(policy, rows):
    assert by_closure(policy, rows) == by_frame(policy, rows)


@settings(max_examples=15, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # a query takes long to write
@given(policies(), st.lists(applications(), min_size=12, max_size=40))
def test_a_database_decides_as_the_frame_does(policy, rows):
    assert by_table(policy, rows) == by_frame(policy, rows)


@settings(phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(policies(), st.lists(applications(), min_size=12, max_size=40))
def test_the_sql_for_duckdb_decides_as_the_frame_does(policy, rows):
    assert by_duckdb(policy, rows) == by_frame(policy, rows)


@settings(max_examples=30, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(policies(), policies(), st.lists(applications(), min_size=12, max_size=40))
def test_the_sql_for_duckdb_decides_every_arm_and_shadow_as_the_frame_does(policy, other, rows):
    rules = [rule.model_dump(by_alias=True) for rule in other.rules]
    beside = {"name": "b", "because": "to see", "rules": rules}
    arms = {"key": "1", "challengers": [beside | {"share": 0.5}]}
    plain = policy.model_dump(by_alias=True) | {"arms": arms, "shadow": [beside | {"name": "c"}]}
    assert with_arms_by_duckdb(Policy.model_validate(plain), rows) == with_arms_by_frame(
        Policy.model_validate(plain), rows
    )


def _not_strict(right, engine, value, op, constant):
    return right(engine, value, {"<": "<="}.get(op, op), constant)


def _border_below(right, engine, number, uppers):
    return right(engine, np.nextafter(number, -np.inf), uppers)


def _last(right, engine, truths):
    return right(engine, dict(reversed(truths.items())))


def _half_a_cent_off(right, engine, number, other):
    return np.nextafter(right(engine, number, other), np.inf)


@pytest.mark.parametrize(
    ("operation", "wrong"),
    [("compare", _not_strict), ("interval", _border_below), ("first", _last), ("times", _half_a_cent_off)],
)
def test_an_engine_that_is_wrong_in_one_operation_is_found_out(operation, wrong, monkeypatch):
    engine = type(numpy_columns(ONE_BAND, pd.DataFrame({"score": [1.0]})))
    right = getattr(engine, operation)
    monkeypatch.setattr(engine, operation, lambda self, *arguments: wrong(right, self, *arguments))
    settings_of_search = settings(max_examples=2000, phases=[Phase.generate], database=None)
    find(st.tuples(policies(), ROWS), lambda case: by_closure(*case) != by_frame(*case), settings=settings_of_search)
