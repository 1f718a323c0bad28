"""The machine fails: full and read-only disks, killed processes, too little memory, two at once. A sentence says so."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import psutil
import pytest
from rich.console import Console

from riskbench.core.errors import CannotRun, MachineError
from riskbench.core.files import PARTIAL, locked, remove_abandoned, replacing, write_text
from riskbench.pipeline.progress import LiveProgress
from riskbench.pipeline.runner import _taken

Command = Callable[..., subprocess.CompletedProcess[str]]
Mount = Callable[[Path, str], None]
INTAKE = ("run", "--only", "intake", "--out")
FULL = r"No space left on device. What to do: free space there and try again"
READ_ONLY = r"Read-only file system. What to do: make the place writable, or have the command write elsewhere"


def partial(folder: Path) -> list[Path]:
    """What somebody has begun to write and not finished."""
    return [path for path in folder.rglob("*") if path.name.endswith(PARTIAL)]


def whole_without_a_traceback(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr


# --- disks ------------------------------------------------------------------------------------------------------------


def test_a_full_disk_stops_a_run_with_the_path_and_no_file_is_half_written(
    project: Path, riskbench: Command, mount: Mount
) -> None:
    """The larger the disk, the later it is full: with the study, with tables, with pages; then it is large enough."""
    reports = project / "reports"
    reports.mkdir()
    mount(reports, "size=8k")
    for run, size in (("study", "8k"), ("tables", "200k"), ("pages", "700k")):
        mount(reports, f"remount,size={size}")
        said = whole_without_a_traceback(riskbench(*INTAKE, f"reports/{run}", cwd=project), 2)
        assert re.fullmatch(rf"riskbench: {reports}/{run}/\S+: {FULL}\.( Stopped in stage intake.*)?\n", said)
        assert not partial(project)
        assert not list(project.rglob("manifest.json"))
        for path in reports.rglob("*.json"):
            json.loads(path.read_text("utf-8"))
        shutil.rmtree(reports / run, ignore_errors=True)
    mount(reports, "remount,size=20m")
    whole_without_a_traceback(riskbench(*INTAKE, "reports/again", cwd=project), 0)


def test_a_disk_that_fills_inside_a_cell_is_named_with_stage_and_cell(
    project: Path, add_cell: Callable, riskbench: Command, mount: Mount
) -> None:
    add_cell(project, "intake", "(stage.output / 'large').write_bytes(bytes(10**6))")
    (project / "reports").mkdir()
    mount(project / "reports", "size=300k")
    said = whole_without_a_traceback(riskbench(*INTAKE, "reports/run", cwd=project), 2)
    assert said.startswith("riskbench: No space left on device. What to do: free space there and try again. ")
    assert "Stopped in stage intake, cell 5." in said


@pytest.mark.parametrize(("options", "says"), [("size=100k", FULL), ("size=1m,ro", READ_ONLY)])
def test_a_portfolio_that_cannot_be_written_is_not_half_there(
    make_project: Callable[..., Path], tmp_path: Path, riskbench: Command, mount: Mount, options: str, says: str
) -> None:
    project = make_project(tmp_path / "project")
    folder = project / "data" / "microloan"
    texts = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    size, _, then = options.partition(",")
    mount(folder, size)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    if then:
        mount(folder, f"remount,{then}")
    said = whole_without_a_traceback(riskbench(*INTAKE, "reports/run", cwd=project), 2)
    assert re.search(rf"riskbench: {folder}/\S+: {says}", said)
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == sorted(texts)
    assert not (project / "reports").exists()


def test_a_read_only_place_for_runs_is_named(project: Path, riskbench: Command, mount: Mount) -> None:
    (project / "reports").mkdir()
    mount(project / "reports", "size=1m,ro")
    said = whole_without_a_traceback(riskbench(*INTAKE, "reports/run", cwd=project), 2)
    assert said == f"riskbench: {project}/reports/run: {READ_ONLY}.\n"


def test_a_run_does_not_need_its_cache(project: Path, riskbench: Command, mount: Mount) -> None:
    cache = project / ".riskbench" / "cache"
    mount(cache, "size=1m,ro")
    done = riskbench(*INTAKE, "reports/run", cwd=project)
    whole_without_a_traceback(done, 0)
    assert re.search(rf"done in [\d.]+ s; not kept for the next run: {cache}\S*: {READ_ONLY}", done.stdout)
    assert (project / "reports" / "run" / "manifest.json").is_file()


def test_a_full_disk_under_published_data_leaves_the_study_without_data(
    taiwan: Path, published: Callable[[str], str], riskbench: Command, mount: Mount
) -> None:
    folder = taiwan / "data" / "taiwan"
    texts = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    mount(folder, "size=500k")
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    said = whole_without_a_traceback(riskbench("data", "add", "taiwan", "--from", published("taiwan"), cwd=taiwan), 2)
    assert said.splitlines()[-1] == f"riskbench: {folder}/clients.parquet: {FULL}."
    assert sorted(path.name for path in folder.iterdir()) == sorted(texts)


def test_what_cannot_be_said_because_the_disk_is_full_ends_with_2(
    finished, command_environment: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "riskbench.cli", "data", "list"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, cwd=finished.project, env=command_environment, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr.decode()) == (2, f"riskbench: {FULL}.\n".replace("\\", ""))


def test_a_partial_file_is_told_from_an_abandoned_one(tmp_path: Path) -> None:
    path, abandoned = tmp_path / "table.parquet", tmp_path / f".table.parquet.left{PARTIAL}"
    (tmp_path / f".other.parquet.left{PARTIAL}").touch()
    abandoned.touch()
    with replacing(path) as temporary:
        assert not abandoned.exists()
        remove_abandoned(tmp_path, ".table.parquet.")
        assert temporary.exists()  # it is being written
        temporary.write_text("whole")
    assert sorted(p.name for p in tmp_path.iterdir()) == [f".other.parquet.left{PARTIAL}", "table.parquet"]


def test_a_place_that_cannot_be_written_is_named_and_another_file_is_not(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(MachineError, match=rf"^{tmp_path}/file/a.txt: (Not a directory|File exists)"):
        write_text(tmp_path / "file" / "a.txt", "x")
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "b") as temporary:
        shutil.copyfile(tmp_path / "absent", temporary)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


# --- memory and killed processes --------------------------------------------------------------------------------------

TOO_MUCH = """import resource, numpy
resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
numpy.ones(2**40)"""


def test_a_stage_without_memory_says_so_with_its_cell_and_keeps_its_notebook(
    project: Path, add_cell: Callable, riskbench: Command
) -> None:
    add_cell(project, "intake", TOO_MUCH)
    cache = sorted((project / ".riskbench").rglob("*"))
    said = whole_without_a_traceback(riskbench(*INTAKE, "reports/run", cwd=project), 2)
    assert said.startswith("riskbench: out of memory (Unable to allocate 8.00 TiB")
    assert (
        "What to do: free memory, run with --jobs 1, or use a smaller table. Stopped in stage intake, cell 5." in said
    )
    assert "The notebook, up to there: reports/run/intake.ipynb\n" in said
    kept = nbformat.read(project / "reports" / "run" / "intake.ipynb", as_version=4)
    assert [cell.execution_count for cell in kept.cells if cell.get("id") == "added"] == [5]
    assert sorted(path.name for path in (project / "reports" / "run").rglob("*") if path.is_file()) == [
        "intake.ipynb",
        "log.jsonl",
        "study.toml",
    ]
    assert sorted((project / ".riskbench").rglob("*")) == cache


def test_a_killed_kernel_is_named_with_its_cell_and_the_same_run_can_be_made_afterwards(
    project: Path, add_cell: Callable, riskbench: Command
) -> None:
    notebook = project / "notebooks" / "10_intake.ipynb"
    whole = notebook.read_bytes()
    add_cell(project, "intake", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    said = whole_without_a_traceback(riskbench(*INTAKE, "reports/run", cwd=project), 1)
    assert said.startswith(
        "riskbench: stage intake failed in cell 5: the kernel died: out of memory is the usual reason"
    )
    assert not (project / "reports" / "run" / "manifest.json").exists()
    assert not partial(project)
    notebook.write_bytes(whole)
    shutil.rmtree(project / "reports" / "run")
    whole_without_a_traceback(riskbench(*INTAKE, "reports/run", cwd=project), 0)


# --- two at once ------------------------------------------------------------------------------------------------------


def test_of_two_runs_into_one_folder_one_goes_on_and_the_other_is_told(
    project: Path, add_cell: Callable, begun: Callable, wait_for: Callable, riskbench: Command
) -> None:
    add_cell(project, "intake", "import time; open('working', 'w').close(); time.sleep(60)")
    with begun(*INTAKE, "reports/run", cwd=project) as first:
        wait_for((project / "working").exists)
        said = whole_without_a_traceback(riskbench(*INTAKE, "reports/run", cwd=project), 2)
        assert (
            said
            == f"riskbench: another run is writing {project}/reports/run at this moment: name another folder, or wait\n"
        )
        assert first.poll() is None
        kernels = psutil.Process(first.pid).children(recursive=True)
        first.kill()  # no lock may outlive it
    wait_for(lambda: not [k for k in kernels if k.is_running() and k.status() != psutil.STATUS_ZOMBIE])
    said = whole_without_a_traceback(riskbench(*INTAKE, "reports/run", cwd=project), 2)
    assert "reports/run is not empty: a run never overwrites; name another folder or remove it" in said


@pytest.mark.parametrize("there", [True, False])
def test_of_many_that_take_one_folder_at_once_exactly_one_gets_it(tmp_path: Path, there: bool) -> None:
    study = tmp_path / "a.toml"
    study.write_text("name = 'a'")
    together, hold = threading.Barrier(16), threading.Barrier(16)

    def take(folder: Path) -> str:
        together.wait()
        try:
            with _taken(folder, study):
                hold.wait()
                return "taken"
        except CannotRun as error:
            hold.wait()
            return str(error)

    with ThreadPoolExecutor(16) as pool:
        for attempt in range(20):
            folder = tmp_path / str(attempt)
            if there:
                folder.mkdir()
            said = list(pool.map(take, [folder] * 16))
            assert said.count("taken") == 1
            assert {text for text in said if text != "taken"} == {
                f"another run is writing {folder} at this moment: name another folder, or wait"
            }
            assert (folder / "study.toml").read_text() == "name = 'a'"


def test_a_lock_ends_with_the_process_that_holds_it(tmp_path: Path) -> None:
    hold = "import fcntl, os, sys, time; fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX); print(flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", hold, str(tmp_path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline()
        with locked(tmp_path) as ours:
            assert not ours
        holder.kill()
    with locked(tmp_path) as ours:
        assert ours


# --- interruptions ----------------------------------------------------------------------------------------------------

# The real command line, which stands still where a written table is about to take its name.
PAUSED = """
import sys, time
def pause(event, arguments):
    if event == "os.rename" and str(arguments[1]).endswith(".parquet"):
        open("paused", "w").close()
        time.sleep(60)
