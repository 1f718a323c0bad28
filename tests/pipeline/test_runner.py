"""The runner by its command line: the cache, settings, failures, interruption and company."""

import datetime as dt
import os
import re
import signal
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from riskbench.core.project import Project
from riskbench.governance.manifest import read_manifest
from riskbench.pipeline.progress import PlainProgress
from riskbench.pipeline.run import Order
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
    assert "executed in first" in (project / "reports" / "second" / "reperformance.html").read_text("utf-8")


def test_a_study_that_changes_while_the_run_goes_on_gives_no_run(
    project: Path, add_cell: Callable[[Path, str, str], None], riskbench: Command
) -> None:
    add_cell(project, "intake", "with (stage.study_folder / 'policy.yaml').open('a') as file: file.write('# later')")
    done = riskbench("run", "--only", "intake", "--out", "reports/mixed", cwd=project)
    assert done.returncode == 1
    assert "the study changed while the run went on" in done.stderr
    assert not (project / "reports" / "mixed" / "manifest.json").exists()


def test_a_changed_parameter_executes_its_stage_and_what_builds_on_it(
    project: Path, finished: Any, riskbench: Command
) -> None:
    done = riskbench("run", "--set", "validation.folds=2", "--out", "reports/changed", cwd=project)
    assert done.returncode == 0, done.stderr
    executed = {stage for stage, state in states(project / "reports" / "changed").items() if state == "executed"}
    assert executed == {"validation"} | {s for s in STAGES if "validation" in upstream(s)}
    assert executed == {"validation", "governance", "security", "rules"}
    assert "60 validation   started (changed: parameters)" in done.stdout
    assert read_manifest(project / "reports" / "changed").settings == {"validation": {"folds": 2}}
    compared = riskbench("compare", str(finished.folder), "reports/changed", cwd=project)
    assert compared.returncode == 1
    assert "validation.champion.auc.cross_validation: value" in compared.stdout


def test_only_runs_a_stage_and_what_it_builds_on(project: Path, riskbench: Command) -> None:
    done = riskbench("run", "--only", "features", cwd=project / "data")
    assert done.returncode == 0, done.stderr
    (folder,) = (project / "reports").glob("microloan-*")
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
    finished: Any, riskbench: Command, content_of: Callable, arguments: list[str], problem: str
) -> None:
    before = content_of(finished.project)
    done = riskbench("run", *arguments, cwd=finished.project)
    assert done.returncode == 2
    assert problem in done.stderr
    assert "Traceback" not in done.stderr
    assert content_of(finished.project) == before


def test_a_failing_notebook_exits_1_keeps_what_it_did_and_says_where(
    project: Path, add_cell: Callable, riskbench: Command
) -> None:
    add_cell(project, "features", "print('reached')\n{}['no_such_key']")
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
    project: Path, add_cell: Callable, begun: Callable, wait_for: Callable, riskbench: Command
) -> None:
    add_cell(project, "features", "import time, pathlib; pathlib.Path('sleeping').touch(); time.sleep(60)")
    command = ("run", "--only", "features")
    with begun(*command, cwd=project) as process:
        wait_for((project / "sleeping").exists)
        family = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert err == "riskbench: interrupted: 1 of 2 stages are kept, and a new run goes on from there\n"
    assert len(family) >= 2  # the fork server and the kernel
    wait_for(lambda: not [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE])
    path = project / "notebooks" / "20_features.ipynb"
    path.write_text(path.read_text("utf-8").replace("time.sleep(60)", "time.sleep(0)"), "utf-8")
    done = riskbench(*command, cwd=project)
    assert done.returncode == 0, done.stderr
    assert "10 intake       from cache" in done.stdout
    assert "20 features     started (changed: notebook)" in done.stdout


# It waits until both runs have come to this cell.
MEET = """
import os, time
from pathlib import Path
Path(f"here-{os.getpid()}").touch()
end = time.monotonic() + 60
while len(list(Path().glob("here-*"))) < 2 and time.monotonic() < end:
    time.sleep(0.02)
"""


def test_two_runs_at_once_do_not_disturb_each_other(
    project: Path, add_cell: Callable, begun: Callable, riskbench: Command
) -> None:
    add_cell(project, "intake", MEET)
    with begun("run", "--only", "intake", cwd=project) as process:
        done = riskbench("run", "--only", "intake", cwd=project)
        _, problem = process.communicate(timeout=120)
    assert (process.returncode, done.returncode) == (0, 0), problem + done.stderr
    assert len(list(project.glob("here-*"))) == 2
    one, two = (project / "reports").glob("microloan-*")
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


def test_a_run_can_be_made_from_python_and_leaves_the_process_as_it_was(project: Path) -> None:
    before, here = dict(os.environ), Path.cwd()
    file = project / "data" / "microloan" / "study.toml"
    run = run_study(Project(project), file, Order(["intake"]), PlainProgress())
    assert states(run.folder) == {"intake": "cached"}
    changed = {name for name in os.environ.keys() | before.keys() if os.environ.get(name) != before.get(name)}
    assert not [name for name in changed if name.startswith("RISKBENCH_")]
    assert Path.cwd() == here
