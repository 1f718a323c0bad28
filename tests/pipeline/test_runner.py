"""The runner by its command line: the cache, settings, failures, interruption and company."""

import datetime as dt
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbformat import v4

from riskbench.core.project import Project
from riskbench.governance.manifest import read_manifest
from riskbench.pipeline.progress import PlainProgress
from riskbench.pipeline.runner import run_study
from riskbench.pipeline.stages import STAGES, upstream
from riskbench.scorecard.binning.division import Division
from riskbench.scorecard.edits.arguments import Arguments
from riskbench.scorecard.edits.edit import Edit
from riskbench.scorecard.edits.file import append_edits

Command = Callable[..., subprocess.CompletedProcess[str]]
EDIT = Edit(
    number=1,
    feature="annual_income",
    action="set_cuts",
    arguments=Arguments(cuts=(9000, 15000)),
    reason="whole monthly incomes",
    who="Ada",
    when=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    before=Division(cuts=(8500, 14600)),
    after=Division(cuts=(9000, 15000)),
)


def states(run: Path) -> dict[str, str]:
    return {record.stage: record.state for record in read_manifest(run).stages}


def add_cell(project: Path, notebook: str, source: str, at: int) -> None:
    path = project / "notebooks" / notebook
    content = nbformat.read(path, as_version=4)
    content.cells.insert(at, v4.new_code_cell(source, id="added"))
    nbformat.write(content, path)


def test_a_second_run_takes_all_from_the_cache_and_differs_in_no_figure(
    project: Path, finished: Any, riskbench: Command
) -> None:
    done = riskbench("run", "--out", "reports/second", cwd=project)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("from cache: all it depends on is as in first") == len(STAGES)
    assert set(states(project / "reports" / "second").values()) == {"cached"}
    compared = riskbench("compare", str(finished.folder), "reports/second", cwd=project)
    assert (compared.returncode, compared.stderr) == (0, "")
    assert re.fullmatch(r"All \d{3} figures match\.\n", compared.stdout)
    assert "executed in first" in (project / "reports" / "second" / "index.html").read_text("utf-8")


def test_a_changed_parameter_executes_its_stage_and_what_builds_on_it(
    project: Path, finished: Any, riskbench: Command
) -> None:
    done = riskbench("run", "--set", "validation.folds=2", "--out", "reports/changed", cwd=project)
    assert done.returncode == 0, done.stderr
    executed = {stage for stage, state in states(project / "reports" / "changed").items() if state == "executed"}
    assert (
        executed == {"validation"} | {s for s in STAGES if "validation" in upstream(s)} == {"validation", "governance"}
    )
    assert "60 validation   started (changed: parameters)" in done.stdout
    assert read_manifest(project / "reports" / "changed").settings == {"validation": {"folds": 2}}
    compared = riskbench("compare", str(finished.folder), "reports/changed", cwd=project)
    assert compared.returncode == 1
    assert "validation.champion.auc.cross_validation: value" in compared.stdout


def test_only_runs_a_stage_and_what_it_builds_on(project: Path, riskbench: Command) -> None:
    done = riskbench("run", "--only", "features", cwd=project / "data")
    assert done.returncode == 0, done.stderr
    (folder,) = (project / "reports").iterdir()
    assert re.fullmatch(r"microloan-\d{8}-\d{6}-[0-9a-f]{6}", folder.name)
    assert list(states(folder)) == read_manifest(folder).only == ["intake", "features"]
    assert "not run" in (folder / "index.html").read_text("utf-8")
    again = re.search("riskbench verify (.+)", done.stdout)
    assert again
    assert riskbench("verify", "--quick", again[1], cwd=project / "data").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--set", "features.bins=8"], "stage features has no parameter 'bins'; its parameters are: max_bins"),
        (["--set", "features.max_bins=many"], "features.max_bins must be int, got 'many' (str)"),
        (["--set", "features.min_bin_share=1e999"], "features.min_bin_share must be float, got inf"),
        (["--set", "feature.max_bins=8"], "no stage 'feature'; the stages are intake"),
        (["--set", "features.max_bins"], "a setting reads STAGE.NAME=VALUE"),
        (["--only", "intake", "--set", "features.max_bins=8"], "stage features is not among those to run"),
        (["--only", "scoring"], "no stage 'scoring'"),
        (["--study", "mortgages"], "no study 'mortgages'; there are: microloan"),
        (["--jobs", "0"], "--jobs"),
        (["--out", "notebooks"], "is not empty: a run never overwrites"),
        (["--out", "requirements.lock"], "is a file: a run is a folder"),
    ],
)
def test_a_wrong_request_exits_2_before_anything_is_written(
    finished: Any, riskbench: Command, arguments: list[str], problem: str
) -> None:
    before = content_of(finished.project)
    done = riskbench("run", *arguments, cwd=finished.project)
    assert done.returncode == 2
    assert problem in done.stderr
    assert "Traceback" not in done.stderr
    assert content_of(finished.project) == before


