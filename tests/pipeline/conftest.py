"""What the tests of runs share: real portfolios, runs that are under way, and what a command has left behind."""

import datetime as dt
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbformat import v4

from riskbench.core.evidence import Evidence
from riskbench.core.files import sha256
from riskbench.core.thresholds import Threshold
from riskbench.governance.manifest import Environment, Manifest, StageRecord, files_of, read_manifest, write_manifest
from riskbench.pipeline.run_folder import APPENDIX, EVIDENCE_FILE, write_evidence
from riskbench.pipeline.stages import STAGES

Command = Callable[..., subprocess.CompletedProcess[str]]
OPENED = 4  # the cells of every notebook before which its stage is not open: title, parameters, imports, opening
PUBLISHED = {  # where a copy is, and its rows
    "lendingclub": ("lendingclub_2007_2011.csv.gz", 42_535),
    "south_german": ("south_german_credit.csv.gz", 1_000),
    "superlender": ("internal-only", 26_885),
    "taiwan": ("taiwan_credit_card_default.csv.gz", 30_000),
}


@pytest.fixture(scope="session")
def published(shared_data: Path) -> Callable[[str], str]:
    """Where a copy of a published portfolio is: `published("taiwan")`."""
    return lambda study: str(shared_data / PUBLISHED[study][0])


@pytest.fixture
def taiwan(make_project: Callable[..., Path], tmp_path: Path) -> Path:
    """A project of one's own with a study of published data, which are not here yet."""
    return make_project(tmp_path / "project", "taiwan")


@pytest.fixture(scope="session")
def real_run(
    made_once: Callable[..., Path],
    make_project: Callable[..., Path],
    published: Callable[[str], str],
    riskbench: Command,
) -> Callable[[str], Path]:
    """A finished run of a published portfolio from its raw files, made once: `real_run("taiwan")`. Only read it."""

    def run(study: str) -> Path:
        def make(project: Path) -> None:
            make_project(project, study)
            added = riskbench("data", "add", study, "--from", published(study), cwd=project)
            assert added.returncode == 0, added.stderr
            said = f"{PUBLISHED[study][1]:,} rows recognised and written. Next: riskbench run --study {study}\n"
            assert added.stdout.endswith(said)
            done = riskbench("run", "--study", study, "--out", f"reports/{study}", cwd=project)
            assert done.returncode == 0, done.stdout + done.stderr

        return made_once(study, make) / "reports" / study

    return run


@pytest.fixture(scope="session")
def add_cell() -> Callable[[Path, str, str], None]:
    """Let a project's notebook execute one more cell, its fifth, once its stage is open: `add_cell(project, "intake", "1")`."""

    def add(project: Path, stage: str, source: str) -> None:
        path = project / "notebooks" / STAGES[stage].notebook
        content = nbformat.read(path, as_version=4)
        content.cells.insert(OPENED, v4.new_code_cell(source, id="added"))
        nbformat.write(content, path)

    return add


