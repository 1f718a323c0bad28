"""What a run shows and holds is compared with its performance again, so that fresh hashes cannot hide a change."""

import base64
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from riskbench.core.files import write_json
from riskbench.governance.manifest import read_manifest
from riskbench.pipeline.reperformance.contents import broken_contents, same_document


@pytest.fixture(scope="module")
def copy(finished: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the finished run, whose original stands for its performance again."""
    return Path(shutil.copytree(finished.folder, tmp_path_factory.mktemp("contents") / "copy"))


def shown_otherwise(path: Path) -> None:
    notebook = json.loads(path.read_text())
    output = next(o for cell in notebook["cells"] for o in cell.get("outputs", []) if "data" in o)
    output["data"]["text/html"] = "<p>0.99</p>"
    path.write_text(json.dumps(notebook))


def another_source(path: Path) -> None:
    notebook = json.loads(path.read_text())
    notebook["cells"][3]["source"] = ["auc = 0.99"]
    path.write_text(json.dumps(notebook))


def other_points(path: Path) -> None:
    text = path.read_text()
    assert '"factor": 28.' in text
    path.write_text(text.replace('"factor": 28.', '"factor": 29.'))


def other_scores(path: Path) -> None:
    frame = pd.read_parquet(path)
    frame.assign(pd=frame["pd"] * 1.000001).to_parquet(path, index=False)


def exchanged_pseudonyms(path: Path) -> None:
    frame = pd.read_parquet(path)
    frame["customer"] = frame["customer"].iloc[::-1].to_numpy()
    frame.to_parquet(path, index=False)


def fewer_rows(path: Path) -> None:
    pd.read_parquet(path).iloc[1:].to_parquet(path, index=False)


def more_rows_claimed(path: Path) -> None:
    outputs = json.loads(path.read_text())
    outputs["tables"]["applications.parquet"]["rows"] += 1
    write_json(path, outputs)


CHANGES: dict[str, tuple[str, str, Callable[[Path], Any]]] = {
    "an output": ("scorecard.ipynb", "shows something else than when", shown_otherwise),
    "a source": ("validation.ipynb", "its cells are not those", another_source),
    "no notebook": ("policy.ipynb", "no notebook that can be compared", lambda path: path.write_text("x")),
    "scores": ("artifacts/scorecard/scores.parquet", "column pd is not", other_scores),
    "rows": ("artifacts/policy/decisions.parquet", "other rows or columns", fewer_rows),
    "pseudonyms": ("artifacts/intake/applications.parquet", "column customer is not", exchanged_pseudonyms),
    "a table that is none": ("artifacts/features/features.parquet", "cannot be read", lambda p: p.write_text("x")),
    "an index": ("artifacts/intake/outputs.json", "is not what performing", more_rows_claimed),
    "an appendix": ("appendix/card_points.csv", "is not what performing", lambda path: path.write_text("x,1\n")),
    "a file too many": ("appendix/more.html", "writes no such file", lambda path: path.write_text("more")),
    "a file too few": ("appendix/card.pmml", "is missing", lambda path: path.unlink()),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_under_fresh_hashes_is_found_and_its_file_named(
    copy: Path, finished: Any, resealed: Callable, name: str
) -> None:
    file, problem, change = CHANGES[name]
    change(copy / file)
    broken = broken_contents(copy, finished.folder, resealed(copy))
    shutil.rmtree(copy)
    shutil.copytree(finished.folder, copy)
    assert list(broken) == [file]
    assert problem in broken[file]


def test_the_points_of_a_card_are_compared_number_by_number(copy: Path, finished: Any, resealed: Callable) -> None:
    card = json.loads((copy / "artifacts" / "scorecard" / "card.json").read_text())
    assert same_document(card, json.loads(json.dumps(card)))
    changed = json.loads(json.dumps(card).replace("0.", "0.1", 1))
    assert not same_document(card, changed)


def test_a_run_is_equal_to_itself(finished: Any) -> None:
    assert broken_contents(finished.folder, finished.folder, read_manifest(finished.folder)) == {}


def drawing(x: float) -> str:
    svg = base64.b64encode(f'<svg><path d="M {x} 1"/></svg>'.encode()).decode()
    return f'<img alt="a" src="data:image/svg+xml;base64,{svg}">'


@pytest.mark.parametrize(("x", "same"), [(10.0000001, True), (10.1, False)])
def test_a_drawing_may_differ_by_less_than_can_be_seen(tmp_path: Path, x: float, same: bool) -> None:
    from riskbench.pipeline.reperformance.contents import _notebook_differs

    for name, at in (("a", 10.0), ("b", x)):
        cell = {"id": "draw", "cell_type": "code", "source": [], "metadata": {}}
        cell["outputs"] = [{"output_type": "display_data", "data": {"text/html": drawing(at)}}]
        (tmp_path / name).write_text(json.dumps({"cells": [cell]}))
    assert (_notebook_differs(tmp_path / "a", tmp_path / "b") == "") == same
