"""The one door to Evidently: its drift report as a page that asks nothing of the network, and its figures beside ours.

Evidently's PSI differs from ours by construction. It cuts bins on both samples pooled, so that a shift moves the edges
with it, and it judges by a fixed .1 whatever the number of rows; ours uses edges frozen at development and a critical
value that knows the size.
"""

import os
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from riskbench.core.files import write_text
from riskbench.privacy.scan import EMAIL

METHOD = "psi"

# The page runs its own script and may load nothing: no request can leave it, whatever the library's script tries.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "font-src data:; img-src data: blob:; base-uri 'none'; form-action 'none'"
)
OUTSIDE = {"https://cdn.plot.ly/": "about:blank", 'href="https://plotly.com/"': 'href="#"'}


def write_drift_report(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    path: Path,
    most_rows: int = 5000,
    seed: int = 0,
) -> pd.DataFrame:
    """Write Evidently's drift report of all columns to `path`, a single file that works offline; return its figures.

    `most_rows` bounds the rows taken from each frame, drawn with `seed`. Numbers are compared as numbers, everything
    else as categories. Returns `column, method, score, threshold, drifted`; Evidently calls a column drifted when its
    score reaches the threshold. The import takes some seconds, the report itself well under one.
    Raises ValueError for frames of different columns, or a frame without rows.
    """
    columns, others = list(map(str, reference)), list(map(str, current))
    if others != columns:
        raise ValueError(f"current must have the columns {', '.join(columns)}, got {', '.join(others)}")
    for name, frame in (("reference", reference), ("current", current)):
        if not len(frame):
            raise ValueError(f"{name} must have rows, got none")
    os.environ["DO_NOT_TRACK"] = "1"
    before, now = (_thinned(frame, most_rows, seed) for frame in (reference, current))
    with warnings.catch_warnings():
        # Not ours to mend: Evidently 0.7 reads numpy.core and, through litestar, calls what litestar has deprecated.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"evidently\.|litestar\.")
        snapshot = _run(before, now, columns)
        page = snapshot.get_html_str(as_iframe=False)
    write_text(path, _sealed(page))
    return _figures(snapshot.dict())


def beside_ours(theirs: pd.DataFrame, ours: Mapping[str, float | None]) -> pd.DataFrame:
    """Evidently's score of each column beside our PSI of it: `column, evidently, ours`.

    `theirs` comes from `write_drift_report`; a column that `ours` lacks has none.

    >>> theirs = pd.DataFrame({"column": ["age"], "score": [0.115]})
    >>> beside_ours(theirs, {"age": 0.169}).to_dict("records")
    [{'column': 'age', 'evidently': 0.115, 'ours': 0.169}]
    """
    return pd.DataFrame({"column": theirs["column"], "evidently": theirs["score"], "ours": theirs["column"].map(ours)})


def _run(before: pd.DataFrame, now: pd.DataFrame, columns: list[str]) -> Any:
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    numeric = [c for c in columns if pd.api.types.is_numeric_dtype(before[c]) and before[c].dtype != bool]
    definition = DataDefinition(numerical_columns=numeric, categorical_columns=[c for c in columns if c not in numeric])
    datasets = (Dataset.from_pandas(frame, data_definition=definition) for frame in (now, before))
    return Report([DataDriftPreset(columns=columns, method=METHOD)]).run(*datasets)


def _thinned(frame: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    return frame.sample(most, random_state=seed).reset_index(drop=True) if len(frame) > most else frame


def _sealed(page: str) -> str:
    """The page with a content security policy before anything can run, without links outside or mail addresses.

    The addresses are of authors of bundled libraries; a run holds none at all, so that a search for them can be strict.
    """
    page = EMAIL.sub("address removed", page)
    for outside, inside in OUTSIDE.items():
        page = page.replace(outside, inside)
    head, found, rest = page.partition("<head>")
    if not found:
        raise ValueError("Evidently's page has no <head> to seal")
    return f'{head}{found}<meta http-equiv="Content-Security-Policy" content="{POLICY}">{rest}'


def _figures(result: dict[str, Any]) -> pd.DataFrame:
    drifts = [metric for metric in result["metrics"] if metric["config"]["type"].endswith(":ValueDrift")]
    rows = [
        {
            "column": metric["config"]["column"],
            "method": metric["config"]["method"],
            "score": float(metric["value"]),
            "threshold": float(metric["config"]["threshold"]),
            "drifted": float(metric["value"]) >= float(metric["config"]["threshold"]),
        }
        for metric in drifts
    ]
    return pd.DataFrame(rows, columns=["column", "method", "score", "threshold", "drifted"])
