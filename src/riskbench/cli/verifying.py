"""Check a run, perform it again, and compare it with another."""

from pathlib import Path

import click

from riskbench.cli.telling import said
from riskbench.core.project import find_project


@click.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--quick", is_flag=True, help="Hashes only; nothing is executed.")
def verify(folder: Path, quick: bool) -> None:
    """Check a run's hashes, perform it again and compare every figure."""
    from riskbench.pipeline.verify import check_hashes, verify_run

    verdict = check_hashes(folder)[0] if quick else verify_run(folder, find_project())
    for path, problem in verdict.broken.items():
        click.echo(f"{path}: {problem}")
    for difference in verdict.differences:
        click.echo(str(difference))
    if verdict.broken:
        raise click.exceptions.Exit(said(f"{len(verdict.broken)} file(s) are not what the manifest says", 1))
    click.echo(f"{verdict.files} files are what the manifest says.")
    if verdict.differences:
        raise click.exceptions.Exit(said(f"{len(verdict.differences)} figure(s) differ.", 1))
    if not quick:
        click.echo(f"Performed again: all {verdict.figures} figures match.")
    click.echo("This run carries no signature: whoever can rewrite all of it can rewrite its hashes too.")


@click.command()
@click.argument("ours", metavar="RUN_A", type=click.Path(path_type=Path))
@click.argument("theirs", metavar="RUN_B", type=click.Path(path_type=Path))
def compare(ours: Path, theirs: Path) -> None:
    """Compare two runs figure by figure; differences in words alone come last."""
    from riskbench.pipeline.compare import compare_runs

    figures, differences = compare_runs(ours, theirs)
    for difference in sorted(differences, key=lambda difference: difference.in_words):
        click.echo(str(difference))
    if differences:
        words = sum(difference.in_words for difference in differences)
        told = f"{len(differences)} difference(s) in {figures} figures, {words} of them in words alone."
        raise click.exceptions.Exit(said(told, 1))
    click.echo(f"All {figures} figures match.")
