"""A hand-over received: whole, or with the file named that is not what it was."""

import hashlib
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from riskbench.core.errors import CannotRun
from riskbench.pipeline.handover.archive import CHECKSUMS, HELD_BACK
from riskbench.pipeline.handover.opening import Opened, opened
from riskbench.pipeline.verify import check_hashes

ROWS, CARD = "artifacts/intake/applications.parquet", "microloan-1/artifacts/scorecard/card.json"


@pytest.fixture
def changed(handed, tmp_path: Path) -> Callable[..., Path]:
    """The archive once more, after a change of its unpacked folder, with fresh checksums where they are asked for."""

    def change(by: Callable[[Path], object], fresh: bool = False) -> Path:
        home = tmp_path / "unpacked"
        with zipfile.ZipFile(handed().archive) as archive:
            archive.extractall(home)
        by(home)
        files = [p for p in sorted(home.rglob("*")) if p.is_file() and p.name != CHECKSUMS]
        if fresh:
            lines = (f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(home).as_posix()}\n" for p in files)
            (home / CHECKSUMS).write_text("".join(lines))
        return Path(shutil.make_archive(str(tmp_path / "changed"), "zip", home))

    return change


def broken(there: Opened) -> dict[str, str]:
    return there.broken | check_hashes(there.run, there.held)[0].broken


def test_an_untouched_archive_holds_though_tables_of_applications_are_held_back(handed):
    with opened(handed().archive) as there:
        assert there.held == (ROWS,)
        assert there.broken == {}
        assert ROWS not in check_hashes(there.run, there.held)[0].broken
        place = there.run
    assert not place.exists()


def test_a_change_is_named_by_the_checksums(changed):
    with opened(changed(lambda home: (home / "dossier" / "index.html").write_text("<p>other"))) as there:
        assert there.broken == {"dossier/index.html": "changed"}


def test_a_file_too_many_and_one_too_few_are_named(changed):
    def swap(home: Path) -> None:
        (home / CARD).unlink()
        (home / "dossier" / "more.html").write_text("x")

    with opened(changed(swap)) as there:
        assert there.broken == {CARD: "missing", "dossier/more.html": f"not in {CHECKSUMS}"}


def test_fresh_checksums_do_not_hide_a_change_of_the_run(changed):
    with opened(changed(lambda home: (home / CARD).write_text("[]"), fresh=True)) as there:
        assert broken(there)["artifacts/scorecard/card.json"] == "changed"


def test_only_tables_of_applications_can_be_held_back(changed):
    def hide(home: Path) -> None:
        (home / CARD).unlink()
        (home / HELD_BACK).write_text(f"{ROWS}\nartifacts/scorecard/card.json\n")

    with opened(changed(hide, fresh=True)) as there:
        assert broken(there)["artifacts/scorecard/card.json"] == "missing"


def test_what_is_no_hand_over_is_refused_in_a_sentence(tmp_path: Path):
    (tmp_path / "a.zip").write_bytes(b"no archive")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    for name, told in (("a.zip", "no archive that can be read"), ("b.zip", "holds 0 runs and must hold one")):
        with pytest.raises(CannotRun, match=told), opened(tmp_path / name):
            pass
