"""Write the dossier of a run again, with what people decided since, and the page of all runs."""

from pathlib import Path

import click

from riskbench.cli.telling import shown
from riskbench.core.project import find_project


@click.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write [default: reports/dossiers/<run_id>].")
def dossier(folder: Path, out: Path | None) -> None:
    """Write a run's dossier again with its findings, verifications and signatures as of now; the run is untouched."""
    from riskbench.governance.signing.keyfile import trust_file
    from riskbench.pipeline.dossier import write_dossier

    project = find_project()
    written = write_dossier(folder, project, out, trust_file(project.root))
    click.echo(f"Dossier: {shown(written / 'index.html')}")


@click.command()
def portfolio() -> None:
    """Write the page of all runs: versions, states, open findings and the trend of their key figures."""
    from riskbench.pipeline.portfolio import write_portfolio

    project = find_project()
    click.echo(f"Portfolio: {shown(write_portfolio(project.reports, project.registry))}")