sys.addaudithook(pause)
sys.argv[0] = "riskbench"
from riskbench.cli import main
main()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_data_add_leaves_the_data_as_they_were_and_can_be_repeated(
    taiwan: Path,
    published: Callable[[str], str],
    begun: Callable,
    wait_for: Callable,
    riskbench: Command,
    number: int,
) -> None:
    folder = taiwan / "data" / "taiwan"
    add = ("data", "add", "taiwan", "--from", published("taiwan"))
    with begun(*add, cwd=taiwan, program=("-c", PAUSED)) as process:
        wait_for((taiwan / "paused").exists)
        assert len(partial(folder)) == 1
        process.send_signal(number)
        out, said = process.communicate(timeout=60)
    assert out == ""
    assert process.returncode == (1 if number == signal.SIGINT else -signal.SIGKILL)
    assert ("riskbench: interrupted" in said) == (number == signal.SIGINT)
    assert "Traceback" not in said
    assert not (folder / "clients.parquet").exists()
    assert len(partial(folder)) == (number == signal.SIGKILL)
    whole_without_a_traceback(riskbench(*add, cwd=taiwan), 0)
    assert sorted(path.name for path in folder.iterdir()) == [
        "clients.parquet",
        "policy.yaml",
        "source.json",
        "study.toml",
    ]


