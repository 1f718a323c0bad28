"""Whether the process lives, whether decisions can be had, what was counted: no data, and so no key is asked for."""

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from riskbench.core.errors import RiskbenchError
from riskbench.service.counting import MEDIA_TYPE
from riskbench.service.desk import Desk
from riskbench.service.doors import desk_of
from riskbench.service.shapes import LiveShape, ReadyShape
from riskbench.service.status.lately import lately_of
from riskbench.service.wording import compact

router = APIRouter(tags=["health"])


@router.get("/health/live", response_model=None, responses={200: {"model": LiveShape}})
async def live() -> Response:
    """The process answers."""
    return Response(compact({"status": "live"}), media_type="application/json")


@router.get("/health/ready", response_model=None, responses={200: {"model": ReadyShape}, 503: {"model": ReadyShape}})
async def ready(request: Request) -> Response:
    """Whether decisions can be had: log, bundle, what the registry says, keys, feeds; 503 where one does not hold.

    That monitoring cannot see is a warning: decisions can be had all the same.
    """
    desk = desk_of(request)
    checks = [
        {"name": name, "holds": not told, "told": told or "holds"} for name, told in (await _checks(desk)).items()
    ]
    deciding = desk.standing.deciding
    all_hold = all(check["holds"] for check in checks)
    document = {"ready": all_hold, "approved": bool(deciding and deciding.approved), "checks": checks}
    document["warnings"] = await lately_of(request).warnings()
    return Response(compact(document), 200 if all_hold else 503, media_type="application/json")


@router.get("/metrics", response_class=PlainTextResponse, response_model=None)
async def metrics(request: Request) -> Response:
    """What was counted, in the text format of Prometheus."""
    await lately_of(request).look()
    return Response(desk_of(request).counts.text(), media_type=MEDIA_TYPE)


async def _checks(desk: Desk) -> dict[str, str]:
    """By the name of the check, why it does not hold; empty where it does."""
    standing = desk.standing
    return {
        "log": await desk.journal.trouble(),
        "bundle": "" if standing.deciding else "no bundle is loaded",
        "in_use": "everything is referred to a person" if standing.stopped else "",
        "registry": "it could not be looked at" if desk.followed else "",
        "keys": _keys(desk),
        "feeds": "; ".join(desk.feeds.stale()),
    }


def _keys(desk: Desk) -> str:
    try:
        return "" if desk.keys.entries() else "there is no key, and so nobody may ask"
    except (RiskbenchError, OSError):
        return "the file of the keys cannot be read"
