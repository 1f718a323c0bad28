"""The command line.

Exit codes: 0 done, and what was asked holds; 1 it ran, and something differs, fails or is refused; 2 it could not run.
"""

import datetime as dt
import io
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskbench import __version__
from riskbench.core.errors import MachineError, RiskbenchError, StageFailed, explained
from riskbench.core.files import write_text
from riskbench.core.project import find_project

if TYPE_CHECKING:
    from riskbench.scorecard.export.dialects import Dialect

LISTED = 12  # columns named on the screen


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="riskbench")
def commands() -> None:
    """From a loan tape to a regulator's dossier, re-performable in one command."""


@commands.command()
@click.option("--study", default="microloan", show_default=True, help="A study's name below data/, or a path.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the run [default: reports/<run_id>].")
@click.option("--only", multiple=True, metavar="STAGE", help="Run this stage and what it builds on; repeatable.")
@click.option("--set", "settings", multiple=True, metavar="STAGE.NAME=VALUE", help="Set a notebook's parameter.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Stages side by side.")
def run(study: str, out: Path | None, only: Sequence[str], settings: Sequence[str], jobs: int) -> None:
    """Execute the notebooks of a study and write its dossier."""
    from riskbench.data.study import find_study
    from riskbench.pipeline.kernels import warm_up
    from riskbench.pipeline.parameters import declared, parse_setting
    from riskbench.pipeline.stages import STAGES, selection

    project = find_project()
    stages = selection(only)
    parameters = {name: declared(project.notebooks / stage.notebook) for name, stage in STAGES.items()}
    chosen: dict[str, dict] = {}
    for text in settings:
        stage, name, value = parse_setting(text, parameters)
        if stage not in stages:
            raise click.UsageError(f"--set {text}: stage {stage} is not among those to run")
        chosen.setdefault(stage, {})[name] = value
    file = find_study(project.data, study)
    warm_up()  # the kernels import their libraries while this process imports its own
    from riskbench.pipeline.progress import progress_for
    from riskbench.pipeline.runner import run_study

    done = run_study(project, file, stages, chosen, progress_for(stages), out, jobs)
    click.echo(f"\n{done.study.title}: {len(stages)} stages in {done.seconds:.0f} s")
    click.echo(f"Dossier: {_shown(done.folder / 'index.html')}")
    click.echo(f"Perform it again: {_me()} verify {_shown(done.folder)}")


@commands.command()
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
        raise click.exceptions.Exit(_said(f"{len(verdict.broken)} file(s) are not what the manifest says", 1))
    click.echo(f"{verdict.files} files are what the manifest says.")
    if verdict.differences:
        raise click.exceptions.Exit(_said(f"{len(verdict.differences)} figure(s) differ.", 1))
    if not quick:
        click.echo(f"Performed again: all {verdict.figures} figures match.")
    click.echo("This run carries no signature: whoever can rewrite all of it can rewrite its hashes too.")


@commands.command()
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
        raise click.exceptions.Exit(_said(told, 1))
    click.echo(f"All {figures} figures match.")


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


@commands.command()
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
        click.echo(f"Written: {_shown(out)}")
    elif isinstance(content, bytes):
        raise click.UsageError(f"--as {name} needs --out FILE")
    else:
        click.echo(content, nl=False)


@commands.command()
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
        f"\nWritten: {_shown(draft.folder)}/ (edit study.toml and policy.yaml). Next: {_me()} run --study {draft.name}"
    )


@commands.group()
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
    click.echo(f"{loaded.title}: {rows:,} rows recognised and written. Next: {_me()} run --study {loaded.name}")


@commands.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: Sequence[str]) -> None:
    """Open the notebooks in JupyterLab, in the draft run of their study. ARGUMENTS are passed on to it."""
    from riskbench.pipeline.lab import open_lab

    open_lab(find_project(), arguments)


def _shown(path: Path) -> str:
    """A path as the reader would type it from here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _me() -> str:
    """How the reader calls this command from here."""
    called = Path(sys.argv[0]).absolute()
    return "riskbench" if shutil.which("riskbench") or called.name != "riskbench" else _shown(called)


def _said(sentence: str, code: int) -> int:
    with suppress(OSError):  # nobody may be left to hear it
        click.echo(sentence, err=True)
    return code


def main() -> None:
    """Run the command line; an error is a sentence, with its exit code, and never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may lack the letters of a name
    try:
        code = commands.main(standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        code = 2
    except (click.Abort, KeyboardInterrupt) as error:
        cause = error.__cause__  # to click, the end of a file that is cut short is an interruption as well
        code = _fault(cause) if isinstance(cause, EOFError) else _said("riskbench: interrupted", 1)
        exec("")  # an interrupted exec (dataclasses have one) is remembered till the next: `-m` would die of the signal
    except RiskbenchError as error:
        code = _said(f"riskbench: {error}{_where_to_look(error)}", error.exit_code)
    except (OSError, MemoryError) as error:
        code = _said(f"riskbench: {explained(error)}", MachineError.exit_code)
    except Exception as error:
        code = _fault(error)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        try:
            stream.flush()
        except OSError:  # its disk is full or its reader is gone: the interpreter would say so once more
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    sys.exit(code)


def _where_to_look(error: RiskbenchError) -> str:
    kept = isinstance(error, StageFailed) and error.notebook
    return f"\nThe notebook, up to there: {_shown(Path(kept))}" if kept else ""


def _fault(error: BaseException) -> int:
    """Say that an error is not the user's, and keep its traceback for whoever mends it."""
    story = "".join(traceback.format_exception(error))
    said = f"riskbench: this is a fault of riskbench: {type(error).__name__}: {error}."
    if os.environ.get("RISKBENCH_DEBUG"):
        return _said(f"{said}\n{story}", 1)
    try:
        file = find_project().errors / f"{dt.datetime.now():%Y%m%d-%H%M%S-%f}.txt"
        write_text(file, story)
    except (RiskbenchError, OSError):
        return _said(f"{said} Please report it; with RISKBENCH_DEBUG=1 the same command says more.", 1)
    return _said(f"{said} Please report it with {_shown(file)}.", 1)


if __name__ == "__main__":
    main()
