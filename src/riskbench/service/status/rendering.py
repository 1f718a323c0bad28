"""From a situation to the page: the same for the service and for a file, all of it escaped."""

import functools
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from riskbench.core.words import MISSING
from riskbench.monitoring.watch.looked import Looked, Series
from riskbench.monitoring.watch.situation import Situation
from riskbench.report.figures.sparkline import sparkline
from riskbench.report.language.sentence import in_chinese
from riskbench.report.layout import TEMPLATES, templates_in
from riskbench.scorecard.reason_texts import Language
from riskbench.service.review.words import Say, duration, when
from riskbench.service.status.headline import age, headline
from riskbench.service.status.words import kind, say

SHAPES = {  # a state is a word and a shape, never a colour alone
    "quiet": "✓", "notice": "●", "warning": "▲", "alarm": "■", "blind": "✕",
    "on time": "✓", "late": "▲", "nothing yet": "○", "within": "✓", "above": "▲", "below": "▼", "unknown": "○",
}  # fmt: skip
STATES = {"on time": "on_time", "late": "late", "nothing yet": "nothing_yet"}


@dataclass(frozen=True)
class Frame:
    """What surrounds the page: its style, as a link or whole; what a session adds; how often it looks again.

    Empty `style` has the sheet stand in the page itself, as a file needs it. `session` is None for a file.
    """

    style: str = ""
    session: Any = None
    told: str = ""
    every: int = 0
    held: bool = False
    may_take: bool = False


@dataclass(frozen=True)
class Line:
    """One figure of a study: the newest value beside what is usual, and the line of the days."""

    figure: str
    newest: str
    usual: str
    reads: str
    line: Markup


def rendered(of: Situation, language: Language, frame: Frame | None = None) -> str:
    """The page of a situation, as HTML."""
    frame, said = frame or Frame(), say(language)
    return (
        _environment()
        .get_template("status.html.j2")
        .render(
            of=of,
            said=said,
            language=language,
            frame=frame,
            head=headline(of, said),
            sheet=Markup(sheet(language)) if not frame.style else "",
            lines={look.study: [_line(one, look, said) for one in look.series] for look in of.looks},
            read=in_chinese if language == "zh" else str,
            kind=functools.partial(kind, language=language),
            ago=lambda at: age(at, of.at, said),
            span=lambda length: duration(length.total_seconds(), said),
        )
    )


@functools.cache
def sheet(language: Language) -> str:
    """The style sheet: that of the dossier, of the forms of the service, and what this page needs more."""
    parts = [
        (TEMPLATES / "dossier.css").read_text("utf-8"),
        files("riskbench.service.review").joinpath("templates", "review.css").read_text("utf-8"),
        files("riskbench.service.status").joinpath("templates", "status.css").read_text("utf-8"),
    ]
    if language == "zh":
        parts.append((TEMPLATES / "chinese.css").read_text("utf-8"))
    return "\n".join(parts)


@functools.cache
def sheet_name(language: Language) -> str:
    """A name of the style sheet that changes with it."""
    return hashlib.sha256(sheet(language).encode()).hexdigest()[:12]


def reads(series: Series) -> str:
    """What the newest value is against the usual: within, above, below, too_few_days or no_value.

    >>> import datetime as dt
    >>> days = (dt.date(2026, 3, 1), dt.date(2026, 3, 2))
    >>> reads(Series(name="score", days=days, values=(500.0, 530.0), lower=490, upper=520))
    'above'
    """
    if series.newest is None:
        return "no_value"
    if series.lower is None or series.upper is None:
        return "too_few_days"
    return "below" if series.newest < series.lower else "above" if series.newest > series.upper else "within"


def _line(series: Series, look: Looked, said: Say) -> Line:
    shown = functools.partial(_value, series.name)
    newest = shown(series.newest)
    known = series.lower is not None and series.upper is not None
    alt = said(
        "line_alt",
        figure=said(series.name),
        study=look.study,
        first=series.days[0],
        last=series.days[-1],
        newest=newest,
    )
    return Line(
        figure=series.name,
        newest=newest,
        usual=said("to", lower=shown(series.lower), upper=shown(series.upper)) if known else MISSING,
        reads=reads(series),
        line=Markup(sparkline(series.values, alt)),
    )


def _value(name: str, value: float | None) -> str:
    if value is None:
        return MISSING
    return f"{100 * value:.1f}" if name == "approval" else f"{value:,.0f}"


@functools.cache
def _environment() -> Environment:
    environment = templates_in(Path(__file__).parent / "templates")
    environment.filters["when"] = when
    environment.globals |= {"shapes": SHAPES, "states": STATES, "missing": MISSING}
    return environment
