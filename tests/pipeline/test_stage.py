"""The handle of a notebook: hash-checked tables in, evidence out, and nothing shown that is not recorded."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from riskbench.core.errors import CannotRun, DataError, NotEvaluated, StudyError
from riskbench.core.evidence import Table
from riskbench.core.files import sha256
from riskbench.core.results import CheckResult, Estimate
from riskbench.pipeline.run_folder import evidence_digest, read_evidence, read_outputs
from riskbench.pipeline.stage import Stage, open_stage
from riskbench.report import display
from riskbench.scorecard import WoeBinning

Open = Callable[..., Stage]


@pytest.fixture
def opened(make_project: Callable[[Path], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setenv("RISKBENCH_HOME", str(make_project(tmp_path / "project")))
    return lambda name, run="": open_stage(name, "microloan", run)


def frame() -> pd.DataFrame:
    return pd.DataFrame({"grade": ["A", "B"], "n": [10, 20], "rate": [0.1, np.nan]})


def test_by_hand_a_stage_works_in_the_draft_of_its_study(opened: Open) -> None:
    stage = opened("intake")
    assert stage.output == stage.project.root / "reports" / "microloan-draft" / "artifacts" / "intake"
    assert stage.output.is_dir()


def test_an_unknown_stage_is_refused(opened: Open) -> None:
    with pytest.raises(CannotRun, match="no stage 'scoring'; the stages are intake"):
        opened("scoring")


def test_an_unknown_study_is_refused_with_those_that_exist(opened: Open) -> None:
    with pytest.raises(StudyError, match="no study 'mortgages'; there are: microloan"):
        open_stage("intake", "mortgages")


def test_a_finished_run_is_never_written_to(opened: Open) -> None:
    opened("intake", "done").folder.joinpath("manifest.json").write_text("{}")
    with pytest.raises(CannotRun, match="run done is finished and is never written to; leave `run` empty"):
        opened("features", "done")


def test_a_table_is_read_by_the_name_it_was_written_under(opened: Open) -> None:
    intake = opened("intake")
    intake.write("grades", frame())
    intake.write_json("settings", {"bins": 8})
    intake.close()
    later = opened("features")
    pd.testing.assert_frame_equal(later.read("grades"), frame())
    assert later.read_json("settings") == {"bins": 8}


def test_a_table_of_a_stage_that_is_not_upstream_names_the_need_that_is_missing(opened: Open) -> None:
    rejects = opened("rejects")
    rejects.write("inferred", frame())
    rejects.close()
    with pytest.raises(CannotRun, match=r"stage rejects has: name it among the needs of monitoring in pipeline/stages"):
        opened("monitoring").read("inferred")


def test_tables_of_applications_keep_the_rows_of_intake_in_their_order(opened: Open) -> None:
    applications = pd.DataFrame({"application": ["a", "b", "c"], "y": [0.0, 1.0, None]})
    opened("intake").write("applications", applications)
    opened("features").write("features", applications[["application"]].assign(income=1.0))
    for other in (applications.iloc[::-1], applications.iloc[:2]):
        with pytest.raises(DataError, match="table features must hold the 3 applications of intake"):
            opened("features").write("features", other)


def test_an_index_that_would_be_lost_is_refused(opened: Open) -> None:
    with pytest.raises(DataError, match=r"table grades must hold its columns as columns: the index \['bin'\] would"):
        opened("intake").write("grades", frame().rename_axis("bin"))


def test_a_table_of_a_stage_that_has_not_closed_cannot_be_read(opened: Open) -> None:
    opened("intake").write("grades", frame())
    told = r"no stage that features builds on has written grades\.parquet in microloan-draft yet"
    with pytest.raises(CannotRun, match=told):
        opened("features").read("grades")


def test_a_changed_table_is_refused(opened: Open) -> None:
    intake = opened("intake")
    intake.write("grades", frame())
    intake.close()
    frame().assign(n=[10, 21]).to_parquet(intake.output / "grades.parquet", index=False)
    with pytest.raises(CannotRun, match="is not what that stage wrote: run intake again"):
        opened("features").read("grades")


def test_evidence_names_the_tables_and_sources_it_was_computed_from(opened: Open) -> None:
    intake = opened("intake")
    intake.write("grades", frame())
    intake.close()
    later = opened("features")
    later.source({"raw.parquet": "f" * 64})
    later.read("grades")
    inputs = later.estimate("grades.count", "Grades", 2).inputs
    assert [i.table for i in inputs] == ["grades.parquet", "raw.parquet", "study.toml"]
    assert inputs[0].sha256 == read_outputs(intake.output).tables["grades.parquet"].sha256


@pytest.mark.parametrize(
    ("ask", "file"),
    [
        (Stage.policy, "policy.yaml"),
        (Stage.warnings, "warnings.yaml"),
        (Stage.reason_texts, "reasons.toml"),
        (Stage.edits, "edits.toml"),
        (Stage.model_card, "model_card.toml"),
    ],
)
def test_a_file_of_the_study_that_was_asked_for_is_an_input_where_it_is_there(
    opened: Open, ask: Callable[[Stage], Any], file: str
) -> None:
    stage = opened("policy")
    ask(stage)
    known = {i.table: i.sha256 for i in stage.estimate("grades.count", "Grades", 2).inputs}
    path = stage.study_folder / file
    assert known.get(file) == (sha256(path) if path.is_file() else None)


def test_the_list_of_what_a_run_is_made_from_names_each_file_as_its_input(opened: Open) -> None:
    stage = opened("security")
    for table in stage.study.tables.values():
        (stage.study_folder / table.file).write_bytes(b"data")
    files = stage.made_from()
    inputs = {i.table: i.sha256 for i in stage.estimate("files.count", "Files", len(files)).inputs}
    assert inputs == dict(zip(files["file"], files["sha256"], strict=True))
    assert {"policy.yaml", "applications.parquet"} <= inputs.keys()


def test_earlier_evidence_is_read_anew_once_its_file_is_another(opened: Open) -> None:
    for value in (2, 3):
        intake = opened("intake")
        intake.estimate("grades.count", "Grades", value)
        intake.close()
        assert opened("features").evidence("intake.grades.count").value == value


def test_a_figure_made_of_earlier_evidence_names_that_evidence_by_its_hash(opened: Open) -> None:
    intake = opened("intake")
    intake.estimate("grades.count", "Grades", 2)
    intake.close()
    later = opened("features")
    later.evidence("intake.grades.count")
    inputs = {i.table: i.sha256 for i in later.estimate("grades.again", "Grades", 2).inputs}
    assert inputs["evidence of intake"] == evidence_digest(read_evidence(intake.output / "evidence.json"))


def test_a_figure_made_of_one_of_the_same_stage_rests_on_what_that_one_rests_on(
    opened: Open, notebook: Callable[..., Any]
) -> None:
    intake = opened("intake")
    intake.write("grades", frame())
    intake.close()
    later = opened("features")
    notebook("grades = stage.read('grades')", "stage.estimate('grades.count', 'Grades', len(grades))", stage=later)
    notebook("n = stage.evidence('features.grades.count').value", "stage.estimate('grades.twice', 'Twice', 2 * n)")
    assert [i.table for i in later.evidence("features.grades.twice").inputs] == ["grades.parquet", "study.toml"]


def test_what_a_page_shows_leads_to_its_entry(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("riskbench.report.display.show", shown.append)
    stage = opened("intake")
    stage.table("grades.bins", "Bins", frame())
    stage.tell("grades.told", "Told", "Two grades.")
    stage.not_evaluated("grades.late", "Late", "no dates")
    for html, name in zip(shown, ("bins", "told", "late"), strict=True):
        assert f'<a class="traced" href="evidence.html#e-intake.grades.{name}"' in html


@pytest.mark.parametrize("column", ["application", "customer"])
def test_rows_of_customers_are_neither_recorded_nor_shown(
    opened: Open, column: str, capsys: pytest.CaptureFixture
) -> None:
    stage = opened("intake")
    with pytest.raises(ValueError, match=f"rows of single customers are never shown: column {column}"):
        stage.table("grades.rows", "Rows", frame().assign(**{column: ["a", "b"]}))
    assert stage.all_evidence() == {}
    assert capsys.readouterr().out == ""


def test_a_table_is_recorded_as_plain_values(opened: Open) -> None:
    stage = opened("intake")
    mixed = pd.DataFrame({"x": [np.int64(3), None], "y": [pd.NaT, np.inf], "z": [True, pd.Timestamp("2026-01-02")]})
    stage.table("grades.mixed", "Mixed", mixed.astype(object))
    value = stage.evidence("intake.grades.mixed").value
    assert value == Table(columns=["x", "y", "z"], rows=[[3, None, True], [None, None, "2026-01-02 00:00:00"]])


def test_what_the_study_cannot_say_is_recorded_with_the_reason_and_the_notebook_goes_on(opened: Open) -> None:
    stage = opened("intake")
    with stage.evaluating("portfolio.months", "By month"):
        raise NotEvaluated("the study has no decision dates")
    evidence = stage.evidence("intake.portfolio.months")
    assert (evidence.status, evidence.kind, evidence.value) == ("not_evaluated", "estimate", None)
    assert evidence.reason == "the study has no decision dates"


def test_an_error_that_is_no_lack_of_data_is_not_hidden(opened: Open) -> None:
    stage = opened("intake")
    with pytest.raises(ZeroDivisionError), stage.evaluating("portfolio.months", "By month"):
        _ = 1 / 0
    assert stage.all_evidence() == {}


def test_prose_may_name_only_evidence(opened: Open) -> None:
    stage = opened("intake")
    count = stage.estimate("grades.count", "Grades", 2)
    stage.say("There are {count:value} grades.", count=count)
    with pytest.raises(ValueError, match="prose may only name evidence"):
        stage.say("There are {number} grades.", count=count)
    with pytest.raises((AttributeError, TypeError)):
        stage.say("There are {count} grades.", count=2)  # type: ignore[arg-type]


def test_a_conclusion_is_evidence_and_names_the_figures_behind_it(opened: Open) -> None:
    stage = opened("intake")
    a, b = (stage.estimate(f"grades.{name}", name, i) for i, name in enumerate(("first", "second"), 3))
    stage.conclude("First {b:value}, then {a:value}, then {b:value}.", a=a, b=b)
    key_figures = stage.evidence("intake.page.key_figures").value
    assert isinstance(key_figures, Table)
    assert key_figures.rows == [["intake.grades.second"], ["intake.grades.first"]]
    text = re.sub("<[^>]+>", "", str(stage.evidence("intake.page.conclusion").value))
    assert text == "First 4, then 3, then 4."


def test_a_stage_that_could_conclude_nothing_answers_what_was_not_evaluated_and_why(opened: Open) -> None:
    stage = opened("intake")
    with stage.evaluating("portfolio.months", "By month"):
        raise NotEvaluated("the study has no decision dates")
    stage.close()
    assert stage.evidence("intake.page.key_figures").value == Table(columns=["id"], rows=[["intake.portfolio.months"]])
    text = re.sub("<[^>]+>", "", str(stage.evidence("intake.page.conclusion").value))
    assert text == "By month: not evaluated (the study has no decision dates)."


def test_a_number_that_is_not_defined_is_not_evaluated(opened: Open) -> None:
    assert opened("intake").estimate("grades.mean", "Mean", float("nan")).status == "not_evaluated"


@pytest.mark.parametrize("name", ["count", "Grades.count", "grades.the count", "grades..count"])
def test_a_name_outside_the_scheme_is_refused(opened: Open, name: str) -> None:
    with pytest.raises(ValidationError, match="id"):
        opened("intake").estimate(name, "Grades", 2)


def test_evidence_of_earlier_stages_can_be_asked_for_by_its_id(opened: Open) -> None:
    intake = opened("intake")
    intake.record(CheckResult("grades.rate", "Rate", Estimate(0.1, 0.0, 0.2)))
    intake.close()
    assert opened("governance").evidence("intake.grades.rate").value == 0.1
    with pytest.raises(CannotRun, match=r"no evidence 'intake\.grades\.absent'.*before governance first"):
        opened("governance").evidence("intake.grades.absent")


def edited() -> WoeBinning:
    binning = WoeBinning().fit(pd.DataFrame({"late": np.tile(np.arange(4.0), 100)}), np.tile([0, 0, 1, 0], 100))
    binning.set_cuts("late", [2], reason="round", who="Ada")
    return binning


def test_edits_made_by_hand_are_kept_beside_the_study_once(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(display, "show", shown.append)
    stage, binning = opened("features"), edited()
    assert stage.edits() == []
    stage.keep_edits(binning)
    stage.keep_edits(binning)
    assert shown == ['<p class="say">1 edit written to microloan/edits.toml.</p>']
    assert stage.edits() == binning.edits_
    assert opened("features", "a-run").edits() == binning.edits_


def test_a_run_writes_no_edits(opened: Open) -> None:
    stage = opened("features", "a-run")
    with pytest.raises(StudyError, match=r"microloan/edits.toml does not hold: set 2 \(late\)"):
        stage.keep_edits(edited())
    assert not (stage.study_folder / "edits.toml").exists()


def test_closing_writes_the_evidence_and_the_index_of_files(opened: Open) -> None:
    stage = opened("intake")
    stage.write("grades", frame())
    stage.appendix("more.html").write_text("<p>more")
    stage.appendix("more.html").write_text("<p>more again")
    stage.estimate("grades.count", "Grades", 2)
    stage.close()
    outputs = read_outputs(stage.output)
    assert (outputs.tables["grades.parquet"].rows, outputs.tables["grades.parquet"].columns) == (2, 3)
    assert outputs.appendices == ["more.html"]
    assert [e.id for e in read_evidence(stage.output / "evidence.json")] == ["intake.grades.count"]


def test_a_stage_shows_what_it_can_read_and_how(opened: Open) -> None:
    intake = opened("intake")
    intake.write("grades", frame())
    intake.write_json("settings", {"bins": 8})
    intake.close()
    shown = opened("scorecard")._repr_html_()
    assert "Stage scorecard of microloan in the run microloan-draft: 0 pieces of evidence and 0 tables so far." in shown
    assert '<th scope="row">grades</th><td>stage.read</td><td>intake</td><td class="number">2</td>' in shown
    assert '<th scope="row">settings</th><td>stage.read_json</td><td>intake</td>' in shown


@pytest.mark.parametrize(
    ("run", "address"),
    [("", "../reports/microloan-draft/appendix/evidently.html"), ("first", "appendix/evidently.html")],
)
def test_an_appendix_is_linked_from_where_it_is_read(
    opened: Open, run: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr("riskbench.report.display.show", shown.append)
    opened("monitoring", run).link("Drift report", "evidently.html")
    assert shown == [f'<p class="say">Appendix: <a href="{address}">Drift report</a></p>']


def test_two_cells_cannot_write_one_piece_of_evidence_and_a_cell_can_run_again(
    opened: Open, notebook: Callable[..., Any]
) -> None:
    stage = opened("validation")
    stage._trail.cells = {
        'stage.text("card.note", "Note", x)': "first",
        'stage.text("card.note", "Note", x + "")': "second",
    }
    notebook('stage.text("card.note", "Note", x)', stage=stage, x="once")
    notebook('stage.text("card.note", "Note", x)', x="again")
    assert stage.evidence("validation.card.note").value == "again"
    with pytest.raises(CannotRun, match=r"evidence validation\.card\.note stands already, from cell first: give one"):
        notebook('stage.text("card.note", "Note", x + "")')
