"""The commands that look into the decision log, from a terminal."""

import datetime as dt
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from riskbench.core.project import Project
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.places import log_url, token_key
from riskbench.decision.log.record import DecisionRecord, ReviewRecord, Said
from riskbench.decision.log.tokens import load_tokens

Call = Callable[..., object]
SAID = Said(action="refer", band="middle", rule="old bureau", unknown=False, amount=0.0)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose log holds a decision of March and its review, and one of April."""
    (tmp_path / "notebooks").mkdir()
    here = Project(tmp_path)
    tokens = load_tokens(token_key(here))
    days = (dt.datetime(2026, 3, 31, 23, 59, tzinfo=dt.UTC), dt.datetime(2026, 4, 1, tzinfo=dt.UTC))
    fields = {"caller": "web", "customer": tokens.customer("C7"), "bundle": "b" * 64, "arm": "champion", "said": SAID}
    decisions = [
        DecisionRecord(
            id=f"{i:032x}", at=at, application=tokens.application(f"A{i}"), inputs={"income": 10 + i}, score=500,
            pd=0.1, **fields,
        )
        for i, at in enumerate(days)
    ]  # fmt: skip
    review = ReviewRecord(
        caller="desk", decision_id="0" * 32, reviewer="ana", action="decline", amount=0, reason="debts", at=days[0]
    )
    with open_log(log_url(here), create=True) as log:
        log.append([decisions[0], review, decisions[1]])
    return tmp_path


def test_a_decision_is_shown_with_its_review(project: Path, riskbench: Call) -> None:
    done = riskbench("decisions", "show", "0" * 32, cwd=project)
    assert done.returncode == 0
    first, second = json.loads("[" + done.stdout.replace("}\n{", "},{") + "]")
    assert (first["inputs"], second["reviewer"]) == ({"income": 10}, "ana")


@pytest.mark.parametrize(
    ("option", "name", "found"), [("--customer", "C7", 2), ("--application", "A1", 1), ("--customer", "C8", 0)]
)
def test_decisions_are_found_by_whom_they_are_about(
    option: str, name: str, found: int, project: Path, riskbench: Call
) -> None:
    done = riskbench("decisions", "show", option, name, cwd=project)
    assert done.stdout.splitlines()[-1] == f"{found} decision{'s' * (found != 1)}"
    assert done.stdout.count("refer   old bureau") == found
    assert name not in done.stdout


def test_what_is_not_there_is_told(project: Path, riskbench: Call) -> None:
    done = riskbench("decisions", "show", "f" * 32, cwd=project)
    assert (done.returncode, "there is no decision fff" in done.stderr) == (1, True)
    assert riskbench("decisions", "show", cwd=project).returncode == 2
    done = riskbench("decisions", "verify", "--log", "none.sqlite", cwd=project)
    assert (done.returncode, "it cannot be opened" in done.stderr) == (2, True)


def test_a_whole_log_is_said_to_be_whole_with_its_state(project: Path, riskbench: Call) -> None:
    done = riskbench("decisions", "verify", cwd=project)
    assert done.returncode == 0
    assert "as it was written: 3 entries" in done.stdout
    state = done.stdout.split()[-1]
    assert riskbench("decisions", "verify", "--known", state, cwd=project).returncode == 0
    assert riskbench("decisions", "verify", "--known", "3", cwd=project).returncode == 2


def test_an_end_that_was_cut_off_is_found_by_the_state_seen_last(project: Path, riskbench: Call) -> None:
    assert riskbench("decisions", "verify", cwd=project).returncode == 0
    own = sqlite3.connect(project / ".riskbench" / "decisions" / "log.sqlite")
    own.executescript(
        "DROP TRIGGER decision_entries_delete; DROP TRIGGER decision_head_update; DELETE FROM decision_entries WHERE seq = 3;"
        "UPDATE decision_head SET seq = 2, hash = (SELECT hash FROM decision_entries WHERE seq = 2);"
    )
    own.close()
    done = riskbench("decisions", "verify", cwd=project)
    assert done.returncode == 1
    assert "entry 3: it was truncated: 3 entries were written, here are 2" in done.stderr


def test_entries_of_a_period_are_exported_with_its_last_day(project: Path, riskbench: Call) -> None:
    done = riskbench("decisions", "export", "march.parquet", "--from", "2026-03-01", "--to", "2026-03-31", cwd=project)
    assert done.stdout == "Written: march.parquet, 2 entries\n"
    assert pd.read_parquet(project / "march.parquet")["kind"].tolist() == ["decision", "review"]
    wrong = riskbench("decisions", "export", "x.parquet", "--from", "2026-04-01", "--to", "2026-03-01", cwd=project)
    assert (wrong.returncode, "--from must not lie after --to" in wrong.stderr) == (2, True)
