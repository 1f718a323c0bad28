"""A validator's own rerun: own seed, own split, in their own name, beside the original."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from riskbench.core.files import sha256
from riskbench.governance.manifest import RerunOf, read_manifest
from riskbench.governance.registry.store import Registry
from riskbench.pipeline.reperformance.claims import broken_claims

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def rerun(
    one_stage: Path, finished: Any, riskbench: Command, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A rerun of the first stage with another split, and what the command said; in a project of its own."""
    folder = tmp_path_factory.mktemp("rerun")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("riskbench.core.project.Project.registry", folder / "registry")
        words = ("--by", "Val Idator", "--set", "intake.split=7", "--out", str(folder / "theirs"))
        done = riskbench("rerun", str(one_stage), *words, cwd=finished.project)
    return folder, done


def test_a_rerun_is_a_run_of_its_own_that_says_whose_it_is(rerun: tuple, one_stage: Path) -> None:
    folder, _ = rerun
    manifest = read_manifest(folder / "theirs")
    assert manifest.rerun == RerunOf(
        of="one_stage", manifest_sha256=sha256(one_stage / "manifest.json"), by="val_idator"
    )
    assert manifest.settings == {"intake": {"split": 7}}
    assert broken_claims(folder / "theirs", manifest) == {}
    summary = (folder / "theirs" / "index.html").read_text("utf-8")
    assert "This is a rerun of one_stage by val_idator" in summary
    assert "intake.split = 7" in summary


def test_its_log_names_the_validator(rerun: tuple) -> None:
    lines = (rerun[0] / "theirs" / "log.jsonl").read_text("utf-8").splitlines()
    assert {json.loads(line)["by"] for line in lines} == {"val_idator"}


def test_another_split_moves_customers_and_no_more(rerun: tuple, one_stage: Path) -> None:
    def figure(run: Path, id_: str) -> Any:
        return next(e["value"] for e in json.loads((run / "evidence.json").read_text()) if e["id"] == id_)

    samples = "intake.portfolio.samples"
    assert figure(rerun[0] / "theirs", samples) != figure(one_stage, samples)
    for same in ("intake.portfolio.applications", "intake.outcome.definition"):
        assert figure(rerun[0] / "theirs", same) == figure(one_stage, same)


def test_the_comparison_is_said_and_kept_beside_the_record(rerun: tuple) -> None:
    folder, done = rerun
    (record,) = Registry(folder / "registry").reruns("one_stage")
    assert (record.by, record.run, record.settings) == ("val_idator", "theirs", {"intake": {"split": 7}})
    assert sum(record.differing.values()) > 0
    assert (done.returncode == 1) == (record.material > 0)
    assert f"{record.material or 'none'} of them materially." in done.stderr
    page = (folder / "registry" / "pages" / "reruns" / "one_stage" / "theirs.html").read_text("utf-8")
    assert "Rerun of one_stage by val_idator" in page
    assert "How much the differences matter" in page


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--set", "intake.splits=7"), "stage intake has no parameter 'splits'"),
        (("--set", "intake.split=x"), "intake.split must be int"),
        (("--set", "policy.seed=1"), "no stage 'policy'"),
        (("--by", "..."), "--by must name a person in the letters a to z"),
    ],
)
def test_a_rerun_that_cannot_be_is_refused_before_anything_runs(
    one_stage: Path, finished: Any, riskbench: Command, words: tuple[str, ...], problem: str
) -> None:
    done = riskbench("rerun", str(one_stage), "--by", "val", *words, cwd=finished.project)
    assert done.returncode == 2
    assert problem in done.stderr


def test_only_a_run_that_is_whole_can_be_rerun(small: Path, finished: Any, riskbench: Command) -> None:
    (small / "intake.html").write_text("another")
    done = riskbench("rerun", str(small), "--by", "val", cwd=finished.project)
    assert done.returncode == 2
    assert "only a run that is whole can be rerun (intake.html: changed)" in done.stderr
