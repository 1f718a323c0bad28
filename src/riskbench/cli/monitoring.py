"""Monitoring that runs by itself: once by a timer, or again and again until it is told to end."""

import datetime as dt
import json
import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskbench.core.errors import CannotRun, RiskbenchError, explained
from riskbench.core.project import Project, find_project

if TYPE_CHECKING:
    from riskbench.monitoring.alerts.settings import Settings
    from riskbench.monitoring.watch.looked import Looked
    from riskbench.monitoring.watch.watch import Sight, Watch

LANGUAGES = click.Choice(["en", "zh"])


class _Span(click.ParamType):
    """A span of time, such as 30s, 5m or 6h."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.timedelta:
        from riskbench.monitoring.warning.durations import duration

        if isinstance(value, dt.timedelta):
            return value
        if seconds := re.fullmatch(r"([1-9][0-9]{0,5})s", str(value)):
            return dt.timedelta(seconds=int(seconds[1]))
        try:
            return duration(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("study", default="microloan")
@click.option("--once", is_flag=True, help="Look once, as a timer wants it; this is so without --every.")
@click.option("--every", type=_Span(), metavar="SPAN", help="Look again and again, as in 30s, 1m or 6h, until SIGTERM.")
@click.option(
    "--log", default="", metavar="URL", help="The decision log [default: the project's own, if there is one]."
)
@click.option("--no-log", is_flag=True, help="Look at the days of the run, as of the end of its data.")
@click.option("--run", type=click.Path(path_type=Path, file_okay=False), help="Its baseline holds [default: in use].")
@click.option("--page", type=click.Path(path_type=Path), metavar="FILE", help="Write the status page there as well.")
@click.option("--language", type=LANGUAGES, default="en", show_default=True, help="Of the page.")
@click.option("--json", "as_json", is_flag=True, help="Print each look as a line of JSON.")
def monitor(study: str, once: bool, every: dt.timedelta | None, **options: Any) -> int:
    """Look at STUDY by its rules: what is new in the decision log, feeds, links and jobs; and tell whom it concerns."""
    if once and every:
        raise click.UsageError("either --once or --every")
    if options["no_log"] and options["log"]:
        raise click.UsageError("either --log or --no-log")
    project = find_project()
    try:
        from riskbench.monitoring.alerts.settings import load_settings

        sights = _Sights(project, study, options)
    except ModuleNotFoundError as error:
        if error.name and error.name.startswith("riskbench"):
            raise
        raise CannotRun(f'monitoring needs {error.name}: pip install "riskbench[alerts]"') from error
    job = _Job(sights, load_settings(project.root), every, _told(options))
    if every is None:
        return job.once(plain=not options["as_json"])
    return job.again_and_again(every)


class _Sights:
    """What is looked at: another one as soon as the project has a log of its own. Raises as `sight_of` does."""

    def __init__(self, project: Project, study: str, options: dict[str, Any]):
        from riskbench.monitoring.places import monitoring_url

        self._project, self._study, self._options = project, study, options
        self.database = monitoring_url(project)
        self._url = self._log()
        self._sight = self._made(self._url)

    def now(self) -> "Sight":
        """The same one, but that a log is gone over to once it is there; one that is away is missed."""
        if not self._url and (url := self._log()):
            self._url, self._sight = url, self._made(url)
        return self._sight

    def _log(self) -> str:
        return "" if self._options["no_log"] else self._options["log"] or _own_log(self._project)

    def _made(self, url: str) -> "Sight":
        from riskbench.monitoring.watch.setting_up import Asked, sight_of

        return sight_of(self._project, Asked(self._study, url, self.database, self._options["run"]))


class _Job:
    """A watch with what it needs, opened anew where it was lost; and what is said of each look."""

    def __init__(
        self,
        sights: _Sights,
        settings: "Settings",
        every: dt.timedelta | None,
        told: Callable[["Looked", str], None],
    ):
        self._sights, self._settings, self._every = sights, settings, every
        self._tell, self._opened, self._fault = told, ExitStack(), ""
        self._watch: Watch | None = None
        self._seen: Sight | None = None

    def once(self, *, plain: bool) -> int:
        """Look, and say by the exit code what was seen.

        0 quiet, 1 something of the study is open or nothing decides, 2 not all could be looked at.
        """
        from riskbench.monitoring.watch.of_study import is_of

        with self._opened:
            looked = self._look(0)
            unresolved = self._alerts.incidents("open", "acknowledged")
        incidents = [one for one in unresolved if is_of(one, looked.study)]
        if (before := [one.key for one in incidents if one.seen < looked.at]) and plain:
            click.echo(f"Still open from before, without a signal now: {', '.join(before)}")
        if looked.troubles and any(trouble.part != "delivery" for trouble in looked.troubles):
            return 2
        return int(bool(looked.signals) or bool(incidents) or bool(looked.halted))

    def again_and_again(self, every: dt.timedelta) -> int:
        """Look until told to end. What cannot be had now is said once, and tried again at the next look."""
        from riskbench.monitoring.watch.rhythm import rhythm, until_told

        with until_told() as ended:
            rhythm(every.total_seconds(), ended, self._survive)
        self._opened.close()
        click.echo("riskbench: monitoring was told to end, and has ended", err=True)
        return 0

    def _survive(self, missed: int) -> None:
        try:
            self._look(missed)
        except (RiskbenchError, OSError, MemoryError) as error:
            told = str(error) if isinstance(error, RiskbenchError) else str(explained(error))
            if told != self._fault:
                click.echo(f"riskbench: monitoring cannot look: {told}. It is tried again at every look.", err=True)
            self._fault, self._watch = told, None
            self._opened.close()  # what was lost is opened anew
            return
        if self._fault:
            click.echo("riskbench: monitoring looks again", err=True)
        self._fault = ""

    def _look(self, missed: int) -> "Looked":
        sight = self._sights.now()
        if self._watch is None or sight is not self._seen:
            self._opened.close()
            self._watch, self._seen = self._open(sight), sight
        looked = self._watch.look(dt.datetime.now(dt.UTC), missed)
        self._tell(looked, self._sights.database)
        return looked

    def _open(self, sight: "Sight") -> "Watch":
        from riskbench.monitoring.alerts.opening import open_alerts
        from riskbench.monitoring.watch.memory import Memory
        from riskbench.monitoring.watch.watch import Watch
        from riskbench.report.language.sentence import VOICES

        self._alerts = self._opened.enter_context(open_alerts(self._sights.database, self._settings, voices=VOICES))
        memory = self._opened.enter_context(Memory(self._sights.database))
        return Watch(sight, self._alerts, memory, self._every)


def _told(options: dict[str, Any]) -> Callable[["Looked", str], None]:
    """Say of each look what differs from the one before; and write the page."""
    from riskbench.monitoring.watch.telling import line

    before: list[str] = []

    def tell(looked: "Looked", database: str) -> None:
        if options["as_json"]:
            click.echo(json.dumps(looked.model_dump(mode="json")))
        elif (told := line(looked)).split(" UTC ", 1)[1] not in before:
            click.echo(told)
            before[:] = [told.split(" UTC ", 1)[1]]
        if options["page"]:
            _write(options["page"], options["language"], database)

    return tell


def _write(page: Path, language: Any, database: str) -> None:
    from riskbench.core.files import write_text
    from riskbench.monitoring.alerts.settings import load_settings
    from riskbench.monitoring.watch.situation import situation
    from riskbench.service.status.rendering import rendered

    now = situation(database, load_settings(find_project().root), dt.datetime.now(dt.UTC))
    write_text(page, rendered(now, language))


def _own_log(project: Project) -> str:
    """The URL of the project's own log, where there is one."""
    from riskbench.decision.log.database import absent
    from riskbench.decision.log.places import log_url

    url = log_url(project)
    return "" if absent(url) else url
