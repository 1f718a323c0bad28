"""Execute a study's notebooks, and work on them by hand."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskbench.cli.telling import me, shown
from riskbench.core.project import find_project

if TYPE_CHECKING:
    from riskbench.governance.manifest import RerunOf


@click.command()
@click.option("--study", default="microloan", show_default=True, help="A study's name below data/, or a path.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the run [default: reports/<run_id>].")
@click.option("--only", multiple=True, metavar="STAGE", help="Run this stage and what it builds on; repeatable.")
@click.option("--set", "settings", multiple=True, metavar="STAGE.NAME=VALUE", help="Set a notebook's parameter.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Stages side by side.")
@click.option("--rerun", hidden=True, help="Whose rerun of which run this is, as JSON; `riskbench rerun` says it.")
def run(
    study: str, out: Path | None, only: Sequence[str], settings: Sequence[str], jobs: int, rerun: str | None
) -> None:
    """Execute the notebooks of a study and write its dossier."""
    from riskbench.data.study import find_study
    from riskbench.pipeline.kernels import warm_up
    from riskbench.pipeline.parameters import declared, parse_settings
    from riskbench.pipeline.stages import STAGES, selection

    project = find_project()
    stages = selection(only)
    parameters = {name: declared(project.notebooks / stage.notebook) for name, stage in STAGES.items()}
    chosen = parse_settings(settings, parameters, stages)
    file = find_study(project.data, study)
    warm_up()  # the kernels import their libraries while this process imports its own
    from riskbench.pipeline.progress import progress_for
    from riskbench.pipeline.run import Order
    from riskbench.pipeline.runner import run_study

    order = Order(stages, chosen, out, jobs, _rerun_of(rerun))
    done = run_study(project, file, order, progress_for(stages))
    click.echo(f"\n{done.study.title}: {len(stages)} stages in {done.seconds:.0f} s")
    click.echo(f"Dossier: {shown(done.folder / 'index.html')}")
    click.echo(f"Perform it again: {me()} verify {shown(done.folder)}")


def _rerun_of(told: str | None) -> "RerunOf | None":
    from riskbench.governance.manifest import RerunOf

    return RerunOf.model_validate_json(told) if told else None


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: Sequence[str]) -> None:
    """Open the notebooks in JupyterLab, in the draft run of their study. ARGUMENTS are passed on to it."""
    from riskbench.pipeline.lab import open_lab

    open_lab(find_project(), arguments)