def content_of(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_a_failing_notebook_exits_1_keeps_what_it_did_and_says_where(project: Path, riskbench: Command) -> None:
    add_cell(project, "20_features.ipynb", "print('reached')\n{}['no_such_key']", 6)
    done = riskbench("run", "--out", "reports/failed", cwd=project)
    assert done.returncode == 1
    assert "scorecard" not in done.stdout  # after a failure no further stage starts
    assert re.search(r"stage features failed in cell \d: KeyError: 'no_such_key'\n", done.stderr)
    assert "The notebook, up to there: reports/failed/features.ipynb" in done.stderr
    assert "20 features     FAILED: KeyError" in done.stdout
    folder = project / "reports" / "failed"
    assert "reached" in (folder / "features.ipynb").read_text("utf-8")
    assert not (folder / "manifest.json").exists()
    refused = riskbench("verify", "--quick", "reports/failed", cwd=project)
    assert (refused.returncode, "is not a finished run" in refused.stderr) == (2, True)


def test_a_notebook_that_does_not_close_its_stage_fails(project: Path, riskbench: Command) -> None:
    path = project / "notebooks" / "10_intake.ipynb"
    path.write_text(path.read_text("utf-8").replace("stage.close()", "pass"), "utf-8")
    done = riskbench("run", "--only", "intake", cwd=project)
    assert done.returncode == 1
    assert "stage intake failed: its notebook ended without stage.close()" in done.stderr


def test_ctrl_c_leaves_no_kernel_and_the_same_command_goes_on(
    project: Path, riskbench: Command, command_environment: dict[str, str]
) -> None:
    add_cell(project, "20_features.ipynb", "import time, pathlib; pathlib.Path('sleeping').touch(); time.sleep(60)", 6)
    command = [sys.executable, "-m", "riskbench.cli", "run", "--only", "features"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=project, env=command_environment, start_new_session=True, **pipes) as process:
        wait_for(lambda: (project / "sleeping").exists())
        family = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 1, err
    assert err == "riskbench: interrupted: 1 of 2 stages are kept, and a new run goes on from there\n"
    assert len(family) >= 2  # the fork server and the kernel
    wait_for(lambda: not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE])
    path = project / "notebooks" / "20_features.ipynb"
    path.write_text(path.read_text("utf-8").replace("time.sleep(60)", "time.sleep(0)"), "utf-8")
    done = riskbench(*command[3:], cwd=project)
    assert done.returncode == 0, done.stderr
    assert "10 intake       from cache" in done.stdout
    assert "20 features     started (changed: notebook)" in done.stdout


def wait_for(happens: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_two_runs_at_once_do_not_disturb_each_other(
    project: Path, riskbench: Command, command_environment: dict[str, str]
) -> None:
    add_cell(project, "10_intake.ipynb", "import time; time.sleep(2)", 4)  # not in the cache, and slow enough to meet
    command = [sys.executable, "-m", "riskbench.cli", "run", "--only", "intake"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    runs = [subprocess.Popen(command, cwd=project, env=command_environment, **pipes) for _ in range(2)]
    for process in runs:
        _, problem = process.communicate(timeout=120)
        assert process.returncode == 0, problem
    one, two = (project / "reports").iterdir()
    assert states(one) == states(two) == {"intake": "executed"}
    assert [riskbench("verify", "--quick", str(run), cwd=project).returncode for run in (one, two)] == [0, 0]
    assert (one / "evidence.json").read_bytes() == (two / "evidence.json").read_bytes()


def test_edits_execute_the_features_anew_travel_with_the_run_and_are_part_of_what_is_verified(
    project: Path, riskbench: Command
) -> None:
    study = project / "data" / "microloan"
    append_edits(study / "edits.toml", [EDIT])
    done = riskbench("run", "--only", "features", "--out", "reports/edited", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "10 intake       from cache" in done.stdout
    assert "20 features     started (changed: edits)" in done.stdout
    with zipfile.ZipFile(project / "reports" / "edited" / "code.zip") as code:
        assert code.read("data/microloan/edits.toml") == (study / "edits.toml").read_bytes()
    (study / "edits.toml").unlink()
    verified = riskbench("verify", "reports/edited", cwd=project)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_edits_that_cannot_be_read_stop_the_run_before_it_begins(project: Path, riskbench: Command) -> None:
    (project / "data" / "microloan" / "edits.toml").write_text('[[edits]]\nfeatur = "x"\n')
    done = riskbench("run", "--out", "reports/edited", cwd=project)
    assert done.returncode == 2
    assert "microloan/edits.toml, line 2: featur: no such key is known here" in done.stderr
    assert not (project / "reports" / "edited").exists()


def test_a_run_can_be_made_from_python_and_leaves_the_process_as_it_was(
    project: Path,
) -> None:
    before, here = dict(os.environ), Path.cwd()
    file = project / "data" / "microloan" / "study.toml"
    run = run_study(Project(project), file, ["intake"], {}, PlainProgress())
    assert states(run.folder) == {"intake": "cached"}
    changed = {name for name in os.environ.keys() | before.keys() if os.environ.get(name) != before.get(name)}
    assert not [name for name in changed if name.startswith("RISKBENCH_")]
    assert Path.cwd() == here
