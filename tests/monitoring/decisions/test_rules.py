import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.project import find_project
from riskbench.data.study import load_study
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.reading import load_policy
from riskbench.monitoring.decisions.rules import BAND, deciding, names_of, never, oftenest
from riskbench.monitoring.population.window import Window

REFERENCE = np.arange(6) < 3
WINDOW = Window(REFERENCE, ~REFERENCE, pd.Series(["2024-01"] * 3 + ["2024-02"] * 3), ("2024-02",), "", "")
DECISIONS = pd.DataFrame(
    {"rule": ["late", "", "", "late", "late", "age"], "hits": ["late;asked", "", "", "late", "late", "age"]}
)
NAMES = ["late", "age", "asked", "price"]


def microloan() -> Policy:
    folder = find_project().data / "microloan"
    return load_policy(folder / "policy.yaml", load_study(folder / "study.toml"))


def test_what_may_decide_is_all_that_the_policy_states_but_the_age_of_data():
    policy = microloan()
    frame = pd.DataFrame({name: [1.0] for name in policy.variables}).assign(employment="salaried", score=550, amount=1)
    names = names_of(policy, frame)
    assert names[:2] == ["repeated_delinquency", "many_enquiries"]
    assert {"limit_by_income", "smallest_amount", "price", "cap:amount"} <= set(names)
    assert not [name for name in names if name.startswith("stale:")]


def test_every_application_is_decided_by_one_thing():
    truths = deciding(DECISIONS, NAMES)
    assert truths.sum(axis=1).eq(1).all()
    assert truths.sum().to_dict() == {"late": 3, "age": 1, "asked": 0, "price": 0, BAND: 2}


def test_what_decides_oftenest_now_comes_first_and_what_never_does_is_left_out():
    assert list(oftenest(deciding(DECISIONS, NAMES), WINDOW)) == ["late", "age"]


def test_where_the_band_decides_alone_no_rule_decides_oftenest():
    alone = deciding(DECISIONS.assign(rule=""), [])
    with pytest.raises(NotEvaluated, match="the band of the score decides alone"):
        oftenest(alone, WINDOW)


def test_a_rule_that_nobody_meets_is_told_apart_from_one_that_never_decides():
    assert never(DECISIONS, NAMES, WINDOW) == "Nobody meets price. Met, but never what decides: asked."
    assert never(DECISIONS, ["late", "age"], WINDOW) == "Every rule and limit is met by somebody."
    assert never(DECISIONS, [], WINDOW).startswith("The policy has neither rules nor limits")
