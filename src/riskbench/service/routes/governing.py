"""What decides: told to integrators, switched, stopped and started again by administrators."""

import asyncio
import re
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from riskbench.core.errors import RiskbenchError
from riskbench.decision.bundle.bundle import BundleError
from riskbench.decision.inputs import kind_of
from riskbench.decision.log.record import time_text
from riskbench.service.asked import LONGEST_REASON, TEXT_PATTERN
from riskbench.service.deciding import Deciding, deciding_of
from riskbench.service.desk import Desk
from riskbench.service.doors import Governing, Reading, desk_of, problems
from riskbench.service.problems import Fault, Problem, wrong_input
from riskbench.service.reading import json_body
from riskbench.service.shapes import BundleShape, StopShape
from riskbench.service.telling import sent

router = APIRouter(prefix="/v1", tags=["governing"])
FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}\.json")
ADDRESS = re.compile(r"[0-9a-f]{64}")


RULES = {
    "file": "must name a .json file of the folder of bundles",
    "sha256": "must be an address: 64 hexadecimal digits",
    "reason": f"must be a text of 1 to {LONGEST_REASON} characters, none a control character",
}


def _body(**properties: dict[str, Any]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


SWITCH_BODY = _body(
    file={"type": "string", "pattern": f"^{FILE.pattern}$", "description": "A file of the folder of bundles."},
    sha256={"type": "string", "pattern": f"^{ADDRESS.pattern}$", "description": "The address that it must have."},
)
STOP_BODY = _body(reason={"type": "string", "minLength": 1, "maxLength": LONGEST_REASON, "pattern": TEXT_PATTERN})
REASON = re.compile(rf"(?=.{{1,{LONGEST_REASON}}}$){TEXT_PATTERN[1:-1]}")
ACTS: dict[int | str, dict[str, Any]] = {200: {"model": StopShape}, **problems(400, 408, 413, 415, 422)}


@router.get("/bundle", response_model=None, responses={200: {"model": BundleShape}, **problems()})
async def bundle(request: Request, _: Reading) -> Response:
    """What decides now, since when and by whose leave; and the inputs that it asks for, as a JSON Schema."""
    return sent(_told(desk_of(request)), language="en")


@router.post(
    "/bundle",
    openapi_extra=SWITCH_BODY,
    response_model=None,
    responses={200: {"model": BundleShape}, **problems(400, 404, 408, 409, 413, 415, 422)},
)
async def switch(request: Request, key: Governing) -> Response:
    """Let another bundle of the allowed folder decide. Requests that have begun end with the one before."""
    desk = desk_of(request)
    body = await json_body(request, desk.settings.most_bytes, desk.settings.body_seconds)
    file, sha256 = _fields(body, file=FILE, sha256=ADDRESS)
    if desk.settings.study:
        told = "The registry says what is in use. What to do: `riskbench promote` or `riskbench rollback`."
        raise Problem(409, "registry-decides", told)
    if (folder := desk.settings.bundles) is None:
        raise Problem(409, "no-folder", "This service was started without a folder of bundles (--bundles).")
    deciding = await asyncio.to_thread(_made_ready, desk, folder / file, sha256)
    async with desk.changing:
        await desk.switch(deciding, key.name)
    return sent(_told(desk), language="en")


@router.post("/stop", openapi_extra=STOP_BODY, response_model=None, responses=ACTS)
async def stop(request: Request, key: Governing) -> Response:
    """Refer every application to a person from now on, here and at every other service with the same log."""
    return await _stopped(request, key.name, resumed=False)


@router.post("/resume", openapi_extra=STOP_BODY, response_model=None, responses=ACTS)
async def resume(request: Request, key: Governing) -> Response:
    """End a stop that was asked for here. One of the registry ends there: `riskbench promote`."""
    return await _stopped(request, key.name, resumed=True)


async def _stopped(request: Request, who: str, *, resumed: bool) -> Response:
    desk = desk_of(request)
    body = await json_body(request, desk.settings.most_bytes, desk.settings.body_seconds)
    (reason,) = _fields(body, reason=REASON)
    async with desk.changing:
        if resumed != (desk.standing.stop is None):  # as it is already: nothing is written down twice
            await desk.stop(who, reason, resumed=resumed)
    standing = desk.standing
    stop = standing.stop
    told = {
        "stopped": standing.stopped,
        "since": time_text(stop.since) if stop else None,
        "who": stop.who if stop else "",
        "reason": stop.reason if stop else standing.withdrawn,
    }
    return sent(told, language="en")


def _made_ready(desk: Desk, file: Path, sha256: str) -> Deciding:
    if not file.is_file():
        raise Problem(404, "no-such-bundle", f"The folder of bundles has no {file.name}.")
    try:
        return deciding_of(desk.shelf.put(file, sha256), desk.feeds.columns)
    except BundleError as error:
        told = str(error).replace(str(file), file.name)  # where it lies is for the operator to know
        raise Problem(409, "bundle-refused", f"{told}. What decides has not changed.") from None
    except (RiskbenchError, ValueError, OSError) as error:
        told = f"{file.name} cannot be made ready to decide ({type(error).__name__}). What decides has not changed."
        raise Problem(409, "bundle-refused", told) from error


def _fields(body: Any, **patterns: re.Pattern[str]) -> list[str]:
    """The texts of an object that has exactly these keys."""
    if not isinstance(body, dict):
        raise wrong_input([Fault("", "must be an object", kind_of(body))])
    faults = [Fault("", f"must hold no keys but {', '.join(patterns)}", "another")] * bool(body.keys() - set(patterns))
    for name, pattern in patterns.items():
        value = body.get(name)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            got = kind_of(value) if name in body else "nothing"
            faults.append(Fault(f"/{name}", RULES[name], got))
    if faults:
        raise wrong_input(faults)
    return [body[name] for name in patterns]


def _told(desk: Desk) -> dict[str, Any]:
    standing = desk.standing
    if (deciding := standing.deciding) is None:
        told = f"No bundle can decide: {standing.withdrawn or 'none has been loaded'}."
        raise Problem(503, "nothing-in-use", told, headers={"Retry-After": "5"})
    return {
        "bundle": deciding.address,
        "title": deciding.bundle.title,
        "study": deciding.bundle.study,
        "since": time_text(deciding.since),
        "approved": deciding.approved,
        "run": deciding.run,
        "expires": deciding.expires.isoformat() if deciding.expires else None,
        "stopped": standing.stopped,
        "because": standing.stop.reason if standing.stop else standing.withdrawn,
        "policy_variables": list(deciding.bundle.credit_policy.variables),
        "sources": sorted(deciding.sources),
        "shadows": list(desk.decider.shadows),
        "inputs": deciding.form.schema,
    }
