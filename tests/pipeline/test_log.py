"""The log of a run: every execution with its parameters, the hash of its data, who, when and how it ended."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from riskbench.core.files import digest
from riskbench.governance.manifest import read_manifest
from riskbench.pipeline.log import read_log

Command = Callable[..., subprocess.CompletedProcess[str]]


def test_a_run_logs_who_executed_what_on_which_data_and_how_it_ended(one_stage: Path) -> None:
    first, started, finished, last = read_log(one_stage / "log.jsonl")
    assert (first.stage, first.event, first.sha256) == ("", "started", digest(read_manifest(one_stage).data))
    assert (started.stage, started.event, started.parameters) == ("intake", "started", {"split": 0})
    assert started.sha256 == digest({"split": 0})
    assert (finished.stage, finished.event) == ("intake", "finished")
    assert (last.stage, last.event) == ("", "finished")
    assert first.at <= started.at <= finished.at <= last.at
    assert first.by


def test_the_log_of_a_finished_run_is_covered_by_its_manifest(one_stage: Path) -> None:
    assert "log.jsonl" in read_manifest(one_stage).files


def test_a_run_that_fails_leaves_its_log(project: Path, add_cell: Callable, riskbench: Command) -> None:
    add_cell(project, "intake", "1 / 0")
    done = riskbench("run", "--only", "intake", "--out", "reports/failing", cwd=project)
    assert done.returncode == 1
    entries = [json.loads(line) for line in (project / "reports/failing/log.jsonl").read_text().splitlines()]
    assert [(e["event"], e.get("stage", "")) for e in entries[1:]] == [
        ("started", "intake"),
        ("failed", "intake"),
        ("failed", ""),
    ]
    assert "ZeroDivisionError" in entries[2]["outcome"]


def test_a_value_that_only_a_formula_refuses_is_bad_usage_all_the_same(project: Path, riskbench: Command) -> None:
    words = ("--only", "features", "--set", "features.min_bin_share=0.7", "--out", "reports/refused")
    done = riskbench("run", *words, cwd=project)
    assert done.returncode == 2
    assert "min_bin_share must lie in (0, 0.5), got 0.7. Stopped in stage features" in done.stderr
