"""The application: routes in, problems out. The one door to FastAPI, with `doors.py` and the routes behind it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp

from riskbench import __version__
from riskbench.service.describing import openapi
from riskbench.service.desk import Desk
from riskbench.service.following import Follower
from riskbench.service.frame import FAULT, Frame
from riskbench.service.problems import Fault, Problem, problem_response, wrong_input
from riskbench.service.review import routes as review
from riskbench.service.review.room import Room
from riskbench.service.routes import decisions, governing, health, overrides
from riskbench.service.status import routes as status
from riskbench.service.status.lately import Lately
from riskbench.service.wording import compact

ROUTERS: tuple[APIRouter, ...] = (
    decisions.router,
    overrides.router,
    governing.router,
    health.router,
    review.router,
    status.router,
)


def service(desk: Desk, follower: Follower) -> ASGIApp:
    """The service as an ASGI application: it opens with the first look at log and registry and closes with the log."""
    app = FastAPI(title="riskbench", openapi_url=None, docs_url=None, redoc_url=None, lifespan=_life(follower))
    app.state.desk = desk
    app.state.review = Room(desk)
    app.state.lately = Lately(desk)
    for router in ROUTERS:
        app.include_router(router)

    @app.get("/v1/openapi.json", tags=["health"], response_model=None)
    async def described() -> Response:
        """Describe the service, with the inputs of the bundle that decides now."""
        return Response(compact(openapi(app, desk.standing.deciding, __version__)), media_type="application/json")

    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _form)
    app.add_exception_handler(Exception, _fault)
    desk.counts.gauge("log_waiting", "Entries that are not durable yet.", lambda: desk.journal.waiting)
    return Frame(app, desk.counts)


def _life(follower: Follower) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        following = asyncio.create_task(follower.follow())
        try:
            yield
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            await asyncio.to_thread(app.state.desk.watching.close)
            await app.state.desk.journal.close()

    return life


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    desk: Desk = request.app.state.desk
    desk.counts.add("refused_total", problem=error.code)
    return problem_response(error, request.state.request)


async def _http(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself: an unknown path, a method that a path does not have."""
    assert isinstance(error, HTTPException)
    told = {404: "There is nothing at this path.", 405: "The path does not have this method."}
    detail = told.get(error.status_code, "The request cannot be served.")
    headers = dict(error.headers or {})
    if error.status_code == 405:  # a route knows of its own method alone
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    problem = Problem(error.status_code, "http", detail, headers=headers)
    return await _problem(request, problem)


def _methods(request: Request) -> set[str]:
    """The methods of all routes that have the path of a request."""
    routes = (route for router in ROUTERS for route in router.routes if isinstance(route, Route))
    return {
        method
        for route in routes
        if route.matches(dict(request.scope))[0] is not Match.NONE
        for method in route.methods or ()
    } or {"GET"}


async def _fault(request: Request, error: Exception) -> Response:
    """What nobody has foreseen: the caller is told no more than that; the operator's log has all of it."""
    return await _problem(request, FAULT)


async def _form(request: Request, error: Exception) -> Response:
    """A path, a header or a query parameter of the wrong form; what came is not repeated."""
    assert isinstance(error, RequestValidationError)
    faults = [Fault("/".join(map(str, fault["loc"])), fault["msg"], "another") for fault in error.errors()]
    return await _problem(request, wrong_input(faults))
