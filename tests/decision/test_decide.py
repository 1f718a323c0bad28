"""Deciding: the most severe of band and rules wins, and nothing is decided by silence."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.decision.decide import decide
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.section import SEVERITY

ECONOMICS = {"lgd": 0.6, "margin": 0.22, "funding_cost": 0.04}
BANDS = [
    {"name": "high", "action": "approve", "from": 550, "to": math.inf},
    {"name": "middle", "action": "limit", "from": 520, "to": 550, "limit_share": 0.5},
    {"name": "grey", "action": "refer", "from": 500, "to": 520},
    {"name": "low", "action": "decline", "from": -math.inf, "to": 500},
]
YOUNG = {
    "name": "young",
    "when": {"variable": "age", "op": "<", "value": 18},
    "action": "decline",
    "reason": "under age",
    "on_missing": "refer",
}
BUSY = {
    "name": "busy",
    "when": {"variable": "loans", "op": ">=", "value": 3},
    "action": "refer",
    "reason": "many loans",
    "on_missing": "pass",
}


def policy(*rules: dict, bands: list[dict] = BANDS) -> Policy:
    content = {"schema_version": 2, "bands": bands, "rules": list(rules), "economics": ECONOMICS}
    return Policy.model_validate(content)


def one(rules: list[dict], score: float = 600, **variables) -> pd.Series:
    return decide(policy(*rules), pd.DataFrame({"score": [score]} | {k: [v] for k, v in variables.items()})).iloc[0]


@pytest.mark.parametrize(
    ("score", "action", "band", "amount"),
    [
        (550, "approve", "high", 1000),
        (549.9, "limit", "middle", 500),
        (520, "limit", "middle", 500),
        (519, "refer", "grey", 0),
        (499, "decline", "low", 0),
        (math.inf, "approve", "high", 1000),
    ],
)
def test_a_band_holds_its_lower_bound_and_not_its_upper(score, action, band, amount):
    row = one([], score, amount=1000.0)
    assert (row.action, row.band, row.amount) == (action, band, amount)


def test_a_limit_amount_never_lends_more_than_was_asked():
    bands = [{"name": "all", "action": "limit", "from": -math.inf, "to": math.inf, "limit_amount": 300.0}]
    frame = pd.DataFrame({"score": [1, 2], "amount": [200, 1000]})
    assert list(decide(policy(bands=bands), frame).amount) == [200, 300]


def test_a_limit_amount_without_amounts_is_refused():
    bands = [{"name": "all", "action": "limit", "from": -math.inf, "to": math.inf, "limit_amount": 300.0}]
    with pytest.raises(ValueError, match="needs a column amount"):
        decide(policy(bands=bands), pd.DataFrame({"score": [1]}))


def test_without_amounts_each_loan_is_one_unit():
    assert one([], 560).amount == 1


@pytest.mark.parametrize(
    ("age", "loans", "score", "action", "rule", "reason"),
    [
        (17, 0, 600, "decline", "young", "under age"),
        (30, 3, 600, "refer", "busy", "many loans"),
        (17, 3, 600, "decline", "young", "under age"),  # the most severe wins, whatever the order
        (30, 3, 490, "decline", "", "score in band low"),  # a rule never softens a band
        (17, 0, 490, "decline", "young", "under age"),  # equally severe: the rule says more
        (np.nan, 0, 600, "refer", "young", "age is unknown"),
        (30, np.nan, 600, "approve", "", "score in band high"),  # on_missing: pass
    ],
)
def test_the_most_severe_of_band_and_rules_decides_and_gives_the_reason(age, loans, score, action, rule, reason):
    for rules in ([YOUNG, BUSY], [BUSY, YOUNG]):
        row = one(rules, score, age=age, loans=loans)
        assert (row.action, row.rule, row.reason) == (action, rule, reason)


def test_of_two_rules_equally_severe_the_first_in_the_file_gives_the_reason():
    second = YOUNG | {"name": "second", "reason": "another"}
    assert one([YOUNG, second], age=17).rule == "young"


@pytest.mark.parametrize(
    ("op", "value", "fires"),
    [("==", "b", [1]), ("!=", "b", [0, 2]), ("in", ["a", "b"], [0, 1]), ("not in", ["a"], [1, 2])],
)
@pytest.mark.parametrize("dtype", ["str", "category", object])
def test_text_is_compared_whatever_its_type(op, value, fires, dtype):
    rule = BUSY | {"when": {"variable": "x", "op": op, "value": value}, "on_missing": "decline"}
    frame = pd.DataFrame({"score": 600, "x": pd.Series(["a", "b", "c", None], dtype=dtype)})
    assert list(decide(policy(rule), frame).action) == ["refer" if n in fires else "approve" for n in range(3)] + [
        "decline"
    ]


@pytest.mark.parametrize(
    ("op", "fires"), [("<", "-"), ("<=", "-0"), (">", "+"), (">=", "0+"), ("==", "0"), ("!=", "-+")]
)
@pytest.mark.parametrize("dtype", ["float64", "int64", "Int64"])
def test_numbers_are_compared_as_the_operator_reads(op, fires, dtype):
    rule = YOUNG | {"when": {"variable": "x", "op": op, "value": 0}}
    frame = pd.DataFrame({"score": 600, "x": pd.Series([-1, 0, 1], dtype=dtype)})
    assert list(decide(policy(rule), frame).action) == ["decline" if sign in fires else "approve" for sign in "-0+"]


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ({"age": [30]}, "decides on a column score"),
        ({"score": [600]}, "rule young reads age, which is not among the columns"),
        ({"score": [np.nan], "age": [30]}, "every row must have a score, got 1 without"),
        ({"score": [600], "age": ["thirty"]}, "numbers compare with numbers, texts with texts"),
        ({"score": [600], "age": [30], "amount": [0]}, "amount must be positive and finite"),
    ],
)
def test_nothing_is_decided_on_input_that_cannot_be_read(frame, message):
    with pytest.raises(ValueError, match=message):
        decide(policy(YOUNG), pd.DataFrame(frame))


def test_a_variable_unknown_in_every_row_follows_on_missing():
    assert one([YOUNG], age=None).action == "refer"


def test_decisions_keep_the_index_and_an_empty_frame_gives_none():
    frame = pd.DataFrame({"score": [600.0, 490.0], "age": [30, 30]}, index=[7, 3])
    assert list(decide(policy(YOUNG), frame).index) == [7, 3]
    columns = ["action", "band", "rule", "reason", "amount", "unknown", "hits", "alerts"]
    assert list(decide(policy(YOUNG), frame.iloc[:0]).columns) == columns


rows = st.tuples(
    st.floats(400, 700), st.one_of(st.none(), st.integers(10, 40)), st.one_of(st.none(), st.integers(0, 5))
)


@given(st.lists(rows, min_size=1, max_size=30))
def test_a_rule_never_softens_and_rows_are_decided_one_by_one(values):
    frame = pd.DataFrame(values, columns=["score", "age", "loans"]).astype(float)
    with_rules, without = decide(policy(YOUNG, BUSY), frame), decide(policy(), frame)
    assert all(SEVERITY.index(a) >= SEVERITY.index(b) for a, b in zip(with_rules.action, without.action, strict=True))
    one_by_one = [decide(policy(YOUNG, BUSY), frame.iloc[[n]]) for n in range(len(frame))]
    pd.testing.assert_frame_equal(pd.concat(one_by_one), with_rules)


@given(st.lists(st.floats(-1000, 1000, allow_nan=False), min_size=1, max_size=6, unique=True), st.floats(-2000, 2000))
def test_every_score_falls_in_exactly_the_band_that_holds_it(cuts, score):
    edges = [-math.inf, *sorted(cuts), math.inf]
    bands = [
        {"name": f"{n}", "action": "refer", "from": a, "to": b} for n, (a, b) in enumerate(itertools.pairwise(edges))
    ]
    band = bands[int(decide(policy(bands=bands[::-1]), pd.DataFrame({"score": [score]})).band[0])]
    assert band["from"] <= score < band["to"]
