"""The committed notebooks: thin, literate, without outputs, alike in form."""

import ast
import re
from pathlib import Path

import nbformat
import pytest

from riskbench.pipeline.parameters import GIVEN_BY_THE_RUN, declared
from riskbench.pipeline.stages import STAGES

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = {stage.name: stage.notebook for stage in STAGES.values()}

pytestmark = pytest.mark.parametrize("stage", NOTEBOOKS)


def notebook(stage: str) -> nbformat.NotebookNode:
    return nbformat.read(FOLDER / NOTEBOOKS[stage], as_version=4)


def code_cells(stage: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook(stage).cells if cell.cell_type == "code"]


def nodes(cell: nbformat.NotebookNode) -> list[ast.AST]:
    return list(ast.walk(ast.parse(cell.source)))


def test_there_is_one_notebook_a_stage_and_no_other(stage: str) -> None:
    assert {path.name for path in FOLDER.glob("*.ipynb")} == set(NOTEBOOKS.values())


def test_no_outputs_are_committed(stage: str) -> None:
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code_cells(stage))


def test_the_notebook_is_valid_and_asks_for_the_warm_kernel(stage: str) -> None:
    nbformat.validate(notebook(stage))
    assert notebook(stage).metadata.kernelspec.name == "riskbench"


def test_the_first_cell_is_the_title_the_question_and_who_reads_the_answer(stage: str) -> None:
    first = notebook(stage).cells[0]
    assert first.cell_type == "markdown"
    title, _, text = first.source.partition("\n")
    assert re.fullmatch(r"# [A-Z].+", title)
    assert text.count("?") >= 1
    assert re.search(r"\b(reads?|answers?|signs?|decides?|chooses)\b", text)
    assert len(re.findall(r"[.?](?:\s|$)", text)) <= 3


def test_the_cells_open_in_the_house_order(stage: str) -> None:
    parameters, imports, opening = notebook(stage).cells[1:4]
    assert (parameters.id, parameters.metadata.tags) == ("parameters", ["parameters"])
    assert imports.id == "imports"
    assert opening.source.startswith(f'stage = open_stage("{stage}", study=study, run=run)')


def test_parameters_begin_with_study_and_run_and_each_is_explained(stage: str) -> None:
    parameters = declared(FOLDER / NOTEBOOKS[stage])
    assert tuple(parameters)[:2] == GIVEN_BY_THE_RUN
    assert (parameters["study"].default, parameters["run"].default) == ("microloan", "")
    assert all(len(parameter.comment) > 10 for parameter in parameters.values())


def test_nothing_is_imported_after_the_imports(stage: str) -> None:
    importing = [
        cell.id for cell in code_cells(stage) if any(isinstance(n, ast.Import | ast.ImportFrom) for n in nodes(cell))
    ]
    assert importing == ["imports"]
    imports = next(cell for cell in code_cells(stage) if cell.id == "imports")
    assert all(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(imports.source).body)


def test_everything_imported_is_used(stage: str) -> None:
    used = {node.id for cell in code_cells(stage) for node in nodes(cell) if isinstance(node, ast.Name)}
    imported = [
        a.asname or a.name
        for c in code_cells(stage)
        for n in nodes(c)
        if isinstance(n, ast.ImportFrom)
        for a in n.names
    ]
    assert set(imported) <= used


def test_no_cell_is_longer_than_twelve_lines(stage: str) -> None:
    assert [cell.id for cell in code_cells(stage) if len(cell.source.splitlines()) > 12] == []


def test_no_line_of_code_is_longer_than_120_characters(stage: str) -> None:
    long = [cell.id for cell in code_cells(stage) if any(len(line) > 120 for line in cell.source.splitlines())]
    assert long == []


def test_a_notebook_has_few_cells(stage: str) -> None:
    assert 6 <= len(code_cells(stage)) <= 22


def test_logic_lives_in_the_package(stage: str) -> None:
    logic = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try)
    assert [cell.id for cell in code_cells(stage) if any(isinstance(node, logic) for node in nodes(cell))] == []


def test_texts_of_the_study_are_asked_of_the_stage_that_notes_them_as_inputs(stage: str) -> None:
    reached = any("study_folder" in cell.source for cell in code_cells(stage))
    assert not reached or stage == "intake"  # intake names its raw files by `stage.source`


def test_nothing_reaches_a_shell_or_the_network(stage: str) -> None:
    for cell in code_cells(stage):
        assert not re.search(r"(?m)^\s*[!%]", cell.source)
        assert "http" not in cell.source


def test_one_table_or_figure_a_cell(stage: str) -> None:
    for cell in code_cells(stage):
        called = [ast.unparse(node.func) for node in nodes(cell) if isinstance(node, ast.Call)]
        assert called.count("stage.table") + called.count("stage.figure") <= 1, cell.id


def test_the_penultimate_code_cell_shows_the_checks_and_the_last_concludes_and_closes(stage: str) -> None:
    *_, checks, last = code_cells(stage)
    assert (checks.id, last.id) == ("checks", "close")
    assert checks.source.rstrip().endswith("stage.checks()")
    assert "stage.conclude(" in last.source
    assert last.source.rstrip().endswith("stage.close()")
    assert notebook(stage).cells[-1].id == "close"


def test_cell_ids_are_readable_and_stand_once(stage: str) -> None:
    ids = [cell.id for cell in notebook(stage).cells]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", id_) for id_ in ids)


def test_no_two_code_cells_are_the_same(stage: str) -> None:
    sources = [cell.source.strip() for cell in code_cells(stage)]
    assert len(set(sources)) == len(sources)  # evidence finds its cell by what the cell says


def test_something_is_proved(stage: str) -> None:
    text = "\n".join(cell.source for cell in notebook(stage).cells if cell.cell_type == "markdown")
    assert "Proof" in text


def test_numbers_stand_in_evidence_and_not_in_prose_templates(stage: str) -> None:
    for cell in code_cells(stage):
        for node in nodes(cell):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("say", "conclude")
            ):
                template = ast.unparse(node.args[0]) if node.args else ""
                assert not re.search(r"\d\.\d|\d{2,}", template), cell.id
