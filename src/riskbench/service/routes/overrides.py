"""Overrides: a person decides otherwise, within the caps, and the history keeps both."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.inputs import kind_of
from riskbench.decision.log.record import DecisionRecord, OverrideRecord, Record, ReviewRecord
from riskbench.decision.policy.section import LENDING, Action
from riskbench.service.asked import LONGEST_REASON, TEXT_PATTERN, fingerprint, idempotency_key, is_text
from riskbench.service.doors import Overriding, desk_of, problems
from riskbench.service.journal import no_such_decision
from riskbench.service.problems import Fault, Problem, wrong_input
from riskbench.service.reading import json_body
from riskbench.service.shapes import FileShape
from riskbench.service.telling import bundle_of_record, file_of, sent
from riskbench.service.wording import preferred

router = APIRouter(prefix="/v1", tags=["overrides"])
SCHEMA = {
    "type": "object",
    "required": ["action", "reason"],
    "additionalProperties": False,
    "properties": {
        "action": {"enum": list(get_args(Action))},
        "amount": {
            "type": ["number", "null"],
            "minimum": 0,
            "description": "What is lent: for limit always, for approve the whole request where it is left out.",
        },
        "reason": {"type": "string", "minLength": 1, "maxLength": LONGEST_REASON, "pattern": TEXT_PATTERN},
    },
}
BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": SCHEMA}}}}


@dataclass(frozen=True)
class _Wanted:
    action: Action
    amount: float | None
    reason: str


@router.post(
    "/decisions/{id}/override",
    openapi_extra=BODY,
    response_model=None,
    responses={200: {"model": FileShape}, **problems(400, 404, 408, 409, 413, 415, 422)},
)
async def override(
    request: Request,
    key: Overriding,
    id: str,  # noqa: A002 (the name of the path's parameter)
    idempotency: Annotated[
        str | None, Header(alias="Idempotency-Key", min_length=1, max_length=128, pattern=r"^[!-~]+$")
    ] = None,
    accept_language: Annotated[str, Header()] = "",
) -> Response:
    """Decide otherwise than the model, in the name of the key, within the caps of the policy, with a reason."""
    desk = desk_of(request)
    body = await json_body(request, desk.settings.most_bytes, desk.settings.body_seconds)
    wanted = _wanted(body)
    async with desk.changing:
        records = await desk.journal.decision(id)
        request.state.decisions = [id]
        first = records[0]
        if not isinstance(first, DecisionRecord):
            raise no_such_decision()
        bundle = bundle_of_record(desk, first)
        before = _standing(records)
        sha256, known = fingerprint({"override": id, "body": body}), idempotency_key(idempotency, None)
        replayed = known is not None and await desk.journal.answered(key.name, known, sha256) is not None
        if not replayed:
            amount = _amount(wanted, first, [bundle, *([now.bundle] if (now := desk.standing.deciding) else [])])
            if (wanted.action, amount) == before:
                raise Problem(409, "changes-nothing", f"The decision is {before[0]} already, with the same amount.")
            if (most := desk.settings.four_eyes) is not None and amount > most:
                told = f"More than {most:g} is lent only where two people agree. What to do: decide it at /review."
                raise Problem(409, "four-eyes", told)
            record = OverrideRecord(
                caller=key.name,
                idempotency_key=known,
                request_sha256=sha256 if known is not None else None,
                decision_id=id,
                actor=key.name,
                reason=wanted.reason,
                from_action=before[0],
                from_amount=before[1],
                to_action=wanted.action,
                to_amount=amount,
            )
            await desk.journal.write(record)
            desk.counts.add("overrides_total", action=wanted.action)
            records = [*records, record]
    language = preferred(accept_language)
    return sent(file_of(desk, records, language), replayed=replayed, language=language)


def _wanted(body: Any) -> _Wanted:
    if not isinstance(body, dict):
        raise wrong_input([Fault("", "must be an object", kind_of(body))])
    action, amount, reason = body.get("action"), body.get("amount"), body.get("reason")
    known = ("action", "amount", "reason")
    faults = [Fault("", f"must hold no keys but {', '.join(known)}", "another")] * bool(body.keys() - set(known))
    if not isinstance(action, str) or action not in get_args(Action):
        faults.append(Fault("/action", f"must be one of {', '.join(get_args(Action))}", kind_of(action)))
    if amount is not None and (isinstance(amount, bool) or not isinstance(amount, int | float) or amount < 0):
        faults.append(Fault("/amount", "must be a number of at least 0, or null", kind_of(amount)))
    if not is_text(reason, LONGEST_REASON):
        faults.append(
            Fault(
                "/reason",
                f"must be a text of 1 to {LONGEST_REASON} characters, none a control character",
                kind_of(reason),
            )
        )
    if faults:
        raise wrong_input(faults)
    return _Wanted(body["action"], None if amount is None else float(amount), body["reason"])


def _amount(wanted: _Wanted, record: DecisionRecord, bundles: list[Bundle]) -> float:
    """What is lent by an override; raises `Problem` (409) where the action does not allow it, or a cap does not.

    The caps are those of the bundle that decided and of the one that decides now: the lower binds.
    """
    asked, action = _asked_for(record, bundles[0]), wanted.action
    cap = min((cap.value for bundle in bundles if (cap := bundle.credit_policy.caps.amount)), default=math.inf)
    lends = action in LENDING
    amount = (asked if action == "approve" else 0.0) if wanted.amount is None else wanted.amount
    refusals = (
        ("no-amount", not lends and amount > 0, f"{action} lends nothing: amount is 0 or left out"),
        ("no-amount", action == "approve" and amount != asked, f"approve lends what was asked for, {asked:g}"),
        ("no-amount", action == "limit" and not 0 < amount < asked, f"limit lends above 0 and below {asked:g}"),
        ("cap", lends and amount > cap, f"no more than {cap:g} may be lent by the cap of the policy"),
    )
    for code, broken, rule in refusals:
        if broken:
            raise Problem(409, code, f"The override is refused: {rule}; got {amount:g}.")
    return amount


def _asked_for(record: DecisionRecord, bundle: Bundle) -> float:
    """The amount that was asked for; 1 where the study has none."""
    value = record.inputs.get(bundle.inputs.amount) if bundle.inputs.amount else 1.0
    if not isinstance(value, int | float):
        raise Problem(409, "no-amount", "The decision names no amount that could be lent.")
    return float(value)


def _standing(records: list[Record]) -> tuple[Action, float]:
    """What holds of a decision: the last that anybody decided."""
    last = next(one for one in reversed(records) if not isinstance(one, ReviewRecord) or one.settles)
    match last:
        case OverrideRecord():
            return last.to_action, last.to_amount
        case ReviewRecord():
            return last.action, last.amount
        case DecisionRecord():
            return last.said.action, last.said.amount
    raise no_such_decision()
