"""Every export of a card at once, as files that say what they are for."""

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import get_args

import pandas as pd

from riskbench.core.files import canonical_json, replacing, sha256, write_text
from riskbench.core.results import CheckResult
from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.export.dialects import Dialect
from riskbench.scorecard.export.document import address, card_document, version_of
from riskbench.scorecard.export.identity import export_checks
from riskbench.scorecard.export.pmml import pmml
from riskbench.scorecard.export.sql import scoring_query
from riskbench.scorecard.export.workbook import write_workbook

DATABASES: Mapping[Dialect, str] = {
    "duckdb": "DuckDB",
    "postgres": "PostgreSQL",
    "spark": "Spark",
    "mysql": "MySQL and MariaDB",
    "tsql": "SQL Server",
}


def write_exports(
    card: Scorecard,
    place: Callable[[str], Path],
    title: str,
    version: str = "",
    *,
    key: str = "application",
    reasons: int = 4,
    booleans: Collection[str] = (),
    facts: Mapping[str, str | float] | None = None,
    texts: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Write the JSON card, the SQL of every dialect, the PMML and the workbook; one row a file tells what is there.

    `place` says where a file of a name goes: `stage.appendix`, or `folder.joinpath`. `booleans`, `key` and `reasons` as
    for `scoring_query`, `facts` and `texts` as for `write_workbook`. Columns: file, format, purpose, bytes, sha256.
    """
    written: list[tuple[Path, str, str]] = []

    def text(name: str, kind: str, purpose: str, content: str) -> None:
        path = place(name)
        write_text(path, content)
        written.append((path, kind, purpose))

    text("card_export.json", "JSON", "read by programs", canonical_json(card_document(card, title, version, texts)))
    for dialect in get_args(Dialect):
        query = sql_file(card, dialect, title, version, key=key, reasons=reasons, booleans=booleans)
        text(f"card_{dialect}.sql", "SQL", f"scores a table in {DATABASES[dialect]}", query)
    text("card.pmml", "PMML 4.4", "read by decision engines", pmml(card, title, version, reasons, texts))
    path = place("card.xlsx")
    with replacing(path) as temporary:
        write_workbook(card, temporary, title, version, facts, texts)
    written.append((path, "Excel", "read by a committee, with a calculator"))
    rows = [(file.name, kind, purpose, file.stat().st_size, sha256(file)) for file, kind, purpose in written]
    return pd.DataFrame(rows, columns=["file", "format", "purpose", "bytes", "sha256"])


def check_exports(
    card: Scorecard,
    place: Callable[[str], Path],
    X: pd.DataFrame,
    thresholds: Thresholds,
    *,
    key: str = "application",
    reasons: int = 4,
) -> list[CheckResult]:
    """`export_checks` of the files that `write_exports` wrote, with the same arguments."""
    document = json.loads(place("card_export.json").read_text("utf-8"))
    query = place("card_duckdb.sql").read_text("utf-8")
    return export_checks(card, document, query, X, thresholds, key, reasons)


def sql_file(
    card: Scorecard,
    dialect: Dialect,
    title: str,
    version: str = "",
    *,
    table: str = "features",
    key: str = "application",
    reasons: int = 4,
    booleans: Collection[str] = (),
) -> str:
    """`scoring_query` below a few lines of comment that say which card it is and what comes out."""
    query = scoring_query(card, dialect, table, key, reasons, booleans)
    head = (
        f"{title}, version {version or version_of(card)}, for {DATABASES[dialect]}",
        f"card sha256 {address(card)}",
        f"score is the sum of the points: {card.base_score:g} points are odds of {card.base_odds:g} good to one bad, "
        f"{card.pdo:g} points double them",
        "pd is exact, by the coefficients; pd_of_score is what the rounded score stands for",
        "reasons are the features that lost most points against their best bin",
        f'put the names of your table and of its key in the place of "{table}" and "{key}"',
    )
    return "".join(f"-- {' '.join(line.split())}\n" for line in head) + query
