"""The attacker holds no key and can write every file below reports/: whatever they alter is found, in the right file.

Two versions are signed by three people; `old` holds the reports as they were after the first was approved. What only
a machine with a memory can find is marked so; everything else is found by one that has never seen the registry.
"""

import base64
import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskbench.core.files import canonical_json, sha256
from riskbench.core.ledger import START, hash_of, line_of
from riskbench.governance.approval import grant, promote
from riskbench.governance.manifest import MANIFEST
from riskbench.governance.registry.records import Record, Step
from riskbench.governance.registry.store import Registry, place
from riskbench.governance.registry.writing import sealed
from riskbench.governance.signing.acting import Office, session, take_note
from riskbench.governance.signing.check import check_signatures
from riskbench.governance.signing.envelope import seal as sealed_envelope
from riskbench.governance.signing.keyfile import public_of
from riskbench.governance.signing.keylist import Grant
from riskbench.governance.signing.people import Admission, admit, found_list
from riskbench.governance.signing.statement import ACT_TYPE, Statement, read_statement

from .conftest import DAY, PEOPLE, World, new_world, seal

VERSION, OTHER = "versions/small_loans-1.yaml", "versions/small_loans-2.yaml"
FINDING, SECOND = "findings/F-0001.yaml", "findings/F-0002.yaml"
EXCEPTION, MODEL = "exceptions/E-0001.yaml", "models/small_loans.yaml"
PAGE = "pages/verifications/run-1/20260302T090000Z-vic.html"
OTHER_PAGE = "pages/verifications/run-1/more.html"
KINDS = {
    "a page": "validation.html",
    "a notebook": "validation.ipynb",
    "the evidence": "evidence.json",
    "a table": "artifacts/scorecard/scores.parquet",
    "the code": "code.zip",
    "the study": "study.toml",
    "an appendix": "appendix/card.xlsx",
    "the log": "appendix/run.log",
}


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, keys: dict) -> tuple[World, Path]:
    """Two signed versions, and the reports as they were before the second."""
    world = new_world(tmp_path_factory.mktemp("signed"), keys)
    world.find(severity="low")
    world.find("F-0002", severity="high")
    world.except_("F-0002")
    grant(world.office, world.hand("ada"), "E-0001")
    world.approved_with_less()
    old = shutil.copytree(world.office.reports, world.root / "old")
    world.at += DAY
    promote(world.office, world.hand("ada"), world.run())
    world.make_run("run-2", 2)
    world.validated("run-2")
    return world, old


@pytest.fixture
def attacked(signed: tuple[World, Path], tmp_path: Path) -> "Attacked":
    """A copy of those reports, on a machine that has seen them whole."""
    world, old = signed
    reports = shutil.copytree(world.office.reports, tmp_path / "reports")
    office = Office(Registry(reports / "registry"), reports, tmp_path / "trust.json")
    take_note(office)
    return Attacked(office, old, world)


class Attacked:
    """What the attacker can reach, and what they may do there."""

    def __init__(self, office: Office, old: Path, world: World):
        self.office, self.old, self.world = office, old, world
        self.reports, self.run, self.registry = office.reports, office.reports / "run-1", office.registry.folder

    def check(self, *, seen: bool = False, **how: Any) -> tuple[list, dict[str, str]]:
        manifest = self.run / MANIFEST
        held = sha256(manifest) if manifest.is_file() else ""
        return check_signatures(self.registry, self.run, held, self.office.trust if seen else None, **how)

    def lines(self) -> list[bytes]:
        return (self.registry / "ledger.jsonl").read_bytes().split(b"\n")[:-1]

    def put(self, lines: list[bytes]) -> None:
        (self.registry / "ledger.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))

    def rechained(self, contents: list[str]) -> None:
        """A ledger whose outer chain holds again, whatever it contains."""
        lines: list[bytes] = []
        for i, content in enumerate(contents, start=1):
            lines.append(line_of(i, hash_of(lines[-1]) if lines else START, content))
        self.put(lines)

    def contents(self) -> list[str]:
        return [json.loads(line)["content"] for line in self.lines()]

    def record(self, at: str, **changes: Any) -> None:
        """A record changed with a fresh seal, in its place."""
        kinds = {"versions": "versions", "findings": "findings", "exceptions": "exceptions", "models": "models"}
        records: list[Record] = getattr(Registry(self.registry), kinds[at.split("/")[0]])()
        found = next(r for r in records if place(r) == at)
        changed = type(found).model_validate(found.model_dump() | changes)
        (self.registry / at).write_text(sealed(changed), "utf-8")

    def verification(self) -> Path:
        return next((self.registry / "verifications/run-1").glob("*.yaml"))

    def listed(self, at: str) -> None:
        """The list of records says that it was written by a command."""
        path = self.registry / "records.txt"
        path.write_text("".join(sorted({*path.read_text().splitlines(keepends=True), f"{at}\n"})))


Alteration = tuple[str, str, Callable[[Attacked], object]]


def edit(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :])


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def swap(a: Path, b: Path) -> None:
    a.rename(a.with_name("between"))
    b.rename(a)
    a.with_name("between").rename(b)


