"""Fixtures that every room's tests share."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import settings

ROOT = Path(__file__).parents[1]
APPLICATIONS = 5_000  # of the small portfolio: enough for every notebook to say something

settings.register_profile("riskbench", deadline=None)  # a busy machine is not a wrong result
settings.load_profile("riskbench")


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


@dataclass(frozen=True)
class Finished:
    """A finished run that everybody reads and nobody writes to: its project and its folder."""

    project: Path
    folder: Path


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def command_environment() -> dict[str, str]:
    """The environment of a command that finds its project by its working folder."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("RISKBENCH_")}
    return own | {"DO_NOT_TRACK": "1"}


@pytest.fixture(scope="session")
def riskbench(command_environment: dict[str, str]) -> Command:
    """The real command line in a process of its own: `riskbench("run", "--only", "intake", cwd=project)`."""

    def call(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "riskbench.cli", *arguments]
        return subprocess.run(
            command, cwd=cwd, env=command_environment, capture_output=True, text=True, timeout=300, check=False
        )

    return call


@pytest.fixture(scope="session")
def make_project() -> Callable[[Path], Path]:
    """Make a small project in a folder: the notebooks, the lock and the study `microloan` with few applications."""

    def make(root: Path) -> Path:
        shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".*"))
        study = root / "data" / "microloan"
        study.mkdir(parents=True)
        for source, target in (("requirements.lock", root), ("pyproject.toml", root)):
            shutil.copy(ROOT / source, target)
        shutil.copy(ROOT / "data" / "microloan" / "policy.yaml", study)
        text = (ROOT / "data" / "microloan" / "study.toml").read_text("utf-8")
        small, found = re.subn(r"(?m)^applications = \d+$", f"applications = {APPLICATIONS}", text)
        assert found == 1
        (study / "study.toml").write_text(small, "utf-8")
        return root

    return make


@pytest.fixture(scope="session")
def finished(
    tmp_path_factory: pytest.TempPathFactory, make_project: Callable[[Path], Path], riskbench: Command
) -> Finished:
    """One finished small run, made once for all tests and workers by the real command line. Only read it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    run = Finished(shared / "finished", shared / "finished" / "reports" / "first")
    with (shared / "finished.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another worker may be making it right now
        if not (run.folder / "manifest.json").is_file():
            shutil.rmtree(run.project, ignore_errors=True)
            done = riskbench("run", "--out", "reports/first", cwd=make_project(run.project))
            assert done.returncode == 0, done.stdout + done.stderr
    return run


@pytest.fixture
def project(finished: Finished, tmp_path: Path) -> Path:
    """A project of one's own with data and cache, from which every stage can be had at once."""
    return Path(shutil.copytree(finished.project, tmp_path / "project", ignore=shutil.ignore_patterns("reports")))
