"""Around every request: its id, its headers, its count and its line in the log, and one form for every fault.

The line of a request names route, status, duration and the id of the key. A path, a query or a body is not in it, so
that no person is.
"""

import json
import logging
import re
import secrets
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from riskbench.service.counting import Counts
from riskbench.service.problems import Problem, problem_response

ACCESS = logging.getLogger("riskbench.service.access")
FAULTS = logging.getLogger("riskbench.service")
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"}
SECURITY_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]
FAULT = Problem(500, "fault", "This is a fault of the service. Nothing was decided that the log does not hold.")


class Frame:
    """The outermost layer. `busy` tells how many requests are being served."""

    def __init__(self, app: ASGIApp, counts: Counts, clock: Callable[[], float] = time.perf_counter):
        self._app, self._counts, self._clock = app, counts, clock
        self.busy = 0
        counts.gauge("requests_in_flight", "Requests that are being served.", lambda: self.busy)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        id_ = _request_id(given.decode("latin-1"))
        scope.setdefault("state", {})["request"] = id_
        begun, status = self._clock(), 0

        async def framed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {name for name, _ in message["headers"]}
                more = [(name, value) for name, value in SECURITY_HEADERS if name not in own]
                message = {**message, "headers": [*message["headers"], *more, (b"x-request-id", id_.encode())]}
            await send(message)

        self.busy += 1
        try:
            await self._app(scope, receive, framed)
        except Exception:
            FAULTS.exception("request %s", id_)
            if not status:
                await problem_response(FAULT, id_)(scope, receive, framed)
        finally:
            self.busy -= 1
            self._note(scope, id_, status, self._clock() - begun)

    def _note(self, scope: Scope, id_: str, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._counts.add("requests_total", route=route, method=method, status=str(status))
        self._counts.took(seconds, route)
        if ACCESS.isEnabledFor(logging.INFO):
            state = scope["state"]
            line = {"request": id_, "method": method, "route": route, "status": status}
            line |= {
                "ms": round(1000 * seconds, 3),
                "key": state.get("key", ""),
                "decisions": state.get("decisions", []),
            }
            ACCESS.info(json.dumps(line))


def _request_id(given: str) -> str:
    return given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