def write(path: Path, content: bytes = b"more") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def resealed(a: Attacked, *changed: str) -> None:
    """The whole run with fresh hashes."""
    for file in changed:
        edit(a.run / file)
    seal(a.run, "run-1")


def renamed(a: Attacked) -> None:
    """The run with fresh hashes, and a manifest that says it is a run that nobody has signed."""
    edit(a.run / "evidence.json")
    seal(a.run, "run-9")


def registered_anew(a: Attacked) -> None:
    """The run with fresh hashes, and a version record that names them."""
    resealed(a, "evidence.json")
    a.record(VERSION, manifest_sha256=sha256(a.run / MANIFEST))


def in_a_statement(a: Attacked, line: int, old: str, new: str) -> None:
    """A signed statement with other words, and a chain that holds again."""
    contents = a.contents()
    statement, envelope = read_statement(contents[line - 1])
    changed = json.loads(json.dumps(statement.model_dump(mode="json")).replace(old, new))
    held = json.loads(contents[line - 1])
    forged = json.loads(sealed_envelope(a.world.keys["eve"], ACT_TYPE, dict(envelope.subjects), changed))
    contents[line - 1] = json.dumps(held | {"payload": forged["payload"]}, sort_keys=True, separators=(",", ":"))
    a.rechained(contents)


def forged_entry(a: Attacked, **changes: Any) -> None:
    """One entry more, signed with a key that nobody admitted."""
    last, _ = read_statement(a.contents()[-1])
    told = {"number": last.number + 1, "previous": hash_of(a.lines()[-1])} | changes
    forged = last.model_copy(update=told)
    content = sealed_envelope(a.world.keys["eve"], ACT_TYPE, forged.subjects, forged.model_dump(mode="json"))
    a.put([*a.lines(), line_of(forged.number, forged.previous, content)])


def another_name(a: Attacked) -> None:
    """One entry more with a key of one's own, under the id of a key that is admitted."""
    forged_entry(a)
    *lines, last = a.lines()
    entry = json.loads(last)
    envelope = json.loads(entry["content"])
    envelope["signatures"][0]["keyid"] = json.loads(json.loads(lines[-1])["content"])["signatures"][0]["keyid"]
    content = json.dumps(envelope, sort_keys=True, separators=(",", ":"))
    a.put([*lines, line_of(entry["number"], entry["previous"], content)])


def own_key_admitted(a: Attacked) -> None:
    """The list with a key more, under the old signature."""
    path = a.registry / "keys.json"
    envelope = json.loads(path.read_text())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    mine = statement["predicate"]["keys"][0] | {"person": "eve", "public": public_of(a.world.keys["eve"])}
    statement["predicate"]["keys"].append(mine)
    payload = json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()
    envelope["payload"] = base64.b64encode(payload).decode()
    path.write_text(json.dumps(envelope, sort_keys=True, separators=(",", ":")) + "\n")


def root_of_ones_own(a: Attacked) -> None:
    """A list of keys signed by another root, with keys of one's own for everybody."""
    for name in ("keys.json", "ledger.jsonl"):
        (a.registry / name).unlink()
    shutil.rmtree(a.registry / "keys")
    office = replace(a.office, trust=None)
    mine = a.world.keys["eve"]
    found_list(office, "rita", mine, a.world.at)
    for person, role in PEOPLE.items():
        days = Grant(role=role, first=a.world.at.date(), last=(a.world.at + 30 * DAY).date())
        admit(office, mine, Admission(person, public_of(a.world.make_key()), [days]), a.world.at)


