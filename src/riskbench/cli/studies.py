"""Draft a study, describe it, and bring its data in."""

from collections.abc import Sequence
from pathlib import Path

import click

from riskbench.cli import feeding
from riskbench.cli.telling import me, shown
from riskbench.core.project import find_project

LISTED = 12  # columns named on the screen


@click.command()
@click.argument("name")
@click.option(
    "--from", "source", type=click.Path(path_type=Path), required=True, help="CSV, Parquet, or .sql: a query."
)
@click.option("--target", required=True, metavar="COLUMN", help="The column of the outcome.")
@click.option("--bad", multiple=True, metavar="VALUE", help="Its value that means bad; repeatable.")
@click.option("--good", multiple=True, metavar="VALUE", help="Its value that means good; else all others.")
@click.option("--date", metavar="COLUMN", help="The column of the decision date.")
@click.option("--protected", multiple=True, metavar="COLUMN", help="A protected column; repeatable.")
@click.option("--connection", metavar="URL", help="The database that a query is asked of.")
def new(
    name: str,
    source: Path,
    target: str,
    bad: Sequence[str],
    good: Sequence[str],
    date: str | None,
    protected: Sequence[str],
    connection: str | None,
) -> None:
    """Draft the study NAME for a table of your own: roles are guessed, each with its reason, to be edited by hand."""
    from riskbench.data.drafting import Request, draft_study

    request = Request(target, bad, good, date, protected)
    draft = draft_study(find_project().data, name, source, request, connection)
    roles = ", ".join(f"{n} {role}" for role, n in draft.roles.items())
    click.echo(f"{draft.rows:,} rows read, {sum(draft.roles.values())} columns guessed: {roles}")
    click.echo(f"In {target}, {draft.target}.")
    if draft.left_out:
        click.echo(f"\nLeft out until reviewed ({len(draft.left_out)}):")
        for column, why in draft.left_out[:LISTED]:
            click.echo(f"  {column}: {why}")
        if len(draft.left_out) > LISTED:
            click.echo(f"  and {len(draft.left_out) - LISTED} more, each with its reason in the file")
    click.echo("\nTo review:")
    for sentence in draft.review:
        click.echo(f"  - {sentence}")
    click.echo(
        f"\nWritten: {shown(draft.folder)}/ (edit study.toml and policy.yaml). Next: {me()} run --study {draft.name}"
    )


@click.group()
def data() -> None:
    """The studies and their data."""


@data.command("list")
def list_studies() -> None:
    """List the studies and whether their data are here."""
    from riskbench.data.study import STUDY_FILE, load_study

    for file in sorted(find_project().data.glob(f"*/{STUDY_FILE}")):
        study = load_study(file)
        here = all((file.parent / table.file).is_file() for table in study.tables.values())
        state = (
            "here"
            if here
            else "made by the first run"
            if study.synthetic
            else f"riskbench data add {study.name} --from PATH"
            if study.source.kind == "public"
            else "its tables are missing"
        )
        click.echo(f"{study.name:<12} {study.title} [{state}]")


@data.command()
@click.argument("study")
def describe(study: str) -> None:
    """Describe a study: what bad means, its tables, its columns and their roles."""
    from riskbench.data.dictionary import functions_used
    from riskbench.data.study import find_study, load_study

    loaded = load_study(find_study(find_project().data, study))
    click.echo(f"{loaded.title}\n{loaded.description}\n\nPurpose: {loaded.purpose}\nLicence: {loaded.licence}")
    click.echo(f"{loaded.outcome.definition}\n")
    for name, table in loaded.tables.items():
        click.echo(f"{name} ({table.file}; join {table.join}; lawful basis: {table.lawful_basis})")
        for column, c in table.columns.items():
            click.echo(f"  {column:<28} {c.role:<11} {c.type:<9} {c.description}{f' [{c.unit}]' if c.unit else ''}")
        for column, a in table.aggregates.items():
            click.echo(f"  {column:<28} aggregate   {a.how:<9} {a.description}{f' [{a.unit}]' if a.unit else ''}")
    for kind, formulas in (("engineered features", loaded.features), ("protected groups", loaded.protected)):
        if formulas:
            click.echo(kind)
            for column, f in formulas.items():
                click.echo(f"  {column:<28} {f.description}: {f.formula}")
    if len(used := functions_used(loaded)):
        click.echo("feature functions (docs/features.md)")
        for call, meaning in used.itertuples(index=False):
            click.echo(f"  {call:<50} {meaning}")


@data.command()
@click.argument("study")
@click.option("--from", "path", type=click.Path(path_type=Path), help="File to read; without it OpenML is asked.")
def add(study: str, path: Path | None) -> None:
    """Bring a study's published data in: recognised by content, written as typed Parquet."""
    from riskbench.data.sources import add_public
    from riskbench.data.study import find_study, load_study

    file = find_study(find_project().data, study)
    loaded = load_study(file)
    rows = add_public(loaded, file.parent, path)
    click.echo(f"{loaded.title}: {rows:,} rows recognised and written. Next: {me()} run --study {loaded.name}")


for _command in (feeding.refresh, feeding.show_feeds, feeding.quarantine):
    data.add_command(_command)
