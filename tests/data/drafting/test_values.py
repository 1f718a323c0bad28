"""What values give away, whatever their column is called."""

import numpy as np
import pytest

from riskbench.data.drafting.values import of_a_sex, personal, personal_among_numbers, yes_or_no
from riskbench.privacy.identifiers import make_national_ids

PEOPLE = range(100)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([f"a{i}@b.org" for i in PEOPLE], "e-mail"),
        (["none"] * 99 + ["a@b.org"], "e-mail"),
        ([f"+49 170 {1000000 + 77 * i}" for i in PEOPLE], "phone numbers"),
        ([f"10.0.{i}.7" for i in PEOPLE], "addresses of the net"),
        ([f"48.{1000 + i}, 11.{2000 + i}" for i in PEOPLE], "coordinates"),
        (["GB82 WEST 1234 5698 7654 32", "DE89 3704 0044 0532 0130 00"] * 50, "IBAN"),
        ([f"I need the money for reason {i}" for i in PEOPLE], "sentences"),
        ([f"word{i}" for i in PEOPLE], "nearly every value is different"),
        ([f"firm {i % 60}" for i in PEOPLE], "60 levels, 1.7 rows each"),
        (make_national_ids(np.arange(10**9, 10**9 + 100)), "national numbers"),
        (np.arange(100) * 7 + 17600000000, "ten digits"),
    ],
)
def test_values_that_name_persons_are_found(facts, values, said: str) -> None:
    assert said in personal(facts("column", values))


@pytest.mark.parametrize(
    "values",
    [
        ["car", "home"] * 50,
        [f"region {i % 40}" for i in PEOPLE],
        np.arange(100) * 1000,
        np.linspace(0, 1, 100),
        ["not employed at the moment", "employed for over seven years"] * 50,
        [None] * 100,
        ["a", "b", "c"],
    ],
)
def test_plain_values_name_nobody(facts, values) -> None:
    assert personal(facts("column", values)) == ""


SEXES = "m f|M F X|Male Female|MALE|Mr. Mrs. Ms. Miss|Herr Frau|Masculino Femenino|homme femme|男 女|м ж"


@pytest.mark.parametrize("levels", [*SEXES.split("|"), "мужской Женский", "ذكر أنثى", "F M XNA", "weiblich"])
def test_a_sex_is_known_by_its_values(facts, levels: str) -> None:
    assert of_a_sex(facts("x7", [*levels.split() * 5, None]))


@pytest.mark.parametrize("levels", ["m", "f", "x u", "m f g", "M W", "M D", "male dog", "yes no", "Mr herr", ""])
def test_values_that_may_be_something_else_are_no_sex(facts, levels: str) -> None:
    assert not of_a_sex(facts("x7", [*levels.split() * 5, None]))


@pytest.mark.parametrize(
    ("levels", "are"), [(["Yes", "no"], True), (["none", "yes, under own name"], True), (["yes", "A. Smith"], False)]
)
def test_a_yes_or_no_tells_nothing_of_a_person(facts, levels, are: bool) -> None:
    assert yes_or_no(facts("telephone", levels)) == are


def test_texts_that_nearly_are_numbers_or_dates_are_personal_by_their_form_alone(facts) -> None:
    assert not personal_among_numbers(facts("x", [f"{i * 7}.25" for i in PEOPLE] + ["oops"]))
    assert not personal_among_numbers(facts("x", [f"{1234567 + i}.25" for i in PEOPLE] + ["oops"]))
    assert not personal_among_numbers(facts("x", [f"{1920 + i}-01-05" for i in PEOPLE] + ["oops"]))
    assert "phone" in personal_among_numbers(facts("x", [f"49170{1000000 + i}" for i in PEOPLE] + ["oops"]))
    assert "e-mail" in personal_among_numbers(facts("x", [f"{i}.25" for i in PEOPLE] + ["a@b.org"]))
