"""What the person at the terminal sees: a live table of stages and cells there, plain lines in a pipe."""

import sys
import threading
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from riskbench.pipeline.stages import STAGES


class Progress(Protocol):
    """What the runner tells while it works."""

    def __enter__(self) -> "Progress":
        """Begin."""

    def __exit__(self, *exc: object) -> None:
        """End, whatever happened."""

    def started(self, stage: str, why: str) -> None:
        """A stage starts, and why it is not taken from the cache."""

    def cell(self, stage: str, done: int, cells: int) -> None:
        """A stage has come to its cell number `done` of `cells`."""

    def finished(self, stage: str, note: str) -> None:
        """A stage is finished."""

    def failed(self, stage: str, note: str) -> None:
        """A stage failed."""


class PlainProgress:
    """One line a stage that starts or ends; for pipes and logs."""

    def __enter__(self) -> "PlainProgress":
        """Begin."""
        return self

    def __exit__(self, *exc: object) -> None:
        """End."""

    def started(self, stage: str, why: str) -> None:
        """Say so."""
        self._say(stage, f"started ({why})")

    def cell(self, stage: str, done: int, cells: int) -> None:
        """Say nothing: a log wants stages."""

    def finished(self, stage: str, note: str) -> None:
        """Say so."""
        self._say(stage, note)

    def failed(self, stage: str, note: str) -> None:
        """Say so."""
        self._say(stage, f"FAILED: {note}")

    def _say(self, stage: str, text: str) -> None:
        print(f"{STAGES[stage].number} {stage:<12} {text}\n", end="", flush=True)  # whole, beside other threads


class LiveProgress:
    """A table that redraws itself; for a terminal."""

    def __init__(self, stages: list[str], console: Console):
        self._rows = {stage: ["waiting", ""] for stage in stages}
        self._lock = threading.Lock()
        self._live = Live(console=console, refresh_per_second=8, get_renderable=self._table)

    def __enter__(self) -> "LiveProgress":
        """Begin to draw."""
        self._live.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Draw a last time."""
        self._live.stop()

    def started(self, stage: str, why: str) -> None:
        """Draw it."""
        self._set(stage, "running", why)

    def cell(self, stage: str, done: int, cells: int) -> None:
        """Draw it."""
        self._set(stage, f"cell {done + 1} of {cells}", self._rows[stage][1])

    def finished(self, stage: str, note: str) -> None:
        """Draw it."""
        self._set(stage, "[green]done[/]", note)

    def failed(self, stage: str, note: str) -> None:
        """Draw it."""
        self._set(stage, "[red]failed[/]", note)

    def _set(self, stage: str, state: str, note: str) -> None:
        with self._lock:
            self._rows[stage] = [state, note]

    def _table(self) -> Table:
        table = Table(box=None, pad_edge=False)
        for heading in ("", "stage", "state", "note"):
            table.add_column(heading)
        with self._lock:
            for stage, (state, note) in self._rows.items():
                table.add_row(str(STAGES[stage].number), stage, state, Text(note))  # a note may hold brackets
        return table


def progress_for(stages: list[str]) -> Progress:
    """Live on a terminal, plain elsewhere."""
    console = Console()
    return LiveProgress(stages, console) if console.is_terminal and sys.stdout.isatty() else PlainProgress()
