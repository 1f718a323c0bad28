"""What feeds a study has: `feeds.toml`, read strictly."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, ValidationError, model_validator

from riskbench.core.errors import StudyError, broken_rules
from riskbench.data.study import Study
from riskbench.data.study.part import Part
from riskbench.data.study.schema import LEFT_OUT

FEEDS_FILE = "feeds.toml"
_JOINS = ("latest", "aggregate", "one")


class FolderSource(Part):
    """Files that somebody puts into a folder: whole Parquet or delimited text, each taken once."""

    folder: str = Field(min_length=1)
    pattern: str = Field(default="*", min_length=1)


class DatabaseSource(Part):
    """A table or a query of a database; `watermark` is a column that new and changed rows carry higher.

    `url` is of SQLAlchemy, in which `${NAME}` stands for a variable of the environment. `overlap` is read once more at
    every refresh, for rows that were committed late: hours of a time, units of a number.
    """

    url: str = Field(min_length=1)
    table: str | None = None
    query: str | None = None
    watermark: str = Field(min_length=1)
    overlap: float = Field(default=0, ge=0)

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.table is None) == (self.query is None):
            raise ValueError("a database is asked for a table or a query, one of them")
        return self


class DuckDBSource(Part):
    """A table of a DuckDB file, with `watermark` and `overlap` as in a database."""

    duckdb: str = Field(min_length=1)
    table: str = Field(min_length=1)
    watermark: str = Field(min_length=1)
    overlap: float = Field(default=0, ge=0)


def _kind(source: Any) -> str:
    for name in ("folder", "url", "duckdb"):
        if (name in source) if isinstance(source, dict) else hasattr(source, name):
            return name
    return "folder"


Source = Annotated[
    Annotated[FolderSource, Tag("folder")]
    | Annotated[DatabaseSource, Tag("url")]
    | Annotated[DuckDBSource, Tag("duckdb")],
    Discriminator(_kind),
]


class Feed(Part):
    """One feed: the table of the study that it adds rows to, and what its rows say of themselves.

    `key`: the columns that name a thing of the source; a row of the same key and event with other content corrects the
    one before. `event_at`: the time that a row speaks of. `arrived_at`: the column that says since when a row could be
    known; without it that is the moment of the refresh. `late_by_hours`: a row that claims to have arrived longer
    before the newest known arrival is refused; without it history may be brought in. `hold_back_above`: the share of
    refused rows above which nothing of a delivery is taken.
    """

    table: str
    key: list[str] = Field(min_length=1)
    event_at: str
    arrived_at: str | None = None
    source: Source
    expected_every_hours: float = Field(gt=0)
    late_by_hours: float | None = Field(default=None, gt=0)
    hold_back_above: float = Field(default=0.1, ge=0, le=1)


class Feeds(Part):
    """All feeds of a study, by name."""

    schema_version: Literal[1]
    feeds: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], Feed]


def load_feeds(study: Study, folder: Path) -> dict[str, Feed]:
    """The feeds of a study by name, from `feeds.toml` in its folder; none where there is no such file.

    Raises `StudyError` that names the file, the key and the rule.
    """
    path = folder / FEEDS_FILE
    if not path.is_file():
        return {}
    file = f"{folder.name}/{path.name}"
    try:
        feeds = Feeds.model_validate(tomllib.loads(path.read_text("utf-8"))).feeds
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{file} is not valid TOML: {error}") from None
    except ValidationError as error:
        problems = "; ".join(broken_rules(error, "feeds", most=5))
        raise StudyError(f"{file} breaks {error.error_count()} rule(s): {problems}") from None
    for name, feed in feeds.items():
        _agrees(study, name, feed, file)
    tables = [feed.table for feed in feeds.values()]
    if twice := sorted({table for table in tables if tables.count(table) > 1}):
        raise StudyError(f"{file}: feeds: a table has one feed, got several for {', '.join(twice)}")
    return feeds


def _agrees(study: Study, name: str, feed: Feed, file: str) -> None:
    """Raise the first rule that a feed and the study break between them."""

    def refuse(key: str, rule: str) -> StudyError:
        return StudyError(f"{file}: feeds.{name}.{key}: {rule}")

    spec = study.tables.get(feed.table)
    if spec is None:
        raise refuse("table", f"the study has no table {feed.table!r}; there are: {', '.join(study.tables)}")
    if spec.join not in _JOINS:
        raise refuse("table", f"a feed is of a table of join {', '.join(_JOINS)}; {feed.table} has {spec.join}")
    if study.as_of is None:
        raise refuse("table", "what arrives is read as of the decision, so the study needs base.as_of")
    for column in feed.key:
        if column not in spec.columns or spec.columns[column].role in LEFT_OUT:
            raise refuse("key", f"column {column!r} must be declared in table {feed.table}, and be read at intake")
    if spec.join == "one" and feed.key != [spec.on]:
        raise refuse("key", f"table {feed.table} has one row for each {spec.on}, so that is the key")
    if spec.join == "one" and study.as_of in spec.columns:
        raise refuse("table", f"table {feed.table} holds the moment of the decision, which cannot arrive later")
    for key, moment in (("event_at", feed.event_at), ("arrived_at", feed.arrived_at)):
        declared = spec.columns.get(moment or "")
        if declared and (declared.type not in ("date", "timestamp") or declared.role in LEFT_OUT):
            raise refuse(key, f"column {moment!r} must be a date or a timestamp that is read at intake")
    if taken := sorted(column for column in spec.columns if column.endswith("_")):
        raise refuse("table", f"names of columns that end with _ are kept for feeds, got {', '.join(taken)}")
