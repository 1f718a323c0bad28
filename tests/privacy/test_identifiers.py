import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.privacy.identifiers import (
    LARGEST_BODY,
    SMALLEST_BODY,
    check_digits,
    make_national_ids,
    valid_national_id,
    valid_national_ids,
)

bodies = st.integers(SMALLEST_BODY, LARGEST_BODY)


def test_the_check_digit_is_that_of_iso_7064_mod_11_10_by_hand():
    # Body 1000000000: product 10; digit 1: (1 + 10) % 10 = 1, 1 * 2 % 11 = 2; then nine zeros double it mod 11:
    # 4, 8, 16 % 11 = 5, 10, 20 % 11 = 9, 18 % 11 = 7, 14 % 11 = 3, 6, and for (0 + 6): 12 % 11 = 1; (11 - 1) % 10 = 0.
    assert check_digits(np.array([10**9])).tolist() == [0]


@given(bodies, st.integers(0, 10), st.integers(1, 9))
def test_any_single_wrong_digit_is_detected(body, place, shift):
    digits = list(str(*make_national_ids(np.array([body]))))
    digits[place] = str((int(digits[place]) + shift) % 10)
    assert not valid_national_id("".join(digits))


@given(st.lists(bodies, min_size=1, max_size=20, unique=True))
def test_what_is_made_is_valid_at_once_and_one_by_one_and_distinct(values):
    made = make_national_ids(np.array(values))
    assert valid_national_ids(made).all()
    assert all(valid_national_id(str(number)) for number in made)
    assert len(set(made.tolist())) == len(values)


@pytest.mark.parametrize("text", ["", "3339200596", "033392005961", " 33392005961", "3339200596x", "٣٣٣٩٢٠٠٥٩٦١"])
def test_what_is_not_eleven_ascii_digits_is_not_an_id(text):
    assert not valid_national_id(text)


@pytest.mark.parametrize("body", [0, SMALLEST_BODY - 1, LARGEST_BODY + 1])
def test_a_body_of_other_than_ten_digits_is_refused(body):
    with pytest.raises(ValueError, match=rf"must have ten digits, got {body}"):
        make_national_ids(np.array([body]))


def test_numbers_outside_eleven_digits_are_never_ids():
    assert not valid_national_ids(np.array([0, -33392005961, 333920059610])).any()
