"""Write the dossier of a run again, with what people decided since, and the page of all runs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskbench.cli.telling import shown
from riskbench.core.project import find_project

if TYPE_CHECKING:
    from riskbench.report.language.translate import Language

LANGUAGE = click.Choice(["en", "zh", "both"])


@click.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write [default: reports/dossiers/<run_id>].")
@click.option("--lang", type=LANGUAGE, default="en", show_default=True, help="English, Simplified Chinese, or both.")
@click.option("--pdf", is_flag=True, help="Write dossier.pdf as well, tagged (extra pdf, and Chromium).")
@click.option("--zip", "archive", is_flag=True, help="Pack dossier, run and records into one archive to hand over.")
@click.option("--with-rows", is_flag=True, help="With --zip: tables of single applications go with it.")
def dossier(folder: Path, out: Path | None, lang: "Language", pdf: bool, archive: bool, with_rows: bool) -> None:
    """Write a run's dossier again with its findings, verifications and signatures as of now; the run is untouched.

    The page of all runs is written again as well.
    """
    from riskbench.governance.signing.keyfile import trust_file
    from riskbench.pipeline.dossier import Edition, write_dossier
    from riskbench.pipeline.portfolio import write_portfolio

    if with_rows and not archive:
        raise click.UsageError("--with-rows goes with --zip")
    project = find_project()
    written = write_dossier(folder, project, out, trust_file(project.root), Edition(lang, pdf))
    click.echo(f"Dossier: {shown(written / 'index.html')}")
    write_portfolio(project.reports, project.registry)
    if archive:
        from riskbench.pipeline.handover.deliver import deliver

        done = deliver(folder, written, project, written.with_name(f"{written.name}.zip"), rows=with_rows)
        held = f"; {len(done.held_back)} tables of single applications are held back" if done.held_back else ""
        click.echo(f"Archive: {shown(done.archive)}, {done.files} files{held}\nSHA-256: {done.sha256}")


@click.command()
def portfolio() -> None:
    """Write the page of all runs: versions, states, open findings and the trend of their key figures."""
    from riskbench.pipeline.portfolio import write_portfolio

    project = find_project()
    click.echo(f"Portfolio: {shown(write_portfolio(project.reports, project.registry))}")
