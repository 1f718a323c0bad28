"""Where a project keeps what monitoring knows: counts, incidents and when jobs last ran, in one database."""

from riskbench.core.project import Project


def monitoring_url(project: Project) -> str:
    """The URL of the project's own monitoring database: an SQLite file outside of every run.

    >>> from pathlib import Path
    >>> monitoring_url(Project(Path("/lender")))
    'sqlite:////lender/.riskbench/monitoring/monitoring.sqlite'
    """
    return f"sqlite:///{project.root / '.riskbench' / 'monitoring' / 'monitoring.sqlite'}"
