"""What a run depends on of a notebook: what its author wrote, not what saving it left behind."""

import json
from pathlib import Path

import pytest

from riskbench.pipeline.code import notebook_digest, notebook_source

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "10_intake.ipynb"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A notebook as JupyterLab saves it after it was run by hand."""
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    notebook["metadata"]["language_info"] = {"name": "python"}
    for number, cell in enumerate(cell for cell in notebook["cells"] if cell["cell_type"] == "code"):
        cell["execution_count"] = number
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "customer 4711"}]
        cell["metadata"]["collapsed"] = True
    path = tmp_path / NOTEBOOK.name
    path.write_text(json.dumps(notebook), "utf-8")
    return path


def test_saving_outputs_changes_nothing_that_a_run_depends_on(saved: Path) -> None:
    assert notebook_digest(saved) == notebook_digest(NOTEBOOK)


def test_outputs_saved_by_hand_are_not_archived(saved: Path) -> None:
    assert b"4711" not in notebook_source(saved)


@pytest.mark.parametrize("part", ["source", "id", "tags"])
def test_what_its_author_wrote_counts(saved: Path, part: str) -> None:
    notebook = json.loads(saved.read_text("utf-8"))
    cell = notebook["cells"][1]
    place = cell["metadata"] if part == "tags" else cell
    place[part] = "another" if part == "id" else ["another"]
    saved.write_text(json.dumps(notebook), "utf-8")
    assert notebook_digest(saved) != notebook_digest(NOTEBOOK)
