"""Look into the decision log, hold it against itself, and decide again what it holds."""

import datetime as dt
import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskbench.cli.telling import shown

if TYPE_CHECKING:
    from riskbench.core.ledger import Known
    from riskbench.decision.bundle.bundle import Bundle
    from riskbench.decision.log.log import DecisionLog
    from riskbench.decision.log.selection import Selection
    from riskbench.decision.replay.summary import Replay

DAY = click.DateTime(["%Y-%m-%d"])
_LOG = click.option("--log", "url", metavar="URL", help="URL or SQLite file of the log [default: the project's own].")
_FROM = click.option("--from", "since", type=DAY, metavar="DATE", help="First day, in UTC.")
_TO = click.option("--to", "until", type=DAY, metavar="DATE", help="Last day, in UTC.")


class _State(click.ParamType):
    """A state of a log: its entries and the hash of the last, as `verify` prints it."""

    name = "state"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> "Known":
        from riskbench.core.ledger import Known

        entries, _, head = str(value).partition(":")
        if not entries.isdecimal() or len(head) != 64:
            self.fail(f"a state is written ENTRIES:HASH, as verify prints it, got {value!r}", param, ctx)
        return Known(int(entries), head)


@click.command()
@click.option(
    "--bundle",
    "source",
    required=True,
    type=click.Path(path_type=Path),
    metavar="BUNDLE|RUN",
    help="What decides now: the file of a bundle, or a run.",
)
@_LOG
@_FROM
@_TO
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="One row a decision: .parquet or .csv.")
def replay(
    source: Path, url: str | None, since: dt.datetime | None, until: dt.datetime | None, out: Path | None
) -> int:
    """Decide every logged decision again by a bundle, and say which part of it makes a difference.

    Whatever the bundle decided itself must come out the same: otherwise the exit code is 1.
    """
    from riskbench.core.errors import CannotRun
    from riskbench.decision.replay.replay import replayed
    from riskbench.decision.replay.summary import Replay
    from riskbench.decision.replay.writing import writing

    bundle = _bundle(source)
    counted = Replay(bundle.address)
    with _open(url) as log, writing(out) if out else nullcontext() as write:
        for found in replayed(log.contents(_period(since, until, "decision")), bundle):
            counted.add(found)
            if write:
                write(found)
        if not counted.n:
            raise CannotRun(f"the log {log.name} holds no decision of that period")
    click.echo(_told(counted))
    if out:
        click.echo(f"Written: {shown(out)}")
    return 0 if counted.holds else 1


@click.group()
def decisions() -> None:
    """Look into the decision log, and hold it against itself."""


@decisions.command()
@click.argument("decision_id", required=False, metavar="[ID]")
@click.option("--application", help="Find the decisions on an application, by its name.")
@click.option("--customer", help="Find the decisions on a customer, by the customer's name.")
@_LOG
def show(decision_id: str | None, application: str | None, customer: str | None, url: str | None) -> None:
    """Show a decision and what people did about it; or find decisions by whom they are about."""
    from riskbench.core.project import find_project
    from riskbench.decision.log.places import token_key
    from riskbench.decision.log.selection import Selection
    from riskbench.decision.log.tokens import load_tokens

    if sum(given is not None for given in (decision_id, application, customer)) != 1:
        raise click.UsageError("name one of an ID, --application and --customer")
    with _open(url) as log:
        if decision_id is not None:
            for record in log.decision(decision_id):
                click.echo(json.dumps(json.loads(record.content), indent=2, ensure_ascii=False))
            return
        tokens = load_tokens(token_key(find_project()))
        by_customer = Selection(customer=tokens.customer(customer)) if customer is not None else None
        chosen = by_customer or Selection(application=tokens.application(application or ""))
        found = list(log.contents(chosen))
    for content in found:
        said = content["said"]
        click.echo(f"{content['at']}  {content['id']}  {said['action']:8}{said['rule'] or said['band']}")
    click.echo(f"{len(found)} decision{'s' * (len(found) != 1)}")


