"""What becomes of a form that was sent: told to be mended, asked once more, refused since another was faster, written.

The first entry about an application that follows the one a form was made from wins, whichever process writes it: its
idempotency key names both, and the log takes a key once.
"""

from starlette.responses import Response

from riskbench.decision.log.record import OverrideRecord, Record, ReviewRecord
from riskbench.scorecard.reason_texts import Language
from riskbench.service.asked import fingerprint
from riskbench.service.problems import Problem
from riskbench.service.review.codes import BY_CODE
from riskbench.service.review.forms import Form, one
from riskbench.service.review.pages import ROOT, amount, page, sent_to
from riskbench.service.review.room import Room
from riskbench.service.review.sessions import Session
from riskbench.service.review.showing import Case, case_of, shown
from riskbench.service.review.verdict import Chosen, cautions, chosen, review
from riskbench.service.review.words import Say, say

CALLER = "review queue"  # of every review: no key has a blank in its name


async def decided(room: Room, session: Session, form: Form, id_: str, language: Language) -> Response:
    """Decide an application as a form says. Raises `Problem` where log or bundle cannot be had."""
    async with room.desk.changing:
        return await _decided(room, session, form, await room.desk.journal.decision(id_), language)


async def _decided(room: Room, session: Session, form: Form, records: list[Record], language: Language) -> Response:
    said, reviewer, id_ = say(language), session.key.name, records[0].id
    key = f"{id_}/{one(form, 'seen')[:32]}"
    own = {name: form.get(name, []) for name in ("verdict", "amount", "code", "text")}
    sha256 = fingerprint({"review": id_, "by": reviewer, "form": own})
    last = records[-1]
    if isinstance(last, ReviewRecord) and (last.idempotency_key, last.request_sha256) == (key, sha256):
        return _done(session, last, said)  # the same form came twice
    case = await case_of(room, records, language)
    if last.id != one(form, "seen") or not case.waits:
        return _late(case, session, form, last, language)
    choice = chosen(form, case.facts, case.bounds, reviewer)
    if isinstance(choice, list):
        return shown(case, session, language, form=form, faults=choice, status=422)
    if (asked := cautions(choice, case.facts)) and one(form, "confirmed") != "yes":
        return _confirm(case, session, choice, asked, language)
    begun = session.opened.get(id_)
    standing = case.file["standing"]
    record = ReviewRecord(
        caller=CALLER,
        idempotency_key=key,
        request_sha256=sha256,
        decision_id=id_,
        reviewer=reviewer,
        from_action=standing["action"],
        from_amount=standing["amount"],
        seconds=None if begun is None else round(room.sessions.clock() - begun, 1),
        **review(choice, case.bounds, reviewer),
    )
    try:
        await room.desk.journal.write(record)
    except Problem as problem:
        if problem.code != "key-reused":
            raise
        records = await room.desk.journal.decision(id_)  # another process was faster
        return _late(await case_of(room, records, language), session, form, records[-1], language)
    room.desk.counts.add("overrides_total", action=record.action)
    session.opened.pop(id_, None)
    return _done(session, record, said)


def _done(session: Session, record: ReviewRecord, said: Say) -> Response:
    id_ = record.decision_id[-8:]
    if not record.settles:
        session.said = said("done_first", id=id_)
    elif record.action == "decline":
        session.said = said("done_plain", action=said(record.action), id=id_)
    else:
        session.said = said("done", action=said(record.action), amount=amount(record.amount), id=id_)
    return sent_to(ROOT)


def _confirm(case: Case, session: Session, choice: Chosen, keys: list[str], language: Language) -> Response:
    said, facts = say(language), case.facts
    most = facts.lending.most if facts.lending else None
    values = {
        "action": said(facts.band_action or "refer"),
        "reason": "; ".join(getattr(hit.told, language) for hit in facts.declining),
        "amount": amount(most),
    }
    lends = choice.verdict == "approve"
    action = ("approve" if choice.amount == case.bounds.asked else "limit") if lends else "decline"
    return page(
        "confirm",
        language,
        said("confirm_title"),
        session=session,
        case=case,
        what=said("confirm_what", action=said(action), amount=amount(choice.amount))
        if lends and not facts.units
        else said("confirm_what_plain", action=said(action)),
        cautions=[said(key, **values) for key in keys],
        choice=choice,
        codes=[BY_CODE[code] for code in choice.codes],
    )


def _late(case: Case, session: Session, form: Form, last: Record, language: Language) -> Response:
    """Another entry came after the one that the form was made from: who wrote it, and what the form had said."""
    said = say(language)
    match last:
        case ReviewRecord():
            told = said("late", name=last.reviewer, action=said(last.action))
        case OverrideRecord():
            told = said("late", name=last.actor, action=said(last.to_action))
        case _:
            told = said("late_model")
    verdict = one(form, "verdict")
    chosen_before = [said(verdict)] if verdict in ("approve", "decline") else []
    chosen_before += [one(form, "amount")] if verdict == "approve" else []
    chosen_before += [BY_CODE[code].said(language) for code in form.get("code", []) if code in BY_CODE]
    words = "; ".join(filter(None, [*chosen_before, one(form, "text")]))
    late = " ".join([told, said("late_yours", text=words)] if words else [told])
    return shown(case, session, language, late=late, status=409)
