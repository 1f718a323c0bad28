"""The pages of the review queue: sign in, the queue, one application, and what is decided of it."""

import asyncio
import re
import secrets

from fastapi import APIRouter, Request
from starlette.responses import Response

from riskbench.core.errors import CannotRun
from riskbench.service.journal import no_such_decision
from riskbench.service.problems import Problem
from riskbench.service.review.doors import (
    COOKIE,
    LOGIN_COOKIE,
    PageRoute,
    drop_cookie,
    language_of,
    room_of,
    session_of,
    set_cookie,
)
from riskbench.service.review.forms import form_of, one
from riskbench.service.review.pages import ROOT, chinese, icon, page, sent_to, style
from riskbench.service.review.queue import Filter, queue_of
from riskbench.service.review.room import may_look
from riskbench.service.review.sessions import Session
from riskbench.service.review.showing import opened, shown
from riskbench.service.review.words import say
from riskbench.service.review.writing import decided

router = APIRouter(prefix=ROOT, route_class=PageRoute, include_in_schema=False)
ID = re.compile(r"[0-9a-f]{32}")
NEXT = re.compile(rf"{ROOT}(/[0-9a-f]{{32}})?|/status")


@router.get("/style-{version}.css", response_model=None)
async def styled(request: Request, version: str) -> Response:
    """The style sheet; its name changes with what is in it."""
    text = style()[0] + (chinese() if request.query_params.get("lang") == "zh" else "")
    return Response(text, media_type="text/css", headers={"Cache-Control": "public, max-age=86400"})


@router.get("/icon.svg", response_model=None)
async def signed() -> Response:
    """The sign in the browser's tab."""
    return Response(icon(), media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


@router.get("/login", response_model=None)
async def login_page(request: Request) -> Response:
    """The form that asks for a key."""
    return _login(request)


@router.post("/login", response_model=None)
async def login(request: Request) -> Response:
    """Begin a session with a key that may look or decide."""
    room = room_of(request)
    form = await form_of(request, room.desk.settings.body_seconds)
    said = say(language_of(request))
    address = request.client.host if request.client else ""
    if seconds := room.refusals.wait(address):
        return _login(request, 429, said("login_wait", seconds=seconds), retry=seconds)
    made, sent = request.cookies.get(LOGIN_COOKIE, ""), one(form, "csrf")
    if not made or not secrets.compare_digest(made.encode(), sent.encode()):
        return _login(request, 403, said("form_stale"))
    try:
        key = room.desk.keys.found(one(form, "key").strip())
    except (CannotRun, OSError) as error:
        raise Problem(503, "keys-unreadable", "The file of the keys cannot be read.") from error
    if key is None:
        room.refusals.note(address)
        return _login(request, 401, said("key_refused"))
    if not may_look(key):
        return _login(request, 403, said("key_scope", name=key.name))
    request.state.key = key.id
    after = one(form, "next")
    answer = sent_to(after if NEXT.fullmatch(after) else ROOT)
    token = room.sessions.begin(key, language_of(request))
    set_cookie(request, answer, COOKIE, token)
    drop_cookie(answer, LOGIN_COOKIE)
    return answer


@router.post("/logout", response_model=None)
async def logout(request: Request) -> Response:
    """End the session."""
    room, session = room_of(request), await session_of(request)
    form = await form_of(request, room.desk.settings.body_seconds)
    if session:
        _own(session, one(form, "csrf"))
        room.sessions.end(request.cookies.get(COOKIE, ""))
    answer = sent_to(f"{ROOT}/login?out=1")
    drop_cookie(answer, COOKIE)
    return answer


@router.get("", response_model=None)
async def queue(request: Request) -> Response:
    """What waits for a person, the oldest first."""
    if (session := await session_of(request)) is None:
        return sent_to(f"{ROOT}/login")
    room, language = room_of(request), language_of(request, session)
    await room.board.look()
    asked = Filter.of(request.query_params)
    found = await asyncio.to_thread(queue_of, room, asked, language)
    return page("queue", language, say(language)("service"), session=session, told=session.take_said(), queue=found)


@router.get("/{id}", response_model=None)
async def application(request: Request, id: str) -> Response:  # noqa: A002 (the name of the path's parameter)
    """One application, and the form that decides it."""
    if (session := await session_of(request)) is None:
        return sent_to(f"{ROOT}/login?next={ROOT}/{_id(id)}")
    room, language = room_of(request), language_of(request, session)
    await room.board.look()
    case = await opened(room, _id(id), language)
    request.state.decisions = [id]
    session.open(id, room.sessions.clock())
    return shown(case, session, language)


@router.post("/{id}", response_model=None)
async def decide(request: Request, id: str) -> Response:  # noqa: A002 (as above)
    """Decide, or ask once more where that takes a second look."""
    room, session = room_of(request), await session_of(request)
    form = await form_of(request, room.desk.settings.body_seconds)
    if session is None:
        return _login(request, 401, say(language_of(request))("session_ended"), after=f"{ROOT}/{_id(id)}")
    _own(session, one(form, "csrf"))
    if not session.may_decide:
        raise Problem(403, "scope", f"The key {session.key.name} lacks the scope override.")
    request.state.decisions = [_id(id)]
    return await decided(room, session, form, id, language_of(request, session))


def _own(session: Session, csrf: str) -> None:
    if not session.holds(csrf):
        raise Problem(403, "form", "The form was not sent from a page of this session.")


def _id(text: str) -> str:
    if not ID.fullmatch(text):
        raise no_such_decision()
    return text


def _login(request: Request, status: int = 200, fault: str = "", *, after: str = "", retry: int = 0) -> Response:
    language = language_of(request)
    said, token = say(language), secrets.token_urlsafe(32)
    asked = after or request.query_params.get("next", "")
    told = said("signed_out") if request.query_params.get("out") and not fault else ""
    answer = page(
        "login",
        language,
        said("login_title"),
        status=status,
        session=None,
        csrf=token,
        fault=fault,
        told=told,
        after=asked if NEXT.fullmatch(asked) else "",
    )
    set_cookie(request, answer, LOGIN_COOKIE, token)
    if retry:
        answer.headers["Retry-After"] = str(retry)
    return answer
