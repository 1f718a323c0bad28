"""`riskbench replay`, from a terminal: a log in, an answer with its exit code out."""

import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskbench.core.files import write_json
from riskbench.core.project import Project
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.places import log_url
from riskbench.decision.log.record import DecisionRecord, outcome_fields
from riskbench.decision.row import RowDecider

Call = Callable[..., object]
N = 50


def logged(bundle: Bundle, applications: pd.DataFrame) -> list[DecisionRecord]:
    columns = applications[[column.name for column in bundle.inputs.columns]].head(N).assign(term_months=6.0)
    rows = columns.astype(object).where(columns.notna(), None).to_dict("records")
    ages = dict.fromkeys(bundle.inputs.sources, 1.0)
    fields = {"caller": "web", "application": "a" * 32, "bundle": bundle.address, "ages": ages}
    at, decider = dt.datetime(2026, 3, 5, tzinfo=dt.UTC), RowDecider(bundle)
    return [
        DecisionRecord(at=at, inputs=inputs, **fields, **outcome_fields(decider(inputs, ages=ages))) for inputs in rows
    ]


@pytest.fixture(scope="module")
def project(lender: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a log of fifty decisions of March, the bundle that made them, and another one."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "notebooks").mkdir()
    own, other = (lender.bundle("instalment_to_income", "enquiries_6m", level=level) for level in (0.0, 0.4))
    write_json(folder / "own.json", own.document)
    write_json(folder / "other.json", other.document)
    with open_log(log_url(Project(folder)), create=True) as log:
        log.append(logged(own, lender.applications))
    return folder


def test_the_bundle_that_decided_decides_the_same_again(project: Path, riskbench: Call) -> None:
    done = riskbench("replay", "--bundle", "own.json", "--from", "2026-03-01", "--to", "2026-03-31", cwd=project)
    assert done.returncode == 0, done.stderr
    assert "All 50 that this bundle made itself come out the same." in done.stdout


def test_another_bundle_shows_who_changes_places_and_leaves_a_file(project: Path, riskbench: Call) -> None:
    done = riskbench("replay", "--bundle", "other.json", "--out", "again.csv", cwd=project)
    assert done.returncode == 0
    assert "None of them was made by this bundle itself." in done.stdout
    assert "by model 50" in " ".join(done.stdout.split())
    table = pd.read_csv(project / "again.csv", keep_default_na=False)
    assert (table["verdict"] == "by model").all()
    assert (table["score_again"] < table["score"]).all(), "every PD is higher"
    assert not {"amount_requested", "monthly_income", "enquiries_6m"} & set(table)
    assert riskbench("replay", "--bundle", "other.json", "--out", "again.parquet", cwd=project).returncode == 0
    assert pd.read_parquet(project / "again.parquet")["id"].tolist() == table["id"].tolist()


def test_a_decision_that_was_not_made_by_its_bundle_fails(
    project: Path, riskbench: Call, tmp_path: Path, lender: Any
) -> None:
    own = lender.bundle("instalment_to_income", "enquiries_6m")
    first, *others = logged(own, lender.applications)
    changed = first.model_copy(update={"said": first.said.model_copy(update={"rule": "a rule that nobody knows"})})
    with open_log(tmp_path / "log.sqlite", create=True) as log:
        log.append([changed, *others])
    done = riskbench("replay", "--bundle", "own.json", "--log", str(tmp_path / "log.sqlite"), cwd=project)
    assert done.returncode == 1
    assert "1 of 50 that this bundle made itself come out otherwise." in done.stdout
    assert changed.id in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--bundle", "none.json"], 2, "there is no bundle none.json"),
        (["--bundle", "own.json", "--from", "2027-01-01"], 2, "holds no decision of that period"),
        (["--bundle", "own.json", "--from", "2027-01-01", "--out", "x.csv"], 2, "holds no decision of that period"),
        (["--bundle", "own.json", "--out", "again.xlsx"], 2, "must end in .parquet or .csv, got again.xlsx"),
        (["--bundle", "own.json", "--log", "none.sqlite"], 2, "it cannot be opened"),
        (["--bundle", "own.json", "--from", "yesterday"], 2, "does not match the format"),
    ],
)
def test_what_cannot_be_replayed_is_told(
    arguments: list[str], code: int, told: str, project: Path, riskbench: Call
) -> None:
    done = riskbench("replay", *arguments, cwd=project)
    assert (done.returncode, told in done.stderr) == (code, True), done.stderr
    assert not (project / "x.csv").exists()


def test_a_log_that_was_edited_is_not_replayed(project: Path, riskbench: Call, tmp_path: Path) -> None:
    with sqlite3.connect(project / ".riskbench" / "decisions" / "log.sqlite") as own:
        copy = sqlite3.connect(tmp_path / "log.sqlite")
        own.backup(copy)
    own.close()
    copy.executescript(
        "DROP TRIGGER decision_entries_update;"
        "UPDATE decision_entries SET content = replace(content, '\"unknown\":false', '\"unknown\":true') WHERE seq = 9;"
    )
    copy.close()
    done = riskbench("replay", "--bundle", "own.json", "--log", str(tmp_path / "log.sqlite"), cwd=project)
    assert (done.returncode, "entry 9: it was edited" in done.stderr) == (1, True)
