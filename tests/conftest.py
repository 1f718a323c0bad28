"""Fixtures that every room's tests share."""

import asyncio
import fcntl
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, chdir, closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import settings

from riskbench.cli import main
from riskbench.core.evidence import Evidence
from riskbench.core.files import sha256, write_json
from riskbench.governance.manifest import Manifest, files_of, write_manifest

ROOT = Path(__file__).parents[1]
APPLICATIONS = 5_000  # of the small portfolio: enough for every notebook to say something

LONGEST_FIRST = ("lab", "real_run", "finished", "riskbench")  # by fixture

# A busy machine is not a wrong result. Where all must pass, the same commit gives the same answer; elsewhere every run
# tries other examples, and what fails is kept for the next.
settings.register_profile("riskbench", deadline=None, derandomize="RISKBENCH_REQUIRE_ALL" in os.environ)
settings.load_profile("riskbench")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what executes notebooks, so that no worker is left alone with it at the end."""

    def rank(item: pytest.Item) -> int:
        asked = getattr(item, "fixturenames", ())
        return next((i for i, fixture in enumerate(LONGEST_FIRST) if fixture in asked), len(LONGEST_FIRST))

    items.sort(key=rank)


def absent(what: str) -> None:
    """Skip visibly without `what`, or fail where everything is required (CI)."""
    if os.environ.get("RISKBENCH_REQUIRE_ALL") == "1":
        pytest.fail(f"RISKBENCH_REQUIRE_ALL=1, but there is no {what}")
    pytest.skip(f"needs {what}")


@pytest.fixture(scope="session", name="absent")
def absent_for_tests() -> Callable[[str], None]:
    """`absent`, for a test module that looks for a tool of its own."""
    return absent


@pytest.fixture(scope="session")
def wait_for() -> Callable[[Callable[[], object]], None]:
    """Wait until something happens: `wait_for((project / "sleeping").exists)`."""

    def wait(happens: Callable[[], object]) -> None:
        end = time.monotonic() + 60
        while not happens():
            assert time.monotonic() < end, "it did not happen in time"
            time.sleep(0.02)

    return wait


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of published loan data beside the project."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        absent("../shared/data")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser."""
    browser = shutil.which("chromium")
    if browser is None:
        absent("chromium")
    return str(browser)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server of one's own on a socket, which ends with the tests."""
    servers = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not servers:
        absent("PostgreSQL")
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: the path of a socket may have 107 bytes
    shutil.chown(folder, "postgres")

    def call(tool: str, *arguments: str) -> None:
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_user, str(servers[-1].with_name(tool)), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    try:
        call("initdb", "-U", "postgres", "-A", "trust", "--no-sync")
        call("pg_ctl", "-w", "-o", f"-k {folder} -c listen_addresses= -F", "-l", str(folder / "log"), "start")
        yield f"postgresql+psycopg://postgres@/postgres?host={quote(str(folder))}"
        call("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def mount() -> Iterator[Callable[[Path, str], None]]:
    """Put a disk of its own under a folder: `mount(folder, "size=64k")`, then `mount(folder, "remount,ro")`."""
    mounted: set[Path] = set()

    def call(folder: Path, options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True, check=False).returncode:
            absent("a right to mount")
        mounted.add(folder)

    yield call
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=True)


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def command_environment() -> dict[str, str]:
    """The environment of a command that finds its project by its working folder."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("RISKBENCH_")}
    return own | {"DO_NOT_TRACK": "1"}


@pytest.fixture(scope="session")
def in_a_process(command_environment: dict[str, str]) -> Command:
    """The real command line in a process of its own: `in_a_process("run", "--only", "intake", cwd=project)`."""

    def call(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "riskbench.cli", *arguments]
        return subprocess.run(
            command, cwd=cwd, env=command_environment, capture_output=True, text=True, timeout=300, check=False
        )

    return call


@pytest.fixture(scope="session")
def riskbench(command_environment: dict[str, str]) -> Command:
    """The same command line in the process of the tests, which imports its libraries and warms its kernels once."""

    def call(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        out, err, new_loop = io.StringIO(), io.StringIO(), asyncio.new_event_loop
        with ExitStack() as until_it_ends:
            patch = until_it_ends.enter_context(pytest.MonkeyPatch.context())
            patch.setattr(sys, "argv", ["riskbench", *arguments])
            for name in os.environ.keys() - command_environment.keys():
                patch.delenv(name)
            # what the threads of a run leave open a process would close as it ends
            patch.setattr(asyncio, "new_event_loop", lambda: until_it_ends.enter_context(closing(new_loop())))
            for context in (chdir(cwd), redirect_stdout(out), redirect_stderr(err)):
                until_it_ends.enter_context(context)
            with pytest.raises(SystemExit) as end:
                main()
        return subprocess.CompletedProcess(arguments, end.value.code, out.getvalue(), err.getvalue())

    return call


@pytest.fixture(scope="session")
def make_project() -> Callable[..., Path]:
    """Make a project in a folder: notebooks, lock, the study `microloan` with few applications, other studies named.

    No study has its data yet: `make_project(tmp_path / "project", "taiwan")`.
    """

    def make(root: Path, *studies: str) -> Path:
        shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
        for name in ("requirements.lock", "pyproject.toml"):
            shutil.copy(ROOT / name, root)
        for study in ("microloan", *studies):
            (root / "data" / study).mkdir(parents=True)
            for name in ("study.toml", "policy.yaml"):
                shutil.copy(ROOT / "data" / study / name, root / "data" / study)
        text = root / "data" / "microloan" / "study.toml"
        small, found = re.subn(r"(?m)^applications = \d+$", f"applications = {APPLICATIONS}", text.read_text("utf-8"))
        assert found == 1
        text.write_text(small, "utf-8")
        return root

    return make


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """A folder made once for all tests and workers, which only read it: `made_once("finished", make)`."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def call(name: str, make: Callable[[Path], object]) -> Path:
        folder, made = shared / name, shared / f"{name}.made"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be making it right now
            if not made.exists():
                shutil.rmtree(folder, ignore_errors=True)
                make(folder)
                made.touch()
        return folder

    return call


