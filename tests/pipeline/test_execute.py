"""One notebook in one real kernel: what it did is kept, what went wrong is said."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from riskbench.core.errors import StageFailed
from riskbench.pipeline.execute import execute

Execute = Callable[..., nbformat.NotebookNode]


@pytest.fixture
def perform(tmp_path: Path) -> Execute:
    def run(*sources: str, heard: list | None = None, **parameters: object) -> nbformat.NotebookNode:
        cells = [v4.new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(sources)]
        cells[0].metadata["tags"] = ["parameters"]
        notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "riskbench", "display_name": "r"}})
        nbformat.write(notebook, tmp_path / "30_fit.ipynb")
        on_cell = (heard if heard is not None else []).append
        execute(
            tmp_path / "30_fit.ipynb",
            tmp_path / "fit.ipynb",
            parameters,
            tmp_path,
            lambda done, cells: on_cell((done, cells)),
        )
        return read(tmp_path)

    return run


def read(folder: Path) -> nbformat.NotebookNode:
    return nbformat.read(folder / "fit.ipynb", as_version=4)


def text_of(notebook: nbformat.NotebookNode) -> str:
    return "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))


def test_parameters_reach_the_cells_and_every_cell_is_heard_of(perform: Execute) -> None:
    heard: list = []
    notebook = perform("bins: int = 8", "print(bins, use)", heard=heard, bins=3, use=None)
    assert text_of(notebook) == "3 None\n"
    assert heard == [(0, 3), (1, 3), (2, 3)]  # with the cell that holds the injected parameters


def test_a_notebook_works_in_the_project_folder_and_the_runner_stays_where_it_is(perform: Execute) -> None:
    here = Path.cwd()
    assert text_of(perform("x: int = 1", "import os; print(os.listdir('.'))")).count("30_fit.ipynb") == 1
    assert Path.cwd() == here


def test_a_failing_cell_is_named_with_its_exception_and_the_notebook_is_kept(perform: Execute, tmp_path: Path) -> None:
    with pytest.raises(StageFailed, match=r"stage fit failed in cell 4: ZeroDivisionError: division by zero") as failed:
        perform("x: int = 1", "print('before')", "x / 0", "print('after')", x=2)
    assert (failed.value.stage, failed.value.cell) == ("fit", 4)
    kept = read(tmp_path)
    assert "before" in text_of(kept)
    assert "after" not in text_of(kept)


def test_a_dead_kernel_is_said_to_be_dead(perform: Execute) -> None:
    with pytest.raises(StageFailed, match=r"stage fit failed in cell 2: the kernel died: out of memory is the usual"):
        perform("x: int = 1", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")


def test_no_path_of_the_machine_stays_in_an_executed_notebook(perform: Execute, tmp_path: Path) -> None:
    noisy = "import warnings, riskbench, os; warnings.warn('careful'); print(os.getcwd() + '/x', riskbench.__file__)"
    with pytest.raises(StageFailed):
        perform("x: int = 1", noisy, "import nbformat; nbformat.read('/absent/a.ipynb', 4)")
    text = (tmp_path / "fit.ipynb").read_text()
    assert "careful" in text
    assert "FileNotFoundError" in text
    assert not [place for place in (str(tmp_path), sys.prefix, sys.base_prefix, "/ipykernel_") if place in text]


def test_the_notebook_that_is_executed_is_not_changed(perform: Execute, tmp_path: Path) -> None:
    perform("x: int = 1", "print(x)", x=5)
    source = nbformat.read(tmp_path / "30_fit.ipynb", as_version=4)
    assert [cell.outputs for cell in source.cells] == [[], []]


def test_no_socket_stays_behind(perform: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory(prefix="rb-") as place:  # a socket's path must be short
        monkeypatch.setattr(tempfile, "tempdir", place)
        perform("x: int = 1")
        assert os.listdir(place) == []


def test_an_expected_error_in_a_cell_comes_through_as_its_own_sentence_and_exit_code(perform: Execute) -> None:
    refuse = "from riskbench.core.errors import DataError; raise DataError('a rule', file='a.parquet', rows=[3])"
    with pytest.raises(StageFailed) as failed:
        perform("x: int = 1", refuse)
    assert str(failed.value) == "a rule (file a.parquet, rows 3). Stopped in stage fit, cell 2."
    assert failed.value.exit_code == 2


def test_a_folder_may_have_braces_in_its_name(tmp_path: Path) -> None:
    """Papermill fills in its paths; ours are as they are."""
    folder = tmp_path / "{x}"
    folder.mkdir()
    nbformat.write(v4.new_notebook(cells=[v4.new_code_cell("1 + 1", id="a")]), folder / "30_fit.ipynb")
    execute(folder / "30_fit.ipynb", folder / "fit.ipynb", {}, folder, lambda done, cells: None)
    assert (folder / "fit.ipynb").is_file()
