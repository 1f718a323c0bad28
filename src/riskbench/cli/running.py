"""Execute a study's notebooks, and work on them by hand."""

from collections.abc import Sequence
from pathlib import Path

import click

from riskbench.cli.telling import me, shown
from riskbench.core.project import find_project


@click.command()
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
    click.echo(f"Dossier: {shown(done.folder / 'index.html')}")
    click.echo(f"Perform it again: {me()} verify {shown(done.folder)}")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: Sequence[str]) -> None:
    """Open the notebooks in JupyterLab, in the draft run of their study. ARGUMENTS are passed on to it."""
    from riskbench.pipeline.lab import open_lab

    open_lab(find_project(), arguments)
