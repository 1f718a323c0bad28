"""Re-performance: what was changed is found, by its hash or by doing it all again."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskbench.cli import commands
from riskbench.core.files import digest, sha256, write_json
from riskbench.core.project import Project
from riskbench.governance.manifest import read_manifest
from riskbench.governance.registry.store import Registry
from riskbench.pipeline.reperformance.place import changed_data

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def copy(finished: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the finished run that every test leaves as it found it."""
    return Path(shutil.copytree(finished.folder, tmp_path_factory.mktemp("verify") / "copy"))


def quick(run: Path) -> int:
    return commands.main(["verify", "--quick", str(run)], standalone_mode=False) or 0


def verify(run: Path, project: Path, riskbench: Command, registry: Path) -> subprocess.CompletedProcess[str]:
    return riskbench("verify", str(run), "--by", "Ada Lovelace", "--registry", str(registry), cwd=project)


def test_an_untouched_run_holds(copy: Path) -> None:
    assert quick(copy) == 0


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_one_changed_byte_in_any_file_is_found(copy: Path, data: st.DataObject) -> None:
    files = sorted(path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file())
    path = copy / data.draw(st.sampled_from(["manifest.json", *files]))
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :])
    try:
        assert quick(copy) == 1
    finally:
        path.write_bytes(whole)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_removed_file_is_found(copy: Path, data: st.DataObject) -> None:
    files = sorted(path for path in copy.rglob("*") if path.is_file() and path.name != "manifest.json")
    path = data.draw(st.sampled_from(files))
    whole = path.read_bytes()
    path.unlink()
    try:
        assert quick(copy) == 1
    finally:
        path.write_bytes(whole)


@pytest.mark.parametrize("name", ["more.html", "appendix/more.html", "artifacts/intake/.hidden", "new/folder/file"])
def test_an_added_file_is_found(copy: Path, name: str, capsys: pytest.CaptureFixture) -> None:
    path = copy / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    assert quick(copy) == 1
    assert f"{name}: not in the manifest" in capsys.readouterr().out
    path.unlink()


