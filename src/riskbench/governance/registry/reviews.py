"""The review calendar: which reviews the tier of a model asks for, when, and what follows when one is done."""

import calendar
import datetime as dt
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from riskbench.governance.registry.records import Model, Review, Tier
from riskbench.governance.registry.states import Refused, made

Regular = Literal["annual", "monitoring"]
REGULAR: tuple[Regular, ...] = ("annual", "monitoring")


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(files("riskbench.governance.registry").joinpath("review_calendar.toml").read_text("utf-8"))


def source() -> str:
    """Where the intervals come from."""
    return str(_file()["source"])


def months_between(kind: Regular, tier: Tier) -> int:
    """How many months may lie between two reviews of a kind."""
    return int(_file()[kind][f"tier_{tier}"])


def planned(model: Model, reviews: Iterable[Review], on: dt.date) -> list[Review]:
    """The regular reviews that a model lacks from a day on: each kind that its state asks for and nobody has planned.

    Monitoring is asked for once a version is live; a model that is retired is not looked at again.
    """
    waiting = {review.kind for review in reviews if review.model == model.id and not review.done}
    if model.state == "retired":
        return []
    asked = [kind for kind in REGULAR if kind == "annual" or model.state in ("live", "stopped")]
    return [_next(model, kind, on) for kind in asked if kind not in waiting]


def finished(review: Review, by: str, outcome: str, on: dt.date) -> Review:
    """The review as done on a day; raises `Refused` where it was done before."""
    if review.done:
        raise Refused(f"the {review.kind} review due {review.due} was done on {review.done} by {review.by}")
    return made(Review, review.model_dump() | {"done": on, "by": by, "outcome": outcome})


def _next(model: Model, kind: Regular, on: dt.date) -> Review:
    due = months_later(on, months_between(kind, model.tier))
    return Review(model=model.id, kind=kind, due=due, what=_file()[kind]["what"])


def months_later(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last of that month where it has no such day.

    >>> months_later(dt.date(2026, 11, 30), 3)
    datetime.date(2027, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
