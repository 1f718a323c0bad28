import json
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from riskbench.cli import commands
from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256, write_json
from riskbench.pipeline.export import link_exports, read_card
from riskbench.pipeline.run_folder import write_outputs
from riskbench.pipeline.stage import open_stage
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.export.document import read_document
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.formats import FORMATS, NAMES
from riskbench.scorecard.export.sql import sql_file
from riskbench.scorecard.reason_texts import ReasonTexts

X, Y = pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 20}), [0, 0, 1, 0, 1, 1] * 20
CARD = Scorecard(WoeBinning(max_bins=2)).fit(X, Y)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run that has come as far as its card."""
    folder = tmp_path / "a-draft" / "artifacts" / "scorecard"
    folder.mkdir(parents=True)
    write_json(folder / "card.json", CARD.to_dict())
    ReasonTexts().table(CARD.binning_.features_.values()).to_parquet(folder / "reason_texts.parquet", index=False)
    files = ("card.json", "reason_texts.parquet")
    write_outputs(folder, {name: {"sha256": sha256(folder / name)} for name in files}, [])
    return tmp_path / "a-draft"


def export(run: Path, *arguments: str) -> str:
    done = CliRunner().invoke(commands, ["export", str(run), *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_json_card_of_a_run_is_shown_and_is_its_card(run: Path) -> None:
    document = json.loads(export(run))
    assert read_document(document).to_dict() == CARD.to_dict()
    assert document["sha256"] == sha256(run / "artifacts" / "scorecard" / "card.json")


def test_the_json_card_says_what_each_bin_is_called(run: Path) -> None:
    told = {entry["language"]: entry["texts"] for entry in json.loads(export(run))["texts"]}
    assert told["en"] == ["late below 1", "late at 1 or above", "late: not known"]
    assert told["zh"][0] == "late below 1（暂无中文说明）"  # nobody wrote one, and it says so


def test_the_sql_of_a_dialect_is_shown(run: Path) -> None:
    assert export(run, "--as", "sql", "--dialect", "mysql") == sql_file(CARD, Edition("a-draft"), "mysql")


@pytest.mark.parametrize("name", NAMES)
def test_every_format_is_written_to_a_file(run: Path, name: str) -> None:
    out = run / f"card.{name}"
    assert "Written" in export(run, "--as", name, "--out", str(out))
    assert out.stat().st_size > 400


def test_a_text_is_shown_as_it_would_be_written(run: Path) -> None:
    export(run, "--as", "csv", "--out", str(run / "points.csv"))
    shown = CliRunner().invoke(commands, ["export", str(run), "--as", "csv"]).stdout_bytes
    assert shown == (run / "points.csv").read_bytes()


def test_the_help_lists_every_format_and_database(run: Path) -> None:
    said = CliRunner().invoke(commands, ["export", "--help"]).output
    assert f"[{'|'.join(NAMES)}]" in said
    assert "[duckdb|postgres|spark|mysql|tsql]" in said


@pytest.mark.parametrize(("option", "rule"), [("--as", "not one of 'json', 'sql'"), ("--dialect", "'tsql'")])
def test_an_unknown_format_or_database_is_refused(run: Path, option: str, rule: str) -> None:
    done = CliRunner().invoke(commands, ["export", str(run), option, "oracle"])
    assert done.exit_code == 2
    assert rule in done.output


def test_a_page_links_the_file_of_every_format(
    make_project: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKBENCH_HOME", str(make_project(tmp_path / "project")))
    shown: list[str] = []
    monkeypatch.setattr("riskbench.report.display.show", shown.append)
    link_exports(open_stage("scorecard", "microloan", "first"))
    assert [re.findall(r'href="appendix/(.+?)">(.+?)<', link) for link in shown] == [
        [(of.file, of.title)] for of in FORMATS
    ]


def test_a_workbook_needs_a_file(run: Path) -> None:
    done = CliRunner().invoke(commands, ["export", str(run), "--as", "xlsx"])
    assert done.exit_code == 2
    assert "--as xlsx needs --out FILE" in done.output


def test_a_run_without_a_card_and_a_card_that_was_changed_are_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="has no card: run the stage scorecard first"):
        read_card(tmp_path)
    with (run / "artifacts" / "scorecard" / "card.json").open("a") as file:
        file.write(" ")
    with pytest.raises(CannotRun, match="is not what the stage scorecard wrote: run it again"):
        read_card(run)
