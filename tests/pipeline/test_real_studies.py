"""The real portfolios, each from its raw files to a finished run: what is particular to it."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from riskbench.core.evidence import Evidence
from riskbench.pipeline.run_folder import read_evidence

Command = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
SOURCES = {
    "lendingclub": "lendingclub_2007_2011.csv.gz",
    "south_german": "south_german_credit.csv.gz",
    "superlender": "internal-only",
}


@pytest.fixture(scope="module", params=SOURCES)
def run(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    make_project: Callable[[Path], Path],
    shared_data: Path,
    riskbench: Command,
) -> Path:
    name = request.param
    project = make_project(tmp_path_factory.mktemp(name) / "project")
    (project / "data" / name).mkdir()
    for file in ("study.toml", "policy.yaml"):
        shutil.copy(ROOT / "data" / name / file, project / "data" / name)
    added = riskbench("data", "add", name, "--from", str(shared_data / SOURCES[name]), cwd=project)
    assert added.returncode == 0, added.stderr
    done = riskbench("run", "--study", name, "--out", f"reports/{name}", cwd=project)
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "reports" / name


@pytest.fixture(scope="module")
def evidence(run: Path) -> dict[str, Evidence]:
    return {e.id: e for e in read_evidence(run / "evidence.json")}


def value(evidence: dict[str, Evidence], name: str) -> float:
    found = evidence[name].value
    assert isinstance(found, float | int)
    return found


def test_the_dossier_is_whole_and_says_what_the_study_says_of_its_limits(run: Path) -> None:
    page = (run / "index.html").read_text("utf-8")
    said = {
        "lendingclub": "outcomes of 2010 were not known when 2011 began",
        "south_german": "PDs, scores and the policy rest on an assumed 5 %",
        "superlender": "must not be published",
    }
    assert said[run.name] in page
    assert (run / "manifest.json").is_file()


def test_no_price_grade_protected_or_later_column_is_an_input(run: Path) -> None:
    features = pd.read_parquet(run / "artifacts" / "features" / "features.parquet")
    barred = {
        "lendingclub": {"int_rate", "grade", "sub_grade", "installment", "funded_amnt", "verification_status"}
        | {"met_credit_policy", "addr_state", "recoveries", "loan_status", "total_pymnt", "last_pymnt_amnt", "bad"},
        "south_german": {"age", "personal_status_sex", "foreign_worker", "credit_risk"},
        "superlender": {"birth_year", "totaldue", "good_bad_flag"},
    }
    assert not barred[run.name] & set(features.columns)


def test_the_card_ranks_loans_that_it_was_not_fitted_on(run: Path, evidence: dict[str, Evidence]) -> None:
    least = {"lendingclub": 0.681, "south_german": 0.66, "superlender": 0.66}  # of 21,721, 291 and 1,300 loans
    sample = "out_of_time" if run.name == "lendingclub" else "test"
    assert value(evidence, f"validation.champion.auc.{sample}") >= least[run.name]


def test_only_oversampled_bads_move_the_card_to_another_bad_rate(run: Path, evidence: dict[str, Evidence]) -> None:
    shift = value(evidence, "scorecard.champion.prior_shift")
    observed = value(evidence, "validation.portfolio.bad_rate.test")
    scores = pd.read_parquet(run / "artifacts" / "scorecard" / "scores.parquet").query("sample == 'test'")
    if run.name != "south_german":
        assert shift == 0
        assert scores["pd"].equals(scores["pd_applied"])
        return
    assert shift < -2
    assert scores["pd"].mean() == pytest.approx(observed, abs=0.06)  # comparable with the labels
    assert scores["pd_applied"].mean() == pytest.approx(0.05, abs=0.04)  # as the population has it
    assert value(evidence, "policy.portfolio.expected_bad_rate.test") < 0.05
