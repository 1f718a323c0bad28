import hashlib
import hmac
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.errors import CannotRun
from riskbench.privacy.pseudonyms import load_or_create_key, pseudonymise

KEY, OTHER = b"a" * 32, b"b" * 32
names = st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), min_size=1, max_size=30, unique=True)


def test_a_pseudonym_is_hmac_sha256_under_the_key_of_its_purpose():
    purpose_key = hmac.new(KEY, b"modelling", hashlib.sha256).digest()
    expected = hmac.new(purpose_key, "Łukasz".encode(), hashlib.sha256).hexdigest()[:16]
    assert pseudonymise(pd.Series(["Łukasz"]), KEY, "modelling").tolist() == [expected]


@given(names)
def test_distinct_values_have_distinct_pseudonyms_and_equal_values_equal_ones(values):
    made = pseudonymise(pd.Series(values + values), KEY, "x")
    assert made.nunique() == len(values)
    assert made[: len(values)].tolist() == made[len(values) :].tolist()


@given(names)
def test_another_key_or_another_purpose_shares_no_pseudonym(values):
    people = pd.Series(values, dtype="str")
    kinds = [set(pseudonymise(people, key, purpose)) for key, purpose in [(KEY, "x"), (KEY, "y"), (OTHER, "x")]]
    assert len(set.union(*kinds)) == 3 * len(values)


@given(names, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(values, random):
    people = pd.Series(values, dtype="str")
    shuffled = people.sample(frac=1, random_state=random.randrange(2**32))
    pd.testing.assert_series_equal(pseudonymise(shuffled, KEY, "x").sort_index(), pseudonymise(people, KEY, "x"))


def test_missing_stays_missing_and_index_and_name_stay():
    people = pd.Series(["C1", None, "C2"], index=[7, 8, 9], name="customer_id")
    made = pseudonymise(people, KEY, "x")
    assert made.isna().tolist() == [False, True, False]
    assert (made.index.tolist(), made.name, made.dtype) == ([7, 8, 9], "customer_id", "str")


@pytest.mark.parametrize("dtype", ["int64", "Int64"])
def test_an_integer_counts_as_its_decimal_text(dtype):
    numbers = pd.Series([12, 7], dtype=dtype)
    assert pseudonymise(numbers, KEY, "x").tolist() == pseudonymise(pd.Series(["12", "7"]), KEY, "x").tolist()


@pytest.mark.parametrize("value", [1.5, True, b"x"])
def test_other_types_are_refused(value):
    with pytest.raises(ValueError, match="must be strings or integers, column id holds"):
        pseudonymise(pd.Series([value], name="id", dtype=object), KEY, "x")


def test_a_short_key_and_an_unnamed_purpose_are_refused():
    with pytest.raises(ValueError, match="at least 32 bytes, got 3"):
        pseudonymise(pd.Series(["a"]), b"abc", "x")
    with pytest.raises(ValueError, match="a purpose must be named"):
        pseudonymise(pd.Series(["a"]), KEY, "")


def test_a_key_is_created_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "pseudonym.key"
    key = load_or_create_key(path)
    assert (len(key), path.stat().st_mode & 0o777) == (32, 0o600)
    assert load_or_create_key(path) == key
    assert [file.name for file in path.parent.iterdir()] == ["pseudonym.key"]


def test_many_at_once_create_one_key(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(load_or_create_key, [tmp_path / "pseudonym.key"] * 64))
    assert len(keys) == 1


def test_a_key_that_others_may_read_is_refused(tmp_path):
    path = tmp_path / "pseudonym.key"
    load_or_create_key(path)
    path.chmod(0o640)
    with pytest.raises(CannotRun, match=r"by its owner alone .* has mode 640"):
        load_or_create_key(path)


def test_a_file_that_is_no_key_is_refused(tmp_path):
    path = tmp_path / "pseudonym.key"
    path.touch(mode=0o600)
    with pytest.raises(CannotRun, match=r"must have 32 bytes, .* has 0"):
        load_or_create_key(path)
