"""A hand-over received: what was altered on the way is named, whoever renewed the checksums."""

import stat
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256
from riskbench.pipeline.handover.archive import CHECKSUMS, HELD_BACK
from riskbench.pipeline.handover.opening import opened

ROWS = "artifacts/intake/applications.parquet"
FILES = {
    "dossier/index.html": "<p>summary",
    "dossier/evidence.json": "[]",
    "dossier/manifest.json": "{}",
    "dossier/appendix/card.csv": "a,b",
    "first/index.html": "<p>index",
    "first/evidence.json": "[]",
    "first/manifest.json": "{}",
    "first/appendix/card.csv": "a,b",
    "registry/ledger.jsonl": "{}",
    HELD_BACK: f"{ROWS}\n",
}


@pytest.fixture
def packed(tmp_path: Path) -> Callable[..., Path]:
    """An archive of the files above, others put in their place (None: left out), and its checksums to fit."""

    def pack(**changes: str | None) -> Path:
        there, archive = tmp_path / "there", tmp_path / "a.zip"
        files = FILES | changes
        with zipfile.ZipFile(archive, "w") as content:
            lines = []
            for name, text in files.items():
                if text is not None:
                    (there / name).parent.mkdir(parents=True, exist_ok=True)
                    (there / name).write_text(text)
                    content.write(there / name, name)
                    lines.append(f"{sha256(there / name)}  {name}\n")
            content.writestr(CHECKSUMS, "".join(lines))
        return archive

    return pack


def broken(archive: Path) -> dict[str, str]:
    with opened(archive) as there:
        return there.broken


def test_an_archive_that_nobody_altered_is_whole(packed):
    with opened(packed()) as there:
        assert there.broken == {}
        assert there.held == (ROWS,)


@pytest.mark.parametrize("name", ["dossier/evidence.json", "dossier/manifest.json", "dossier/appendix/card.csv"])
def test_what_the_dossier_copies_from_the_run_must_be_equal_there(packed, name):
    found = broken(packed(**{name: "[1]"}))
    assert found == {name: f"not the {name.removeprefix('dossier/')} of the run"}


def test_evidence_that_was_taken_out_of_the_dossier_is_missing(packed):
    assert broken(packed(**{"dossier/evidence.json": None})) == {"dossier/evidence.json": "missing"}


@pytest.mark.parametrize("name", ["dossier/index.html", "dossier/INDEX.html", "dossier\\index.html"])
def test_a_page_that_is_there_twice_is_named(packed, name):
    archive = packed()
    with warnings.catch_warnings(), zipfile.ZipFile(archive, "a") as content:
        warnings.simplefilter("ignore", UserWarning)
        content.writestr(name, "<p>another")
    assert "there more than once" in broken(archive)[name]


@pytest.mark.parametrize("name", ["../../evil.txt", "/evil.txt", "dossier\\evil.txt"])
def test_a_member_that_leads_elsewhere_is_named_and_stays_inside(packed, name):
    archive = packed()
    with zipfile.ZipFile(archive, "a") as content:
        content.writestr(name, "evil")
    assert "unpacked elsewhere" in broken(archive)[name]
    assert not list(archive.parent.parent.rglob("evil.txt"))


@pytest.mark.parametrize("name", ["OPEN_ME.html", "other/index.html"])
def test_a_file_that_no_hand_over_has_is_named_whatever_the_checksums_say(packed, name):
    assert broken(packed(**{name: "<p>another"})) == {name: "no hand-over has such a file"}


def test_a_link_in_an_archive_is_named(packed):
    archive, link = packed(), zipfile.ZipInfo("dossier/link.html")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "a") as content:
        content.writestr(link, "/etc/passwd")
    assert "it is a link" in broken(archive)["dossier/link.html"]


def test_only_tables_of_rows_that_are_not_there_count_as_held_back(packed):
    text = f"{ROWS}\n{ROWS}\nindex.html\n../x.parquet\n"
    with opened(packed(**{HELD_BACK: text})) as there:
        assert there.held == (ROWS,)


@pytest.mark.parametrize("damage", [lambda b: b[:-40], lambda b: b[:20] + b"\xff" * 30 + b[50:], lambda b: b""])
def test_an_archive_that_cannot_be_read_is_said_in_a_sentence(packed, damage):
    archive = packed()
    archive.write_bytes(damage(archive.read_bytes()))
    with pytest.raises(CannotRun, match=r"a\.zip is no archive that can be read \(.*\): ask for it again"):
        broken(archive)