def closed_by_hand(a: Attacked) -> None:
    """A step more in the history of a finding, which nobody took."""
    finding = next(f for f in Registry(a.registry).findings() if f.id == "F-0001")
    step = Step(at=a.world.at, by="vic", before="open", after="dismissed", because="no fault")
    a.record(FINDING, state="dismissed", history=[*finding.history, step])


def back_in_time(a: Attacked, *names: str) -> None:
    """Files of the registry as they were earlier."""
    for name in names:
        target = a.registry / name
        shutil.rmtree(target) if target.is_dir() else target.unlink()
        source = a.old / "registry" / name
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)


def everything_back(a: Attacked) -> None:
    """Run and registry as they were earlier, all of it."""
    shutil.rmtree(a.reports)
    shutil.copytree(a.old, a.reports)


ALTERATIONS: list[Alteration] = [
    *[(f"{kind}, edited", file, lambda a, file=file: edit(a.run / file)) for kind, file in KINDS.items()],
    *[(f"{kind}, deleted", file, lambda a, file=file: (a.run / file).unlink()) for kind, file in KINDS.items()],
    *[(f"{kind}, truncated", file, lambda a, file=file: truncate(a.run / file)) for kind, file in KINDS.items()],
    *[
        (f"{kind}, swapped for a page", file, lambda a, file=file: swap(a.run / file, a.run / "index.html"))
        for kind, file in KINDS.items()
    ],
    *[
        (f"{kind}, rewritten with fresh hashes", MANIFEST, lambda a, file=file: resealed(a, file))
        for kind, file in KINDS.items()
    ],
    ("a page, added", "more.html", lambda a: write(a.run / "more.html")),
    ("a table, added", "artifacts/policy/more.parquet", lambda a: write(a.run / "artifacts/policy/more.parquet")),
    ("an appendix, added", "appendix/more.xlsx", lambda a: write(a.run / "appendix/more.xlsx")),
    ("a page, added with fresh hashes", MANIFEST, lambda a: (write(a.run / "more.html"), resealed(a))),
    ("all files and the version record, rewritten with fresh hashes", MANIFEST, registered_anew),
    ("the manifest, edited", MANIFEST, lambda a: edit(a.run / MANIFEST)),
    ("the manifest, deleted", MANIFEST, lambda a: (a.run / MANIFEST).unlink()),
    ("the manifest, truncated", MANIFEST, lambda a: truncate(a.run / MANIFEST)),
    ("the manifest, of another run", MANIFEST, lambda a: shutil.copy(a.reports / "run-2" / MANIFEST, a.run)),
    ("the run, swapped for another signed one", MANIFEST, lambda a: swap(a.run, a.reports / "run-2")),
    ("the evidence, of another run", "evidence.json", lambda a: shutil.copy(a.reports / "run-2/evidence.json", a.run)),
    ("the list of keys, edited", "keys.json", lambda a: edit(a.registry / "keys.json")),
    ("the list of keys, deleted", "keys.json", lambda a: (a.registry / "keys.json").unlink()),
    ("the list of keys, truncated", "keys.json", lambda a: truncate(a.registry / "keys.json")),
    ("the list of keys, with a key added", "keys.json", own_key_admitted),
    ("the list of keys, an older one", "keys.json", lambda a: older_list(a)),
    ("the list of keys, in another form", "keys.json", lambda a: spaced(a.registry / "keys.json")),
    ("a former list of keys, edited", "keys/0002.json", lambda a: edit(a.registry / "keys/0002.json")),
    ("a former list of keys, deleted", "keys/0001.json", lambda a: (a.registry / "keys/0001.json").unlink()),
    ("a former list of keys, added", "keys/0099.json", lambda a: write(a.registry / "keys/0099.json")),
    ("the ledger, its first line edited", "ledger.jsonl, line 1", lambda a: edit_line(a, 1)),
    ("the ledger, a line in the middle edited", "ledger.jsonl, line 3", lambda a: edit_line(a, 3)),
    ("the ledger, its last line edited", "ledger.jsonl, line 7", lambda a: edit_line(a, 7)),
    ("the ledger, a line deleted", "ledger.jsonl, line 3", lambda a: a.put(a.lines()[:2] + a.lines()[3:])),
    ("the ledger, two lines swapped", "ledger.jsonl, line 2", lambda a: a.put([a.lines()[i] for i in SWAPPED])),
    ("the ledger, a line repeated", "ledger.jsonl, line 8", lambda a: a.put([*a.lines(), a.lines()[3]])),
    ("the ledger, cut within a line", "ledger.jsonl, line 4", lambda a: cut_within_a_line(a)),
    ("the ledger, an empty line added", "ledger.jsonl, line 8", lambda a: a.put([*a.lines(), b""])),
    (
        "the ledger, an old line as a new one",
        "ledger.jsonl, line 8",
        lambda a: a.rechained([*a.contents(), a.contents()[3]]),
    ),
    ("the ledger, a line deleted with fresh hashes", "ledger.jsonl, line 3", lambda a: without_a_line(a, 3)),
    (
        "the ledger, another person with fresh hashes",
        "ledger.jsonl, line 2",
        lambda a: in_a_statement(a, 2, "mia", "eve"),
    ),
    (
        "the ledger, another expiry with fresh hashes",
        "ledger.jsonl, line 4",
        lambda a: in_a_statement(a, 4, "2026-", "2027-"),
    ),
    ("the ledger, an entry by an unknown key", "ledger.jsonl, line 8", forged_entry),
    ("the ledger, an entry under another's key id", "ledger.jsonl, line 8", another_name),
    ("a version record, edited", VERSION, lambda a: edit(a.registry / VERSION)),
    ("a version record, edited with a fresh seal", VERSION, lambda a: a.record(VERSION, expires="2099-01-01")),
    ("a version record, deleted", VERSION, lambda a: (a.registry / VERSION).unlink()),
    ("a version record, truncated", VERSION, lambda a: truncate(a.registry / VERSION)),
    ("a version record, an older one", VERSION, lambda a: back_in_time(a, VERSION)),
    ("a version record, swapped", VERSION, lambda a: swap(a.registry / VERSION, a.registry / OTHER)),
    ("a version record, added", "versions/small_loans-3.yaml", lambda a: third_version(a)),
    ("a finding, edited", FINDING, lambda a: edit(a.registry / FINDING)),
    ("a finding, another severity with a fresh seal", SECOND, lambda a: a.record(SECOND, severity="low")),
    ("a finding, closed by a step that nobody took", FINDING, closed_by_hand),
    ("a finding, deleted", FINDING, lambda a: (a.registry / FINDING).unlink()),
    ("a finding, added", "findings/F-0009.yaml", lambda a: ninth_finding(a)),
    ("a finding, truncated", SECOND, lambda a: truncate(a.registry / SECOND)),
    ("a finding, swapped", SECOND, lambda a: swap(a.registry / FINDING, a.registry / SECOND)),
    ("an exception, a later end with a fresh seal", EXCEPTION, lambda a: a.record(EXCEPTION, expires="2099-01-01")),
    ("an exception, deleted", EXCEPTION, lambda a: (a.registry / EXCEPTION).unlink()),
    ("the inventory, another owner with a fresh seal", MODEL, lambda a: a.record(MODEL, owner="eve")),
    ("the inventory, deleted", MODEL, lambda a: (a.registry / MODEL).unlink()),
    ("a verification, edited", "verifications/run-1/20260302T090000Z-vic.yaml", lambda a: edit(a.verification())),
    ("a verification, deleted", "verifications/run-1/20260302T090000Z-vic.yaml", lambda a: a.verification().unlink()),
    (
        "a verification, truncated",
        "verifications/run-1/20260302T090000Z-vic.yaml",
        lambda a: truncate(a.verification()),
    ),
    (
        "a verification, more figures with a fresh seal",
        "verifications/run-1/20260302T090000Z-vic.yaml",
        lambda a: more_figures(a),
    ),
    (
        "a verification, of another run",
        "verifications/run-1/20260302T090000Z-vic.yaml",
        lambda a: other_verification(a),
    ),
    ("the page of a verification, edited", PAGE, lambda a: edit(a.registry / PAGE)),
    ("the page of a verification, deleted", PAGE, lambda a: (a.registry / PAGE).unlink()),
    ("a page of no verification, added", OTHER_PAGE, lambda a: write(a.registry / OTHER_PAGE)),
    ("the run, renamed with fresh hashes", MANIFEST, renamed),
    ("a verification, added", "verifications/run-1/20260302T090000Z-eve.yaml", lambda a: another_verification(a)),
    (
        "a file of no kind, added to the registry",
        "findings/notes.txt",
        lambda a: write(a.registry / "findings/notes.txt"),
    ),
]
SEEN: list[Alteration] = [
    ("the ledger, its last line deleted", "ledger.jsonl", lambda a: a.put(a.lines()[:-1])),
    ("the ledger, deleted", "ledger.jsonl", lambda a: (a.registry / "ledger.jsonl").unlink()),
    ("the ledger, emptied", "ledger.jsonl", lambda a: write(a.registry / "ledger.jsonl", b"")),
    ("the ledger, an older one", "ledger.jsonl", lambda a: back_in_time(a, "ledger.jsonl")),
    (
        "the ledger with its records, an older one",
        "ledger.jsonl",
        lambda a: back_in_time(a, "ledger.jsonl", "versions", "models"),
    ),
    ("everything, as it was earlier", "ledger.jsonl", everything_back),
    ("everything signed anew by another root", "keys.json", root_of_ones_own),
    ("the registry, deleted", "keys.json", lambda a: shutil.rmtree(a.registry)),
]
SWAPPED = [0, 2, 1, 3, 4, 5, 6]