@decisions.command()
@click.option(
    "--known", type=_State(), metavar="ENTRIES:HASH", help="A state seen before [default: the last one here]."
)
@_LOG
def verify(known: "Known | None", url: str | None) -> None:
    """Hold every entry of the log against its hash and the one before it, and the whole against a state seen before."""
    from riskbench.core.ledger import BrokenLedger
    from riskbench.core.project import find_project
    from riskbench.decision.log.places import SeenHeads

    seen = SeenHeads(find_project())
    with _open(url) as log:
        found = log.verify(known or seen.of(log.log_id))
        if found.broken:
            raise BrokenLedger(f"the log {log.name}, entry {found.broken.line}: {found.broken.text}")
        seen.remember(log.log_id, found.known)
    click.echo(f"The log is as it was written: {found.known.entries:,} entries.")
    click.echo(f"Its state, to be kept elsewhere: {found.known.entries}:{found.known.head}")


@decisions.command()
@click.argument("file", type=click.Path(path_type=Path))
@_LOG
@_FROM
@_TO
def export(file: Path, url: str | None, since: dt.datetime | None, until: dt.datetime | None) -> None:
    """Write entries to a Parquet FILE for analysis. It holds the inputs of decisions: personal data."""
    from riskbench.decision.log.export import export as write

    with _open(url) as log:
        written = write(log, file, _period(since, until))
    click.echo(f"Written: {shown(file)}, {written:,} entries")


def _open(url: str | None) -> "DecisionLog":
    from riskbench.core.project import find_project
    from riskbench.decision.log.opening import open_log
    from riskbench.decision.log.places import log_url

    return open_log(url or log_url(find_project()), writing=False)


def _period(since: dt.datetime | None, until: dt.datetime | None, *kinds: str) -> "Selection":
    from riskbench.decision.log.selection import Selection

    first = since.replace(tzinfo=dt.UTC) if since else None
    after = until.replace(tzinfo=dt.UTC) + dt.timedelta(days=1) if until else None
    if first and after and first >= after:
        raise click.UsageError(f"--from must not lie after --to, got {since:%Y-%m-%d} and {until:%Y-%m-%d}")
    return Selection(since=first, until=after, kinds=kinds)


def _bundle(source: Path) -> "Bundle":
    from riskbench.decision.bundle.bundle import load_bundle
    from riskbench.pipeline.bundles import read_bundle

    return read_bundle(source) if source.is_dir() else load_bundle(source)


def _told(counted: "Replay") -> str:
    from riskbench.core.words import format_number

    shift, rows = counted.pd_shift, counted.verdict_table()
    bounded = zip(rows["share"], rows["share_lower"], rows["share_upper"], strict=True)
    rows["share"] = [f"{share:.2%} ({lower:.2%} to {upper:.2%})" for share, lower, upper in bounded]
    parts = [
        f"{counted.n:,} decisions, decided again by bundle {counted.bundle}",
        rows[["verdict", "n", "share", "action_changed"]].to_string(index=False),
        f"Actions of the {counted.again:,} decided again, as logged in rows and as now in columns:",
        counted.swap_table().to_string(),
    ]
    if shift.value is not None and shift.lower is not None and shift.upper is not None:
        bounds = " to ".join(format_number(bound) for bound in (shift.lower, shift.upper))
        parts.append(f"Mean PD now less as logged: {format_number(shift.value)} (95 % interval {bounds})")
    else:
        parts.append(f"Mean PD now less as logged: not evaluated, {shift.reason}")
    if counted.lacking:
        reasons = "\n".join(f"  {n:,}: {why}" for why, n in counted.lacking.most_common(10))
        parts.append(f"Cannot be replayed:\n{reasons}")
    if len(examples := counted.example_table()):
        parts.append(f"First examples:\n{examples.fillna('').to_string(index=False)}")
    if not counted.own:
        parts.append("None of them was made by this bundle itself.")
    elif counted.holds:
        parts.append(f"All {counted.own:,} that this bundle made itself come out the same.")
    else:
        parts.append(f"{counted.own_differing:,} of {counted.own:,} that this bundle made itself come out otherwise.")
    return "\n\n".join(parts)
