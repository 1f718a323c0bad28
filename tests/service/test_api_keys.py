import datetime as dt
import json
import threading

import pytest

from riskbench.core.errors import CannotRun
from riskbench.service.api_keys import KeyFile, KeyRefused


@pytest.fixture
def keys(tmp_path):
    return KeyFile(tmp_path / "keys" / "api_keys.json")


def test_a_key_is_found_by_its_text_and_the_file_does_not_hold_it(keys):
    key, text = keys.new("shop", ["read", "decide"])
    assert keys.found(text) == key
    assert key.scopes == ("decide", "read")
    assert text.split("_", 2)[2] not in keys.path.read_text()
    assert keys.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "A", lambda t: t.upper(), lambda t: "", lambda t: "rb_" + t]
)
def test_any_other_text_opens_nothing(keys, change):
    _, text = keys.new("shop", ["read"])
    assert keys.found(change(text)) is None


def test_a_revoked_key_and_an_expired_one_open_nothing(keys):
    today = dt.datetime.now(dt.UTC).date()
    _, revoked = keys.new("one", ["read"])
    key, expired = keys.new("two", ["read"], expires=today)
    assert keys.found(expired) == key  # its last day is included
    keys.revoke("one")
    entries = json.loads(keys.path.read_text())
    entries[1]["expires"] = str(today - dt.timedelta(days=1))
    keys.path.write_text(json.dumps(entries))
    assert keys.found(revoked) is None
    assert keys.found(expired) is None


@pytest.mark.parametrize(
    ("name", "scopes", "expires", "told"),
    [
        ("a b", ["read"], None, "a name has 1 to 64 letters, digits, .* got 'a b'"),
        ("a", [], None, "scopes"),
        ("a", ["read"], dt.date(2020, 1, 1), "must not have expired"),
        ("taken", ["read"], None, "called taken already"),
    ],
)
def test_a_key_that_breaks_a_rule_is_not_made(keys, name, scopes, expires, told):
    keys.new("taken", ["read"])
    with pytest.raises(KeyRefused, match=told):
        keys.new(name, scopes, expires)
    assert len(keys.entries()) == 1


def test_a_name_is_free_again_once_its_key_is_revoked(keys):
    keys.new("shop", ["read"])
    keys.revoke("shop")
    keys.new("shop", ["read"])
    assert [key.revoked is None for key in keys.entries()] == [False, True]
    with pytest.raises(KeyRefused, match="no key nobody"):
        keys.revoke("nobody")


def test_the_last_day_of_use_is_kept_and_never_brings_a_revoked_key_back(keys):
    key, text = keys.new("shop", ["read"])
    before = keys.path.read_bytes()
    keys.found(text)
    assert keys.last_used() == {key.id: str(dt.datetime.now(dt.UTC).date())}
    assert keys.path.read_bytes() == before


def test_a_file_that_is_none_is_refused_with_its_name(keys):
    keys.new("shop", ["read"])
    keys.path.write_text('[{"id": "x"}]')
    with pytest.raises(CannotRun, match=r"api_keys.json is no file of keys"):
        keys.found("rb_x_y")


def test_keys_made_at_once_are_all_kept(keys):
    makers = [threading.Thread(target=keys.new, args=(f"k{i}", ["read"])) for i in range(8)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert {key.name for key in keys.entries()} == {f"k{i}" for i in range(8)}
