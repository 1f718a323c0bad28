from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.core.errors import StudyError
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.decide import decide_with_arms
from riskbench.decision.inputs import WrongInput
from riskbench.decision.policy.policy import Policy
from riskbench.decision.row import RowDecider

FEATURES = ("burden", "enquiries_6m", "delinquencies_12m", "employment", "night_share")
NUMBERS = ["amount_requested", "term_months", "monthly_income", "monthly_expense", "night_share", "delinquencies_12m"]
SAME = ("action", "band", "rule", "amount")


@pytest.fixture(scope="module")
def bundle(lender) -> Bundle:
    """A card on a formula, numbers and texts, with the policy of the study."""
    return lender.bundle(*FEATURES)


@pytest.fixture(scope="module")
def decider(bundle) -> RowDecider:
    """What decides one application at a time."""
    return RowDecider(bundle)


@pytest.fixture(scope="module")
def inputs(lender, bundle) -> list[dict[str, Any]]:
    """The applications as whoever asks for a decision hands them over."""
    terms = np.resize([1.0, 3, 6, 9, 0, np.nan], len(lender.applications))  # two of them out of range
    return rows_of(lender.applications.assign(term_months=terms)[[column.name for column in bundle.inputs.columns]])


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def frame_of(bundle: Bundle, rows: list[dict[str, Any]]) -> pd.DataFrame:
    kinds = {c.name: "float" if c.type in ("number", "integer") else "str" for c in bundle.inputs.columns}
    return pd.DataFrame(rows).astype(kinds)


def assert_alike(decider: RowDecider, rows: list[dict[str, Any]]) -> None:
    """Every application has the outcome that the bundle gives it in a frame."""
    bundle, frame = decider.bundle, frame_of(decider.bundle, rows)
    outcomes = [decider(row) for row in rows]
    scored, decided = bundle.score(frame), bundle.decide(frame)
    assert [o.score for o in outcomes] == scored["score"].tolist()
    assert [o.pd for o in outcomes] == scored["pd"].tolist()
    for name in SAME:
        assert [getattr(o.decision, name) for o in outcomes] == decided[name].tolist()
    told = bundle.scorecard.reasons(bundle.completed(frame)[list(bundle.scorecard.points_)]).to_numpy().tolist()
    assert [[name for name, _ in o.reasons] for o in outcomes] == [[n for n in row if n] for row in told]


def changed(policy: Policy, **sections: Any) -> Policy:
    return Policy.model_validate(policy.model_dump(by_alias=True) | sections)


# --- equal to the frame ---------------------------------------------------------------------------------------------


def test_every_application_is_decided_as_in_the_frame_of_the_bundle(decider, inputs):
    assert decider.slow == {}
    assert_alike(decider, inputs)


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_so_are_values_out_of_range_levels_never_seen_and_missing_ones(decider, inputs, data):
    numbers = st.none() | st.sampled_from([0.0, -0.0, -999.0, 1.0, 8.0, 5.0]) | st.floats(-1e9, 1e9, width=32)
    other = {name: numbers for name in NUMBERS if name not in ("amount_requested", "term_months")}
    other |= {"amount_requested": st.floats(0.01, 1e6), "term_months": st.none() | st.integers(-2, 12).map(float)}
    other |= {"employment": st.sampled_from(["salaried", "astronaut", "", None]), "enquiries_6m": numbers}
    rows = st.lists(st.fixed_dictionaries(other), min_size=1, max_size=40)
    assert_alike(decider, [inputs[0] | row for row in data.draw(rows)])


def test_a_bundle_whose_formula_is_not_compiled_decides_alike_and_says_so(bundle, inputs, caplog):
    slow = bundle.inputs.engineered[0].model_copy(update={"formula": "(amount_requested / monthly_income)::float"})
    other = bundle.model_copy(update={"inputs": bundle.inputs.model_copy(update={"engineered": [slow]})})
    decider = RowDecider(other)
    assert dict(decider.slow) == {"burden": "a cast from DOUBLE to FLOAT"}
    assert "feature burden is computed by DuckDB" in caplog.text
    assert_alike(decider, inputs[:3])


def test_a_formula_that_cannot_be_computed_decides_nothing(bundle, inputs):
    broken = bundle.inputs.engineered[0].model_copy(update={"formula": "ln(monthly_income - monthly_income)"})
    other = bundle.model_copy(update={"inputs": bundle.inputs.model_copy(update={"engineered": [broken]})})
    with pytest.raises(StudyError, match="logarithm of zero"):
        RowDecider(other)(inputs[0])


def test_threads_that_share_a_decider_do_not_meet(decider, inputs):
    expected = [decider(row) for row in inputs[:400]]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(decider, inputs[:400])) == expected


