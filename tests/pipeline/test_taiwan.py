"""A published portfolio without dates and amounts, from the raw file to the dossier."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from riskbench.core.evidence import Evidence
from riskbench.pipeline.run_folder import read_evidence

Command = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).parents[2]
RAW = "taiwan_credit_card_default.csv.gz"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, make_project: Callable[[Path], Path]) -> Path:
    """A project with the study, but without its data."""
    project = make_project(tmp_path_factory.mktemp("taiwan") / "project")
    (project / "data" / "taiwan").mkdir()
    for name in ("study.toml", "policy.yaml"):
        shutil.copy(ROOT / "data" / "taiwan" / name, project / "data" / "taiwan")
    return project


@pytest.fixture(scope="module")
def run(empty: Path, shared_data: Path, riskbench: Command) -> Path:
    added = riskbench("data", "add", "taiwan", "--from", str(shared_data / RAW), cwd=empty)
    assert added.returncode == 0, added.stderr
    assert "30,000 rows recognised and written. Next: riskbench run --study taiwan" in added.stdout
    done = riskbench("run", "--study", "taiwan", "--out", "reports/taiwan", cwd=empty)
    assert done.returncode == 0, done.stdout + done.stderr
    return empty / "reports" / "taiwan"


@pytest.fixture(scope="module")
def evidence(run: Path) -> dict[str, Evidence]:
    return {e.id: e for e in read_evidence(run / "evidence.json")}


def test_without_its_data_a_study_exits_2_and_says_how_to_get_them(
    tmp_path: Path, make_project: Callable[[Path], Path], riskbench: Command
) -> None:
    project = make_project(tmp_path / "project")
    shutil.copytree(
        ROOT / "data" / "taiwan", project / "data" / "taiwan", ignore=shutil.ignore_patterns("*.parquet", "*.json")
    )
    done = riskbench("run", "--study", "taiwan", cwd=project)
    assert done.returncode == 2
    assert (
        "study taiwan has no data yet (clients.parquet in taiwan/): riskbench data add taiwan --from PATH"
        in done.stderr
    )
    assert not (project / "reports").exists()


def test_the_card_ranks_customers_that_it_was_not_fitted_on(evidence: dict[str, Evidence]) -> None:
    auc = evidence["validation.champion.auc.test"]
    assert isinstance(auc.value, float)
    assert auc.value >= 0.755


def test_what_needs_dates_or_amounts_says_that_the_study_has_none(evidence: dict[str, Evidence]) -> None:
    by_month = [e for id_, e in evidence.items() if "by_month" in id_]
    assert len(by_month) >= 4
    assert all(e.status == "not_evaluated" and e.reason for e in by_month)
    assert evidence["intake.portfolio.bad_rate_by_month"].reason == "the study has no decision dates"


def test_no_figure_speaks_of_an_out_of_time_sample_that_is_not_there(evidence: dict[str, Evidence]) -> None:
    told = [id_ for id_ in evidence if id_.endswith(".out_of_time") and evidence[id_].status != "not_evaluated"]
    assert told == []


def test_the_dossier_does_not_call_real_data_synthetic(run: Path) -> None:
    page = re.sub(r"(?s)<style>.*?</style>", "", (run / "index.html").read_text("utf-8"))
    assert "synthetic" not in page.lower()
    assert "UCI" in page


def test_with_the_data_gone_verification_exits_2(run: Path, empty: Path, riskbench: Command, tmp_path: Path) -> None:
    data = empty / "data" / "taiwan" / "clients.parquet"
    data.rename(tmp_path / "clients.parquet")
    done = riskbench("verify", str(run), cwd=empty)
    shutil.move(tmp_path / "clients.parquet", data)
    assert done.returncode == 2
    assert "no file below data/ has the hash of clients.parquet" in done.stderr


def test_a_file_that_is_not_the_published_one_is_refused(empty: Path, riskbench: Command, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    done = riskbench("data", "add", "taiwan", "--from", str(tmp_path / "other.csv"), cwd=empty)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