def test_a_run_is_performed_again_with_another_pseudonym_key_and_every_figure_matches(
    finished: Any, in_a_process: Command, tmp_path: Path
) -> None:
    key = finished.project / ".riskbench" / "keys" / "pseudonym.key"
    assert key.is_file()  # the second performance makes its own
    done = in_a_process("verify", "reports/first", "--registry", str(tmp_path), cwd=finished.project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Pages +\d+ +rendered again, every byte +equal\n", done.stdout)
    assert re.search(r"all \d+ files are what the manifest says, and all \d{3} figures match\.", done.stdout)
    assert "whoever can rewrite all of it can rewrite its hashes too" in done.stdout


def test_what_was_found_is_recorded_with_a_page(
    small: Path, finished: Any, riskbench: Command, tmp_path: Path, content_of: Callable
) -> None:
    before, registry = content_of(small, finished.project), tmp_path / "registry"
    done = verify(small, finished.project, riskbench, registry)
    assert done.returncode == 0, done.stderr
    (record,) = Registry(registry).verifications("one_stage")
    assert (record.by, record.holds, record.broken, record.differing) == ("ada_lovelace", True, {}, [])
    assert sum(record.compared.values()) == record.figures > 15
    assert record.manifest_sha256 == sha256(small / "manifest.json")
    (page,) = (registry / "pages" / "verifications" / "one_stage").glob("*-ada_lovelace.html")
    assert "This run holds: all" in page.read_text("utf-8")
    assert content_of(small, finished.project) == before  # verifying writes nothing into run or project


def test_a_tampered_run_exits_1_names_the_file_and_leaves_a_record_that_does_not_hold(
    small: Path, finished: Any, riskbench: Command, tmp_path: Path
) -> None:
    with (small / "intake.html").open("a") as page:
        page.write(" ")
    done = verify(small, finished.project, riskbench, tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("intake.html: changed\nThis run does not hold: 1 file is not what it should be.\n")
    (record,) = Registry(tmp_path).verifications("one_stage")
    assert (record.holds, record.broken, record.figures) == (False, {"intake.html": "changed"}, 0)


def test_a_manifest_that_cannot_be_read_any_more_is_recorded_under_the_name_of_the_folder(
    small: Path, finished: Any, riskbench: Command, tmp_path: Path
) -> None:
    (small / "manifest.json").write_text("{}")
    assert verify(small, finished.project, riskbench, tmp_path).returncode == 1
    (record,) = Registry(tmp_path).verifications("small")
    assert list(record.broken) == ["manifest.json"]


def test_a_quick_look_records_nothing_and_writes_its_page_where_it_is_asked_to(
    small: Path, finished: Any, riskbench: Command, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    words = ("--registry", str(tmp_path / "registry"), "--report", str(page))
    done = riskbench("verify", "--quick", str(small), *words, cwd=finished.project)
    assert done.returncode == 0, done.stderr
    assert "Nothing was performed again." in page.read_text("utf-8")
    assert not (tmp_path / "registry").exists()


def test_a_figure_changed_by_somebody_who_renews_the_hashes_is_found_by_doing_it_again(
    small: Path, finished: Any, riskbench: Command, resealed: Callable, tmp_path: Path
) -> None:
    evidence = json.loads((small / "evidence.json").read_text())
    (figure,) = (e for e in evidence if e["id"] == "intake.portfolio.applications")
    figure |= {"value": 6000, "tolerance": 1e9}
    write_json(small / "evidence.json", evidence)
    resealed(small)
    assert quick(small) == 0
    done = verify(small, finished.project, riskbench, tmp_path)
    assert done.returncode == 1
    assert "intake.portfolio.applications: value: 6000 against 5000" in done.stdout
    assert "intake.portfolio.applications: tolerance: " in done.stdout
    assert "evidence.html: not the page that its notebook and the evidence give" in done.stdout
    assert not Registry(tmp_path).verifications("one_stage")[0].holds


@pytest.mark.parametrize(
    ("claim", "problem"),
    [
        ({"notebooks": {"10_intake.ipynb": "0" * 64}}, "code.zip, notebooks/10_intake.ipynb"),
        ({"lock_sha256": "0" * 64}, "code.zip, requirements.lock"),
        ({"study_sha256": "0" * 64}, "code.zip, data/microloan/study.toml"),
        ({"code_sha256": "0" * 64}, "code.zip, src/riskbench/"),
    ],
)
def test_a_manifest_that_claims_another_code_than_the_archive_holds_is_refused(
    copy: Path, claim: dict, problem: str, resealed: Callable, capsys: pytest.CaptureFixture
) -> None:
    manifest = (copy / "manifest.json").read_bytes()
    resealed(copy, **claim)
    assert quick(copy) == 1
    assert f"{problem}: not what the manifest says\n" in capsys.readouterr().out
    (copy / "manifest.json").write_bytes(manifest)


def test_a_run_of_another_environment_exits_2_and_says_what_differs(
    finished: Any, copy: Path, riskbench: Command, resealed: Callable, tmp_path: Path
) -> None:
    manifest = (copy / "manifest.json").read_bytes()
    environment = read_manifest(copy).environment.model_dump()
    resealed(copy, environment=environment | {"packages": environment["packages"] | {"pandas": "2.0.0"}})
    done = verify(copy, finished.project, riskbench, tmp_path)
    (copy / "manifest.json").write_bytes(manifest)
    assert done.returncode == 2
    assert "made in another environment (pandas 2.0.0, here 3." in done.stderr
    assert not list(tmp_path.iterdir())  # what could not run leaves no record


def test_a_synthetic_portfolio_that_is_gone_is_made_again_by_the_code_of_the_run(
    small: Path, make_project: Callable[..., Path], tmp_path: Path, riskbench: Command
) -> None:
    without_data = make_project(tmp_path / "project")
    done = verify(small, without_data, riskbench, tmp_path / "registry")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(without_data.rglob("*.parquet"))


def test_data_that_nobody_can_bring_back_exit_2(
    small: Path, make_project: Callable[..., Path], riskbench: Command, resealed: Callable, tmp_path: Path
) -> None:
    log = [json.loads(line) for line in (small / "log.jsonl").read_text().splitlines()]
    data = {"applications.parquet": "0" * 64}
    log[0]["sha256"] = digest(data)
    (small / "log.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in log))
    evidence = json.loads((small / "evidence.json").read_text())
    write_json(small / "evidence.json", [e | {"inputs": []} for e in evidence])
    resealed(small, data=data)
    done = verify(small, make_project(tmp_path / "project"), riskbench, tmp_path / "registry")
    assert done.returncode == 2
    assert "the data of the run are not here, and the portfolio that its code makes is another one" in done.stderr
    assert not (tmp_path / "registry").exists()


def test_data_that_were_changed_since_are_named(small: Path, project: Path, riskbench: Command, tmp_path: Path) -> None:
    table = project / "data" / "microloan" / "customers.parquet"
    content = bytearray(table.read_bytes())
    content[100] ^= 1
    table.write_bytes(content)
    done = verify(small, project, riskbench, tmp_path / "registry")
    assert done.returncode == 1
    assert done.stdout.startswith("data/microloan/customers.parquet: changed since the run\n")


def test_data_that_were_changed_and_kept_elsewhere_are_found_by_their_hash(small: Path, project: Path) -> None:
    table = project / "data" / "microloan" / "customers.parquet"
    (project / "data" / "kept").mkdir()
    shutil.copy(table, project / "data" / "kept" / "customers_2025.parquet")
    table.write_bytes(b"PAR1")
    assert changed_data(Project(project), read_manifest(small)) == {}
