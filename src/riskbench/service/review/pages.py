"""From content to a page: templates in the look of the dossier, all of it escaped, and what a browser may do."""

import datetime as dt
import functools
import hashlib
import math
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment
from starlette.responses import HTMLResponse, RedirectResponse, Response

from riskbench.core.words import MISSING, NBSP, format_number
from riskbench.report.layout import TEMPLATES, templates_in
from riskbench.scorecard.reason_texts import Language
from riskbench.service.review.words import duration, say, when

ROOT = "/review"
SHAPES = {"approve": "●", "limit": "◐", "refer": "▲", "decline": "■"}  # an action is a word and a shape, never a colour
POLICY = (
    "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def page(template: str, language: Language, title: str, *, status: int = 200, **content: Any) -> Response:
    """A page from its template; all values are escaped."""
    said = say(language)
    rendered = (
        _environment()
        .get_template(f"{template}.html.j2")
        .render(
            said=said,
            language=language,
            title=title,
            style=f"{ROOT}/style-{style()[1]}.css?lang={language}",
            waited=lambda at: duration((dt.datetime.now(dt.UTC) - at).total_seconds(), said),
            hours=lambda age: duration(3600 * age, said),
            **content,
        )
    )
    headers = {"Content-Security-Policy": POLICY, "Content-Language": language, "Vary": "Cookie, Accept-Language"}
    return HTMLResponse(rendered, status, headers)


def sent_to(path: str) -> Response:
    """The browser is sent to another page by GET, so that to reload it sends nothing twice."""
    return RedirectResponse(path, 303, {"Content-Security-Policy": POLICY})


@functools.cache
def style() -> tuple[str, str]:
    """The style sheet, that of the dossier and what a form needs more, and a name that changes with it."""
    own = files("riskbench.service.review").joinpath("templates", "review.css").read_text("utf-8")
    text = (TEMPLATES / "dossier.css").read_text("utf-8") + own
    return text, hashlib.sha256((text + chinese()).encode()).hexdigest()[:12]


@functools.cache
def chinese() -> str:
    """What the style sheet has more for Chinese pages."""
    return (TEMPLATES / "chinese.css").read_text("utf-8")


@functools.cache
def icon() -> str:
    """The sign in the browser's tab."""
    return files("riskbench.service.review").joinpath("templates", "icon.svg").read_text("utf-8")


def amount(value: float | None) -> str:
    """An amount: whole where it is, to the hundredth where it is not.

    >>> amount(1200.0), amount(99.5), amount(None)
    ('1,200', '99.50', '–')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def plain(value: float | None) -> str:
    """An amount as a form holds it: all of its digits, none separated."""
    return "" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def figure(value: Any) -> str:
    """An input as it came: a text as it is, a number with its digits."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,.10g}"


def percent(share: float | None) -> str:
    """A share in percent, the unit in the head of its column."""
    return MISSING if share is None else format_number(share, unit="%").removesuffix(f"{NBSP}%")


@functools.cache
def _environment() -> Environment:
    environment = templates_in(Path(__file__).parent / "templates")
    environment.filters |= {"amount": amount, "plain": plain, "figure": figure, "percent": percent, "when": when}
    environment.globals |= {"root": ROOT, "shapes": SHAPES}
    return environment
