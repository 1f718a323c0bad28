"""The one door to Evidently: its reports as pages that ask nothing of the network, and its figures beside ours.

Three of them: drift, performance as a classifier, and a summary of the data. Only ours is judged: `DIFFERENCES` says
in what the two differ and why.
"""

import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from riskbench.core.files import write_text
from riskbench.privacy.scan import EMAIL

METHOD = "psi"
OUTCOME, RISK = "y", "pd"  # the columns of a report on performance

# The page runs its own script and may load nothing: no request can leave it, whatever the library's script tries.
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
    "font-src data:; img-src data: blob:; base-uri 'none'; form-action 'none'"
)
OUTSIDE = {"https://cdn.plot.ly/": "about:blank", 'href="https://plotly.com/"': 'href="#"'}

DIFFERENCES = pd.DataFrame(
    [
        (
            "bins of a number",
            "of equal width, cut on both samples together (Sturges' rule; the number of bins asked for is not used)",
            "those of the card, cut on development and frozen",
            "edges that move with the sample hide the shift that they are to show",
        ),
        ("missing values", "left out", "a bin of their own", "a feed that fails shows as a gap"),
        ("empty cell", "a share of 0.0001 or less", "half an observation", "a share so small makes one case a shift"),
        (
            "limit",
            "0.1, however many rows there are",
            "0.10 and 0.25, and more than chance reaches at this size",
            "a small month exceeds 0.1 by chance",
        ),
        ("several columns", "each by itself", "p-values adjusted together", "of many columns some exceed by chance"),
        ("rows", "a sample of either side", "all", "its page holds what it draws"),
    ],
    columns=["of", "evidently_does", "we_do", "because"],
)


@dataclass(frozen=True)
class Sampling:
    """At most so many rows of either side, drawn with this seed."""

    most_rows: int = 5000
    seed: int = 0

    def of(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows drawn from a frame."""
        few = len(frame) <= self.most_rows
        return (
            frame.reset_index(drop=True)
            if few
            else frame.sample(self.most_rows, random_state=self.seed, ignore_index=True)
        )


def write_drift_report(
    reference: pd.DataFrame, current: pd.DataFrame, path: Path, sampling: Sampling | None = None
) -> pd.DataFrame:
    """Write Evidently's drift report of all columns to `path`, a single file that works offline; return its figures.

    Numbers are compared as numbers, everything else as categories. Returns `column, method, score, threshold, drifted`;
    Evidently calls a column drifted when its score reaches the threshold. The import takes some seconds, a report
    itself one or two.
    Raises ValueError for frames of different columns, or a frame without rows.
    """
    _check(reference, current)
    result = _write(reference, current, path, sampling, _drift)
    return _drift_figures(result)


def write_summary_report(
    reference: pd.DataFrame, current: pd.DataFrame, path: Path, sampling: Sampling | None = None
) -> None:
    """Write Evidently's summary of the data to `path`: rows, gaps, repeats, and the values of every column.

    Raises ValueError as `write_drift_report` does.
    """
    _check(reference, current)
    _write(reference, current, path, sampling, _summary)


def write_performance_report(
    reference: pd.DataFrame, current: pd.DataFrame, path: Path, sampling: Sampling | None = None
) -> pd.DataFrame:
    """Write Evidently's report of a classifier to `path`, of two frames with the columns y (1 = bad) and pd.

    Who has a PD of at least the reference's bad rate counts as said to be bad. Returns `measure, evidently`, of the
    rows of `current` that were drawn. Raises ValueError as `write_drift_report` does, and where a side has one class.
    """
    _check(reference, current)
    for name, frame in (("reference", reference), ("current", current)):
        if frame[OUTCOME].nunique() < 2:
            raise ValueError(f"{name} must hold goods and bads, got {len(frame)} rows of one class")
    before, now = (frame[[OUTCOME, RISK]].astype({OUTCOME: int}) for frame in (reference, current))
    rate = float(before[OUTCOME].mean())
    result = _write(before, now, path, sampling, lambda columns: _performance(rate))
    named = {metric["config"]["type"].rpartition(":")[2]: metric["value"] for metric in result["metrics"]}
    rows = [(name, float(value)) for name, value in named.items() if not isinstance(value, dict)]
    return pd.DataFrame(rows, columns=["measure", "evidently"])


def beside_ours(theirs: pd.DataFrame, ours: Mapping[str, float | None]) -> pd.DataFrame:
    """Evidently's score of each column beside our PSI of it: `column, evidently, ours`.

    `theirs` comes from `write_drift_report`; a column that `ours` lacks has none.

    >>> theirs = pd.DataFrame({"column": ["age"], "score": [0.115]})
    >>> beside_ours(theirs, {"age": 0.169}).to_dict("records")
    [{'column': 'age', 'evidently': 0.115, 'ours': 0.169}]
    """
    return pd.DataFrame({"column": theirs["column"], "evidently": theirs["score"], "ours": theirs["column"].map(ours)})


# --- the library ------------------------------------------------------------------------------------------------------


def _check(reference: pd.DataFrame, current: pd.DataFrame) -> None:
    columns, others = list(map(str, reference)), list(map(str, current))
    if others != columns:
        raise ValueError(f"current must have the columns {', '.join(columns)}, got {', '.join(others)}")
    for name, frame in (("reference", reference), ("current", current)):
        if not len(frame):
            raise ValueError(f"{name} must have rows, got none")


def _write(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    path: Path,
    sampling: Sampling | None,
    preset: Callable[[list[str]], tuple[Any, Mapping[str, Any]]],
) -> dict[str, Any]:
    """Run one preset of the library, write its page and return its figures.

    `preset` gives, of the names of the columns, the preset and what the definition of the data says beside them.
    """
    os.environ["DO_NOT_TRACK"] = "1"
    before, now = map((sampling or Sampling()).of, (reference, current))
    with warnings.catch_warnings():
        # Not ours to mend: Evidently 0.7 reads numpy.core and, through litestar, calls what litestar has deprecated.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"evidently\.|litestar\.")
        from evidently import DataDefinition, Dataset, Report

        asked, beside = preset(list(map(str, before)))
        numeric = [c for c in before if pd.api.types.is_numeric_dtype(before[c]) and before[c].dtype != bool]
        columns = {"numerical_columns": numeric, "categorical_columns": [c for c in before if c not in numeric]}
        definition = DataDefinition(**{**columns, **beside})
        datasets = (Dataset.from_pandas(frame, data_definition=definition) for frame in (now, before))
        snapshot = Report([asked]).run(*datasets)
        page = snapshot.get_html_str(as_iframe=False)
    write_text(path, _sealed(page))
    result: dict[str, Any] = snapshot.dict()
    return result


def _drift(columns: list[str]) -> tuple[Any, Mapping[str, Any]]:
    from evidently.presets import DataDriftPreset

    return DataDriftPreset(columns=columns, method=METHOD), {}


def _summary(columns: list[str]) -> tuple[Any, Mapping[str, Any]]:
    from evidently.presets import DataSummaryPreset

    return DataSummaryPreset(columns=columns), {}


def _performance(cut_off: float) -> tuple[Any, Mapping[str, Any]]:
    from evidently import BinaryClassification
    from evidently.presets import ClassificationPreset

    task = BinaryClassification(target=OUTCOME, prediction_labels=None, prediction_probas=RISK, pos_label=1)
    definition = {"numerical_columns": [RISK], "categorical_columns": [], "classification": [task]}
    return ClassificationPreset(probas_threshold=cut_off), definition


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


def _drift_figures(result: dict[str, Any]) -> pd.DataFrame:
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