@dataclass(frozen=True)
class Finished:
    """A finished run that everybody reads and nobody writes to: its project and its folder."""

    project: Path
    folder: Path


@pytest.fixture(scope="session")
def finished(made_once: Callable[..., Path], make_project: Callable[..., Path], in_a_process: Command) -> Finished:
    """One finished small run, made by the real command line. Only read it."""

    def make(project: Path) -> None:
        done = in_a_process("run", "--out", "reports/first", cwd=make_project(project))
        assert done.returncode == 0, done.stdout + done.stderr

    project = made_once("finished", make)
    return Finished(project, project / "reports" / "first")


@pytest.fixture
def project(finished: Finished, tmp_path: Path) -> Path:
    """A project of one's own with data and cache, from which every stage can be had at once."""
    return Path(shutil.copytree(finished.project, tmp_path / "project", ignore=shutil.ignore_patterns("reports")))


@pytest.fixture(scope="session")
def sealed_run() -> Callable[..., Path]:
    """Write what the registry reads of a run of `microloan`, sealed as a run is.

    `sealed_run(folder, checks, points={"age": [1, 2]}, settings=...)`; what is named last goes into the manifest.
    """

    def write(folder: Path, checks: Sequence[Evidence], points: Mapping | None = None, **manifest: object) -> Path:
        folder.mkdir(parents=True)
        shutil.copy(ROOT / "data" / "microloan" / "study.toml", folder)
        card = {
            "points": [{"feature": name, "points": of} for name, of in (points or {"annual_income": [10, 20]}).items()]
        }
        write_json(folder / "artifacts" / "scorecard" / "card.json", card)
        write_json(folder / "evidence.json", [e.model_dump(mode="json") for e in checks])
        content = {
            "run_id": folder.name, "study": "microloan", "study_sha256": sha256(folder / "study.toml"),
            "created": "2026-11-20T00:00:00+00:00", "settings": {}, "only": [], "seeds": {}, "data": {},
            "notebooks": {}, "code_sha256": "", "lock_sha256": "", "stages": [],
            "environment": {"python": "3.11", "system": "Linux", "machine": "x", "packages": {"numpy": "2"}},
        }  # fmt: skip
        write_manifest(folder, Manifest.model_validate(content | manifest | {"files": files_of(folder)}))
        return folder

    return write
