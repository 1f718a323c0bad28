import datetime as dt
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.errors import CannotRun
from riskbench.governance.registry.records import Finding, Model, Verification
from riskbench.governance.registry.states import Refused, amend
from riskbench.governance.registry.store import LISTED, Registry, place
from riskbench.governance.registry.writing import read_record, sealed

LATER = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def everything(registry: Registry) -> list:
    return [
        *registry.models(), *registry.versions(), *registry.findings(), *registry.exceptions(),
        *registry.reviews(), *registry.verifications("loans-1"),
    ]  # fmt: skip


def test_what_is_written_is_read_again(registry):
    again = [*everything(Registry(registry.folder))]
    assert [place(record) for record in again] == [
        "models/loans.yaml", "versions/loans-1.yaml", "findings/F-0001.yaml", "exceptions/E-0001.yaml",
        "reviews/loans-annual-2027-03-31.yaml", "verifications/loans-1/20261120T120000Z-wang.yaml",
    ]  # fmt: skip
    assert registry.version_of("loans-1") == again[1]
    assert registry.findings("loans") == [again[2]]
    assert registry.findings("cards") == []


def test_a_folder_that_is_not_there_holds_nothing_and_reading_makes_none(tmp_path):
    registry = Registry(tmp_path / "registry")
    assert everything(registry) == []
    assert not registry.folder.exists()


def test_writing_an_unchanged_record_changes_no_byte(registry):
    before, times = bytes_of(registry.folder), [p.stat().st_mtime_ns for p in sorted(registry.folder.rglob("*"))]
    for record in everything(registry):
        registry.write(record)
    assert bytes_of(registry.folder) == before
    assert [p.stat().st_mtime_ns for p in sorted(registry.folder.rglob("*"))] == times


def test_a_file_reads_as_a_person_would_write_it(registry):
    lines = (registry.folder / "findings" / "F-0001.yaml").read_text("utf-8").splitlines()
    assert lines[:3] == ["schema_version: 1", "id: F-0001", "model: loans"]
    assert "text: 王小明 saw it." in lines
    assert "due: 2027-03-31" in lines
    assert "  - at: 2026-11-20T12:00:00+00:00" in lines
    assert lines[-1].startswith("seal: ")
    assert max(map(len, lines)) <= 100


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), min_size=1))
def test_any_text_comes_back_as_it_was(tmp_path_factory, text):
    record = Finding(id="F-0001", model="loans", title="t", text=text, severity="low", raised_by="li")
    path = tmp_path_factory.mktemp("text") / "F-0001.yaml"
    path.write_text(sealed(record), "utf-8")
    assert read_record(path, Finding) == record


def test_the_folder_explains_itself_and_its_list_merges(registry):
    assert (registry.folder / "README.md").read_text("utf-8").startswith("# Registry of models")
    assert "records.txt merge=union" in (registry.folder / ".gitattributes").read_text("utf-8")
    assert registry.listed() == sorted(place(record) for record in everything(registry))


