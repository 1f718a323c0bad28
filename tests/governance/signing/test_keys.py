"""Keys, their list, and what a machine remembers of it."""

import json
import os
import shutil
import stat
from datetime import date
from pathlib import Path

import pytest

from riskbench.core.errors import CannotRun, RiskbenchError
from riskbench.governance.signing.acting import Office, take_note
from riskbench.governance.signing.entries import read_book
from riskbench.governance.signing.keyfile import keys_folder, load_key, make_key, public_of, trust_file
from riskbench.governance.signing.keylist import Grant, grants_of, read_keys
from riskbench.governance.signing.people import (
    Admission,
    admit,
    found_list,
    key_file,
    public_line,
    read_public,
    withdraw,
)
from riskbench.governance.signing.trust import first_contact, read_memory

from .conftest import PASSPHRASE, START, World

SECRET = "correct horse battery"


def granted(*roles: str) -> list[Grant]:
    return grants_of(roles, date(2026, 1, 1), date(2026, 12, 31))


def admitted(world: World, person: str = "eve", public: str = "", root: str = "rita") -> None:
    wanted = Admission(person, public or public_of(world.keys["eve"]), granted("validator"))
    admit(world.office, world.keys[root], wanted, world.at)


def test_a_private_key_is_encrypted_and_for_its_owner_alone(tmp_path: Path) -> None:
    key = make_key(tmp_path / "keys/ana.pem", SECRET)
    text = (tmp_path / "keys/ana.pem").read_text()
    assert text.startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert stat.S_IMODE((tmp_path / "keys/ana.pem").stat().st_mode) == 0o600
    assert public_of(load_key(tmp_path / "keys/ana.pem", SECRET)) == public_of(key)


def test_a_wrong_passphrase_is_refused_and_not_repeated(key_folder: Path, keys: dict) -> None:
    with pytest.raises(CannotRun, match="the passphrase is wrong") as refused:
        load_key(key_folder / "ada.pem", "not my passphrase")
    assert "not my passphrase" not in str(refused.value)


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    make_key(tmp_path / "ana.pem", SECRET)
    (tmp_path / "ana.pem").chmod(0o640)
    with pytest.raises(CannotRun, match="must have mode 0600"):
        load_key(tmp_path / "ana.pem", SECRET)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    make_key(tmp_path / "ana.pem", SECRET)
    with pytest.raises(CannotRun, match="is there already"):
        make_key(tmp_path / "ana.pem", SECRET)


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="at least 12 characters"):
        make_key(tmp_path / "ana.pem", "short")
    assert not (tmp_path / "ana.pem").exists()


def test_a_file_without_a_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "ana.pem").write_text("no key")
    (tmp_path / "ana.pem").chmod(0o600)
    with pytest.raises(CannotRun, match="does not open"):
        load_key(tmp_path / "ana.pem", SECRET)
    with pytest.raises(CannotRun, match="no private key at"):
        load_key(tmp_path / "bob.pem", SECRET)


@pytest.mark.parametrize(("place", "variable"), [(keys_folder, "RISKBENCH_KEYS"), (trust_file, "RISKBENCH_TRUST")])
def test_neither_keys_nor_memory_lie_in_the_project(
    place: object, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "project/reports/keys"))
    with pytest.raises(CannotRun, match=f"{variable} must lie outside the project"):
        place(tmp_path / "project")
    monkeypatch.delenv(variable)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert place(tmp_path / "project").parent.is_relative_to(tmp_path / "config")


@pytest.mark.parametrize("name", ["../ana", "Ana", "", "a/b"])
def test_a_person_is_a_short_name_and_no_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="a person is a short name"):
        key_file(tmp_path, name)


def test_the_line_that_is_handed_over_is_read_again(keys: dict) -> None:
    public = public_of(keys["ada"])
    assert read_public(f"{public_line('ada', public)}\n", "ada") == public


@pytest.mark.parametrize(
    "line", ["", "00ff", "riskbench-ed25519:bob:{}", "riskbench-ed25519:ada:00ff", "ssh-rsa:ada:{}"]
)
def test_another_line_is_refused(line: str, keys: dict) -> None:
    with pytest.raises(CannotRun, match="the key of ada is"):
        read_public(line.format(public_of(keys["ada"])), "ada")