def test_ctrl_c_is_no_traceback_while_libraries_are_imported(
    finished, begun: Callable, wait_for: Callable, tmp_path: Path
) -> None:
    with begun(*INTAKE, str(tmp_path / "run"), cwd=finished.project) as run:
        wait_for(lambda: psutil.Process(run.pid).children())  # the fork server has begun to import
        time.sleep(0.5)
        os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to the runner and to the fork server
        out, said = run.communicate(timeout=60)
    assert run.returncode == 1, said
    assert "interrupted" in said
    assert "Traceback" not in out + said


# The real command line with one more command, which Ctrl-C meets in the middle of an `exec`.
HIT = """
import os, signal, sys
from riskbench.cli import commands, main
@commands.command()
def hit():
    exec("os.kill(os.getpid(), signal.SIGINT)")
if __name__ == "__main__":
    sys.argv = ["riskbench", "hit"]
    main()
"""


def test_ctrl_c_within_an_exec_ends_with_the_exit_code_of_any_other(begun: Callable, tmp_path: Path) -> None:
    (tmp_path / "hit.py").write_text(HIT, "utf-8")
    with begun(cwd=tmp_path, program=("-m", "hit")) as process:
        out, said = process.communicate(timeout=60)
    assert (process.returncode, out, said.strip()) == (1, "", "riskbench: interrupted")


