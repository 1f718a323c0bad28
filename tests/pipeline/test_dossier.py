import datetime as dt
import hashlib
from pathlib import Path

import pytest

from riskbench.core.errors import CannotRun
from riskbench.core.project import Project
from riskbench.governance.manifest import AlteredRun
from riskbench.governance.registry.records import Verification
from riskbench.governance.registry.store import Registry
from riskbench.pipeline.dossier import CHECKSUMS, PAGES, Edition, write_dossier
from riskbench.report.layout import BACK, FRONT


@pytest.fixture
def reports(tmp_path: Path, small_run) -> Path:
    small_run(tmp_path / "reports" / "run-1")
    return tmp_path / "reports"


def write(reports: Path, out: Path | None = None, **edition) -> Path:
    return write_dossier(reports / "run-1", Project(reports.parent), out, edition=Edition(**edition))


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_page_about_the_whole_run_is_written():
    assert [*PAGES] == [page.name for page in (*FRONT, *BACK)]


def test_a_dossier_holds_every_page_and_its_appendix_and_leaves_the_run_as_it_was(reports):
    before = content(reports / "run-1")
    folder = write(reports)
    assert folder == reports.resolve() / "dossiers" / "run-1"
    assert {"index.html", "intake.html", "signatures.html", "evidence.json", "manifest.json"} <= set(content(folder))
    assert (folder / "appendix" / "note.txt").read_text() == "a note"
    assert content(reports / "run-1") == before


def test_checksums_list_every_file_as_sha256sum_reads_them(reports):
    folder = write(reports)
    listed = dict(reversed(line.split("  ", 1)) for line in (folder / CHECKSUMS).read_text().splitlines())
    files = {name: data for name, data in content(folder).items() if name != CHECKSUMS}
    assert listed == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_what_was_decided_since_the_run_shows_in_the_dossier(reports):
    assert "nobody had performed the run again" in (write(reports) / "reperformance.html").read_text("utf-8")
    seen = Verification(run="run-1", manifest_sha256="0" * 64, by="wang", at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC),
                        seconds=1, python="3.11", system="Linux", files=3, figures=7)  # fmt: skip
    Registry(reports / "registry").write(seen)
    assert "performed again by wang" in (write(reports) / "reperformance.html").read_text("utf-8")


def test_a_dossier_in_both_languages_has_every_page_twice_each_leading_to_the_other(reports):
    folder = write(reports, lang="both")
    english, chinese = {path.name for path in folder.glob("*.html")}, {path.name for path in folder.glob("zh/*.html")}
    assert english == chinese >= {"index.html", "intake.html"}
    assert 'href="zh/intake.html" hreflang="zh-Hans"' in (folder / "intake.html").read_text("utf-8")
    assert '<html lang="zh-Hans">' in (folder / "zh" / "intake.html").read_text("utf-8")
    assert "zh/intake.html" in (folder / CHECKSUMS).read_text()


def test_a_dossier_in_chinese_alone_has_no_english_page(reports):
    folder = write(reports, lang="zh")
    assert all('<html lang="zh-Hans">' in path.read_text("utf-8") for path in folder.glob("*.html"))
    assert not (folder / "zh").exists()


@pytest.mark.parametrize("name", ["evidence.json", "intake.ipynb", "appendix/note.txt", "manifest.json"])
def test_an_altered_run_is_refused_with_the_file_named(reports, name):
    with (reports / "run-1" / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(AlteredRun, match=f"altered run: .*{Path(name).name}"):
        write(reports)
    assert not (reports / "dossiers").exists()


def test_an_unfinished_run_is_refused(reports):
    (reports / "run-1" / "manifest.json").unlink()
    with pytest.raises(CannotRun, match="not a finished run"):
        write(reports)


def test_a_dossier_goes_where_it_is_told_and_replaces_none_but_a_dossier(reports, tmp_path):
    out = tmp_path / "handed over"
    assert write(reports, out) == write(reports, out) == out
    own = tmp_path / "mine"
    own.mkdir()
    (own / "letter.txt").write_text("dear all")
    with pytest.raises(CannotRun, match="holds something else than a dossier"):
        write(reports, own)
    assert (own / "letter.txt").is_file()


@pytest.mark.parametrize("inside", [".", "pages"])
def test_nothing_is_written_into_the_run(reports, inside):
    with pytest.raises(CannotRun, match="nothing is ever written into a finished run"):
        write(reports, reports / "run-1" / inside)


def test_a_dossier_that_fails_half_way_leaves_the_one_before(reports):
    folder = write(reports)
    before = content(folder)
    (reports / "registry" / "versions").mkdir(parents=True)
    (reports / "registry" / "versions" / "m-1.yaml").write_text("no: record")
    with pytest.raises(CannotRun, match=r"m-1\.yaml"):
        write(reports)
    assert content(folder) == before
    assert [path.name for path in folder.parent.iterdir()] == ["run-1"]
