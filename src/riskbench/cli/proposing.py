"""Outcomes come back to the decisions that caused them, and a better model is proposed, for people to decide on."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskbench.cli.telling import me, said, shown
from riskbench.core.errors import CannotRun, RiskbenchError
from riskbench.core.project import find_project

if TYPE_CHECKING:
    from riskbench.pipeline.proposing.feedback import Returned

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
    from riskbench.governance.registry.states import Refused
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
        try:
            run_study(project, file, Order(stages, out=folder, jobs=jobs), progress_for(stages))
        except RiskbenchError as error:  # its own code may be 1, which would say that a change is proposed
            raise CannotRun(f"the run {shown(folder)} did not end well, so nothing is proposed: {error}") from error

    warm_up()
    wanted = Wanted(
        study, as_of.date() if as_of else dt.datetime.now(dt.UTC).date(), window, champion, out, retrospective
    )
    try:
        proposal = make(project, wanted, perform)
    except Refused as refusal:
        raise CannotRun(f"{refusal}: name the champion's run with --run") from refusal
    write_proposal(proposal, me())
    for line in lines(proposal, me()):
        click.echo(line)
    click.echo(f"Candidate: {shown(proposal.candidate.folder / 'index.html')}")
    sentence = f"Proposal: {shown(proposal.folder / PAGE_FILE)}"
    raise click.exceptions.Exit(said(sentence, PROPOSES[proposal.recommendation.verdict]))


@click.command()
@click.argument("study")
@click.option("--log", "url", metavar="URL", help="URL or SQLite file of the decision log [default: a run's months].")
@click.option(
    "--run", type=click.Path(path_type=Path), help="Without a log: whose decisions [default: the run in use]."
)
@AS_OF
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="One row a decision, as Parquet.")
@click.option("--record", is_flag=True, help="Write a record of each month into the registry.")
@click.option("--by", metavar="NAME", help="Who records [default: the user of this computer].")
@click.option("--because", default="", metavar="TEXT", help="Why a month is recorded anew; beside what has changed.")
def feedback(
    study: str,
    url: str | None,
    run: Path | None,
    as_of: dt.datetime | None,
    out: Path | None,
    **record: str | bool | None,
) -> None:
    """Join outcomes to the decisions that caused them, as both were known on a day."""
    from riskbench.pipeline.proposing.feedback import feedback_of_log, feedback_of_run, write_feedback

    if url and run:
        raise click.UsageError("decisions come from --log or from --run, not from both")
    if out and out.suffix != ".parquet":
        raise click.UsageError(f"--out writes Parquet: name a file that ends with .parquet, got {out}")
    project, day = find_project(), as_of.date() if as_of else dt.datetime.now(dt.UTC).date()
    found = feedback_of_log(project, study, url, day) if url else feedback_of_run(project, study, run, day)
    click.echo(f"As of {day}{', synthetic data' if found.study.synthetic else ''}:")
    for line in found.feedback.counts.told():
        click.echo(f"  {line}")
    if out:
        click.echo(f"Written: {shown(out)}, {write_feedback(found, out):,} rows")
    if record["record"]:
        _record(found, str(record["by"] or ""), str(record["because"]))


def _record(found: "Returned", by: str, because: str) -> None:
    from riskbench.governance.registry.store import Registry, place
    from riskbench.monitoring.places import monitoring_url
    from riskbench.monitoring.watch.of_study import open_incidents
    from riskbench.pipeline.log import system_user
    from riskbench.pipeline.proposing.recording import Recording, record_months
    from riskbench.pipeline.recorded import fit_for_a_name

    project = find_project()
    who = fit_for_a_name(by or system_user())
    incidents = open_incidents(monitoring_url(project), found.study.name)
    recording = Recording(who, dt.datetime.now(dt.UTC), because, incidents)
    written, same = record_months(Registry(project.registry), found, recording)
    for record in written:
        click.echo(f"Recorded: {place(record)}: {record.because}")
    click.echo(f"{len(written)} months recorded, {same} as before.")
