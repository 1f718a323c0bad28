"""Which version is in use and whether it decides: by the ledger of the registry, and by what services wrote down.

A stop is an act of people. Monitoring goes on while it lasts: it says so, and looks at what was decided before.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from riskbench.core.errors import CannotRun, RiskbenchError
from riskbench.core.files import sha256
from riskbench.core.project import Project
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.record import StopRecord
from riskbench.decision.log.selection import Selection
from riskbench.governance.live import Live, Standing, standing_of
from riskbench.governance.manifest import MANIFEST, read_manifest
from riskbench.governance.registry.states import Refused
from riskbench.governance.signing.keyfile import trust_file
from riskbench.monitoring.alerts.wording import on_a_line
from riskbench.monitoring.counts.baseline import DOCUMENT, FOLDER
from riskbench.monitoring.watch.looked import Looked, Version
from riskbench.privacy.scan import scan_text

REASON_WITHHELD = "the reason is withheld, because it seems to name a person"


@dataclass(frozen=True)
class Stands:
    """The version in use (None where a run was named instead), why it decides nothing, and what is to be said of it.

    `stopped` is the part of `halted` that stands in the decision log, None where no log was read, and `upto` how many
    entries were read for it. `changed` says that the look before was about another version.
    """

    version: Version | None = None
    halted: str = ""
    stopped: str | None = None
    upto: int = 0
    changed: bool = False
    notes: tuple[str, ...] = ()


def standing_in(project: Project, model: str) -> Standing:
    """How the version in use stands. Raises `CannotRun` where there is none, or the ledger is not what was signed."""
    try:
        return standing_of(project.registry, model, trust=trust_file(project.root))
    except Refused as refused:
        raise CannotRun(f"{refused}. What to do: promote a version, or name a run by --run") from None


def stands(standing: Standing | None, log: Callable[[], DecisionLog] | None, before: Looked | None) -> Stands:
    """What a look says of the version in use; `before` is the look before it, after which the log is read.

    Where the log cannot be read now, what it said before holds; that it is away is said of the log itself.
    """
    version = None
    if standing:
        version = Version(number=standing.live.version, run=standing.live.run, since=standing.took_over)
    known = held(before)
    stopped, upto = known.stopped, known.upto
    if log is not None:
        with suppress(RiskbenchError):
            opened = log()
            end = opened.head().entries  # before the stops: what is written meanwhile is read by the next look
            stopped, upto = _stopped(opened, stopped, upto), end
    halted = _for_a_page((_halted(standing) if standing else "") or stopped or "")
    notes = tuple(_changes(version, known.version))
    return Stands(version, halted, stopped, upto, bool(notes), notes)


def held(before: Looked | None) -> Stands:
    """How things stood at the look before, for one that cannot ask."""
    if before is None:
        return Stands()
    return Stands(before.in_use, before.halted, before.stopped, before.stops_upto)


def promoted_run(reports: Path, live: Live) -> Path:
    """The folder of the run of a version, as it was promoted.

    Raises `CannotRun` where it is not there, or its manifest or its baseline is not what was signed.
    """
    run = reports / live.run
    told = f"version {live.version} of {live.model} is in use, and its run {live.run}"
    if not run.is_dir():
        raise CannotRun(f"{told} is not in {reports}. What to do: put it back there, under this name")
    if not (run / MANIFEST).is_file() or sha256(run / MANIFEST) != live.manifest_sha256:
        raise CannotRun(f"{told} is not the one that was promoted: its {MANIFEST} differs. What to do: put that back")
    sealed = read_manifest(run).files.get(f"{FOLDER}/{DOCUMENT}")
    if sealed is None:
        raise CannotRun(f"{told} froze no baseline. What to do: promote a run that has stage monitoring")
    if not (run / FOLDER / DOCUMENT).is_file() or sha256(run / FOLDER / DOCUMENT) != sealed.sha256:
        raise CannotRun(f"{told} was changed: its {DOCUMENT} is not what was signed. What to do: put that back")
    return run


def _halted(standing: Standing) -> str:
    """Why the version in use decides nothing, in words for a page that names nobody."""
    if (stop := standing.stop) is None:
        return standing.halted
    return f"{standing.live.model} was stopped on {stop.at:%Y-%m-%d %H:%M} UTC: {stop.because}"


def _stopped(log: DecisionLog, known: str | None, after: int) -> str:
    """Why services refer everything, by the newest stop in the log; empty where none holds."""
    stops = [one.record for one in log.read(Selection(kinds=("stop",), after_seq=0 if known is None else after))]
    if not stops:
        return known or ""
    last = stops[-1]
    if not isinstance(last, StopRecord) or last.resumed:
        return ""
    return f"the services were stopped on {last.at:%Y-%m-%d %H:%M} UTC: {last.reason}"


def _for_a_page(text: str) -> str:
    """Why nothing is decided, without what people wrote where that seems to name somebody."""
    told = on_a_line(text).rstrip(".")
    return f"{told.split(': ', 1)[0]}: {REASON_WITHHELD}" if scan_text(told) else told


def _changes(now: Version | None, before: Version | None) -> Iterator[str]:
    if now and before and (now.number, now.run) != (before.number, before.run):
        told = f"version {now.number} (run {now.run}) has taken over from version {before.number} (run {before.run})"
        yield f"{told} at {now.since:%Y-%m-%d %H:%M} UTC: its own baseline holds, and its charts start anew"
