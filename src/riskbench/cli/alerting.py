"""What monitoring has alerted: who answers, until when, what goes out, and whether the jobs ran."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from riskbench.cli.records import PERSON, now, table
from riskbench.cli.telling import me

if TYPE_CHECKING:
    from riskbench.monitoring.alerts.alerts import Alerts, Delivery
    from riskbench.monitoring.alerts.incident import Incident
    from riskbench.monitoring.alerts.watchdog import JobState

_NUMBER = click.argument("number", metavar="ID", type=click.IntRange(1))
_BY = click.option("--by", type=PERSON, required=True, metavar="NAME", help="Who does so; stands in the history.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class _Until(click.ParamType):
    """A moment ahead: a span from now (4h, 2d), or a time in UTC (2026-12-01T08:00)."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> dt.datetime:
        """The moment in UTC; a usage error where it is none."""
        from riskbench.monitoring.warning.durations import duration

        try:
            return now() + duration(str(value))
        except ValueError:
            pass
        try:
            moment = dt.datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"a moment is written as 4h, 2d or 2026-12-01T08:00, got {value!r}", param, context)
        return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


@click.group(invoke_without_command=True)
@click.option("--all", "ended", is_flag=True, help="Also those that have ended.")
@_JSON
@click.option("--database", default="", metavar="URL", help="The monitoring database [default: the project's own].")
@click.pass_context
def alerts(context: click.Context, ended: bool, as_json: bool, database: str) -> None:
    """List the open incidents, and do something about them."""
    context.obj = database
    if context.invoked_subcommand is not None:
        if ended or as_json:
            raise click.UsageError("--all and --json are for the list; a command has its own options behind its name")
        return
    with _open() as desk:
        found = desk.incidents() if ended else desk.incidents("open", "acknowledged")
        unsent = desk.messages("fresh", "waiting", "dead")
        channels = bool(desk.settings.channels)
    if as_json:
        click.echo(_json([asdict(incident) for incident in found]))
        return
    head = ("incident", "severity", "state", "opened (UTC)", "last seen (UTC)", "times", "what")
    click.echo(table(head, [_row(incident) for incident in found]) if found else "No open incident.")
    dead = sum(message.state == "dead" for message in unsent)
    if len(unsent) - dead:
        click.echo(f"\n{_messages(len(unsent) - dead)} to be sent: {me()} alerts deliver")
    if dead:
        click.echo(f"\n{_messages(dead)} given up, and kept: {me()} alerts deliver --dead tries again")
    if not channels:
        click.echo("\nalerts.toml names no channel: alerts are seen here and on the status page only.")


@alerts.command()
@_NUMBER
@_JSON
def show(number: int, as_json: bool) -> None:
    """Show an incident, its history, and what was sent about it."""
    with _open() as desk:
        incident, history = desk.incident(number), desk.history(number)
        messages = desk.messages(incident=number)
    if as_json:
        parts = {"history": [asdict(e) for e in history], "messages": [asdict(m) for m in messages]}
        click.echo(_json(asdict(incident) | parts))
        return
    click.echo(f"Incident {number}: {_about(incident)}\n{incident.severity}, {_state(incident)}")
    click.echo(f"Opened {_at(incident.opened)}, last seen {_at(incident.seen)}, in {incident.times:,} looks")
    click.echo("\n".join(filter(None, (incident.text, incident.advice and f"What to do: {incident.advice}"))))
    click.echo(f"\n{table(('when (UTC)', 'what', 'who', ''), [(_at(e.at), e.what, e.who, e.text) for e in history])}")
    rows = [
        (m.id, m.channel or "none", m.state, f"{m.attempts}", f"sent {_at(m.sent)}" if m.sent else m.last_error)
        for m in messages
    ]
    click.echo(f"\n{table(('message', 'channel', 'state', 'attempts', ''), rows)}" if rows else "\nNo message.")


