"""Where a project keeps its decision log, the key of its tokens, and the states of logs that it has seen."""

import json
from dataclasses import asdict
from pathlib import Path

from riskbench.core.errors import CannotRun
from riskbench.core.files import write_json
from riskbench.core.ledger import Known
from riskbench.core.project import Project


def log_url(project: Project) -> str:
    """The URL of the project's own log: an SQLite file outside of every run."""
    return f"sqlite:///{project.root / '.riskbench' / 'decisions' / 'log.sqlite'}"


def bundle_shelf(project: Project) -> Path:
    """The folder of the bundles that have decided, by their address."""
    return project.root / ".riskbench" / "decisions" / "bundles"


def token_key(project: Project) -> Path:
    """The file of the key that tokens are made with."""
    return project.pseudonym_key.with_name("decision_log.key")


class SeenHeads:
    """The last state of each log that this project has verified, by the id of the log, in one JSON file.

    Without it nobody could tell that the end of a log was cut off. Raises `CannotRun` where the file is no such file.
    """

    def __init__(self, project: Project):
        self._path = project.root / ".riskbench" / "decisions" / "seen.json"

    def of(self, log_id: str) -> Known | None:
        """The state that was seen last, if any was."""
        return self._read().get(log_id)

    def remember(self, log_id: str, known: Known) -> None:
        """Keep a state, in the place of an earlier one."""
        seen = self._read() | {log_id: known}
        write_json(self._path, {of: asdict(state) for of, state in seen.items()})

    def _read(self) -> dict[str, Known]:
        try:
            seen = json.loads(self._path.read_text("utf-8")) if self._path.is_file() else {}
            return {log_id: Known(int(known["entries"]), str(known["head"])) for log_id, known in seen.items()}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise CannotRun(f"{self._path} does not hold the states of decision logs: {error!r}") from error
