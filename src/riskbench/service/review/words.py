"""The words of the pages, by key and language; the texts of decisions come from the bundle that decided."""

import datetime as dt
import functools
import tomllib
from collections.abc import Callable
from importlib.resources import files

from riskbench.scorecard.reason_texts import Language

Say = Callable[..., str]


@functools.cache
def words() -> dict[str, dict[str, str]]:
    """All of them: by key, then by language."""
    return tomllib.loads(files("riskbench.service.review").joinpath("words.toml").read_text("utf-8"))


def say(language: Language) -> Say:
    """What says a key in a language, its braces filled: `say("en")("page_of", page=1, pages=2)`.

    >>> say("en")("page_of", page=1, pages=2), say("zh")("decline")
    ('Page 1 of 2', '拒绝')
    """
    known = words()

    def said(key: str, **values: object) -> str:
        return known[key][language].format(**values)

    return said


def duration(seconds: float, said: Say) -> str:
    """How long, in the largest unit of which two are full: minutes, then hours, then days.

    >>> duration(7_100, say("en")), duration(200_000, say("en")), duration(0, say("en"))
    ('118 min', '55 h', '0 min')
    """
    minutes = int(seconds // 60)
    if minutes < 120:
        return said("minutes", n=max(0, minutes))
    return said("hours", n=minutes // 60) if minutes < 3 * 1440 else said("days", n=f"{minutes // 1440:,}")


def when(at: dt.datetime) -> str:
    """A moment to the minute, in UTC."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M")