def older_list(a: Attacked) -> None:
    shutil.copy(a.registry / "keys/0002.json", a.registry / "keys.json")


def spaced(path: Path) -> None:
    path.write_text(canonical_json(json.loads(path.read_text())))


def edit_line(a: Attacked, line: int) -> None:
    lines = a.lines()
    half = len(lines[line - 1]) // 2
    changed = bytearray(lines[line - 1])
    changed[half] = ord("A") if changed[half] != ord("A") else ord("B")
    a.put([*lines[: line - 1], bytes(changed), *lines[line:]])


def cut_within_a_line(a: Attacked) -> None:
    a.put(a.lines()[:4])
    path = a.registry / "ledger.jsonl"
    path.write_bytes(path.read_bytes()[:-40])


def without_a_line(a: Attacked, line: int) -> None:
    contents = a.contents()
    a.rechained(contents[: line - 1] + contents[line:])


def third_version(a: Attacked) -> None:
    version = next(v for v in Registry(a.registry).versions() if v.number == 2)
    write(a.registry / "versions/small_loans-3.yaml", sealed(version.model_copy(update={"number": 3})).encode())
    a.listed("versions/small_loans-3.yaml")


def ninth_finding(a: Attacked) -> None:
    finding = next(f for f in Registry(a.registry).findings() if f.id == "F-0001")
    write(a.registry / "findings/F-0009.yaml", sealed(finding.model_copy(update={"id": "F-0009"})).encode())
    a.listed("findings/F-0009.yaml")


