"""What a day makes of the registry: exceptions that end, findings that weigh again, and what is overdue."""

import datetime as dt
from collections.abc import Iterable

from riskbench.governance.registry.records import Finding, Model, Review, RiskException, Version

DONE = ("closed", "dismissed")


def in_force(exception: RiskException, on: dt.date) -> bool:
    """Whether an exception counts on a day: it is granted, and its last day is not over."""
    return exception.state == "granted" and on <= exception.expires


def excused_by(finding: Finding, exceptions: Iterable[RiskException], on: dt.date) -> RiskException | None:
    """The exception in force that an accepted finding stands on; None where it has none, or none any more."""
    if finding.state != "accepted":
        return None
    named = (e for e in exceptions if (e.id, e.model) == (finding.exception, finding.model) and in_force(e, on))
    return next((e for e in named if e.about in (finding.id, finding.evidence)), None)


def weighs(finding: Finding, exceptions: Iterable[RiskException], on: dt.date) -> bool:
    """Whether a finding still counts against the model: drafts do, and accepted ones whose exception has ended.

    It ceases when it is closed or dismissed, and for as long as an exception in force sets it aside.
    """
    return finding.state not in DONE and excused_by(finding, exceptions, on) is None


def overdue(record: Finding | Review | Version, on: dt.date) -> int:
    """By how many days a finding or a review is late, or an approval has expired; 0 where it is not."""
    match record:
        case Finding():
            day = None if record.state in (*DONE, "accepted") else record.due
        case Review():
            day = None if record.done else record.due
        case Version():
            day = record.expires if record.state in ("approved", "live", "stopped") else None
    return max(0, (on - day).days) if day else 0


def finding_told(finding: Finding, exceptions: Iterable[RiskException], on: dt.date) -> str:
    """The state of a finding on a day, in words."""
    state = finding.state.replace("_", " ")
    if finding.state == "accepted":
        by = excused_by(finding, exceptions, on)
        return f"accepted until {by.expires}" if by else f"accepted, but {finding.exception} is not in force: it weighs"
    if late := overdue(finding, on):
        return f"{state}, overdue by {days(late)}"
    return f"{state}, due {finding.due}" if finding.due and finding.state not in DONE else state


def exception_told(exception: RiskException, on: dt.date) -> str:
    """The state of an exception on a day, in words."""
    if exception.state != "granted":
        return exception.state
    if in_force(exception, on):
        return f"in force until {exception.expires}"
    return f"expired on {exception.expires}: it counts no more"


def version_told(version: Version, on: dt.date) -> str:
    """The state of a version on a day, in words."""
    state = version.state.replace("_", " ")
    if overdue(version, on):
        return f"{state}, but the approval expired on {version.expires}"
    return f"{state} until {version.expires}" if version.expires and version.state in ("approved", "live") else state


def next_review(model: Model, reviews: Iterable[Review]) -> Review | None:
    """The review of a model that is due first."""
    waiting = [review for review in reviews if review.model == model.id and not review.done]
    return min(waiting, key=lambda review: review.due, default=None)


def days(count: int) -> str:
    """A number of days in words that agree.

    >>> days(1), days(12)
    ('1 day', '12 days')
    """
    return f"{count:,} day{'' if count == 1 else 's'}"
