"""A card in every format at once, as files that say what they are for, and the proof that they are the card."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from riskbench.core.files import replacing, sha256
from riskbench.core.results import CheckResult
from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.formats import FORMATS, format_named
from riskbench.scorecard.export.identity import export_checks


def write_exports(card: Scorecard, place: Callable[[str], Path], edition: Edition) -> pd.DataFrame:
    """Write a card in every format; one row a file tells what is there: file, format, purpose, bytes, sha256.

    `place` says where a file of a name goes: `stage.appendix`, or `folder.joinpath`.
    """
    rows = []
    for of in FORMATS:
        path = place(of.file)
        write_content(path, of.write(card, edition))
        rows.append((of.file, of.label, of.purpose, path.stat().st_size, sha256(path)))
    return pd.DataFrame(rows, columns=["file", "format", "purpose", "bytes", "sha256"])


def write_content(path: Path, content: str | bytes) -> None:
    """Write what a format gave, whole or not at all; text as UTF-8, its line ends as they are."""
    with replacing(path) as temporary:
        temporary.write_bytes(content.encode() if isinstance(content, str) else content)


def check_exports(
    card: Scorecard, place: Callable[[str], Path], X: pd.DataFrame, thresholds: Thresholds, edition: Edition
) -> list[CheckResult]:
    """`export_checks` of two files that `write_exports` wrote of the same edition: the JSON and the SQL for DuckDB."""
    document = json.loads(place(format_named("json").file).read_text("utf-8"))
    query = place(format_named("sql", "duckdb").file).read_text("utf-8")
    return export_checks(card, document, query, X, thresholds, edition)
