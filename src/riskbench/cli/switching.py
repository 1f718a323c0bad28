"""What a switch from one run to another would change; nothing is switched here."""

from pathlib import Path

import click

from riskbench.cli.telling import shown


@click.command()
@click.argument("before", metavar="FROM", type=click.Path(path_type=Path))
@click.argument("after", metavar="TO", type=click.Path(path_type=Path))
@click.option("--sample", default="", help="Sample of the newer run [default: the one that judges its card].")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="Write it there too, as HTML.")
def effect(before: Path, after: Path, sample: str, report: Path | None) -> None:
    """Show what changes for the same applications when the run TO takes the place of the run FROM."""
    from riskbench.core.files import write_text
    from riskbench.pipeline.switching import effect_html, effect_of_switch, effect_text

    found = effect_of_switch(before, after, sample)
    click.echo(effect_text(found))
    if report:
        write_text(report, effect_html(found))
        click.echo(f"Written: {shown(report)}")
