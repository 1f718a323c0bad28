"""Decisions: asked for, one or several at once, and read again."""

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import Response

from riskbench.decision.log.record import DecisionRecord
from riskbench.decision.log.selection import Selection
from riskbench.scorecard.reason_texts import Language
from riskbench.service.api_keys import ApiKey
from riskbench.service.asked import (
    KEY_PATTERN,
    LONGEST_ID,
    Asked,
    hold_ages,
    idempotency_key,
    items_of,
    read_item,
)
from riskbench.service.deciding import Caller, Deciding, Standing
from riskbench.service.desk import Desk
from riskbench.service.doors import BEARER, Reading, desk_of, passed, problems, spend
from riskbench.service.inputs import moment
from riskbench.service.journal import key_reused
from riskbench.service.problems import Fault, Problem, wrong_input
from riskbench.service.reading import json_body
from riskbench.service.shapes import DecisionShape, FileShape, PageShape, ResultsShape
from riskbench.service.telling import bundle_of_record, file_of, sent, told_of
from riskbench.service.wording import answer_of, preferred

router = APIRouter(prefix="/v1", tags=["decisions"])
MOMENT: dict[str, Any] = {"format": "date-time"}
KEY_RULE = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID, "pattern": KEY_PATTERN}
LANGUAGE = "en or zh; the language of the reasons."
# the route that all is about takes the request alone and says here what it reads of it: solved as dependencies of the
# framework, key and headers take longer than the decision itself
ASKED = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Asked"}}},
    },
    "parameters": [
        {"name": "Idempotency-Key", "in": "header", "required": False, "schema": KEY_RULE},
        {"name": "Accept-Language", "in": "header", "required": False, "schema": {"type": "string"}}
        | {"description": LANGUAGE},
    ],
    "security": [{BEARER.scheme_name: []}],
}
RESULTS = {
    "content": {
        "application/json": {
            "schema": {
                "oneOf": [{"$ref": f"#/components/schemas/{of.__name__}"} for of in (DecisionShape, ResultsShape)]
            }
        }
    }
}
FILTERS = {"since", "until", "action", "application", "after", "limit"}
AcceptLanguage = Annotated[str, Header(description=LANGUAGE)]


@dataclass(frozen=True)
class _Asking:
    """What all applications of one request share."""

    desk: Desk
    key: ApiKey
    standing: Standing
    language: Language
    request: str


@router.post(
    "/decisions",
    openapi_extra=ASKED,
    response_model=None,
    responses={200: RESULTS, **problems(400, 408, 409, 413, 415, 422)},
)
async def decide(request: Request) -> Response:
    """Decide one application, or up to a hundred, each by itself. An answer is given once it is written down.

    With an Idempotency-Key the same request is decided once, and answered alike whenever it comes again.
    """
    desk, key, headers = desk_of(request), passed(request, "decide"), request.headers
    language, idempotency = preferred(headers.get("accept-language", "")), headers.get("idempotency-key")
    asking = _Asking(desk, key, desk.standing, language, request.state.request)
    settings = desk.settings
    items, several = items_of(await json_body(request, settings.most_bytes, settings.body_seconds))
    if not several:
        answer, replayed = await _decided(asking, items[0], idempotency_key(idempotency, None), "")
        request.state.decisions = [answer["id"]]
        return sent(answer, replayed=replayed, language=answer["language"])
    spend(desk, key, len(items) - 1)
    keyed = [(item, idempotency_key(idempotency, at), f"/applications/{at}") for at, item in enumerate(items)]
    # side by side, so that what waits for the disk waits together
    told = await asyncio.gather(*(_result(asking, *one) for one in keyed))
    results = [result for result, _ in told]
    known = [replayed for result, replayed in told if "decision" in result]
    request.state.decisions = [result["decision"]["id"] for result in results if "decision" in result]
    return sent({"results": results}, replayed=bool(known) and all(known), language=asking.language)


@router.get("/decisions/{id}", response_model=None, responses={200: {"model": FileShape}, **problems(404, 422)})
async def decision(request: Request, _: Reading, id: str, accept_language: AcceptLanguage = "") -> Response:  # noqa: A002
    """A decision, and what people decided of it since."""
    desk = desk_of(request)
    records = await desk.journal.decision(id if len(id) == 32 and id.isalnum() else "")
    request.state.decisions = [records[0].id]
    language = preferred(accept_language)
    return sent(file_of(desk, records, language), language=language)


