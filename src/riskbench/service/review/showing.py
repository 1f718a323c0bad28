"""One application with all that is known of it, and its page."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from riskbench.decision.log.record import DecisionRecord, Record
from riskbench.decision.log.selection import Selection
from riskbench.scorecard.reason_texts import Language
from riskbench.service.asked import LONGEST_REASON
from riskbench.service.journal import no_such_decision
from riskbench.service.review.codes import CODES
from riskbench.service.review.comparable import Comparable, compared
from riskbench.service.review.facts import Facts, facts_of
from riskbench.service.review.forms import Form
from riskbench.service.review.pages import page, plain
from riskbench.service.review.queue import why
from riskbench.service.review.room import Room
from riskbench.service.review.sessions import Session
from riskbench.service.review.verdict import Bounds, Refused, bounds_of
from riskbench.service.review.words import say
from riskbench.service.telling import file_of

MOST_EARLIER = 10


@dataclass(frozen=True)
class Earlier:
    """Another application of the same customer, and what holds of it now."""

    record: DecisionRecord
    standing: dict[str, Any]


@dataclass(frozen=True)
class Case:
    """An application: its facts, what may be lent, what the service answers of it, what is like it, what was before.

    `seen` is the last entry about it: what a form was made from.
    """

    facts: Facts
    bounds: Bounds
    file: dict[str, Any]
    why: str
    comparable: Comparable
    earlier: list[Earlier]
    others: int
    seen: str

    @property
    def waits(self) -> bool:
        """Whether a person is to decide it."""
        return self.file["standing"]["action"] == "refer"


async def opened(room: Room, id_: str, language: Language) -> Case:
    """The case of an application; raises `Problem`: 404 where there is none, 503 without the log or its bundle."""
    return await case_of(room, await room.desk.journal.decision(id_), language)


async def case_of(room: Room, records: Sequence[Record], language: Language) -> Case:
    """The case of a decision and of what people did about it."""
    first = records[0]
    if not isinstance(first, DecisionRecord):
        raise no_such_decision()
    bundles = room.bundles(first)
    facts = await asyncio.to_thread(facts_of, first, bundles[0])
    brief = room.board.brief(first)
    earlier, others = await _earlier(room, first, language)
    return Case(
        facts=facts,
        bounds=bounds_of(facts, records, bundles, room.desk.settings.four_eyes),
        file=file_of(room.desk, records, language),
        why=why(room, brief, language),
        comparable=await asyncio.to_thread(compared, room.board, brief, room.scores(first.run), say(language)),
        earlier=earlier,
        others=others,
        seen=records[-1].id,
    )


def shown(
    case: Case,
    session: Session,
    language: Language,
    *,
    form: Form | None = None,
    faults: Sequence[Refused] = (),
    late: str = "",
    status: int = 200,
) -> Response:
    """The page of a case; with `form` what was sent, and with `faults` what is to be mended."""
    said, id_ = say(language), case.facts.record.id
    filled = form if form is not None else {"amount": [plain(_suggested(case))]}
    return page(
        "case",
        language,
        said("case_title", id=id_[-8:]),
        status=status,
        session=session,
        case=case,
        facts=case.facts,
        record=case.facts.record,
        codes=CODES,
        filled=filled,
        faults=faults,
        wrong={fault.field for fault in faults},
        late=late,
        longest=LONGEST_REASON,
        required=_required(case, language),
    )


def _suggested(case: Case) -> float | None:
    """What stands in the form at first: what the policy would lend, else all that may be lent."""
    bounds, facts = case.bounds, case.facts
    lent = facts.lending.most if facts.lending else None
    most = min(bounds.most, bounds.first.amount) if bounds.first and bounds.first.amount else bounds.most
    return min(most, lent) if lent else most


def _required(case: Case, language: Language) -> str:
    """When a text is required for this application: said before anything is sent."""
    said, facts = say(language), case.facts
    keys = [said("when_other")]
    if facts.band_action == "decline":
        keys.append(said("when_approve"))
    if facts.band_action in ("approve", "limit"):
        keys.append(said("when_decline", action=said(facts.band_action)))
    if facts.declining:
        keys.append(said("when_rule"))
    if facts.lending and facts.lending.most is not None and facts.lending.most < case.bounds.most:
        keys.append(said("when_most", amount=plain(facts.lending.most)))
    return ("；" if language == "zh" else "; ").join(keys)


async def _earlier(room: Room, record: DecisionRecord, language: Language) -> tuple[list[Earlier], int]:
    """The last of the same customer's other applications, the newest first, and how many there are."""
    if record.customer is None:
        return [], 0
    journal = room.desk.journal
    found = await journal.page(Selection(kinds=("decision",), customer=record.customer))
    others = [
        one.record for one in reversed(found) if isinstance(one.record, DecisionRecord) and one.record.id != record.id
    ]
    told = []
    for other in others[:MOST_EARLIER]:
        file = file_of(room.desk, await journal.decision(other.id), language)
        told.append(Earlier(other, file["standing"]))
    return told, len(others)