def test_the_inputs_are_left_as_they_were(decider, inputs):
    before = dict(inputs[0])
    decider(inputs[0])
    assert inputs[0] == before


# --- nothing by silence ---------------------------------------------------------------------------------------------


def test_a_wrong_type_is_an_error_and_never_a_decision(decider, inputs):
    with pytest.raises(WrongInput, match="employment must be a text or null, got a number"):
        decider(inputs[0] | {"employment": 3})


def test_an_application_without_a_column_is_not_decided(decider, inputs):
    with pytest.raises(WrongInput, match="night_share must be given"):
        decider({name: value for name, value in inputs[0].items() if name != "night_share"})


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("term_months", 7, "above:term_months"),
        ("term_months", 0, "below:term_months"),
        ("employment", "x", "level:employment"),
    ],
)
def test_a_value_that_the_bundle_does_not_state_refers(decider, inputs, column, value, rule):
    safe = inputs[0] | {
        "amount_requested": 50.0,
        "monthly_income": 3900.0,
        "monthly_expense": 10.0,
        "enquiries_6m": 0.0,
    }
    outcome = decider(safe | {"term_months": 3, "night_share": 0.1, "delinquencies_12m": 0.0} | {column: value})
    assert rule in outcome.decision.hits
    assert outcome.decision.action in ("refer", "decline")


def test_without_the_age_of_a_source_nothing_is_decided(lender, bundle, inputs):
    stale = {"source": "bureau", "within_hours": 24.0, "action": "refer", "reason": "old", "on_missing": "refer"}
    decider = RowDecider(lender.bundle(*FEATURES, policy=changed(bundle.credit_policy, freshness=[stale])))
    with pytest.raises(WrongInput, match="the age of bureau must be given"):
        decider(inputs[0])
    assert "stale:bureau" in decider(inputs[0], ages={"bureau": 25}).decision.hits
    assert "stale:bureau" in decider(inputs[0], ages={"bureau": None}).decision.hits
    assert "stale:bureau" not in decider(inputs[0], ages={"bureau": 24}).decision.hits


# --- arms and shadows -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def split(lender, bundle) -> RowDecider:
    """Half of all customers are decided by a policy that refers everybody; a shadow would decline everybody."""
    all_scores = {"name": "all", "from": -np.inf, "to": np.inf}
    half = {"name": "half", "because": "a test", "share": 0.5, "bands": [all_scores | {"action": "refer"}]}
    shadow = {"name": "strict", "because": "a test", "bands": [all_scores | {"action": "decline"}]}
    arms = {"key": "2026", "challengers": [half]}
    return RowDecider(lender.bundle(*FEATURES, policy=changed(bundle.credit_policy, arms=arms, shadow=[shadow])))


def test_an_arm_decides_for_its_customers_and_a_shadow_for_nobody(split, decider, inputs):
    outcomes = [split(row, customer=str(number)) for number, row in enumerate(inputs[:300])]
    refers = {"refer", "decline"}  # a rule of the study may decline
    assert all(outcome.decision.action in refers for outcome in outcomes if outcome.arm == "half")
    assert {outcome.arm for outcome in outcomes} == {"champion", "half"}
    assert {outcome.shadows["strict"].action for outcome in outcomes} == {"decline"}
    champions = [(o, row) for o, row in zip(outcomes, inputs, strict=False) if o.arm == "champion"]
    assert all(outcome.decision == decider(row).decision for outcome, row in champions)


def test_arms_and_shadows_are_those_of_the_frame(split, inputs):
    customers = [str(number) for number in range(300)]
    outcomes = [split(row, customer=customer) for row, customer in zip(inputs, customers, strict=False)]
    frame = frame_of(split.bundle, inputs[:300])
    read = split.bundle.read_by_policy(frame).assign(customer=pd.array(customers, dtype="str"))
    decided = decide_with_arms(split.bundle.effective_policy, read, "customer")
    assert [outcome.arm for outcome in outcomes] == decided["arm"].tolist()
    assert [outcome.decision.action for outcome in outcomes] == decided["action"].tolist()
    assert [outcome.shadows["strict"].rule for outcome in outcomes] == decided["shadow:strict:rule"].tolist()


def test_an_arm_that_is_named_decides_whoever_the_customer_is(split, inputs):
    assert {split(inputs[0], customer=str(n), arm="half").arm for n in range(20)} == {"half"}
    assert split(inputs[0]).arm == "champion"


def test_an_arm_that_the_policy_does_not_have_is_refused(split, inputs):
    with pytest.raises(WrongInput, match="arm must be one of champion, half, got strict"):
        split(inputs[0], arm="strict")