FILE, OLD, NEW, TOLD = "file", "old", "new", "told"
REFUSED = {
    "unknown key": ("findings/F-0001.yaml", "title:", "titel:", "F-0001.yaml: title: Field required; titel: no such"),
    "wrong type": ("findings/F-0001.yaml", "\nversion: 1\n", "\nversion: one\n", "F-0001.yaml: version: Input should be"),
    "number as text": ("versions/loans-1.yaml", "number: 1", "number: '1'", "loans-1.yaml: number: Input should be"),
    "unknown state": ("findings/F-0001.yaml", "state: open", "state: forgotten", "state: Input should be 'draft', "),
    "unknown severity": ("findings/F-0001.yaml", "severity: high", "severity: bad", "severity: Input should be 'hi"),
    "tier out of range": ("models/loans.yaml", "tier: 2", "tier: 4", "loans.yaml: tier: Input should be 1, 2 or 3"),
    "a person with a blank": ("models/loans.yaml", "owner: li", "owner: Li Wei", "loans.yaml: owner: a name has smal"),
    "an id of another form": ("findings/F-0001.yaml", "id: F-0001", "id: 17", "F-0001.yaml: id: Input should be"),
    "a day that is none": ("findings/F-0001.yaml", "2027-03-31", "2027-02-31", "F-0001.yaml: this is no YAML: day is"),
    "a time without zone": ("findings/F-0001.yaml", "00+00:00", "00", "history.0.at: Input should have timezone"),
    "a short hash": ("versions/loans-1.yaml", "0" * 64, "00ff", "loans-1.yaml: manifest_sha256: "),
    "a path for a run": ("versions/loans-1.yaml", "run: loans-1", "run: ../x", "loans-1.yaml: run: String should"),
    "no reasons": ("models/loans.yaml", "  - Some thousand decisions a year.", "", "loans.yaml: tier_because: Input"),
    "an empty reason": ("findings/F-0001.yaml", "because: it begins", "because: ' '", "history.0.because: it says"),
    "a state not reached": ("findings/F-0001.yaml", "state: open", "state: closed", "F-0001.yaml: state: it is closed"),
    "a step not allowed": (
        "versions/loans-1.yaml", "after: candidate", "after: live", "history.0.after: no step leads from nothing to li",
    ),
    "another schema": ("models/loans.yaml", "schema_version: 1", "schema_version: 2", "schema_version: Input should"),
    "no YAML": ("models/loans.yaml", "title: Small", "title: [Small", "loans.yaml: this is no YAML"),
    "a key twice": ("models/loans.yaml", "owner: li", "owner: li\nowner: wang", "this is no YAML: the key owner stands"),
    "nested without end": ("models/loans.yaml", "title: Small", f"title: {'[' * 100_000}", "nested more than 20 deep"),
    "a Python object": ("models/loans.yaml", "title: Small loans", "title: !!python/name:os.system", "is no YAML"),
    "a severity lowered by hand": ("findings/F-0001.yaml", "severity: high", "severity: low", "F-0001.yaml: seal: the"),
    "a due day moved by hand": ("findings/F-0001.yaml", "2027-03-31", "2028-03-31", "F-0001.yaml: seal: the content"),
    "a step reworded": ("exceptions/E-0001.yaml", "because: it begins", "because: so", "E-0001.yaml: seal: the conte"),
    "a person exchanged": ("exceptions/E-0001.yaml", "by: li", "by: wang", "E-0001.yaml: seal: the content is not"),
    "a review moved": ("reviews/loans-annual-2027-03-31.yaml", "due: 2027-03-31", "due: 2029-03-31", "seal: the cont"),
    "figures of a re-performance": (
        "verifications/loans-1/20261120T120000Z-wang.yaml", "figures: 7", "figures: 70", "-wang.yaml: seal: the content",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "told"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_breaks_a_rule_is_refused_by_its_name_and_key(registry, file, old, new, told):
    path = registry.folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(CannotRun) as error:
        everything(registry)
    assert str(path) in str(error.value)
    assert told in str(error.value)


@pytest.mark.parametrize("content", [b"", b"- a\n- b\n", b"17\n"])
def test_a_file_that_is_no_record_at_all_is_refused(registry, content):
    (registry.folder / "models" / "loans.yaml").write_bytes(content)
    with pytest.raises(CannotRun, match="a record is a list of keys with values, got"):
        registry.models()


def test_bytes_that_are_no_text_are_refused(registry):
    (registry.folder / "models" / "loans.yaml").write_bytes(b"title: \xff\xfe")
    with pytest.raises(CannotRun, match=r"loans.yaml: this is no text in UTF-8"):
        registry.models()


def test_a_file_without_its_seal_is_refused_with_what_to_do(registry):
    path = registry.folder / "models" / "loans.yaml"
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[:-1]), "utf-8")
    with pytest.raises(CannotRun, match=r"seal: it is missing.*riskbench inventory seal FILE --by NAME"):
        registry.models()


def test_a_record_that_was_deleted_is_missed(registry):
    (registry.folder / "findings" / "F-0001.yaml").unlink()
    with pytest.raises(CannotRun, match=r"F-0001.yaml: the record is missing.*git checkout brings it back"):
        registry.findings()


def test_a_record_under_another_name_or_from_elsewhere_is_refused(registry):
    path = registry.folder / "findings" / "F-0001.yaml"
    (path.parent / "F-0002.yaml").write_bytes(path.read_bytes())
    with pytest.raises(CannotRun, match=r"F-0002.yaml: the record in it belongs into findings/F-0001.yaml"):
        registry.findings()
    (path.parent / "F-0002.yaml").unlink()
    (registry.folder / LISTED).write_text("models/loans.yaml\n")
    with pytest.raises(CannotRun, match=r"F-0001.yaml: records.txt does not have it: no command wrote it here"):
        registry.findings()


