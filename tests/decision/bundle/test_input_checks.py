"""Inputs that nobody has looked at: a person does, and card and policy are not asked to guess."""

import numpy as np
import pandas as pd
import pytest

from riskbench.decision.bundle.input_checks import checked, input_checks
from riskbench.decision.bundle.parts import InputColumn, WhenMissing


def column(name, kind="number", **more):
    what = {"role": "feature", "dimension": "core", "description": name, "read_by": ["card"]}
    return InputColumn.model_validate(what | {"name": name, "type": kind, "when_missing": WhenMissing()} | more)


@pytest.fixture(scope="module")
def bundle(lender):
    return lender.bundle("amount_to_income", "employment", "delinquencies_12m")


def decided(bundle, lender, **cells):
    row = lender.applications[[c.name for c in bundle.inputs.columns]].head(1)
    return bundle.decide(row.assign(**{name: [cell] for name, cell in cells.items()})).iloc[0]


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"delinquencies_12m": -1.0}, "below:delinquencies_12m"),
        ({"employment": "sailor"}, "level:employment"),
        ({"monthly_income": -5.0, "employment": "sailor"}, "below:monthly_income"),  # the first in the order of inputs
    ],
)
def test_what_lies_outside_refers_and_says_which_column(bundle, lender, cells, rule):
    found = decided(bundle, lender, **cells)
    assert (found["action"], found["rule"]) == ("refer", rule)


@pytest.mark.parametrize("cells", [{"delinquencies_12m": -999.0}, {"employment": None}, {"delinquencies_12m": np.nan}])
def test_special_and_missing_values_are_not_outside(bundle, lender, cells):
    assert not decided(bundle, lender, **cells)["rule"].startswith(("below:", "level:"))


def test_both_ends_of_a_range_lie_inside():
    (below, above) = input_checks([column("share", lower=0.0, upper=1.0)])
    assert (below.when[0].op, above.when[0].op) == ("<", ">")


def test_a_truth_value_is_checked_as_the_texts_yes_and_no():
    (only,) = input_checks([column("insured", "boolean", levels=["yes", "no"])])
    assert (only.name, only.when[0].value) == ("level:insured", ["yes", "no"])


def test_alternatives_with_rules_of_their_own_are_checked_as_well(bundle):
    policy = bundle.credit_policy
    other = {"name": "loose", "because": "to see", "rules": []}
    with_shadow = type(policy).model_validate(policy.model_dump(by_alias=True) | {"shadow": [other]})
    checks = input_checks(bundle.inputs.columns)
    assert checked(with_shadow, bundle.inputs.columns).arm("loose").rules == checks


def test_the_policy_as_it_was_written_stays_as_it_was(bundle):
    own = bundle.credit_policy.rules
    assert bundle.effective_policy.rules[-len(own) :] == own
    assert pd.Series([rule.name for rule in own]).str.contains(":").sum() == 0