# --- what nobody has thought of ---------------------------------------------------------------------------------------

# The real command line with one more command.
MORE = """
import click, sys
from riskbench.cli import commands, main
@commands.command()
def more():
    {0}
sys.argv = ["riskbench", "more"]
main()
"""


@pytest.fixture
def fail(tmp_path: Path, command_environment: dict[str, str]) -> Callable:
    def call(source: str, **variables: str) -> tuple[subprocess.CompletedProcess[str], Path]:
        project = tmp_path / "project"
        (project / "notebooks").mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-c", MORE.format(source)]
        environment = command_environment | variables
        return subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=False
        ), project

    return call


def test_an_unexpected_error_is_one_sentence_and_its_traceback_is_kept_in_a_file(fail: Callable) -> None:
    done, project = fail("{}['age']")
    (file,) = (project / ".riskbench" / "errors").iterdir()
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"riskbench: this is a fault of riskbench: KeyError: 'age'. Please report it with .riskbench/errors/{file.name}.\n"
    )
    assert file.read_text("utf-8").startswith("Traceback (most recent call last)")


def test_a_traceback_is_printed_where_it_is_asked_for(fail: Callable) -> None:
    done, project = fail("{}['age']", RISKBENCH_DEBUG="1")
    assert done.returncode == 1
    assert done.stderr.splitlines()[1] == "Traceback (most recent call last):"
    assert not (project / ".riskbench").exists()


def test_where_no_file_can_be_written_the_sentence_stays(fail: Callable, mount: Mount, tmp_path: Path) -> None:
    (tmp_path / "project" / "notebooks").mkdir(parents=True)
    mount(tmp_path / "project", "size=1m")
    (tmp_path / "project" / "notebooks").mkdir()
    mount(tmp_path / "project", "remount,ro")
    done, _ = fail("1 / 0")
    assert done.returncode == 1
    assert done.stderr == (
        "riskbench: this is a fault of riskbench: ZeroDivisionError: division by zero. "
        "Please report it; with RISKBENCH_DEBUG=1 the same command says more.\n"
    )


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("bytearray(2**60)", "out of memory. What to do: free memory"),
        ("open('/proc/absent', 'w')", "/proc/absent: No such file or directory."),
        ("open('/dev/full', 'wb', 0).write(b'x')", "No space left on device. What to do: free space there"),
        ("raise PermissionError(13, 'x', '/a')", "/a: Permission denied. What to do: ask for the right to it"),
    ],
)
def test_what_the_machine_refuses_is_one_sentence_and_exits_2(fail: Callable, source: str, says: str) -> None:
    done, _ = fail(source)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"riskbench: {says}")
    assert done.stderr.count("\n") == 1


def test_the_end_of_a_file_that_is_cut_short_is_no_interruption(fail: Callable) -> None:
    done, _ = fail("raise EOFError('cut short')")
    assert "fault of riskbench: EOFError: cut short" in done.stderr


def test_letters_that_a_terminal_lacks_do_not_stop_a_command(fail: Callable) -> None:
    done, _ = fail("click.echo('\\u2265 5')", PYTHONIOENCODING="latin-1")
    assert (done.returncode, done.stdout) == (0, "\\u2265 5\n")


def test_a_note_with_brackets_is_shown_as_it_is() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    with LiveProgress(["intake"], console) as progress:
        progress.failed("intake", "no column [/x] in [bold]")
    assert "no column [/x] in [bold]" in console.file.getvalue()
