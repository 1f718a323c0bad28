"""Where a project keeps what monitoring knows: counts, incidents and when jobs last ran, in one database."""

import os

from riskbench.core.project import Project

VARIABLE = "RISKBENCH_MONITORING"  # its URL holds a password, and so stands in no file and no command
WHAT = "monitoring database"  # what errors call it


def monitoring_url(project: Project) -> str:
    """The URL of the monitoring database: what `RISKBENCH_MONITORING` says, or an SQLite file outside of every run.

    >>> from pathlib import Path
    >>> monitoring_url(Project(Path("/lender")))
    'sqlite:////lender/.riskbench/monitoring/monitoring.sqlite'
    """
    return (
        os.environ.get(VARIABLE, "").strip()
        or f"sqlite:///{project.root / '.riskbench' / 'monitoring' / 'monitoring.sqlite'}"
    )
