"""The cache gives back exactly what was stored for exactly the same dependencies, or nothing."""

import json
from pathlib import Path

import pytest

from riskbench.core.files import digest
from riskbench.pipeline.cache import KEPT_ENTRIES, Cache, copy_files

KEY = {"package": "p1", "notebook": "n1", "inputs": "i1"}
FILES = ["fit.ipynb", "artifacts/fit/outputs.json"]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "reports" / "first"
    (folder / "artifacts" / "fit").mkdir(parents=True)
    (folder / "fit.ipynb").write_text("notebook")
    (folder / "artifacts" / "fit" / "outputs.json").write_text("{}")
    return folder


@pytest.fixture
def cache(tmp_path: Path, run: Path) -> Cache:
    cache = Cache(tmp_path / "cache")
    cache.store("fit", KEY, run, FILES, 1.5)
    return cache


def entry_folder(cache: Cache) -> Path:
    return cache.folder / "fit" / digest(KEY)


def test_a_stage_is_found_when_all_it_depends_on_is_equal(cache: Cache, run: Path, tmp_path: Path) -> None:
    entry = cache.find("fit", dict(reversed(KEY.items())))
    assert entry is not None
    assert (entry.run_id, entry.seconds, sorted(entry.files)) == ("first", 1.5, sorted(FILES))
    copy_files(entry.folder, tmp_path / "second", entry.files)
    assert [(tmp_path / "second" / f).read_bytes() for f in FILES] == [(run / f).read_bytes() for f in FILES]


def test_an_entry_is_taken_into_a_run_whole_or_not_at_all(cache: Cache, run: Path, tmp_path: Path) -> None:
    assert cache.take("fit", KEY | {"inputs": "i2"}, tmp_path / "second") is None
    assert not (tmp_path / "second").exists()
    assert cache.take("fit", KEY, tmp_path / "second") is not None
    assert [(tmp_path / "second" / f).read_bytes() for f in FILES] == [(run / f).read_bytes() for f in FILES]


def test_what_a_killed_run_left_of_an_entry_is_removed_by_the_next(cache: Cache, run: Path) -> None:
    left = cache.folder / "fit" / ".entry.left.partial"
    left.mkdir()
    (left / "fit.ipynb").touch()
    cache.store("fit", KEY | {"inputs": "i2"}, run, FILES, 1.0)
    assert not [path for path in (cache.folder / "fit").iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("name", KEY)
def test_a_stage_is_not_found_when_one_dependency_differs(cache: Cache, name: str) -> None:
    assert cache.find("fit", KEY | {name: "other"}) is None
    assert cache.find("fitting", KEY) is None


@pytest.mark.parametrize("file", FILES)
def test_a_damaged_file_drops_the_entry(cache: Cache, file: str) -> None:
    (entry_folder(cache) / file).write_text("changed")
    assert cache.find("fit", KEY) is None
    assert not entry_folder(cache).exists()


def test_a_missing_file_drops_the_entry(cache: Cache) -> None:
    (entry_folder(cache) / "fit.ipynb").unlink()
    assert cache.find("fit", KEY) is None
    assert not entry_folder(cache).exists()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "\udcff"])
def test_an_entry_that_cannot_be_read_is_dropped(cache: Cache, text: str) -> None:
    (entry_folder(cache) / "entry.json").write_text(text, errors="surrogateescape")
    assert cache.why_not("fit", KEY) == "not executed before"
    assert cache.find("fit", KEY) is None
    assert not entry_folder(cache).exists()


def test_a_dropped_entry_can_be_stored_again(cache: Cache, run: Path) -> None:
    (entry_folder(cache) / "fit.ipynb").write_text("changed")
    assert cache.find("fit", KEY) is None
    cache.store("fit", KEY, run, FILES, 2.0)
    assert cache.find("fit", KEY) is not None


def test_a_file_that_was_slipped_into_an_entry_is_not_given_back(cache: Cache) -> None:
    (entry_folder(cache) / "slipped.html").write_text("x")
    entry = cache.find("fit", KEY)
    assert entry is not None
    assert "slipped.html" not in entry.files


def test_why_not_names_what_changed(cache: Cache) -> None:
    assert cache.why_not("other", KEY) == "not executed before"
    assert cache.why_not("fit", KEY | {"inputs": "i2", "package": "p2"}) == "changed: package, inputs"


def test_why_not_says_that_files_were_damaged(cache: Cache) -> None:
    assert cache.why_not("fit", KEY) == "its cached files were damaged"


def test_only_the_newest_entries_are_kept(cache: Cache, run: Path) -> None:
    for i in range(KEPT_ENTRIES):
        cache.store("fit", KEY | {"inputs": f"j{i}"}, run, FILES, 0.1)
    assert cache.find("fit", KEY) is None
    assert all(cache.find("fit", KEY | {"inputs": f"j{i}"}) for i in range(KEPT_ENTRIES))


def test_an_entry_appears_whole_or_not_at_all(cache: Cache, run: Path) -> None:
    with pytest.raises(FileNotFoundError):
        cache.store("fit", KEY | {"inputs": "i2"}, run, [*FILES, "absent.parquet"], 0.1)
    assert cache.find("fit", KEY | {"inputs": "i2"}) is None
    assert [path.name for path in (cache.folder / "fit").iterdir()] == [digest(KEY)]


def test_storing_the_same_stage_twice_keeps_the_first(cache: Cache, tmp_path: Path, run: Path) -> None:
    other = run.rename(tmp_path / "second")
    cache.store("fit", KEY, other, FILES, 9.0)
    entry = cache.find("fit", KEY)
    assert entry is not None
    assert entry.run_id == "first"
    assert [path.name for path in (cache.folder / "fit").iterdir()] == [digest(KEY)]


def test_an_entry_says_in_plain_json_what_it_is(cache: Cache) -> None:
    entry = json.loads((entry_folder(cache) / "entry.json").read_text())
    assert entry.keys() == {"run_id", "seconds", "created", "files", "depends_on"}
    assert entry["depends_on"] == KEY
