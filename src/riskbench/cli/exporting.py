"""Hand out what a run has made."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskbench.cli.telling import shown

if TYPE_CHECKING:
    from riskbench.scorecard.export.dialects import Dialect


def _formats() -> Sequence[str]:
    from riskbench.scorecard.export.formats import NAMES

    return NAMES


def _dialects() -> Sequence[str]:
    from riskbench.scorecard.export.dialects import DIALECTS

    return DIALECTS


class _OneOf(click.ParamType):
    """A choice among names that are looked up when they are needed: every other command would wait for their import."""

    name = "choice"

    def __init__(self, names: Callable[[], Sequence[str]]):
        self._names = names

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        return click.Choice(self._names()).get_metavar(param, ctx)

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return click.Choice(self._names()).convert(value, param, ctx)


@click.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--as", "name", type=_OneOf(_formats), default="json", show_default=True, help="Format of the card.")
@click.option(
    "--dialect", type=_OneOf(_dialects), default="duckdb", show_default=True, help="Database that the SQL is for."
)
@click.option("--out", type=click.Path(path_type=Path), help="File to write [default: the screen, where it is text].")
def export(folder: Path, name: str, dialect: "Dialect", out: Path | None) -> None:
    """Hand out the card of a run in one of its formats."""
    from riskbench.pipeline.export import export_card
    from riskbench.scorecard.export.write import write_content

    content = export_card(folder, name, dialect)
    if out is not None:
        write_content(out, content)
        click.echo(f"Written: {shown(out)}")
    elif isinstance(content, bytes):
        raise click.UsageError(f"--as {name} needs --out FILE")
    else:
        click.echo(content, nl=False)
