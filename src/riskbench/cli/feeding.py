"""What keeps arriving for a study: take it, see how fresh it is, and see what was refused."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskbench.cli.telling import me
from riskbench.core.errors import CannotRun, RiskbenchError
from riskbench.core.project import find_project

if TYPE_CHECKING:
    from riskbench.data.feeds.description import Feed
    from riskbench.data.feeds.status import FeedStatus
    from riskbench.data.feeds.store import Line
    from riskbench.data.study import Study

SHOWN = 20  # refused rows on the screen
HEAD = ("feed", "newest event", "newest arrival", "age h", "promised h", "state", "rows", "quarantined", "not taken")

_feed = click.option("--feed", "names", multiple=True, metavar="NAME", help="Only this feed; repeatable.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command()
@click.argument("study")
@_feed
@click.option("--dry-run", is_flag=True, help="Say what would be taken; write nothing.")
@click.option("--retry", is_flag=True, help="Take up again what was refused, held back or put into quarantine.")
@click.option("--compact", is_flag=True, help="Put many small parts together afterwards.")
@_json
def refresh(study: str, names: tuple[str, ...], dry_run: bool, retry: bool, compact: bool, as_json: bool) -> None:
    """Take what has arrived for STUDY: new files and rows, each once, bad rows into quarantine."""
    from riskbench.data.feeds.compact import compact as put_together
    from riskbench.data.feeds.refresh import Order
    from riskbench.data.feeds.refresh import refresh as take

    loaded, folder, feeds = _feeds(study, names)
    taken: dict[str, list[Line]] = {}
    faults: dict[str, RiskbenchError] = {}
    for name, feed in feeds.items():
        try:
            taken[name] = take(name, feed, loaded.tables[feed.table], folder, Order(dry_run, retry))
            if compact and not dry_run:
                put_together(name, feed, folder)
        except RiskbenchError as error:  # the other feeds are taken all the same
            faults[name] = error
    if as_json:
        lines = {name: [asdict(line) for line in of] for name, of in taken.items()}
        click.echo(json.dumps({"taken": lines, "faults": {name: str(e) for name, e in faults.items()}}, indent=2))
    else:
        for name, of in taken.items():
            _tell(name, of, dry_run)
            if lacking := _lacks_a_folder(feeds[name], folder):
                click.echo(f"{name}: there is no folder {lacking} yet")
    if faults:
        raise CannotRun("\n".join(str(error) for error in faults.values()))
    if any(line.kind in ("held", "refused") for of in taken.values() for line in of):
        click.get_current_context().exit(1)


@click.command("feeds")
@click.argument("study")
@_json
def show_feeds(study: str, as_json: bool) -> None:
    """Tell how fresh the feeds of STUDY are; 1 where one is late or a delivery was not taken."""
    from riskbench.data.feeds.status import feed_status
    from riskbench.data.feeds.store import utc_now

    _, folder, feeds = _feeds(study, ())
    now = utc_now()
    found = [feed_status(name, feed, folder, now) for name, feed in feeds.items()]
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, default=lambda moment: moment.isoformat()))
    else:
        _print_table(HEAD, [_row(one) for one in found])
    if any(one.state == "late" or one.held for one in found):
        click.get_current_context().exit(1)


@click.command()
@click.argument("study")
@_feed
@_json
def quarantine(study: str, names: tuple[str, ...], as_json: bool) -> None:
    """Show the refused rows of STUDY, values masked where they name somebody, and the deliveries not taken at all."""
    from riskbench.data.feeds.status import not_taken
    from riskbench.data.feeds.store import FeedStore

    _, folder, feeds = _feeds(study, names)
    held = {name: FeedStore(folder, name) for name in feeds}
    rows = {
        name: table.drop(["content"]).to_pylist() for name, store in held.items() if (table := store.refused_rows())
    }
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for name, of in rows.items():
        click.echo(f"{name}: {len({(row['file'], row['row']) for row in of}):,} rows")
        for row in of[:SHOWN]:
            value = "" if not row["value"] else f", got {row['value']}"
            where = f"{row['file']}, row {row['row']}, column {row['column']}"
            click.echo(f"  {where}: {row['rule']}{value}. {_sentence(row['remedy'])}")
        if len(of) > SHOWN:
            click.echo(f"  and {len(of) - SHOWN:,} more: --json shows all")
    waiting = {name: not_taken(store.state().lines) for name, store in held.items()}
    for name, lines in waiting.items():
        _tell(name, lines, dry=False, nothing=False)
    if not rows:
        click.echo("Nothing is in quarantine.")
    if rows or any(waiting.values()):
        click.echo(f"After a correction: {me()} data refresh {study} --retry")


def _feeds(study: str, names: Iterable[str]) -> tuple["Study", Path, dict[str, "Feed"]]:
    """A study, its folder, and its feeds: all, or those named."""
    from riskbench.data.feeds.description import FEEDS_FILE, load_feeds
    from riskbench.data.study import find_study, load_study

    file = find_study(find_project().data, study)
    loaded = load_study(file)
    feeds = load_feeds(loaded, file.parent)
    if not feeds:
        raise CannotRun(f"study {loaded.name} has no feeds: {FEEDS_FILE} beside it would name them (docs/feeds.md)")
    if unknown := [name for name in names if name not in feeds]:
        raise CannotRun(f"study {loaded.name} has no feed {unknown[0]!r}; there are: {', '.join(feeds)}")
    return loaded, file.parent, {name: feed for name, feed in feeds.items() if not names or name in names}


def _row(one: "FeedStatus") -> tuple[str, ...]:
    moments = (f"{moment:%Y-%m-%d %H:%M}" if moment else "" for moment in (one.newest_event, one.newest_arrival))
    age = "" if one.age_hours is None else f"{one.age_hours:,.1f}"
    counts = (f"{count:,}" for count in (one.rows, one.quarantined, one.held))
    return (one.feed, *moments, age, f"{one.expected_every_hours:g}", one.state, *counts)


def _tell(name: str, lines: Iterable["Line"], dry: bool, nothing: bool = True) -> None:
    from riskbench.data.reading.tape import in_rows

    told = False
    for line in lines:
        told = True
        if line.kind in ("held", "refused"):
            click.echo(f"{name}: {line.origin}: {'held back' if line.kind == 'held' else 'refused'}: {line.reason}")
            continue
        said = f"{name}: {line.origin}: {in_rows(line.rows)} {'would be ' if dry else ''}taken"
        said += f", {line.known:,} known already" if line.known else ""
        said += f", {line.refused:,} in quarantine" if line.refused else ""
        said += f"; left out, not declared: {', '.join(line.dropped)}" if line.dropped else ""
        click.echo(said)
    if nothing and not told:
        click.echo(f"{name}: nothing new")


def _lacks_a_folder(feed: "Feed", folder: Path) -> str:
    place = getattr(feed.source, "folder", "")
    return place if place and not (folder / place).is_dir() else ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _print_table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
