"""Who may pass: the key of a request, its scope and its allowance."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer

from riskbench.core.errors import CannotRun
from riskbench.service.api_keys import ApiKey, Scope
from riskbench.service.desk import Desk
from riskbench.service.problems import Problem
from riskbench.service.shapes import ProblemShape

BEARER = HTTPBearer(
    auto_error=False, scheme_name="key", description="A key of this service, made by `riskbench apikey new`."
)
ASK = {"WWW-Authenticate": 'Bearer realm="riskbench"'}
TOLD = {
    400: "The request is not what HTTP, JSON or a header's rule says.",
    401: "No key, or none that is known, in use and not expired.",
    403: "The key lacks the scope.",
    404: "There is no such thing.",
    408: "The body took too long to arrive.",
    409: "It contradicts what is there.",
    413: "The body is too large.",
    415: "The body is not application/json in UTF-8.",
    422: "The form of the request is wrong: every fault with its field. Nothing was decided.",
    429: "The key makes too many requests; `Retry-After` tells when to come again.",
    503: "It cannot be served now, and nothing was decided; `Retry-After` tells when to come again.",
}
Responses = dict[int | str, dict]


def problems(*statuses: int) -> Responses:
    """The problems that a route may answer with, for its OpenAPI."""
    content = {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/{ProblemShape.__name__}"}}}
    return {status: {"description": TOLD[status], "content": content} for status in (*statuses, 401, 403, 429, 503)}


def desk_of(request: Request) -> Desk:
    """The desk of the service that a request came to."""
    return request.app.state.desk


def passed(request: Request, scope: Scope) -> ApiKey:
    """The key of a request, which has a scope and is within its allowance.

    Raises `Problem`: 401 without a key that is usable, 403 without the scope, 429 beyond the allowance, 503 where
    the file of the keys cannot be read.
    """
    desk = desk_of(request)
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not (text := text.strip()):
        raise Problem(401, "no-key", "A key is asked for: Authorization: Bearer rb_...", headers=ASK)
    try:
        key = desk.keys.found(text)
    except (CannotRun, OSError) as error:
        told = "The file of the keys cannot be read. Nothing was decided."
        raise Problem(503, "keys-unreadable", told, headers={"Retry-After": "5"}) from error
    if key is None:
        told = "The key is not known here, was revoked or has expired."
        headers = {"WWW-Authenticate": f'{ASK["WWW-Authenticate"]}, error="invalid_token"'}
        raise Problem(401, "key-refused", told, headers=headers)
    request.state.key = key.id
    if scope not in key.scopes:
        told = f"The key {key.name} lacks the scope {scope}; it has {', '.join(key.scopes)}."
        raise Problem(403, "scope", told)
    spend(desk, key)
    return key


def may(scope: Scope) -> Callable[..., Awaitable[ApiKey]]:
    """`passed` as a dependency, which also tells OpenAPI that a key is asked for."""

    async def door(request: Request, _: Annotated[object, Security(BEARER)]) -> ApiKey:
        return passed(request, scope)

    return door


def spend(desk: Desk, key: ApiKey, requests: int = 1) -> None:
    """Take requests from the allowance of a key; raises `Problem` (429) where it is used up."""
    if seconds := desk.allowances.wait(key.id, requests):
        told = f"The key makes more than {desk.settings.rate:g} requests a second. Come again in {seconds} s."
        raise Problem(429, "too-many", told, headers={"Retry-After": str(seconds)})


Reading = Annotated[ApiKey, Depends(may("read"))]
Overriding = Annotated[ApiKey, Depends(may("override"))]
Governing = Annotated[ApiKey, Depends(may("admin"))]
