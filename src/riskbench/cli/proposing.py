"""Outcomes come back to the decisions that caused them, and a better model is proposed, for people to decide on."""

import datetime as dt
from pathlib import Path

import click

from riskbench.cli.telling import me, said, shown
from riskbench.core.project import find_project

DAY = click.DateTime(formats=["%Y-%m-%d"])
AS_OF = click.option("--as-of", "as_of", type=DAY, metavar="DATE", help="What was known on this day [default: today].")
PROPOSES = {"keep": 0, "recalibrate": 1, "rebuild": 1, "not_decided": 2}


class _Months(click.ParamType):
    """A number of months, 12m or 12."""

    name = "MONTHS"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).removesuffix("m")
        if not text.isdigit() or not 2 <= int(text) <= 120:
            self.fail(f"must be a number of months from 2 to 120, such as 12m; got {value}")
        return int(text)


@click.command()
@click.argument("study")
@AS_OF
@click.option(
    "--window", type=_Months(), default="12m", show_default=True, help="Closed months; the last quarter judges."
)
@click.option(
    "--run", "champion", type=click.Path(path_type=Path), metavar="CHAMPION", help="Its run [default: in use]."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder of the proposal [default: reports/proposals/NAME]."
)
@click.option("--retrospective", is_flag=True, help="Take labels that stand in a column as known at once.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Stages side by side.")
def propose(
    study: str,
    as_of: dt.datetime | None,
    window: int,
    champion: Path | None,
    out: Path | None,
    retrospective: bool,
    jobs: int,
) -> None:
    """Make a candidate on the newest closed months, and say by stated rules: keep, recalibrate or rebuild.

    Nothing is put into use: signing, approving and promoting stay acts of people. Ends with 0 where the champion is
    kept, 1 where a change is proposed, 2 where nothing could be decided.
    """
    from riskbench.pipeline.kernels import warm_up
    from riskbench.pipeline.progress import progress_for
    from riskbench.pipeline.proposing.proposal import Wanted
    from riskbench.pipeline.proposing.proposal import propose as make
    from riskbench.pipeline.proposing.written import PAGE_FILE, lines, write_proposal
    from riskbench.pipeline.run import Order
    from riskbench.pipeline.runner import run_study
    from riskbench.pipeline.stages import STAGES

    project, stages = find_project(), list(STAGES)

    def perform(file: Path, folder: Path) -> None:
        click.echo(f"Run {folder.name}:")
        run_study(project, file, Order(stages, out=folder, jobs=jobs), progress_for(stages))

    warm_up()
    wanted = Wanted(
        study, as_of.date() if as_of else dt.datetime.now(dt.UTC).date(), window, champion, out, retrospective
    )
    proposal = make(project, wanted, perform)
    write_proposal(proposal, me())
    for line in lines(proposal, me()):
        click.echo(line)
    click.echo(f"Candidate: {shown(proposal.candidate.folder / 'index.html')}")
    sentence = f"Proposal: {shown(proposal.folder / PAGE_FILE)}"
    raise click.exceptions.Exit(said(sentence, PROPOSES[proposal.recommendation.verdict]))
