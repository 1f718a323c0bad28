"""The role that a column gets where name and values are weighed against each other."""

from dataclasses import replace

import numpy as np
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.data.drafting.request import Request
from riskbench.data.drafting.roles import Guess, Known, find_customer, guess_roles

ROWS = 200
NOTHING_KNOWN = Known(Request(""), np.full(ROWS, np.nan), None, None, None, Thresholds())


@pytest.fixture
def guess(facts):
    """The guess for one column of a table in which nothing else is known; its levels come back in turn."""

    def guessed(name: str, levels, how: str = "") -> Guess:
        column = facts(name, [levels[i % len(levels)] for i in range(ROWS)])
        return guess_roles({name: replace(column, how=how or column.how)}, NOTHING_KNOWN)[0]

    return guessed


@pytest.mark.parametrize(
    ("name", "levels", "role"),
    [
        ("health_status", ["good", "poor"], "protected"),
        ("policy_age", [1, 2, 3], "feature"),
        ("education", ["school", "university"], "feature"),
        ("Title", ["Mr", "Mrs", "Dr."], "protected"),
        ("Title", ["car", "home"], "feature"),
        ("approved_flag", [True, False], "price"),
        ("manual_override", [0, 1], "price"),
        ("savings_rate", [0.1, 0.2], "feature"),
        ("installment_rate", [1, 2, 3], "feature"),
        ("collections_12_mths_ex_med", [0, 1], "feature"),
        ("officer", ["Ann Lee", "Bob Ray"], "identifier"),
        ("officer_name", ["Ann Lee", "Bob Ray"], "identifier"),
        ("FullName", ["Ann Lee", "Bob Ray"], "identifier"),
        ("Name", ["Ann Lee", "Bob Ray"], "identifier"),
        ("street", ["Main Road", "High Road"], "identifier"),
        ("employee", [10, 20, 30], "feature"),
        ("telephone", ["none", "yes, under own name"], "feature"),
        ("own_phone", ["P1", "P2"], "feature"),
        ("addr_state", ["NY", "CA"], "feature"),
        ("NAME_CONTRACT_TYPE", ["Cash loans", "Revolving loans"], "feature"),
        *(
            (f"{thing}_name", ["One", "Two"], "feature")
            for thing in ["product", "bank", "branch", "merchant", "dealer"]
        ),
    ],
)
def test_name_and_values_together_give_the_role(guess, name: str, levels, role: str) -> None:
    assert guess(name, levels).role == role


def test_a_sex_is_protected_whatever_its_column_is_called(guess) -> None:
    found = guess("var_17", ["Herr", "Frau"])
    assert (found.role, found.attribute, found.reason) == ("protected", "sex", "its values are those of a sex")


SPOILT = "text; nearly all are numbers (plain), but not rows 3: correct them or leave them empty; empty in 2 rows"


@pytest.mark.parametrize(
    ("name", "levels", "role"),
    [
        ("income", [f"{i}.5" for i in range(199)] + ["n. k."], "context"),
        ("income", [f"{i}.5" for i in range(199)] + ["a@b.org"], "identifier"),
        ("age", [f"{i}" for i in range(20, 60)] + ["old"], "protected"),
    ],
)
def test_a_column_that_a_few_cells_spoil_says_so_first(guess, name: str, levels, role: str) -> None:
    found = guess(name, levels, SPOILT)
    assert found.role == role
    assert found.reason.startswith("it would be a number but for rows 3: correct them or leave them empty")


def test_a_spoilt_date_is_called_one(guess) -> None:
    how = SPOILT.replace("numbers", "dates")
    assert guess("opened", ["2020-01-05", "soon"], how).reason.startswith("it would be a date but")


def test_an_age_of_customers_does_not_name_the_customer(facts) -> None:
    ages = facts("customerage", [18 + i % 60 for i in range(ROWS)])
    assert find_customer({"customerage": ages}, ())[0] is None
