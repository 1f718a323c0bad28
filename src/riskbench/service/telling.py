"""From records of the log to the body of an answer."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from riskbench.decision.bundle.bundle import Bundle, BundleError
from riskbench.decision.log.record import DecisionRecord, OverrideRecord, Record, ReviewRecord
from riskbench.scorecard.reason_texts import Language
from riskbench.service.desk import Desk
from riskbench.service.journal import no_such_decision
from riskbench.service.problems import Problem
from riskbench.service.wording import answer_of, change_of, compact

REPLAYED = "Idempotency-Replayed"


def bundle_of_record(desk: Desk, record: DecisionRecord) -> Bundle:
    """The bundle of a record: that which decides now, or one of the shelf; raises `Problem` (503) without it."""
    return bundle_at(desk, record.bundle)


def bundle_at(desk: Desk, address: str) -> Bundle:
    """The bundle of an address, as `bundle_of_record` has it."""
    deciding = desk.standing.deciding
    if deciding and deciding.address == address:
        return deciding.bundle
    try:
        return desk.shelf.get(address)
    except BundleError:
        told = "The bundle that decided is not at hand, and so the reasons have no words. Put its file on the shelf."
        raise Problem(503, "no-bundle", told, headers={"Retry-After": "60"}) from None


def told_of(desk: Desk, record: DecisionRecord, language: Language) -> dict[str, Any]:
    """A decision as data for JSON, its application not named."""
    return answer_of(record, bundle_of_record(desk, record), language, None)


def file_of(desk: Desk, records: Sequence[Record], language: Language) -> dict[str, Any]:
    """A decision with its history; what holds now is what the last of it says. Raises `Problem` (404) for another."""
    first, *later = records
    if not isinstance(first, DecisionRecord):
        raise no_such_decision()
    history = [change_of(entry) for entry in later if isinstance(entry, OverrideRecord | ReviewRecord)]
    answer = told_of(desk, first, language)
    last = next((change for change in reversed(history) if change["settles"]), answer)
    return answer | {"history": history, "standing": {"action": last["action"], "amount": last["amount"]}}


def sent(document: dict[str, Any], *, language: Language, replayed: bool = False) -> Response:
    """A document as an answer in a language; `replayed` where it was given before."""
    headers = {"Content-Language": language} | ({REPLAYED: "true"} if replayed else {})
    return Response(compact(document), 200, headers, "application/json")