@alerts.command()
@_NUMBER
@_BY
@click.option("--until", type=_Until(), default="1d", show_default=True, help="4h, 2d, or a time in UTC; 31d at most.")
def acknowledge(number: int, by: str, until: dt.datetime) -> None:
    """Take an incident on: it is silent until then, or until it gets more severe."""
    with _open() as desk:
        incident = desk.acknowledge(number, by, until)
    click.echo(f"Incident {number} is acknowledged by {by}, and silent until {_at(until)} UTC: {_about(incident)}")


@alerts.command()
@_NUMBER
@_BY
@click.option("--why", required=True, metavar="TEXT", help="What ended it; stands in the history.")
def resolve(number: int, by: str, why: str) -> None:
    """End an incident. If its rule still signals, it comes back."""
    from riskbench.monitoring.alerts.wording import on_a_line

    if not on_a_line(why):
        raise click.UsageError("--why says what ended it, got nothing")
    with _open() as desk:
        incident = desk.resolve(number, by, on_a_line(why))
    click.echo(f"Incident {number} is resolved by {by}: {_about(incident)}")


@alerts.command()
@click.option("--dead", is_flag=True, help="Also try again what was given up.")
def deliver(dead: bool) -> int:
    """Send what is due; 1 where a channel did not take it."""
    with _open() as desk:
        done = desk.deliver(revive=dead)
    return _delivered(done)


@alerts.command()
def check() -> int:
    """Look whether the jobs ran, and alert where one did not; 1 where one is late or a message did not go.

    To be called by another timer than that of the jobs: what does not run cannot say so.
    """
    with _open() as desk:
        states = desk.check()
        done = desk.deliver()
    head = ("job", "last begun (UTC)", "last ended (UTC)", "state", "")
    click.echo(table(head, [_job(state) for state in states]) if states else "No job has spoken, and none is expected.")
    return max(_delivered(done), int(any(state.late for state in states)))


@alerts.command()
@click.argument("channel")
def test(channel: str) -> int:
    """Send CHANNEL a message that says that it is a test; 1 where it was not taken."""
    with _open() as desk:
        error = desk.test(channel)
    click.echo(f"{channel}: {error or 'the receiver has taken the test message'}")
    return int(bool(error))


def _open() -> "Alerts":
    from riskbench.core.project import find_project
    from riskbench.monitoring.alerts.opening import open_alerts
    from riskbench.monitoring.alerts.settings import load_settings
    from riskbench.monitoring.places import monitoring_url
    from riskbench.report.language.sentence import VOICES

    project, named = find_project(), click.get_current_context().obj
    return open_alerts(named or monitoring_url(project), load_settings(project.root), voices=VOICES)


def _delivered(done: "Delivery") -> int:
    click.echo(f"{_messages(done.sent)} sent")
    for channel, error in done.failed.items():
        click.echo(f"{channel}: {error}. It is kept and tried again")
    if done.dead:
        click.echo(f"{_messages(done.dead)} given up, and kept: {me()} alerts deliver --dead tries again")
    return int(bool(done.failed))


def _row(incident: "Incident") -> Sequence[str]:
    seen = (_at(incident.opened), _at(incident.seen), f"{incident.times:,}")
    return (f"{incident.id}", incident.severity, _state(incident), *seen, _about(incident))


def _job(state: "JobState") -> Sequence[str]:
    moments = [_at(moment) if moment else "never" for moment in (state.begun, state.done)]
    return (state.job, *moments, "late" if state.late else "on time" if state.every else "not expected", state.note)


def _about(incident: "Incident") -> str:
    return f"{incident.rule} ({incident.subject})" if incident.subject else incident.rule


def _state(incident: "Incident") -> str:
    if incident.state == "acknowledged" and incident.until:
        return f"acknowledged by {incident.acknowledged_by} until {_at(incident.until)}"
    return f"resolved by {incident.resolved_by}: {incident.why}" if incident.resolved else incident.state


def _at(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _messages(n: int) -> str:
    return f"{n:,} message{'s' * (n != 1)}"


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, default=lambda moment: moment.isoformat())
