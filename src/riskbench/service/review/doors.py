"""Who is at the browser: the session behind a request, its language, and whether a form is its own."""

import functools
from collections.abc import Awaitable, Callable
from typing import Any, cast

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import Response

from riskbench.core.errors import RiskbenchError
from riskbench.scorecard.reason_texts import LANGUAGES, Language
from riskbench.service.doors import spend
from riskbench.service.problems import Problem
from riskbench.service.review.pages import page
from riskbench.service.review.room import Room
from riskbench.service.review.sessions import Session
from riskbench.service.review.words import say
from riskbench.service.wording import preferred

COOKIE, LOGIN_COOKIE = "riskbench_review", "riskbench_login"
PAGES = ("/review", "/status")  # the queue and the status page share a session, and nothing else is sent its cookie
Handler = Callable[[Request], Awaitable[Response]]


def room_of(request: Request) -> Room:
    """The room of the service that a request came to."""
    return cast(Room, request.app.state.review)


async def session_of(request: Request, *, used: bool = True) -> Session | None:
    """The session of a request, its key as it is now; None where nobody is signed in any more.

    `used` is False where no person asked. Raises `Problem` (429) beyond the allowance of the key.
    """
    room, token = room_of(request), request.cookies.get(COOKIE, "")
    session = room.sessions.of(token, used=used)
    if session is None:
        return None
    if (key := room.key(session.key.id)) is None:
        room.sessions.end(token)
        return None
    session.key = key
    request.state.key = key.id
    spend(room.desk, key)
    return session


def language_of(request: Request, session: Session | None = None) -> Language:
    """The language that is asked for by ?lang=, else that of the session, else that of the browser."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        language: Language = "zh" if asked == "zh" else "en"
        if session:
            session.language = language
        return language
    return (session and session.language) or preferred(request.headers.get("accept-language", ""))


def set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    """A cookie that no script reads and no other site sends; secure where the request came by TLS."""
    # Whoever says so of a plain connection keeps only his own browser from sending the cookie.
    secure = "https" in (request.url.scheme, request.headers.get("x-forwarded-proto"))
    for path in PAGES:
        response.set_cookie(name, value, path=path, secure=secure, httponly=True, samesite="strict")


def drop_cookie(response: Response, name: str) -> None:
    """Have the browser forget a cookie."""
    for path in PAGES:
        response.delete_cookie(name, path=path)


def told(request: Request, session: Session | None, status: int, sentences: list[str]) -> Response:
    """A page that says why something cannot be shown or done."""
    language = language_of(request, session)
    return page("told", language, say(language)("trouble"), status=status, session=session, sentences=sentences)


class PageRoute(APIRoute):
    """A route whose problems are pages for people, in place of JSON for programs."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler, with what it raises told."""
        handler = super().get_route_handler()

        @functools.wraps(handler)
        async def answered(request: Request) -> Response:
            try:
                return await handler(request)
            except Problem as problem:
                return _problem(request, problem)
            except RequestValidationError:
                return _problem(request, Problem(404, "no-such-decision", "There is no such page."))
            except (RiskbenchError, OSError):
                return _problem(request, Problem(503, "trouble", "It cannot be served now. Come again in a moment."))

        return answered


def _problem(request: Request, problem: Problem) -> Response:
    room_of(request).desk.counts.add("refused_total", problem=problem.code)
    said = say(language_of(request))
    known = {"no-such-decision": said("not_there"), "form": said("form_stale"), "scope": said("only_read")}
    sentence = known.get(problem.code, problem.detail)
    after = [said("nothing_written")] if request.method == "POST" and problem.code != "form" else []
    return told(request, None, problem.status, [sentence, *after])
