"""What is in use: derived from the ledger alone, so that nobody without a key can put a version into use."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from riskbench.governance.registry.states import Refused
from riskbench.governance.signing.entries import read_book
from riskbench.governance.signing.order import approval_of, last_live, stopped
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


def live_version(registry: Path, model: str, at: dt.datetime | None = None, trust: Path | None = None) -> Live:
    """The version of a model that may decide at a time (now, where none is given), by the ledger in `registry`.

    `trust` is the file in which this machine remembers roots and heads. Raises `Refused` where no version is in use,
    it is stopped, its approval has expired, or the ledger is not what was signed: then nothing may decide.
    """
    at = at or dt.datetime.now(dt.UTC)
    book = read_book(registry, read_memory(trust))
    if book.problems:
        told = "; ".join(f"{file}: {problem}" for file, problem in book.problems.items())
        raise Refused(f"nothing of {model} may decide: {told}")
    acts = [act for act in book.acts(model) if act.at <= at]
    if (act := last_live(acts)) is None:
        raise Refused(f"no version of {model} is in use")
    if stop := stopped(acts):
        raise Refused(f"{model} was stopped by {stop.person} on {stop.at:%Y-%m-%d %H:%M} UTC: {stop.because}")
    return _live(act, approval_of(act, acts), at)


def _live(act: Statement, approval: Statement | None, at: dt.datetime) -> Live:
    if act.version is None or approval is None or approval.expires is None:  # the order of acts sees to it
        raise Refused(f"version {act.version} of {act.model} has no approval")
    if at.astimezone(dt.UTC).date() > approval.expires:
        raise Refused(f"the approval of version {act.version} of {act.model} expired on {approval.expires}")
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
