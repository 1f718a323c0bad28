"""The manifest finds every change to a run, and every change to itself."""

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.errors import CannotRun
from riskbench.core.files import digest
from riskbench.governance.manifest import (
    Manifest,
    broken_files,
    environment_now,
    files_of,
    read_manifest,
    write_manifest,
)

ENVIRONMENT = environment_now()


def manifest(folder: Path) -> Manifest:
    texts = dict.fromkeys(("run_id", "study", "study_sha256", "created", "code_sha256", "lock_sha256"), "x")
    parts: dict = {"settings": {}, "only": [], "seeds": {}, "data": {}, "notebooks": {}, "stages": []}
    return Manifest(environment=ENVIRONMENT, files=files_of(folder), **texts, **parts)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    (folder / "artifacts").mkdir(parents=True)
    (folder / "index.html").write_text("<p>index")
    (folder / "artifacts" / "scores.parquet").write_bytes(b"PAR1")
    write_manifest(folder, manifest(folder))
    return folder


def broken(run: Path) -> dict[str, str]:
    return broken_files(run, read_manifest(run))


def test_an_untouched_run_is_whole(run: Path) -> None:
    assert broken(run) == {}
    assert read_manifest(run).files.keys() == {"index.html", "artifacts/scores.parquet"}


def test_a_changed_a_missing_and_an_added_file_are_named(run: Path) -> None:
    (run / "index.html").write_text("<p>Index")
    (run / "artifacts" / "scores.parquet").unlink()
    (run / "artifacts" / ".hidden").write_text("")
    assert broken(run) == {
        "artifacts/.hidden": "not in the manifest",
        "artifacts/scores.parquet": "missing",
        "index.html": "changed",
    }


def test_a_renamed_file_is_found(run: Path) -> None:
    (run / "index.html").rename(run / "Index.html")
    assert broken(run) == {"Index.html": "not in the manifest", "index.html": "missing"}


def test_a_link_in_place_of_a_file_is_found_even_if_it_leads_to_the_same_bytes(run: Path, tmp_path: Path) -> None:
    shutil.move(run / "index.html", tmp_path / "elsewhere.html")
    (run / "index.html").symlink_to(tmp_path / "elsewhere.html")
    assert broken(run) == {"index.html": "changed"}


@pytest.mark.parametrize("target", ["nowhere", "."])
def test_an_added_link_is_found_wherever_it_leads(run: Path, target: str) -> None:
    os.symlink(target, run / "artifacts" / "link")
    assert broken(run) == {"artifacts/link": "not in the manifest"}


def test_the_seal_is_the_hash_of_all_other_keys(run: Path) -> None:
    content = json.loads((run / "manifest.json").read_text())
    assert content.pop("seal") == digest(content)


@given(st.data())
def test_any_changed_byte_of_the_manifest_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("sealed")
    write_manifest(folder, manifest(folder))
    content = bytearray((folder / "manifest.json").read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    (folder / "manifest.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"manifest\.json was changed"):
        read_manifest(folder)


@pytest.mark.parametrize(
    "change", [lambda t: t + " ", lambda t: t.replace("\n", "\r\n"), lambda t: t[:-1], lambda t: ""]
)
def test_the_manifest_stands_in_one_form_only(run: Path, change) -> None:
    path = run / "manifest.json"
    path.write_bytes(change(path.read_text()).encode())
    with pytest.raises(ValueError, match=r"manifest\.json was changed"):
        read_manifest(run)


def test_a_manifest_nested_without_end_is_a_changed_one(run: Path) -> None:
    (run / "manifest.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match=r"manifest\.json was changed: it is not a manifest any more"):
        read_manifest(run)


def test_a_manifest_that_is_a_link_is_a_changed_one(run: Path, tmp_path: Path) -> None:
    (run / "manifest.json").rename(tmp_path / "elsewhere.json")
    (run / "manifest.json").symlink_to(tmp_path / "elsewhere.json")
    with pytest.raises(ValueError, match=r"manifest\.json was changed: it is a link"):
        read_manifest(run)


def test_a_pipe_in_a_run_is_named_and_not_waited_for(run: Path) -> None:
    os.mkfifo(run / "pipe")
    assert broken_files(run, read_manifest(run)) == {"pipe": "not in the manifest"}


def test_a_name_that_would_move_the_cursor_is_written_out(run: Path) -> None:
    (run / "x\x1b[1A\nindex.html").write_text("")
    assert broken_files(run, read_manifest(run)) == {"x\\x1b[1A\\nindex.html": "not in the manifest"}


def test_a_folder_without_a_manifest_is_no_finished_run(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"is not a finished run: it has no manifest\.json"):
        read_manifest(tmp_path)


def test_the_environment_names_every_package_but_riskbench() -> None:
    packages = environment_now().packages
    assert {"pandas", "numpy", "scikit-learn"} <= packages.keys()
    assert "riskbench" not in packages
    assert list(packages) == sorted(packages)
