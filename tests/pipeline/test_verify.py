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
from riskbench.core.files import write_json
from riskbench.governance.manifest import Manifest, files_of, read_manifest, write_manifest

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def copy(finished: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the finished run that every test leaves as it found it."""
    return Path(shutil.copytree(finished.folder, tmp_path_factory.mktemp("verify") / "copy"))


@pytest.fixture(scope="module")
def one_stage(finished: Any, tmp_path_factory: pytest.TempPathFactory, riskbench: Command) -> Path:
    """A run of one stage, cheap to make and to perform again."""
    folder = tmp_path_factory.mktemp("verify") / "one_stage"
    done = riskbench("run", "--only", "intake", "--out", str(folder), cwd=finished.project)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def small(one_stage: Path, tmp_path: Path) -> Path:
    """A copy of that run to tamper with."""
    return Path(shutil.copytree(one_stage, tmp_path / "small"))


def quick(run: Path) -> int:
    return commands.main(["verify", "--quick", str(run)], standalone_mode=False) or 0


def resealed(run: Path, **changes: Any) -> None:
    """What somebody does who can rewrite a whole unsigned run."""
    manifest = read_manifest(run)
    write_manifest(run, Manifest.model_validate(manifest.model_dump() | {"files": files_of(run)} | changes))


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
    finished: Any, in_a_process: Command
) -> None:
    key = finished.project / ".riskbench" / "keys" / "pseudonym.key"
    assert key.is_file()  # the second performance makes its own
    done = in_a_process("verify", "reports/first", cwd=finished.project)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Performed again: all \d{3} figures match\.", done.stdout)
    assert "whoever can rewrite all of it can rewrite its hashes too" in done.stdout


def test_a_tampered_run_exits_1_and_names_the_file(small: Path, finished: Any, riskbench: Command) -> None:
    with (small / "intake.html").open("a") as page:
        page.write(" ")
    done = riskbench("verify", str(small), cwd=finished.project)
    assert (done.returncode, done.stdout) == (1, "intake.html: changed\n")
    assert "1 file(s) are not what the manifest says" in done.stderr


def test_a_figure_changed_by_somebody_who_renews_the_hashes_is_found_by_doing_it_again(
    small: Path, finished: Any, riskbench: Command, content_of: Callable
) -> None:
    evidence = json.loads((small / "evidence.json").read_text())
    (figure,) = (e for e in evidence if e["id"] == "intake.portfolio.applications")
    figure |= {"value": 6000, "tolerance": 1e9}
    write_json(small / "evidence.json", evidence)
    resealed(small)
    assert quick(small) == 0
    before = content_of(small, finished.project)
    done = riskbench("verify", str(small), cwd=finished.project)
    assert done.returncode == 1
    assert "intake.portfolio.applications: value: 6000 against 5000" in done.stdout
    assert content_of(small, finished.project) == before  # verifying writes nothing into run or project


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
    copy: Path, claim: dict, problem: str, capsys: pytest.CaptureFixture
) -> None:
    manifest = (copy / "manifest.json").read_bytes()
    resealed(copy, **claim)
    assert quick(copy) == 1
    assert capsys.readouterr().out == f"{problem}: not what the manifest says\n"
    (copy / "manifest.json").write_bytes(manifest)


def test_a_run_of_another_environment_exits_2_and_says_what_differs(
    finished: Any, copy: Path, riskbench: Command
) -> None:
    manifest = (copy / "manifest.json").read_bytes()
    environment = read_manifest(copy).environment.model_dump()
    resealed(copy, environment=environment | {"packages": environment["packages"] | {"pandas": "2.0.0"}})
    done = riskbench("verify", str(copy), cwd=finished.project)
    (copy / "manifest.json").write_bytes(manifest)
    assert done.returncode == 2
    assert "made in another environment (pandas 2.0.0, here 3." in done.stderr


def test_a_synthetic_portfolio_that_is_gone_is_made_again_by_the_code_of_the_run(
    small: Path, make_project: Callable[..., Path], tmp_path: Path, riskbench: Command
) -> None:
    without_data = make_project(tmp_path / "project")
    done = riskbench("verify", str(small), cwd=without_data)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(without_data.rglob("*.parquet"))


def test_data_that_nobody_can_bring_back_exit_2(small: Path, finished: Any, riskbench: Command) -> None:
    resealed(small, data={"applications.parquet": "0" * 64})
    done = riskbench("verify", str(small), cwd=finished.project)
    assert done.returncode == 2
    assert "the data of the run are not here, and the portfolio that its code makes is another one" in done.stderr
