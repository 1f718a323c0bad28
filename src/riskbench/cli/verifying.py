"""Check a run, perform it again, compare it with another, and rerun it with settings of one's own."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskbench.cli.desk import ROLES
from riskbench.cli.telling import said, shown
from riskbench.core.project import find_project

if TYPE_CHECKING:
    from riskbench.pipeline.materiality import Weighed

SHOWN = 20  # differences of a class on the screen; a page holds more
PAGES_UNSIGNED = (
    "No signature covers the pages in dossier/, READ_ME.txt and ro-crate-metadata.json, only checksums that whoever "
    "changes them can renew: decide on the pages of the run, or unpack and write them again with `riskbench dossier`."
)


@click.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--quick", is_flag=True, help="Hashes and signatures only; nothing is executed or recorded.")
@click.option("--by", metavar="NAME", help="Who verifies [default: the user of this computer].")
@click.option("--registry", type=click.Path(path_type=Path), help="Folder of the records [default: reports/registry].")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="Write the page there too, as HTML.")
@click.option("--signed", multiple=True, type=ROLES, help="Demand a good signature in this role; repeatable.")
def verify(
    folder: Path, quick: bool, by: str | None, registry: Path | None, report: Path | None, signed: Sequence[str]
) -> None:
    """Check a run's hashes and signatures, perform it again and compare every figure; what was found is recorded.

    RUN is the folder of a run or, with --quick, the archive of a hand-over.
    """
    from riskbench.core.files import write_text
    from riskbench.governance.registry.store import Registry
    from riskbench.pipeline.log import system_user
    from riskbench.pipeline.materiality import weigh
    from riskbench.pipeline.recorded import (
        fit_for_a_name,
        keep_verification,
        verification_html,
        verification_of,
    )
    from riskbench.pipeline.signed import check_signed
    from riskbench.pipeline.verify import check_hashes, verify_run
    from riskbench.report.verification_page import compared_rows, conclusion

    if folder.is_file():
        raise click.exceptions.Exit(_verify_archive(folder, quick, signed))
    project, name = find_project(), fit_for_a_name(by or system_user())
    records = Registry(registry or project.registry)
    verdict = check_hashes(folder)[0] if quick else verify_run(folder, project)
    told = check_signed(verdict, folder, records, project, signed)
    record = verification_of(folder, verdict, name)
    page = verification_html(record, verdict, told)
    for path, problem in verdict.broken.items():
        click.echo(f"{path}: {problem}")
    _echo_differences(weigh(verdict.differences), classed=False)
    if verdict.holds:
        _echo_table(compared_rows(record))
    click.echo(conclusion(record))
    click.echo(" ".join([f"Took {verdict.seconds:.0f} s.", *told]))
    if not quick:
        kept = keep_verification(records, record, page)
        click.echo(f"Recorded: {shown(kept)}")
    if report:
        write_text(report, page)
        click.echo(f"Written: {shown(report)}")
    if not verdict.holds:
        raise click.exceptions.Exit(1)


def _verify_archive(archive: Path, quick: bool, signed: Sequence[str]) -> int:
    """Check a hand-over by what it brings along: checksums, manifest, signatures."""
    from riskbench.governance.registry.store import Registry
    from riskbench.pipeline.handover.opening import opened
    from riskbench.pipeline.signed import check_signed
    from riskbench.pipeline.verify import check_hashes

    if not quick:
        raise click.UsageError(f"an archive is checked with --quick; to perform its run again, unpack {archive}")
    with opened(archive) as there:
        verdict, manifest = check_hashes(there.run, there.held)
        told = check_signed(verdict, there.run, Registry(there.registry), find_project(), signed, there.held)
        for path, problem in (there.broken | verdict.broken).items():
            click.echo(f"{path}: {problem}")
        if there.broken or verdict.broken:
            return said("This archive does not hold.", 1)
        back = sum(name in manifest.files for name in there.held) if manifest else 0
        held = f" {back} tables of single applications are held back." if back else ""
        click.echo(f"This archive holds: all {verdict.files - back:,} files of the run are there.{held}")
        click.echo(" ".join(told))
        click.echo(PAGES_UNSIGNED)
    return 0


@click.command()
@click.argument("ours", metavar="RUN_A", type=click.Path(path_type=Path))
@click.argument("theirs", metavar="RUN_B", type=click.Path(path_type=Path))
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="Write the comparison there, as HTML.")
def compare(ours: Path, theirs: Path, report: Path | None) -> None:
    """Compare two runs figure by figure; what is material comes first, words alone come last."""
    from riskbench.core.files import write_text
    from riskbench.pipeline.compare import compare_runs
    from riskbench.pipeline.materiality import weigh
    from riskbench.pipeline.recorded import comparison_html

    figures, differences = compare_runs(ours, theirs)
    weighed = weigh(differences)
    if report:
        write_text(report, comparison_html(ours, theirs, figures, weighed))
    raise click.exceptions.Exit(_echo_comparison(figures, weighed, any_counts=True))


@click.command()
@click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
@click.option("--by", metavar="NAME", required=True, help="Whose rerun it is.")
@click.option("--set", "settings", multiple=True, metavar="STAGE.NAME=VALUE", help="Set a notebook's parameter.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the rerun [default: reports/<run_id>].")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Stages side by side.")
def rerun(folder: Path, by: str, settings: Sequence[str], out: Path | None, jobs: int) -> None:
    """Perform a run again with settings of your own, beside it, in your name, and compare the two.

    Another seed: --set validation.seed=7. Another split into development and test: --set intake.split=7.
    """
    from riskbench.governance.registry.store import Registry
    from riskbench.pipeline.recorded import fit_for_a_name, keep_rerun
    from riskbench.pipeline.rerun import rerun as perform

    project = find_project()
    done = perform(folder, project, fit_for_a_name(by), settings, out, jobs)
    page, _ = keep_rerun(Registry(project.registry), folder, done)
    code = _echo_comparison(done.figures, done.weighed, any_counts=False)
    click.echo(f"Rerun: {shown(done.folder / 'index.html')} ({done.seconds:.0f} s)")
    click.echo(f"Recorded: {shown(page)}")
    raise click.exceptions.Exit(code)


def _echo_comparison(figures: int, weighed: "Sequence[Weighed]", any_counts: bool) -> int:
    """Print a comparison; 1 where something differs, or where `any_counts` is not set, something material."""
    from riskbench.pipeline.materiality import differing, material
    from riskbench.report.comparison_page import conclusion

    _echo_differences(weighed, classed=True)
    sentence = conclusion(figures, differing(weighed), material(weighed))
    if not weighed:
        click.echo(sentence)
        return 0
    return said(sentence, 1) if any_counts or material(weighed) else said(sentence, 0)


def _echo_differences(weighed: "Sequence[Weighed]", classed: bool) -> None:
    from riskbench.pipeline.materiality import tally
    from riskbench.pipeline.reperformance.told import line_of

    if not classed:
        _echo_lines([line_of(w) for w in weighed], "")
        return
    for weight, count in tally(weighed):
        click.echo(f"{weight.name} ({count}, {'material' if weight.material else 'not material'})")
        _echo_lines([line_of(w) for w in weighed if w.weight is weight], "  ")


def _echo_lines(lines: Sequence[str], indent: str) -> None:
    for line in lines[:SHOWN]:
        click.echo(f"{indent}{line}")
    if len(lines) > SHOWN:
        click.echo(f"{indent}and {len(lines) - SHOWN:,} more")


def _echo_table(rows: Iterable[Sequence[str]]) -> None:
    """Rows of four cells in columns; the second holds numbers."""
    cells = list(rows)
    widths = [max(len(row[i]) for row in cells) for i in range(4)]
    for first, number, *rest in cells:
        told = "  ".join(cell.ljust(width) for cell, width in zip(rest, widths[2:], strict=True))
        click.echo(f"{first.ljust(widths[0])}  {number.rjust(widths[1])}  {told}".rstrip())
