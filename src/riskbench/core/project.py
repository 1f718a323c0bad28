"""Where things are: the project root and its folders, each path written once."""

import os
from dataclasses import dataclass
from pathlib import Path

from riskbench.core.errors import CannotRun

HOME_VARIABLE = "RISKBENCH_HOME"
REPORTS_VARIABLE = "RISKBENCH_REPORTS"


@dataclass(frozen=True)
class Project:
    """A checkout: notebooks, data and reports below one root."""

    root: Path

    @property
    def notebooks(self) -> Path:
        """The committed notebooks, without outputs."""
        return self.root / "notebooks"

    @property
    def data(self) -> Path:
        """One folder a study: `study.toml`, its policy, and tables that are never committed."""
        return self.root / "data"

    @property
    def reports(self) -> Path:
        """The runs; a run in progress may be told another place."""
        return Path(os.environ.get(REPORTS_VARIABLE) or self.root / "reports")

    @property
    def registry(self) -> Path:
        """What people decided about runs: inventory, findings, signatures; plain files made for git."""
        return self.reports / "registry"

    @property
    def cache(self) -> Path:
        """Finished stages by the hash of all that they depend on."""
        return self._own / "cache"

    @property
    def errors(self) -> Path:
        """Tracebacks of faults, kept for whoever mends them."""
        return self._own / "errors"

    @property
    def pseudonym_key(self) -> Path:
        """The secret that pseudonyms are made with; outside every run."""
        return self._own / "keys" / "pseudonym.key"

    @property
    def _own(self) -> Path:
        return self.root / ".riskbench"

    @property
    def lock(self) -> Path:
        """The pinned environment."""
        return self.root / "requirements.lock"


def find_project(start: Path | None = None) -> Project:
    """The nearest folder at or above `start` that has `notebooks/`, or `RISKBENCH_HOME`.

    Raises `CannotRun` when there is none.
    """
    if home := os.environ.get(HOME_VARIABLE):
        root = Path(home).resolve()
        if not (root / "notebooks").is_dir():
            raise CannotRun(f"{HOME_VARIABLE} must name a folder with notebooks/, got {home}")
        return Project(root)
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "notebooks").is_dir():
            return Project(folder)
    raise CannotRun(
        f"no riskbench project at or above {here}: no notebooks/ there; change folder or set {HOME_VARIABLE}"
    )