@router.get("/decisions", response_model=None, responses={200: {"model": PageShape}, **problems(422)})
async def decisions(
    request: Request,
    _: Reading,
    since: Annotated[str | None, Query(description="With this moment.", json_schema_extra=MOMENT)] = None,
    until: Annotated[str | None, Query(description="Without this moment.", json_schema_extra=MOMENT)] = None,
    action: Annotated[
        Literal["approve", "limit", "refer", "decline"] | None, Query(description="As the model decided.")
    ] = None,
    application: Annotated[str | None, Query(min_length=1, max_length=128)] = None,
    after: Annotated[int, Query(description="`next` of the page before.", ge=0, lt=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    accept_language: AcceptLanguage = "",
) -> Response:
    """Decisions in the order in which they were written, a page at a time."""
    _no_other_filters(request)
    desk = desk_of(request)
    language = preferred(accept_language)
    selection = Selection(
        since=_moment("since", since),
        until=_moment("until", until),
        kinds=("decision",),
        action=action,
        application=desk.decider.tokens.application(application) if application else None,
        after_seq=after,
        limit=limit + 1,
    )
    found = await desk.journal.page(selection)
    shown = found[:limit]
    told = [told_of(desk, one.record, language) for one in shown if isinstance(one.record, DecisionRecord)]
    following = shown[-1].seq if len(found) > limit else None
    return sent({"decisions": told, "next": following}, language=language)


async def _result(asking: _Asking, item: Any, key: str | None, at: str) -> tuple[dict[str, Any], bool]:
    """What becomes of one application of several, and whether its answer was given before."""
    try:
        answer, replayed = await _decided(asking, item, key, at)
    except Problem as problem:
        asking.desk.counts.add("refused_total", problem=problem.code)
        return {"status": problem.status, "problem": problem.document(asking.request)}, False
    return {"status": 200, "decision": answer}, replayed


async def _decided(asking: _Asking, item: Any, key: str | None, at: str) -> tuple[dict[str, Any], bool]:
    """The answer to one application, once it is durable, and whether it was given before."""
    desk = asking.desk
    asked = read_item(item, at)
    try:
        appended = await desk.journal.write(await _record(asking, asked, key, at))
    except Problem as problem:
        # another bundle may ask for other columns now, or the disk be full: what was answered once is answered again
        if key is None or (stored := await desk.journal.answered(asking.key.name, key, asked.sha256)) is None:
            raise problem from None
        appended = stored
    written = appended.record
    if not isinstance(written, DecisionRecord):
        raise key_reused()
    _count(desk, written, appended.replayed)
    if not appended.replayed:
        desk.watching.see(written)
    language = asked.language or asking.language
    return answer_of(written, bundle_of_record(desk, written), language, asked.application), appended.replayed


async def _record(asking: _Asking, asked: Asked, key: str | None, at: str) -> DecisionRecord:
    """What is decided now, not yet written."""
    desk, standing = asking.desk, asking.standing
    if (deciding := standing.deciding) is None:
        told = f"No bundle can decide: {standing.withdrawn or 'none has been loaded'}. Nothing was decided."
        raise Problem(503, "nothing-in-use", told, headers={"Retry-After": "5"})
    hold_ages(asked.ages, deciding.sources, f"{at}/ages")
    inputs, ages = await _completed(desk, deciding, asked)
    complete = replace(
        asked, inputs=inputs, ages={name: asked.ages.get(name, ages.get(name)) for name in deciding.sources}
    )
    caller = Caller(asking.key.name, key)
    return desk.decider.record(deciding, complete, caller, at=f"{at}/inputs", stopped=standing.stopped)


async def _completed(
    desk: Desk, deciding: Deciding, asked: Asked
) -> tuple[Mapping[str, Any], Mapping[str, float | None]]:
    """The inputs with what feeds know of the customer, among what the bundle reads; and the ages."""
    if not desk.feeds.columns:
        return asked.inputs, {}
    at = asked.decided_at or desk.now()
    known, ages = await asyncio.to_thread(desk.feeds.complete, asked.customer, asked.inputs, at)
    read = deciding.form.schema["properties"].keys() | asked.inputs.keys()
    return {name: value for name, value in known.items() if name in read}, ages


def _count(desk: Desk, record: DecisionRecord, replayed: bool) -> None:
    if replayed:
        desk.counts.add("replays_total")
        return
    desk.counts.add("decisions_total", action=record.said.action, by="stop" if record.stopped else "model")
    for said in record.shadow_bundles.values():
        agreed = said.said is not None and said.said.action == record.said.action
        desk.counts.add(
            "shadow_decisions_total", outcome="failed" if said.problem else "agreed" if agreed else "differed"
        )


def _no_other_filters(request: Request) -> None:
    """A filter that is misspelt would not filter, and the answer would say nothing of it."""
    if others := sorted(request.query_params.keys() - FILTERS):
        rule = f"must be left out: the filters are {', '.join(sorted(FILTERS))}"
        raise wrong_input([Fault(f"query/{other}", rule, "a filter that is not known") for other in others])


def _moment(name: str, text: str | None) -> dt.datetime | None:
    if text is None:
        return None
    if (at := moment(text)) is None:
        raise wrong_input(
            [Fault(f"query/{name}", "must be a moment with its offset as 2026-01-31T09:30:00Z", "another")]
        )
    return at
