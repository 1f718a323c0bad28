"""The status page: look, and take an incident."""

import asyncio
import datetime as dt

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from riskbench.monitoring.alerts.incident import RefusedStep
from riskbench.monitoring.alerts.opening import open_alerts
from riskbench.service.problems import Problem
from riskbench.service.review.doors import PageRoute, language_of, room_of, session_of
from riskbench.service.review.forms import form_of, one
from riskbench.service.review.pages import POLICY, sent_to
from riskbench.service.review.sessions import Session
from riskbench.service.review.words import when
from riskbench.service.status.lately import lately_of
from riskbench.service.status.rendering import Frame, rendered, sheet, sheet_name
from riskbench.service.status.words import say

ROOT = "/status"
EVERY = 30  # seconds between two looks of an open page
HOURS = ("1", "4", "24", "72")  # for which an incident may be taken
LONGEST_NUMBER = 9  # digits of an incident

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)


@router.get("/style-{version}.css", response_model=None)
async def styled(request: Request, version: str) -> Response:
    """The style sheet; its name changes with what is in it."""
    text = sheet("zh" if request.query_params.get("lang") == "zh" else "en")
    return Response(text, media_type="text/css", headers={"Cache-Control": "public, max-age=86400"})


@router.get("", response_model=None)
async def status(request: Request) -> Response:
    """How things stand. The page asks again by itself, unless it is held still."""
    # a page that nobody looks at must not keep somebody signed in
    session = await session_of(request, used=not request.query_params.get("again"))
    if session is None:
        return sent_to(f"/review/login?next={ROOT}")
    language, held = language_of(request, session), bool(request.query_params.get("hold"))
    style = f"{ROOT}/style-{sheet_name(language)}.css?lang={language}"
    frame = Frame(style, session, session.take_said(), EVERY, held, may_take=session.may_decide)
    page = await asyncio.to_thread(rendered, await lately_of(request).look(), language, frame)
    headers = {"Content-Security-Policy": POLICY, "Content-Language": language, "Vary": "Cookie, Accept-Language"}
    if not held:
        headers["Refresh"] = f"{EVERY}; url={ROOT}?again=1"
    return HTMLResponse(page, headers=headers)


@router.post("/{number}", response_model=None)
async def take(request: Request, number: str) -> Response:
    """Take an incident: it is silent until a moment, or until it gets more severe."""
    room, session = room_of(request), await session_of(request)
    form = await form_of(request, room.desk.settings.body_seconds)
    if session is None:
        return sent_to(f"/review/login?next={ROOT}")
    if not session.holds(one(form, "csrf")):
        raise Problem(403, "form", "The form was not sent from a page of this session.")
    if not session.may_decide:
        raise Problem(403, "scope", f"The key {session.key.name} lacks the scope override.")
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST_NUMBER):
        raise Problem(404, "no-such-decision", "There is no such incident.")
    hours = one(form, "hours")
    until = room.desk.now() + dt.timedelta(hours=int(hours if hours in HOURS else HOURS[0]))
    said = say(language_of(request, session))
    try:
        await asyncio.to_thread(_taken, request, session, int(number), until)
        session.said = said("taken", n=number, when=when(until))
    except RefusedStep:
        session.said = said("gone", n=number)
    await lately_of(request).look(anew=True)
    return sent_to(ROOT)


def _taken(request: Request, session: Session, number: int, until: dt.datetime) -> None:
    settings = room_of(request).desk.settings
    with open_alerts(settings.monitoring, settings.alerts) as alerts:
        alerts.acknowledge(number, session.key.name, until)
