"""How loans turned out, as a look has it: by the decisions that were logged, and as known when yesterday ended."""

import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from riskbench.core.project import Project
from riskbench.data.sources import ensure_data
from riskbench.data.study import load_study
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.places import token_key
from riskbench.decision.log.record import DecisionRecord, Said
from riskbench.decision.log.tokens import load_tokens
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.watch.loans import asked_segments, since_development
from riskbench.monitoring.watch.logged_loans import LoggedLoans

from .conftest import baseline_of

BUNDLE = "b" * 64
SAID = Said(action="approve", band="low", rule="", unknown=False, amount=100.0)


@pytest.fixture(scope="module")
def project(tmp_path_factory, request) -> Project:
    """A project with a small portfolio, and a log in which every funded application was approved at a PD of .2."""
    root: Path = tmp_path_factory.mktemp("lender")
    folder = root / "data" / "microloan"
    folder.mkdir(parents=True)
    text = (request.config.rootpath / "data" / "microloan" / "study.toml").read_text("utf-8")
    (folder / "study.toml").write_text(text.replace("applications = 40000", "applications = 3000"), "utf-8")
    ensure_data(load_study(folder / "study.toml"), folder)
    made = Project(root)
    decided = pd.read_parquet(folder / "decisions.parquet")
    tokens = load_tokens(token_key(made))
    with open_log(root / "log.sqlite", create=True) as log:
        log.append(
            [
                DecisionRecord(
                    caller="shop", application=tokens.application(key), bundle=BUNDLE, inputs={}, arm="champion",
                    score=500, pd=0.2, said=SAID, at=dt.datetime(2025, 12, 31, tzinfo=dt.UTC),
                )
                for key in decided.loc[decided["funded"], "application_id"]
            ]
        )  # fmt: skip
    return made


def database(folder: Path) -> str:
    return f"sqlite:///{folder / 'monitoring.sqlite'}"


def known(project: Project, *day: int) -> pd.DataFrame:
    with open_log(project.root / "log.sqlite", writing=False) as log:
        now = dt.datetime(*day, 12, tzinfo=dt.UTC)
        return LoggedLoans(project, "microloan", database(project.root)).known(log, baseline_of(), now).table.frame


def test_loans_are_counted_under_the_bundle_that_decided_them_with_its_pds(project) -> None:
    found = known(project, 2026, 3, 1)
    decided = pd.read_parquet(project.data / "microloan" / "decisions.parquet")
    first = found[found["subject"] == "outcome:fpd"]
    assert set(found["model"]) == {BUNDLE}
    # the tables end in 2025: all but the loans of the last month have had their first payment
    assert 0.9 * decided["funded"].sum() < first["n"].sum() <= decided["funded"].sum()
    assert first["total"].sum() == pytest.approx(0.2 * first["n"].sum())


def test_nothing_is_counted_that_was_not_known_when_yesterday_ended(project) -> None:
    early, late = known(project, 2024, 1, 1), known(project, 2024, 6, 1)
    assert early["day"].max() < pd.Timestamp("2023-12-31")
    keys = ["day", "model", "segment", "subject", "cell"]
    both = early.merge(late, on=keys, how="left", suffixes=("", "_late"))
    assert (both["n"] == both["n_late"]).all()  # what is final stays
    assert len(late) > len(early)


def test_a_log_without_decisions_knows_of_no_loan(project, tmp_path) -> None:
    with open_log(tmp_path / "empty.sqlite", create=True) as log:
        logged = LoggedLoans(project, "microloan", database(tmp_path))
        assert logged.known(log, baseline_of(), dt.datetime(2026, 3, 1, tzinfo=dt.UTC)).table.frame.empty


def test_of_the_run_only_development_counts_where_decisions_are_logged() -> None:
    row = {"model": "m", "segment": "", "subject": "outcome:fpd", "cell": "bad", "n": 1, "total": 0.1, "squares": 0.01}
    of_run = CountTable.of(pd.DataFrame([row | {"day": day} for day in ("2023-09-30", "2023-10-01")]))
    development = type("Frozen", (), {"last": dt.date(2023, 9, 1)})()  # of a run that knows months alone
    kept = since_development(of_run, development, CountTable.empty()).frame
    assert kept["day"].dt.strftime("%Y-%m-%d").tolist() == ["2023-09-30"]


def test_segments_are_those_that_rules_on_paying_loans_name(project, request, tmp_path) -> None:
    folder = tmp_path / "microloan"
    shutil.copytree(request.config.rootpath / "data" / "microloan", folder, ignore=shutil.ignore_patterns("*.parquet"))
    assert asked_segments(folder) == ()
    path = folder / "warnings.yaml"
    text = path.read_text("utf-8").replace("    age: final\n", "    age: final\n    segments: [product, channel]\n")
    path.write_text(text, "utf-8")
    assert asked_segments(folder) == ("channel", "product")
    assert asked_segments(tmp_path) == ()
