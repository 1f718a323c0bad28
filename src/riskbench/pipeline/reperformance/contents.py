"""What a run shows and holds beside its evidence, against its performance again: outputs, tables and appendices.

Pseudonyms are made with another key there, so of a column of pseudonyms only who is the same as whom is compared.
"""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from riskbench.core.evidence import FLOAT_TOLERANCE
from riskbench.governance.manifest import Manifest, files_of
from riskbench.pipeline.compare import same
from riskbench.pipeline.plain import OF_ONE_CUSTOMER
from riskbench.pipeline.run_folder import APPENDIX, ARTIFACTS, OUTPUTS_FILE, Outputs, read_outputs

DRAWN = 1e-3  # of a drawing's units, less than any eye or printer sees
NOT_AGAIN = "is not what performing the run again gives"
FREE_APPENDICES = (  # their library writes identifiers at random into them
    "evidently_drift.html",
    "evidently_performance.html",
    "evidently_summary.html",
)
_NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
_RUN = re.compile(r'(?m)^run = ".*"$')  # that of the cache, where a stage comes from there
_SVG = "data:image/svg+xml;base64,"


def broken_contents(ours: Path, again: Path, manifest: Manifest) -> dict[str, str]:
    """Each notebook, table, document or appendix of a run that its performance again does not give, and how."""
    written = files_of(again).keys()
    broken = dict.fromkeys(manifest.files.keys() - written, "performing the run again writes no such file")
    broken |= dict.fromkeys(written - manifest.files.keys(), "is missing: performing the run again writes it")
    for record in manifest.stages:
        notebook, home = f"{record.stage}.ipynb", f"{ARTIFACTS}/{record.stage}"
        if problem := _notebook_differs(ours / notebook, again / notebook):
            broken[notebook] = problem
        left, right = (read_outputs(run / home) for run in (ours, again))
        if _index(left) != _index(right):
            broken[f"{home}/{OUTPUTS_FILE}"] = NOT_AGAIN
        for file in sorted(left.tables.keys() & right.tables.keys()):
            if problem := _table_differs(ours / home / file, again / home / file):
                broken[f"{home}/{file}"] = problem
    return broken | dict.fromkeys(_appendices(ours, again), NOT_AGAIN)


def _index(outputs: Outputs) -> tuple[dict[str, tuple[int | None, int | None]], list[str]]:
    """What a stage wrote, with sizes and without hashes: pseudonyms change those."""
    return {name: (table.rows, table.columns) for name, table in outputs.tables.items()}, sorted(outputs.appendices)


def _appendices(ours: Path, again: Path) -> Iterator[str]:
    for path in sorted((ours / APPENDIX).rglob("*")):
        other = again / path.relative_to(ours)
        both = path.is_file() and other.is_file() and path.name not in FREE_APPENDICES
        if both and path.read_bytes() != other.read_bytes():
            yield path.relative_to(ours).as_posix()


def _notebook_differs(ours: Path, again: Path) -> str:
    """The first cell that has another source or shows something else; "" where there is none."""
    try:
        left, right = (json.loads(path.read_text("utf-8"))["cells"] for path in (ours, again))
        if [_told(cell) for cell in left] != [_told(cell) for cell in right]:
            return "its cells are not those of the notebook that was run"
        shown = [(cell.get("id", ""), _shown(cell), _shown(other)) for cell, other in zip(left, right, strict=True)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"is no notebook that can be compared ({type(error).__name__})"
    stray = next((cell for cell, a, b in shown if not _same_output(a, b)), None)
    return "" if stray is None else f"cell {stray} shows something else than when it is performed again"


def _told(cell: dict[str, Any]) -> tuple[str, str, str, list[str]]:
    """What a cell says. The one that sets parameters has a new id every time, and names the run that executed it."""
    tags, source = cell["metadata"].get("tags", []), "".join(cell["source"])
    if "injected-parameters" in tags:
        return "", cell["cell_type"], _RUN.sub("", source), tags
    return cell.get("id", ""), cell["cell_type"], source, tags


def _shown(cell: dict[str, Any]) -> list[Any]:
    """The outputs of a cell without what counts or times its execution."""
    return [
        {name: value for name, value in output.items() if name != "execution_count"}
        for output in cell.get("outputs", [])
    ]


def _same_output(a: Any, b: Any) -> bool:
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(_same_output(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(_same_output(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, str) and isinstance(b, str) and a != b:
        return _same_drawings(a, b)
    return bool(a == b)


def _same_drawings(a: str, b: str) -> bool:
    """Whether two pieces of HTML differ in drawings alone, and there by less than can be seen."""
    pattern = re.compile(re.escape(_SVG) + r"([A-Za-z0-9+/=]+)")
    if pattern.sub("", a) != pattern.sub("", b):
        return False
    for left, right in zip(pattern.findall(a), pattern.findall(b), strict=True):
        first, second = (base64.b64decode(text).decode("utf-8", "replace") for text in (left, right))
        if _NUMBER.sub("", first) != _NUMBER.sub("", second):
            return False
        numbers = zip(_NUMBER.findall(first), _NUMBER.findall(second), strict=True)
        if any(abs(float(x) - float(y)) > DRAWN for x, y in numbers):
            return False
    return True


def _table_differs(ours: Path, again: Path) -> str:
    try:
        if ours.suffix != ".parquet":
            left, right = (json.loads(path.read_text("utf-8")) for path in (ours, again))
            return "" if same_document(left, right) else NOT_AGAIN
        return _frames_differ(*(pd.read_parquet(path) for path in (ours, again)))
    except (OSError, ValueError) as error:
        return f"cannot be read ({type(error).__name__})"


def _frames_differ(ours: pd.DataFrame, again: pd.DataFrame) -> str:
    if list(ours.columns) != list(again.columns) or len(ours) != len(again):
        return "has other rows or columns than performing the run again gives"
    for name in ours.columns:
        if not _same_column(ours[name], again[name], pseudonyms=name in OF_ONE_CUSTOMER):
            return f"column {name} {NOT_AGAIN}"
    return ""


def _same_column(ours: pd.Series, again: pd.Series, pseudonyms: bool) -> bool:
    if pseudonyms:
        return bool((pd.factorize(ours)[0] == pd.factorize(again)[0]).all())
    if ours.dtype != again.dtype or not (ours.isna() == again.isna()).all():
        return False
    left, right = ours.dropna(), again.dropna()
    if pd.api.types.is_float_dtype(ours.dtype):
        size = pd.concat([left.abs(), right.abs()], axis=1).max(axis=1).clip(lower=1.0)
        return bool(((left == right) | ((left - right).abs() <= FLOAT_TOLERANCE * size)).all())
    if ours.dtype == object:
        return list(map(repr, left)) == list(map(repr, right))
    return bool((left == right).all())


def same_document(a: Any, b: Any) -> bool:
    """Whether two JSON documents agree: numbers within the tolerance of floats, all else exactly.

    >>> same_document({"a": [1.0, "x"]}, {"a": [1.0 + 1e-12, "x"]}), same_document({"a": 1}, {"b": 1})
    (True, False)
    """
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same_document(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same_document(x, y) for x, y in zip(a, b, strict=True))
    tolerance = FLOAT_TOLERANCE if isinstance(a, float) or isinstance(b, float) else 0
    return same(a, b, tolerance)