def more_figures(a: Attacked) -> None:
    (held,) = Registry(a.registry).verifications("run-1")
    write(a.verification(), sealed(held.model_copy(update={"figures": 999})).encode())


def other_verification(a: Attacked) -> None:
    (held,) = Registry(a.registry).verifications("run-2")
    write(a.verification(), sealed(held).encode())


def another_verification(a: Attacked) -> None:
    (held,) = Registry(a.registry).verifications("run-1")
    forged = held.model_copy(update={"by": "eve"})
    write(a.registry / place(forged), sealed(forged).encode())
    a.listed(place(forged))


def test_before_the_attack_all_holds(attacked: Attacked) -> None:
    for seen in (False, True):
        signatures, problems = attacked.check(seen=seen)
        assert problems == {}
        assert [s.act for s in signatures] == ["exception", "development", "validation", "approval", "promotion"]
        assert all(s.holds for s in signatures)


@pytest.mark.parametrize(("file", "alter"), [a[1:] for a in ALTERATIONS], ids=[a[0] for a in ALTERATIONS])
def test_an_alteration_is_found_in_its_file(attacked: Attacked, file: str, alter: Callable[[Attacked], object]) -> None:
    alter(attacked)
    for seen in (False, True):
        assert file in attacked.check(seen=seen)[1]


