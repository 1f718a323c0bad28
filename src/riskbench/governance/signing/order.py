"""What must have been signed before: the rules of an act that the ledger alone can answer.

They are asked twice, by the same function: before somebody signs, and of every entry whenever the ledger is read.
"""

import datetime as dt
from collections.abc import Sequence

from riskbench.governance.signing.signature import Act
from riskbench.governance.signing.statement import Statement

LIVE: tuple[Act, ...] = ("promotion", "rollback")


def out_of_order(act: Statement, before: Sequence[Statement]) -> str:
    """Why an act may not follow those before it, oldest first; empty where it may."""
    of_model = [earlier for earlier in before if earlier.model == act.model]
    return clock(before, act.at) or two_roles(act, of_model) or _lacking(act, of_model)


def clock(before: Sequence[Statement], at: dt.datetime) -> str:
    """Why nothing can be signed at this time; empty where the clock runs forward."""
    if before and at < before[-1].at:
        return f"the clock runs backwards: the entry before it was signed at {before[-1].at.isoformat()}"
    return ""


def two_roles(act: Statement, before: Sequence[Statement]) -> str:
    """Why a person may not act in this role on this version; an act on the whole model counts for each version."""
    for earlier in before:
        same = earlier.version == act.version or None in (earlier.version, act.version)
        if same and earlier.person == act.person and earlier.role != act.role:
            told = f"{act.person} signed its {earlier.act} as {earlier.role}"
            return f"{told}: one person cannot hold two roles on one version, and be its {act.role} too"
    return ""


def approval_of(act: Statement, before: Sequence[Statement]) -> Statement | None:
    """The newest approval of what an act is about."""
    return _last("approval", act, before)


def last_live(before: Sequence[Statement]) -> Statement | None:
    """The act by which a version came into use last; a stop does not take that away."""
    return next((earlier for earlier in reversed(before) if earlier.act in LIVE), None)


def stopped(before: Sequence[Statement]) -> Statement | None:
    """The stop that is in force."""
    last = next((earlier for earlier in reversed(before) if earlier.act in (*LIVE, "stop")), None)
    return last if last and last.act == "stop" else None


def was_live(version: int | None, before: Sequence[Statement]) -> bool:
    """Whether a version was in use at some time."""
    return any(earlier.act in LIVE and earlier.version == version for earlier in before)


def _last(kind: Act, act: Statement, before: Sequence[Statement]) -> Statement | None:
    about = act.version, act.run, act.manifest_sha256
    found = (e for e in reversed(before) if e.act == kind and (e.version, e.run, e.manifest_sha256) == about)
    return next(found, None)


def _lacking(act: Statement, before: Sequence[Statement]) -> str:
    match act.act:
        case "validation" if not _last("development", act, before):
            return "its modeller has not signed the development of this very run"
        case "approval" if not _last("development", act, before):
            return "its modeller has not signed the development of this very run"
        case "approval" if not _last("validation", act, before):
            return "no validator has signed this very run"
        case "approval" if not act.expires or act.expires <= act.at.date():
            return "an approval carries the day on which it expires, which lies ahead"
        case "promotion" | "rollback":
            return _not_usable(act, before)
        case "stop" if (live := last_live(before)) is None or live.version != act.version:
            return "only the version in use can be stopped"
        case "stop" if stopped(before):
            return "it is stopped already"
    return ""


def _not_usable(act: Statement, before: Sequence[Statement]) -> str:
    approval, live = approval_of(act, before), last_live(before)
    if act.act == "rollback" and not was_live(act.version, before):
        return f"version {act.version} was never in use: a rollback goes to one that was"
    if approval is None:
        return "no approver has approved this very run"
    if approval.expires is None or act.at.astimezone(dt.UTC).date() > approval.expires:
        return f"its approval expired on {approval.expires}"
    if approval.bundle_sha256 != act.bundle_sha256:
        return "the bundle is not the one that was approved"
    if live and live.version == act.version and not stopped(before):
        return f"version {act.version} is in use already"
    return ""
