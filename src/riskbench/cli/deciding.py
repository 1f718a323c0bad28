"""Decide a file of applications by a bundle."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskbench.cli.telling import shown
from riskbench.core.project import find_project

if TYPE_CHECKING:
    from riskbench.decision.batch.files import Counts
    from riskbench.decision.bundle.bundle import Bundle


class _Age(click.ParamType):
    """source=hours, or source=unknown."""

    name = "SOURCE=HOURS"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float | None]:
        source, _, hours = value.partition("=")
        if hours == "unknown":
            return source, None
        try:
            age = float(hours)
        except ValueError:
            self.fail(f"must be a source and its age in hours, such as bureau=6, or bureau=unknown; got {value}")
        if not (source and 0 <= age < float("inf")):
            self.fail(f"must be a source and its age in hours, at least 0; got {value}")
        return source, age


@click.command()
@click.option("--bundle", "place", metavar="BUNDLE|RUN", help="The bundle's file, or the run that made it.")
@click.option("--study", metavar="NAME", help="In place of --bundle: the version of this model that is in use.")
@click.option("--in", "source", required=True, metavar="FILE|GLOB", help="Applications, as Parquet or CSV.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write, .parquet or .csv.")
@click.option("--keep", multiple=True, metavar="COLUMN", help="A column that goes along; may be given again.")
@click.option("--key", default="", metavar="COLUMN", help="What names an application [default: as in the study].")
@click.option("--reasons", default=4, show_default=True, type=click.IntRange(0), help="How many features to tell.")
@click.option(
    "--language",
    type=click.Choice(["en", "zh", "none"]),
    default="en",
    show_default=True,
    help="Of the reasons; none: names of features and rules alone.",
)
@click.option("--ages", multiple=True, type=_Age(), help="Age of a source's data, for all rows; or SOURCE=unknown.")
@click.option("--memory", default="1GB", show_default=True, help="Memory that the engine may take.")
@click.option("--threads", type=click.IntRange(1), help="Threads of the engine [default: all].")
@click.option("--in-order", is_flag=True, help="Keep the order of the rows, which takes more memory.")
@click.option("--sha256", "address", metavar="ADDRESS", help="Decide by the bundle of this address and no other.")
def decide(source: str, out: Path, place: str | None, study: str | None, **options: Any) -> None:
    """Decide every application of a file: approve, limit, refer or decline, with reasons."""
    from riskbench.data.bulk import Machine
    from riskbench.decision.batch.deciding import Asked
    from riskbench.decision.batch.files import decide_files

    if (place is None) == (study is None):
        raise click.UsageError("name the bundle by --bundle, or the model by --study")
    ages = dict(options["ages"])
    if len(ages) < len(options["ages"]):
        raise click.UsageError("--ages gives the age of one source more than once")
    bundle = _bundle(place, study, options["address"])
    asked = Asked(
        keep=options["keep"],
        key=options["key"],
        reasons=options["reasons"],
        language=None if options["language"] == "none" else options["language"],
        ages=ages,
    )
    machine = Machine(options["memory"], options["threads"], options["in_order"])
    counts = decide_files(bundle, source, out, asked, machine)
    click.echo(_summary(counts))
    click.echo(f"Bundle: {bundle.address}\nWritten: {shown(out)}")


def _bundle(place: str | None, study: str | None, address: str | None) -> "Bundle":
    from riskbench.governance.signing.keyfile import trust_file
    from riskbench.pipeline.bundles import bundle_at, bundle_in_use

    if place is not None:
        return bundle_at(Path(place), address)
    project = find_project()
    return bundle_in_use(project, str(study), trust_file(project.root), address)


def _summary(counts: "Counts") -> str:
    """Counts and shares, one table after the other; nothing of any application."""
    lines = [f"{counts.rows:,} applications decided in {counts.seconds:.1f} s"]
    for title, rows in (("action", counts.actions), ("decided by", counts.rules), ("arm", counts.arms)):
        if rows:
            width = max(len(name) for name, _ in rows)
            lines += ["", title]
            lines += [f"  {name:{width}}  {n:>12,}  {n / counts.rows:7.2%}" for name, n in rows]
    return "\n".join(lines) + "\n"