@pytest.mark.parametrize(("file", "alter"), [a[1:] for a in SEEN], ids=[a[0] for a in SEEN])
def test_a_return_to_an_earlier_state_is_found_where_the_later_was_seen(
    attacked: Attacked, file: str, alter: Callable[[Attacked], object]
) -> None:
    alter(attacked)
    assert file in attacked.check(seen=True)[1]


def test_an_earlier_state_of_everything_is_found_by_a_head_known_from_paper(attacked: Attacked) -> None:
    head = hash_of(attacked.lines()[-1])
    everything_back(attacked)
    assert attacked.check()[1] == {}  # nobody here has seen the later state
    assert "asked for is not in it" in attacked.check(head=head)[1]["ledger.jsonl"]


@pytest.mark.parametrize("left", [0, 1, 2])
def test_a_shorter_ledger_is_found_by_the_steps_of_versions_that_it_lacks(attacked: Attacked, left: int) -> None:
    attacked.put(attacked.lines()[:left])
    found = attacked.check()[1]
    problems = {file: told for file, told in found.items() if file.startswith("versions/")}
    assert problems.keys() == {"versions/small_loans-1.yaml", "versions/small_loans-2.yaml"}
    assert all("no entry of the ledger has its step by" in told for told in problems.values())


def test_no_signature_holds_for_a_run_with_fresh_hashes(attacked: Attacked) -> None:
    registered_anew(attacked)
    signatures, _ = attacked.check()
    assert {s.problem for s in signatures if s.run} == {
        "the run is not what was signed: manifest.json: not the one that was signed"
    }


def test_no_signature_holds_for_a_run_with_another_file(attacked: Attacked) -> None:
    edit(attacked.run / "evidence.json")
    signatures, _ = attacked.check()
    assert {s.problem for s in signatures if s.run} == {"the run is not what was signed: evidence.json: changed"}


def test_a_signature_falls_with_the_verification_that_it_stands_on(attacked: Attacked) -> None:
    more_figures(attacked)
    bad = [s.act for s in attacked.check()[0] if not s.holds]
    assert bad == ["validation", "approval", "promotion"]


def test_nothing_is_signed_on_top_of_an_altered_registry(attacked: Attacked) -> None:
    edit_line(attacked, 3)
    with pytest.raises(Exception, match=r"ledger\.jsonl, line 3"), session(attacked.office):
        pass


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_changed_byte_of_keys_or_ledger_is_found(attacked: Attacked, data: st.DataObject) -> None:
    path = attacked.registry / data.draw(st.sampled_from(["keys.json", "ledger.jsonl", "keys/0002.json"]))
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :])
    try:
        assert any(path.name in file for file in attacked.check()[1])
    finally:
        path.write_bytes(whole)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["keys.json", "ledger.jsonl", VERSION, FINDING]), st.binary(max_size=300))
def test_any_bytes_in_the_place_of_a_file_are_told_and_never_an_error(
    attacked: Attacked, name: str, content: bytes
) -> None:
    path = attacked.registry / name
    whole = path.read_bytes()
    path.write_bytes(content)
    try:
        assert any(name in file for file in attacked.check(seen=True)[1])
    finally:
        path.write_bytes(whole)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80) | ANYTHING.map(json.dumps), st.sampled_from([*Statement.model_fields]), ANYTHING)
def test_any_content_of_a_line_that_stands_in_its_place_is_told(
    attacked: Attacked, content: str, key: str, value: object
) -> None:
    path = attacked.registry / "ledger.jsonl"
    whole, last = path.read_bytes(), read_statement(attacked.contents()[-1])[0]
    told = last.model_dump(mode="json") | {"number": 8, "previous": hash_of(attacked.lines()[-1]), key: value}
    with suppress(ValueError):  # JSON has no infinity
        content = sealed_envelope(attacked.world.keys["eve"], ACT_TYPE, {}, told)
    attacked.rechained([*attacked.contents(), content])
    try:
        assert "ledger.jsonl, line 8" in attacked.check()[1]
    finally:
        path.write_bytes(whole)
