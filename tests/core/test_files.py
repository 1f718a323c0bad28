import hashlib
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.files import canonical_json, digest, replacing, sha256, write_json, write_text

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
plain = st.text(st.characters(exclude_categories=["Cs"]))
values = st.recursive(
    scalars.filter(lambda s: not isinstance(s, str)) | plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(plain, inner, max_size=3),
    max_leaves=8,
)


def backwards(value):
    """The same value with every dictionary filled in the opposite order."""
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(item) for item in value] if isinstance(value, list) else value


@given(values)
def test_equal_values_give_equal_bytes_and_one_hash(value):
    assert canonical_json(value) == canonical_json(backwards(value))
    assert digest(value) == digest(backwards(value))


@given(values)
def test_canonical_json_is_read_back_as_the_same_value(value):
    assert json.loads(canonical_json(value)) == value


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_canonical_json_refuses_what_json_cannot_say(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"a": number})


def test_canonical_json_ends_with_one_newline_and_keeps_letters():
    assert canonical_json({"b": "Größe", "a": 1}) == '{\n  "a": 1,\n  "b": "Größe"\n}\n'


@given(st.binary(max_size=200))
def test_sha256_is_that_of_the_bytes(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("hash") / "file"
    path.write_bytes(content)
    assert sha256(path) == hashlib.sha256(content).hexdigest()


def test_replacing_writes_the_file_whole_and_makes_its_folder(tmp_path):
    path = tmp_path / "new" / "file.txt"
    with replacing(path) as temporary:
        assert temporary.parent == path.parent  # a rename is atomic only within one file system
        temporary.write_text("whole")
        assert not path.exists()
    assert path.read_text() == "whole"
    assert list(path.parent.iterdir()) == [path]


def interrupted(path):
    with replacing(path) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt


def test_replacing_keeps_the_old_file_when_the_block_raises(tmp_path):
    path = tmp_path / "file.txt"
    path.write_text("old")

    with pytest.raises(KeyboardInterrupt):
        interrupted(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_was_never_written_is_absent_after_a_failure(tmp_path):
    with pytest.raises(ValueError, match="not JSON"):
        write_json(tmp_path / "a.json", {"x": math.nan})
    assert list(tmp_path.iterdir()) == []


def test_a_written_file_can_be_read_by_others(tmp_path):
    write_text(tmp_path / "a.txt", "π")
    assert (tmp_path / "a.txt").read_text("utf-8") == "π"
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o644
