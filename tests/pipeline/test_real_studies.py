"""The real portfolios, each from its raw files to a finished run: what is particular to it."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from riskbench import metrics
from riskbench.core.evidence import Evidence
from riskbench.pipeline.run_folder import read_evidence
from riskbench.validation.fairness.counts import count
from riskbench.validation.fairness.cut_offs import approved_from, cut_offs

Command = Callable[..., subprocess.CompletedProcess[str]]
Run = Callable[[str], Path]


def evidence_of(run: Path) -> dict[str, Evidence]:
    return {e.id: e for e in read_evidence(run / "evidence.json")}


def value(evidence: dict[str, Evidence], name: str) -> float:
    found = evidence[name].value
    assert isinstance(found, float | int)
    return found


@pytest.fixture(scope="module", params=["taiwan", "lendingclub", "superlender", "south_german"])
def run(request: pytest.FixtureRequest, real_run: Run) -> Path:
    return real_run(request.param)


def test_the_dossier_is_whole_and_says_what_the_study_says_of_its_limits(run: Path) -> None:
    page = (run / "index.html").read_text("utf-8")
    said = {
        "lendingclub": "outcomes of 2010 were not known when 2011 began",
        "south_german": "PDs, scores and the policy rest on an assumed 5 %",
        "superlender": "must not be published",
        "taiwan": "UCI",
    }
    assert said[run.name] in page
    assert "synthetic" not in re.sub(r"(?s)<style>.*?</style>", "", page).lower()
    assert (run / "manifest.json").is_file()


def test_no_price_grade_protected_or_later_column_is_an_input(run: Path) -> None:
    features = pd.read_parquet(run / "artifacts" / "features" / "features.parquet")
    barred = {
        "lendingclub": {"int_rate", "grade", "sub_grade", "installment", "funded_amnt", "verification_status"}
        | {"met_credit_policy", "addr_state", "recoveries", "loan_status", "total_pymnt", "last_pymnt_amnt", "bad"},
        "south_german": {"age", "personal_status_sex", "foreign_worker", "credit_risk"},
        "superlender": {"birth_year", "totaldue", "good_bad_flag"},
        "taiwan": {"SEX", "EDUCATION", "MARRIAGE", "AGE", "default_next_month"},
    }
    assert not barred[run.name] & set(features.columns)


def test_the_card_ranks_loans_that_it_was_not_fitted_on(run: Path) -> None:
    # of 8,946, 21,721, 1,300 and 291 loans
    least = {"taiwan": 0.755, "lendingclub": 0.681, "superlender": 0.66, "south_german": 0.66}
    sample = "out_of_time" if run.name == "lendingclub" else "test"
    assert value(evidence_of(run), f"validation.champion.auc.{sample}") >= least[run.name]


def test_only_oversampled_bads_move_the_card_to_another_bad_rate(run: Path) -> None:
    evidence = evidence_of(run)
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


@pytest.mark.parametrize(
    ("attribute", "group", "difference", "ratio"),
    [("sex", "female", 0.028, 1.041), ("age_band", "25 or younger", -0.114, 0.841)],
)
def test_parity_of_card_holders_at_70_percent_approval_holds_the_yardstick(
    attribute: str, group: str, difference: float, ratio: float, real_run: Run
) -> None:
    # the yardstick is another card, cross-validated over the same 30,000 clients
    artifacts = real_run("taiwan") / "artifacts"
    scores = pd.read_parquet(artifacts / "scorecard" / "scores.parquet")
    protected = pd.read_parquet(artifacts / "intake" / "protected.parquet")
    approved = approved_from(scores["score"], cut_offs(scores["score"], [0.7])[0])
    counts = count(protected[attribute].where(protected[attribute] == group, "(others)"), scores["y"], approved)
    _, gap = metrics.rate_difference(counts.approved, counts.n)
    _, quotient = metrics.adverse_impact_ratio(counts.approved, counts.n)
    for e, yardstick in ((gap, difference), (quotient, ratio)):
        assert e.lower is not None
        assert e.upper is not None
        assert e.lower < yardstick < e.upper


# --- without dates, amounts or data -----------------------------------------------------------------------------------


def test_what_needs_dates_or_amounts_says_that_the_study_has_none(real_run: Run) -> None:
    evidence = evidence_of(real_run("taiwan"))
    by_month = [e for id_, e in evidence.items() if "by_month" in id_]
    assert len(by_month) >= 4
    assert all(e.status == "not_evaluated" and e.reason for e in by_month)
    assert evidence["intake.portfolio.bad_rate_by_month"].reason == "the study has no decision dates"


def test_no_figure_speaks_of_an_out_of_time_sample_that_is_not_there(real_run: Run) -> None:
    evidence = evidence_of(real_run("taiwan"))
    told = [id_ for id_ in evidence if id_.endswith(".out_of_time") and evidence[id_].status != "not_evaluated"]
    assert told == []


def test_without_its_data_a_study_exits_2_and_says_how_to_get_them(taiwan: Path, riskbench: Command) -> None:
    done = riskbench("run", "--study", "taiwan", cwd=taiwan)
    assert done.returncode == 2
    assert (
        "study taiwan has no data yet (clients.parquet in taiwan/): riskbench data add taiwan --from PATH"
        in done.stderr
    )
    assert not (taiwan / "reports").exists()


def test_where_its_data_are_not_a_run_of_them_cannot_be_verified(
    real_run: Run, taiwan: Path, riskbench: Command
) -> None:
    done = riskbench("verify", str(real_run("taiwan")), cwd=taiwan)
    assert done.returncode == 2
    assert "no file below data/ has the hash of clients.parquet" in done.stderr
