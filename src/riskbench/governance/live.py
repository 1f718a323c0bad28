"""What is in use: derived from the ledger alone, so that nobody without a key can put a version into use."""

import datetime as dt
import itertools
from dataclasses import dataclass
from pathlib import Path

from riskbench.governance.registry.states import Refused
from riskbench.governance.signing.entries import read_book
from riskbench.governance.signing.order import LIVE, approval_of, last_live, stopped
from riskbench.governance.signing.statement import Statement
from riskbench.governance.signing.trust import read_memory


@dataclass(frozen=True)
class Live:
    """The version in use: what was promoted, under which conditions, until when."""

    model: str
    version: int
    run: str
    manifest_sha256: str
    bundle_sha256: str
    conditions: tuple[str, ...]
    expires: dt.date
    since: dt.datetime


@dataclass(frozen=True)
class Standing:
    """The version that was put into use last, and whether it decides.

    `halted` says why it decides nothing now: it is stopped, or its approval has expired; empty where it decides.
    `stop` is the act of the stop that is in force.
    `before` are the versions of the model that were in use at some time, itself among them, the newest act first.
    """

    live: Live
    halted: str
    stop: Statement | None
    before: tuple[Live, ...]

    @property
    def took_over(self) -> dt.datetime:
        """Since when it is this version and no other, however often it was stopped and started again in between."""
        same = itertools.takewhile(lambda one: one.version == self.live.version, self.before)
        return min(one.since for one in same)


def live_version(registry: Path, model: str, at: dt.datetime | None = None, trust: Path | None = None) -> Live:
    """The version of a model that may decide at a time (now, where none is given), by the ledger in `registry`.

    `trust` is the file in which this machine remembers roots and heads. Raises `Refused` where no version is in use,
    it is stopped, its approval has expired, or the ledger is not what was signed: then nothing may decide.
    """
    standing = standing_of(registry, model, at, trust)
    if standing.halted:
        raise Refused(standing.halted)
    return standing.live


def standing_of(registry: Path, model: str, at: dt.datetime | None = None, trust: Path | None = None) -> Standing:
    """How the version of a model that was put into use last stands at a time, by the ledger in `registry`.

    For whoever looks on while nothing decides; what decides asks `live_version`, as which it takes its arguments.
    Raises `Refused` where no version is in use, or the ledger is not what was signed.
    """
    at = at or dt.datetime.now(dt.UTC)
    book = read_book(registry, read_memory(trust))
    if book.problems:
        told = "; ".join(f"{file}: {problem}" for file, problem in book.problems.items())
        raise Refused(f"nothing of {model} may decide: {told}")
    acts = [act for act in book.acts(model) if act.at <= at]
    if (act := last_live(acts)) is None:
        raise Refused(f"no version of {model} is in use")
    live = _live(act, approval_of(act, acts))
    before = [_live(one, approval_of(one, acts[:i])) for i, one in enumerate(acts) if one.act in LIVE]
    stop = stopped(acts)
    return Standing(live, _halted(live, stop, at), stop, tuple(reversed(before)))


def _halted(live: Live, stop: Statement | None, at: dt.datetime) -> str:
    if stop:
        return f"{live.model} was stopped by {stop.person} on {stop.at:%Y-%m-%d %H:%M} UTC: {stop.because}"
    if at.astimezone(dt.UTC).date() > live.expires:
        return f"the approval of version {live.version} of {live.model} expired on {live.expires}"
    return ""


def _live(act: Statement, approval: Statement | None) -> Live:
    if act.version is None or approval is None or approval.expires is None:  # the order of acts sees to it
        raise Refused(f"version {act.version} of {act.model} has no approval")
    return Live(
        model=act.model,
        version=act.version,
        run=act.run,
        manifest_sha256=act.manifest_sha256,
        bundle_sha256=act.bundle_sha256,
        conditions=approval.conditions,
        expires=approval.expires,
        since=act.at,
    )