@pytest.fixture(scope="session")
def begun(command_environment: dict[str, str]) -> Callable[..., AbstractContextManager[subprocess.Popen]]:
    """The command line under way in a process group of its own: `with begun("run", cwd=project) as process:`."""

    @contextmanager
    def begin(
        *arguments: str, cwd: Path, program: tuple[str, str] = ("-m", "riskbench.cli")
    ) -> Iterator[subprocess.Popen]:
        command = [sys.executable, *program, *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        heard = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background a shell has it ignored
        with subprocess.Popen(command, cwd=cwd, env=command_environment, start_new_session=True, **pipes) as process:
            signal.signal(signal.SIGINT, heard)
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()

    return begin


@pytest.fixture(scope="session")
def one_stage(finished: Any, made_once: Callable[..., Path], riskbench: Command) -> Path:
    """A run of the first stage alone, cheap to make and to perform again. Only read it."""

    def make(folder: Path) -> None:
        done = riskbench("run", "--only", "intake", "--out", str(folder / "one_stage"), cwd=finished.project)
        assert done.returncode == 0, done.stderr

    return made_once("one", make) / "one_stage"


@pytest.fixture
def small(one_stage: Path, tmp_path: Path) -> Path:
    """A copy of that run to tamper with."""
    return Path(shutil.copytree(one_stage, tmp_path / "small"))


@pytest.fixture(scope="session")
def resealed() -> Callable[..., Manifest]:
    """What somebody does who can rewrite a whole unsigned run: `resealed(run, created="2020-01-01")`."""

    def reseal(run: Path, **changes: Any) -> Manifest:
        manifest = read_manifest(run)
        renewed = Manifest.model_validate(manifest.model_dump() | {"files": files_of(run)} | changes)
        write_manifest(run, renewed)
        return renewed

    return reseal


@pytest.fixture(scope="session")
def content_of() -> Callable[..., dict[Path, int]]:
    """Every path below some folders and when it was written, to be compared later: `content_of(run, project)`."""
    return lambda *folders: {path: path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*")}


SOUTH_GERMAN = Path(__file__).parents[2] / "data" / "south_german" / "study.toml"
LIMIT = Threshold(key="validation.auc", direction="at_least", green=0.65, amber=0.6, basis="convention", source="x")


def small_evidence(auc: float = 0.7) -> list[Evidence]:
    """An AUC that is judged, and a bad rate that is not."""
    judged = {"kind": "check", "threshold": LIMIT, "status": LIMIT.judge(auc)}
    return [
        Evidence(id="intake.portfolio.bad_rate.test", stage="intake", kind="estimate", title="Bad rate", value=0.3,
                 unit="%"),
        Evidence(id="validation.champion.auc.test", stage="validation", title="AUC", value=auc, **judged),
    ]  # fmt: skip


def write_small_run(folder: Path, day: int = 1, auc: float = 0.7) -> Path:
    """Write a run of the stage intake, made on a day of November 2026, with an appendix."""
    (folder / APPENDIX).mkdir(parents=True)
    (folder / APPENDIX / "note.txt").write_text("a note", "utf-8")
    shutil.copyfile(SOUTH_GERMAN, folder / "study.toml")
    nbformat.write(v4.new_notebook(cells=[v4.new_markdown_cell("# What came in", id="title")]), folder / "intake.ipynb")
    write_evidence(folder / EVIDENCE_FILE, small_evidence(auc))
    record = StageRecord(stage="intake", state="executed", executed_in=folder.name, seconds=1, parameters={}, key="k")
    manifest = Manifest(
        run_id=folder.name,
        study="south_german",
        study_sha256=sha256(folder / "study.toml"),
        created=dt.datetime(2026, 11, day, tzinfo=dt.UTC).isoformat(),
        settings={},
        only=["intake"],
        seeds={},
        data={"loans.parquet": "0" * 64},
        notebooks={},
        code_sha256="0" * 64,
        lock_sha256="",
        environment=Environment(python="3.11", system="Linux", machine="x", packages={}),
        stages=[record],
        files=files_of(folder),
    )
    write_manifest(folder, manifest)
    return folder


@pytest.fixture(scope="session")
def small_run() -> Callable[..., Path]:
    """A finished run of one stage, made by hand in a moment: `small_run(folder, day=3, auc=0.64)`."""
    return write_small_run


@pytest.fixture
def notebook() -> Iterator[Callable[..., dict[str, Any]]]:
    """A notebook of one's own: `names = notebook("a = 1", "b = a")` runs cells, one after the other, and gives the names."""
    shell = InteractiveShell.instance(history_length=0)

    def run(*cells: str, **given: Any) -> dict[str, Any]:
        shell.user_ns.update(given)
        for cell in cells:
            shell.run_cell(cell, store_history=True).raise_error()
        return shell.user_ns

    yield run
    InteractiveShell.clear_instance()
