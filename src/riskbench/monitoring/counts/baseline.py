"""The baseline: edges and counts as they were at development, frozen by a run, against which everything later is held.

A document and a table lie side by side in the run, `baseline.json` and `baseline_counts.parquet`; the document holds
the hash of the table's bytes.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import Field, ValidationError

from riskbench.core.errors import CannotRun
from riskbench.core.files import canonical_json, digest, replacing, sha256, write_json
from riskbench.decision.bundle.parts import SHA256, Part
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import FeatureCells, Yardstick

FOLDER = "artifacts/monitoring"  # where a run keeps it
DOCUMENT, COUNTS = "baseline.json", "baseline_counts.parquet"
UNDATED = dt.date(1970, 1, 1)  # the day of all applications of a study without dates
PART, DEVELOPMENT, REST = "part", "development", "rest"
Dated = Literal["day", "month", "none"]


class BaselineError(CannotRun):
    """A baseline is absent, was changed or cannot be understood: nothing can be held against it."""


class BaselineRecord(Part):
    """What the document says. `sample` names the rows that are the reference.

    `dated`: what the day of a count is. "day": the day of the decision; "month": the first of its month, where a run
    knows no more; "none": the study has no dates, and every count has the day 1970-01-01. `first` and `last` are days
    of the reference, `end` the last day of all; `cut` is the day on which the data end, where it is within a month.
    """

    schema_version: Literal[1] = 1
    study: str
    bundle: str | None = Field(default=None, pattern=SHA256)
    yardstick: Yardstick
    sample: str = DEVELOPMENT
    dated: Dated
    first: dt.date | None
    last: dt.date | None
    end: dt.date | None
    cut: dt.date | None = None
    counts_sha256: str = Field(pattern=SHA256)


@dataclass(frozen=True)
class Baseline:
    """The record, and two tables that add up to all applications of the run.

    `development` counts the reference sample, `rest` everybody else: other samples of the same days, and all days
    since. `run` is the name of the run that it was loaded from; a run's name is no part of what is frozen.
    """

    record: BaselineRecord
    development: CountTable
    rest: CountTable
    run: str = ""

    @property
    def study(self) -> str:
        """The name of the study."""
        return self.record.study

    @property
    def bundle(self) -> str | None:
        """The address of the bundle, where the run made one."""
        return self.record.bundle

    @property
    def model(self) -> str:
        """How counts of this model are marked."""
        return self.record.yardstick.model

    @property
    def edges(self) -> tuple[float, ...]:
        """Inner edges of the score's bands."""
        return self.record.yardstick.edges

    @property
    def features(self) -> tuple[FeatureCells, ...]:
        """The features of the card with their cells."""
        return self.record.yardstick.features

    @property
    def first(self) -> dt.date | None:
        """The first day of the reference; None where the study has no dates."""
        return self.record.first

    @property
    def last(self) -> dt.date | None:
        """The last day of the reference."""
        return self.record.last

    @property
    def until(self) -> dt.date | None:
        """The last day that is counted, of a whole month where a run knows no more; None without dates."""
        end = self.record.cut or self.record.end
        if end is None or self.record.cut or self.record.dated != "month":
            return end
        return (pd.Timestamp(end) + pd.offsets.MonthEnd(0)).date()

    @property
    def address(self) -> str:
        """SHA-256 of the record, and through it of the counts: names this baseline and no other."""
        return digest(self.record.model_dump(mode="json"))

    @cached_property
    def everyone(self) -> CountTable:
        """All applications of the run, whatever their sample: how many came in a day is told by these alone."""
        return CountTable.merged([self.development, self.rest])

    @cached_property
    def later(self) -> CountTable:
        """Everybody after the last day of the reference; nobody where the study has no dates."""
        if self.last is None:
            return CountTable.empty()
        return CountTable(self.rest.frame[self.rest.frame["day"] > pd.Timestamp(self.last)].reset_index(drop=True))


def frozen(record: Mapping[str, object], development: CountTable, rest: CountTable) -> Baseline:
    """A baseline of these fields of a `BaselineRecord`; days and the hash follow from the counts.

    Raises ValueError where the reference is empty.
    """
    if development.frame.empty:
        raise ValueError("a baseline needs a reference, and the development sample has no applications")
    days = development.frame["day"].dt.date
    dated = record["dated"] != "none"
    end = max(days.max(), *rest.frame["day"].dt.date) if dated and len(rest.frame) else days.max()
    known = {"first": days.min(), "last": days.max(), "end": end} if dated else dict.fromkeys(("first", "last", "end"))
    made = BaselineRecord.model_validate({**record, **known, "counts_sha256": "0" * 64})
    return Baseline(made, development, rest)


def save_baseline(baseline: Baseline, folder: Path) -> Baseline:
    """Write document and counts into a folder, each whole or not at all; gives the baseline as it now lies there.

    The document comes last, so that it never names counts that are not there.
    """
    parts = {DEVELOPMENT: baseline.development, REST: baseline.rest}
    together = pd.concat([table.frame.assign(**{PART: name}) for name, table in parts.items()], ignore_index=True)
    with replacing(folder / COUNTS) as temporary:
        together.to_parquet(temporary, index=False)
        written = sha256(temporary)
    record = baseline.record.model_copy(update={"counts_sha256": written})
    write_json(folder / DOCUMENT, record.model_dump(mode="json"))
    return Baseline(record, baseline.development, baseline.rest)


def load_baseline(run_folder: Path) -> Baseline:
    """The baseline that a run froze.

    Raises `BaselineError`, a sentence, where there is none, or document or counts are not what was written.
    """
    folder = run_folder / FOLDER
    record = _record(folder / DOCUMENT)
    path = folder / COUNTS
    if not path.is_file():
        raise BaselineError(f"{path} is not there, and {DOCUMENT} beside it names it. What to do: copy the run whole")
    if (found := sha256(path)) != record.counts_sha256:
        told = f"{path} was changed: its hash is {found[:16]}…, and {record.counts_sha256[:16]}… is written down"
        raise BaselineError(f"{told}. What to do: take the file from the sealed run, or run stage monitoring again")
    together = pd.read_parquet(path)
    development, rest = (CountTable.of(together[together[PART] == part]) for part in (DEVELOPMENT, REST))
    return Baseline(record, development, rest, run=run_folder.name)


def yardstick_in(run_folder: Path) -> Yardstick:
    """The yardstick of the baseline that a run froze. Raises `BaselineError` as `load_baseline` does."""
    return _record(run_folder / FOLDER / DOCUMENT).yardstick


def _record(path: Path) -> BaselineRecord:
    try:
        content = path.read_text("utf-8")
        document = json.loads(content)
        record = BaselineRecord.model_validate_json(content)
    except (FileNotFoundError, NotADirectoryError):
        raise BaselineError(
            f"there is no baseline {path}. What to do: run stage monitoring, which freezes one"
        ) from None
    except ValidationError as error:
        keys = ", ".join(sorted({".".join(map(str, one["loc"])) or "the whole" for one in error.errors()}))
        told = f"{path} breaks a rule of baselines at {keys}: another riskbench froze it, or it was changed"
        raise BaselineError(f"{told}. What to do: put back what the run wrote, or make the run anew") from None
    except ValueError:
        raise BaselineError(f"{path} is no baseline: it is cut off, or is no JSON") from None
    if canonical_json(document) != content:
        raise BaselineError(f"{path} is not written as baselines are: its bytes are not its canonical form")
    return record