def test_the_list_grows_by_versions_and_keeps_each(world: World) -> None:
    admitted(world)
    listed = read_keys(world.folder)
    assert listed
    assert (listed.list.version, [key.person for key in listed.list.keys]) == (5, ["mia", "vic", "ada", "eve"])
    assert sorted(path.name for path in (world.folder / "keys").iterdir()) == [f"000{i}.json" for i in (1, 2, 3, 4)]
    assert read_book(world.folder).problems == {}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"person": "rita"}, "rita holds the root key: who admits keys signs nothing else"),
        ({"public": "mia"}, "this key is on the list already: one key belongs to one person"),
        ({"public": "rita"}, "this key is on the list already"),
        ({"root": "eve"}, "this is not the root key of the registry, whose holder is rita"),
        ({"person": "Eve!"}, "this key cannot be admitted: person"),
    ],
)
def test_what_the_list_does_not_allow_is_refused(world: World, told: dict, reason: str) -> None:
    public = {"public": public_of(world.keys[told["public"]])} if "public" in told else {}
    before = (world.folder / "keys.json").read_bytes()
    with pytest.raises(RiskbenchError, match=reason):
        admitted(world, **(told | public))
    assert (world.folder / "keys.json").read_bytes() == before


def test_days_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(CannotRun, match="a key is valid from a day until a later one"):
        grants_of(["validator"], date(2026, 2, 1), date(2026, 1, 1))


def test_who_has_no_key_has_none_withdrawn(world: World) -> None:
    withdraw(world.office, world.keys["rita"], "vic", "left", world.at)
    with pytest.raises(RiskbenchError, match="vic has no key to withdraw"):
        withdraw(world.office, world.keys["rita"], "vic", "left", world.at)


def test_a_registry_has_one_first_list(world: World) -> None:
    with pytest.raises(RiskbenchError, match="has a list of keys already"):
        found_list(world.office, "eve", world.keys["eve"], START)
    (world.folder / "keys.json").unlink()
    with pytest.raises(RiskbenchError, match="or had one"):
        found_list(world.office, "eve", world.keys["eve"], START)


def test_the_first_sight_of_a_root_is_said_and_the_second_is_not(world: World, tmp_path: Path) -> None:
    trust = tmp_path / "elsewhere/trust.json"
    said = first_contact(trust, world.folder)
    assert "First contact" in said
    assert "Compare these digits with rita by voice" in said
    take_note(Office(world.registry, world.office.reports, trust))
    assert first_contact(trust, world.folder) == ""


def test_another_root_is_refused_where_one_was_seen(world: World) -> None:
    take_note(world.office)
    shutil.rmtree(world.folder / "keys")
    (world.folder / "keys.json").unlink()
    found_list(Office(world.registry, world.office.reports), "rita", world.keys["eve"], START)
    (problem,) = read_book(world.folder, read_memory(world.office.trust)).problems.values()
    assert problem.startswith("signed by another root")
    assert problem.endswith("refused")


def test_a_memory_that_is_damaged_is_told_and_not_begun_anew(world: World) -> None:
    assert world.office.trust
    world.office.trust.write_text("{}x")
    with pytest.raises(CannotRun, match="is damaged: restore it"):
        read_memory(world.office.trust)
    assert str(world.office.trust) in world.check(trust=world.office.trust)[1]


def test_an_altered_registry_is_not_remembered(world: World) -> None:
    world.validated()
    assert world.office.trust
    before = json.loads(world.office.trust.read_text())
    path = world.folder / "ledger.jsonl"
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    take_note(world.office)
    assert json.loads(world.office.trust.read_text()) == before


def test_no_file_of_the_registry_holds_a_secret(world: World, key_folder: Path) -> None:
    world.approved()
    private = [(key_folder / f"{person}.pem").read_text().splitlines()[1] for person in ("rita", "ada")]
    for path in world.root.rglob("*"):
        text = path.read_text("latin-1") if path.is_file() else ""
        assert not [secret for secret in (*private, PASSPHRASE, "PRIVATE KEY") if secret in text]
    assert os.access(world.folder / "keys.json", os.R_OK)