def test_a_number_is_given_once_even_where_its_record_is_gone(registry):
    assert registry.next_id("F") == "F-0002"
    (registry.folder / "findings" / "F-0001.yaml").unlink()
    assert registry.next_id("F") == "F-0002"


def test_what_another_command_wrote_meanwhile_is_not_lost(registry):
    mine = registry.findings()[0]
    registry.write(amend(mine, {"severity": "low"}, "wang", "few loans", LATER))
    with pytest.raises(Refused, match="has steps that the record to be written lacks"):
        registry.write(amend(mine, {"owner": "zhao"}, "li", "moved", LATER))
    assert registry.findings()[0].severity == "low"


def test_a_record_changes_by_a_step_only(registry):
    with pytest.raises(Refused, match=r"findings/F-0001.yaml would change without a step"):
        registry.write(registry.findings()[0].model_copy(update={"severity": "low"}))


def test_a_record_whose_steps_do_not_lead_to_its_state_is_not_written(registry):
    with pytest.raises(Refused, match=r"findings/F-0001.yaml is not written: state: it is closed"):
        registry.write(registry.findings()[0].model_copy(update={"state": "closed"}))


def test_a_re_performance_is_never_changed(registry):
    [seen] = registry.verifications("loans-1")
    with pytest.raises(Refused, match="a re-performance is never changed"):
        registry.write(Verification.model_validate(seen.model_dump() | {"figures": 8}))


def test_a_model_that_is_not_there_is_told_with_those_that_are(registry):
    with pytest.raises(CannotRun, match="no model 'cards' in the inventory; there are: loans"):
        registry.model("cards")


def test_commands_at_the_same_time_lose_no_write(registry):
    program = textwrap.dedent("""
        import sys, datetime as dt
        from pathlib import Path
        from riskbench.governance.registry.records import Finding
        from riskbench.governance.registry.states import begin
        from riskbench.governance.registry.store import Registry
        registry = Registry(Path(sys.argv[1]))
        for i in range(5):
            with registry.alone():
                id_ = registry.next_id("F")
                draft = Finding(id=id_, model="loans", title=f"{sys.argv[2]} {i}", severity="low", raised_by="li")
                registry.write(begin(draft, "li", "seen", dt.datetime.now(dt.UTC)))
    """)
    command = [sys.executable, "-c", program, str(registry.folder)]
    for process in [subprocess.Popen([*command, name]) for name in ("a", "b", "c")]:
        assert process.wait(60) == 0
    found = registry.findings()
    assert [f.id for f in found] == [f"F-{i:04d}" for i in range(1, 17)]
    assert {f.title for f in found[1:]} == {f"{name} {i}" for name in "abc" for i in range(5)}


def test_two_branches_that_give_one_number_clash_with_what_to_do(registry, tmp_path):
    def git(*words: str) -> subprocess.CompletedProcess:
        options = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
        return subprocess.run(
            ["git", *options, *words], cwd=registry.folder, capture_output=True, text=True, check=False
        )

    def add(title: str) -> None:
        draft = registry.findings()[0].model_copy(update={"id": "F-0002", "title": title})
        registry.write(draft)
        git("add", "-A")
        git("commit", "-m", title)

    for words in (("init",), ("add", "-A"), ("commit", "-m", "all"), ("checkout", "-b", "other")):
        git(*words)
    add("one thing")
    git("checkout", "main")
    add("another thing")
    assert "findings/F-0002.yaml" in git("merge", "other").stdout  # and not records.txt, which merges by itself
    with pytest.raises(CannotRun, match=r"F-0002.yaml: git could not merge.*Both branches gave the number F-0002"):
        registry.findings()
    git("checkout", "--ours", "findings/F-0002.yaml")
    assert [f.title for f in registry.findings()] == ["PDs are low", "another thing"]
    assert registry.next_id("F") == "F-0003"


def test_a_merged_list_is_read_whatever_git_left_in_it(registry):
    path = registry.folder / LISTED
    path.write_text(f"<<<<<<< HEAD\n{path.read_text()}=======\nfindings/F-0009.yaml\n>>>>>>> other\n")
    assert registry.next_id("F") == "F-0010"
    assert registry.models()[0].id == "loans"


def test_the_yaml_of_a_record_is_plain_yaml(registry):
    content = yaml.safe_load((registry.folder / "models" / "loans.yaml").read_text("utf-8"))
    assert list(content) == [*Model.model_fields, "seal"]
