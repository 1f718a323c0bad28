"""Every format that a card is written in: one line of one table each.

A new format is a file beside this one, with a function of a card and an `Edition` that gives text or bytes, and a line
of `FORMATS`. A run then writes it, its page lists and links it, and `riskbench export --as` hands it out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from riskbench.scorecard.card import Scorecard
from riskbench.scorecard.export.dialects import DATABASES, Dialect
from riskbench.scorecard.export.document import json_file
from riskbench.scorecard.export.edition import Edition
from riskbench.scorecard.export.pmml import pmml_file
from riskbench.scorecard.export.points_csv import points_csv
from riskbench.scorecard.export.sql import sql_file
from riskbench.scorecard.export.workbook import workbook


@dataclass(frozen=True)
class Format:
    """One format: its `name`, as `riskbench export --as` takes it, and the `file` that a run writes.

    `label` is what the format calls itself, `title` that of the link to the file, `purpose` who reads it. `write` gives
    the content: text, which is written as UTF-8, or bytes. SQL is one format with a file for each `dialect`.
    """

    name: str
    file: str
    label: str
    title: str
    purpose: str
    write: Callable[[Scorecard, Edition], str | bytes]
    dialect: Dialect | None = None


def _sql(dialect: Dialect, database: str) -> Format:
    title, write = f"The card as SQL for {database}", partial(sql_file, dialect=dialect)
    return Format("sql", f"card_{dialect}.sql", "SQL", title, f"scores a table in {database}", write, dialect)


FORMATS: tuple[Format, ...] = (
    Format("json", "card_export.json", "JSON", "The card as JSON", "read by programs", json_file),
    *(_sql(dialect, database) for dialect, database in DATABASES.items()),
    Format("pmml", "card.pmml", "PMML 4.4", "The card as PMML", "read by decision engines", pmml_file),
    Format("xlsx", "card.xlsx", "Excel", "The card as a workbook", "read by a committee, with a calculator", workbook),
    Format("csv", "card_points.csv", "CSV", "The points as CSV", "read by spreadsheets and statistics", points_csv),
)
NAMES: tuple[str, ...] = tuple(dict.fromkeys(of.name for of in FORMATS))


def format_named(name: str, dialect: Dialect = "duckdb") -> Format:
    """The format of that name; `dialect` chooses among the files of SQL. Raises ValueError for one that is not there.

    >>> format_named("sql", "postgres").file
    'card_postgres.sql'
    """
    found = [of for of in FORMATS if of.name == name and of.dialect in (None, dialect)]
    if not found:
        raise ValueError(f"a format must be one of {', '.join(NAMES)}, got {name!r} for {dialect}")
    return found[0]
