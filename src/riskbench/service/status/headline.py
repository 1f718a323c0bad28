"""What is said first: all quiet, how many incidents are open, or that monitoring itself cannot see."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from riskbench.monitoring.reading import Severity
from riskbench.monitoring.watch.situation import Blind, Situation
from riskbench.service.review.words import Say, duration, when

GRAVEST: tuple[Severity, ...] = ("alarm", "warning", "notice")
Tone = Literal["quiet", "notice", "warning", "alarm", "blind"]


@dataclass(frozen=True)
class Headline:
    """The first sentence, its tone for the shape before it, and the sentences that follow."""

    tone: Tone
    text: str
    more: tuple[str, ...]


def headline(of: Situation, said: Say) -> Headline:
    """The headline of a situation. Blindness stands before everything: what cannot be seen is not quiet.

    Then that nothing decides: whoever reads of fewer approvals must know why.
    """
    counted = _open(of, said)
    if of.blind:
        known = (said("besides", told=counted),) if counted else ()
        return Headline("blind", _blind(of, said), (*(why(one, of.at, said) for one in of.blind), *known))
    ago = said("looked_ago", age=age(of.last_look, of.at, said)) if of.last_look else ""
    if halted := [look.study for look in of.looks if look.halted]:
        known = (said("besides", told=counted),) if counted else ()
        return Headline("alarm", said("all_referred", study=", ".join(halted)), (*known, ago))
    if not counted:
        return Headline("quiet", said("all_quiet"), (ago,))
    gravest: Severity = next(severity for severity in GRAVEST if of.open(severity))
    return Headline(gravest, counted, (_taken(of, said), ago))


def why(blind: Blind, now: dt.datetime, said: Say) -> str:
    """Why monitoring cannot see, in a sentence."""
    if blind.since is None or blind.why in ("never", "service", "database"):
        return said(f"why_{blind.why}")
    told = {"study": blind.study, "when": when(blind.since), "age": age(blind.since, now, said)}
    return said(f"why_{blind.why}", **told, part=said(blind.part or "log"))


def age(since: dt.datetime, now: dt.datetime, said: Say) -> str:
    """How long ago, in words."""
    return duration((now - since).total_seconds(), said)


def _blind(of: Situation, said: Say) -> str:
    if since := of.blind_since:
        return said("blind_since", when=when(since), age=age(since, of.at, said))
    return said("blind_never") if any(one.why == "never" for one in of.blind) else said("blind")


def _taken(of: Situation, said: Say) -> str:
    """Who has the open incidents: nobody, somebody some of them, or each."""
    loose = sum(one.state == "open" for one in of.incidents)
    if loose == len(of.incidents):
        return said("taken_none_one" if loose == 1 else "taken_none")
    return said("taken_some", n=loose) if loose else said("taken_all")


def _open(of: Situation, said: Say) -> str:
    return said("joint").join(_counted(of, said))


def _counted(of: Situation, said: Say) -> Iterator[str]:
    for severity in GRAVEST:
        if n := of.open(severity):
            yield said(f"open_{severity}_one") if n == 1 else said(f"open_{severity}", n=f"{n:,}")
