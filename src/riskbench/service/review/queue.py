"""The queue as a page shows it: filtered by reason and by age, counted, a page at a time."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from riskbench.scorecard.reason_texts import Language
from riskbench.service.problems import Problem
from riskbench.service.review.board import Brief
from riskbench.service.review.room import Room
from riskbench.service.wording import STOPPED_TEXT

PAGE = 25
AGES = (1, 24, 72)  # hours, by which may be filtered
STOPPED = "stopped"


@dataclass(frozen=True)
class Filter:
    """What is asked for: a reason ("" for any), more than so many hours (0 for any), and which page."""

    reason: str = ""
    hours: int = 0
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filter":
        """From the query of a request; what makes no sense asks for nothing."""
        hours, at = query.get("age", ""), query.get("page", "")
        return cls(
            reason=query.get("reason", "")[:250],
            hours=int(hours) if hours in {str(age) for age in AGES} else 0,
            page=max(1, int(at)) if at.isascii() and at.isdecimal() and len(at) < 7 else 1,
        )

    def at(self, page: int) -> str:
        """The query of another page of the same."""
        asked = {"reason": self.reason, "age": self.hours or "", "page": page}
        return urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True)
class Line:
    """One application that waits, and why in words."""

    brief: Brief
    why: str


@dataclass(frozen=True)
class Queue:
    """A page of the queue: `total` wait, `matching` of them match, `reasons` counts why, by code, with words."""

    asked: Filter
    total: int
    oldest: dt.datetime | None
    matching: int
    pages: int
    lines: list[Line]
    reasons: list[tuple[str, str, int]]
    ages: tuple[int, ...] = AGES


def queue_of(room: Room, asked: Filter, language: Language) -> Queue:
    """The page that is asked for; the last one where there are fewer."""
    waiting = room.board.ordered()
    counted = Counter(reason_of(brief) for brief in waiting)
    one_of = {reason_of(brief): brief for brief in reversed(waiting)}
    reasons = [(code, why(room, one_of[code], language), n) for code, n in counted.most_common()]
    before = dt.datetime.now(dt.UTC) - dt.timedelta(hours=asked.hours)
    matching = [
        brief
        for brief in waiting
        if (not asked.reason or reason_of(brief) == asked.reason) and (not asked.hours or brief.at < before)
    ]
    pages = max(1, -(-len(matching) // PAGE))
    at = min(asked.page, pages)
    return Queue(
        asked=Filter(asked.reason, asked.hours, at),
        total=len(waiting),
        oldest=waiting[0].at if waiting else None,
        matching=len(matching),
        pages=pages,
        lines=[Line(brief, why(room, brief, language)) for brief in matching[(at - 1) * PAGE : at * PAGE]],
        reasons=reasons,
    )


def reason_of(brief: Brief) -> str:
    """The code of why it was referred, as answers of the service have it."""
    if brief.score is None:
        return STOPPED
    return f"{brief.rule}:missing" if brief.unknown else brief.rule or f"band:{brief.band}"


def why(room: Room, brief: Brief, language: Language) -> str:
    """Why it was referred in words; by its code where the bundle that decided is not at hand."""
    if brief.score is None:
        return STOPPED_TEXT[language]
    try:
        reasons = room.bundle(brief.bundle).reasons
        if brief.rule:
            return str(getattr(reasons.of_rule(brief.rule, brief.unknown, brief.arm), language))
        return str(getattr(reasons.bands[brief.band], language))
    except (Problem, KeyError):
        return reason_of(brief)
