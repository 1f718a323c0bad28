"""The log of a run: who executed what, when, with which parameters, and how it ended. One line of JSON an event.

It is written while the run works, so that one that fails or is stopped leaves its story too; the manifest of a finished
run covers it. The first and the last line speak of the whole run, every other of one stage.
"""

import datetime as dt
import getpass
import json
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from riskbench.core.files import digest

LOG = "log.jsonl"


class Entry(BaseModel):
    """One line of the log. `outcome` says how it ended, in words; `sha256` is that of the data or of the parameters."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at: dt.datetime
    by: str
    event: Literal["started", "finished", "failed"]
    stage: str = ""  # empty: the whole run
    parameters: dict[str, Any] = {}
    sha256: str = ""
    outcome: str = ""


class RunLog:
    """The log in a run's folder; stages that run side by side write whole lines."""

    def __init__(self, folder: Path, by: str):
        self._path, self._by, self._lock = folder / LOG, by, Lock()

    def run_started(self, data: Mapping[str, str]) -> None:
        """The run begins, on data of these hashes."""
        self._write("started", sha256=digest(dict(data)))

    def run_ended(self, problem: str = "") -> None:
        """The run is finished, or `problem` stopped it."""
        self._write("failed" if problem else "finished", outcome=problem)

    def started(self, stage: str, parameters: Mapping[str, Any]) -> None:
        """A stage begins with these parameters."""
        self._write("started", stage, parameters=dict(parameters), sha256=digest(dict(parameters)))

    def finished(self, stage: str, state: str, executed_in: str) -> None:
        """A stage is done: executed, or taken from the cache of the run `executed_in`."""
        self._write("finished", stage, outcome=outcome_told(state, executed_in))

    def failed(self, stage: str, problem: str) -> None:
        """A stage did not end well."""
        self._write("failed", stage, outcome=problem)

    def _write(self, event: Literal["started", "finished", "failed"], stage: str = "", **more: Any) -> None:
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            entry = Entry(at=dt.datetime.now(dt.UTC), by=self._by, event=event, stage=stage, **more)
            content = entry.model_dump(mode="json", exclude_defaults=True)
            file.write(json.dumps(content, ensure_ascii=False, sort_keys=True) + "\n")


def read_log(path: Path) -> list[Entry]:
    """The entries in their order. Raises ValueError where a line is none."""
    return [Entry.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]


def outcome_told(state: str, executed_in: str) -> str:
    """How a stage that is done came about.

    >>> outcome_told("cached", "microloan-1"), outcome_told("executed", "microloan-2")
    ('taken from the cache of microloan-1', 'executed')
    """
    return f"taken from the cache of {executed_in}" if state == "cached" else "executed"


def system_user() -> str:
    """The name under which the system knows who is working; "unknown" where it knows none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name, in a container
        return "unknown"
