"""A record of the log as the answer that a caller gets: figures, and reasons in the caller's language.

The answer follows from the record and from the texts of the bundle that decided alone: the same record gives the same
bytes, however often it is asked for, and whatever decides meanwhile.
"""

import json
from typing import Any

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.bundle.parts import Reasons
from riskbench.decision.log.record import DecisionRecord, OverrideRecord, ReviewRecord, time_text
from riskbench.decision.standstill import STOPPED
from riskbench.scorecard.reason_texts import LANGUAGES, Language

STOPPED_TEXT: dict[Language, str] = {
    "en": "automatic decisions are stopped: a person decides",
    "zh": "自动决策已暂停，由人工处理",
}


def answer_of(record: DecisionRecord, bundle: Bundle, language: Language, application: str | None) -> dict[str, Any]:
    """A decision as data for JSON; `application` as its caller calls it, None where only the log knows it."""
    said = record.said
    return {
        "id": record.id,
        "application": application,
        "at": time_text(record.at),
        "action": said.action,
        "amount": said.amount,
        "rate": said.rate,
        "all_in_rate": said.all_in_rate,
        "score": record.score,
        "pd": record.pd,
        "band": said.band,
        "rule": said.rule,
        "unknown": said.unknown,
        "arm": record.arm,
        "reasons": _reasons(record, bundle.reasons, language),
        "alerts": list(said.alerts),
        "stopped": record.stopped,
        "bundle": record.bundle,
        "approved": bool(record.run),
        "run": record.run,
        "language": language,
    }


def change_of(entry: OverrideRecord | ReviewRecord) -> dict[str, Any]:
    """What a person decided of a decision, as data for JSON."""
    told: dict[str, Any] = {"id": entry.id, "kind": entry.kind, "at": time_text(entry.at), "reason": entry.reason}
    if isinstance(entry, OverrideRecord):
        told |= {"by": entry.actor, "action": entry.to_action, "amount": entry.to_amount}
        return told | {"codes": [], "settles": True, "seconds": None}
    told |= {"by": entry.reviewer, "action": entry.action, "amount": entry.amount}
    return told | {"codes": list(entry.codes), "settles": entry.settles, "seconds": entry.seconds}


def compact(document: Any) -> bytes:
    """JSON as it is sent: the order of the document, UTF-8, no blanks, no NaN."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def preferred(header: str) -> Language:
    """The language of an Accept-Language header; English where none of ours is asked for.

    >>> preferred("zh-CN,zh;q=0.9,en;q=0.8"), preferred("fr, en;q=0.2, zh;q=0.1"), preferred(""), preferred(";;q=x,")
    ('zh', 'en', 'en', 'en')
    """
    best, weight = LANGUAGES[0], 0.0
    for part in header[:500].split(","):
        name, _, weighed = part.strip().partition(";")
        try:
            q = float(weighed.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        language = name.strip().lower().split("-")[0]
        if language in LANGUAGES and weight < q <= 1:
            best, weight = language, q
    return best


def _reasons(record: DecisionRecord, reasons: Reasons, language: Language) -> list[dict[str, str]]:
    """What decided first, then the features that cost most points."""
    if record.stopped:
        return [{"code": STOPPED, "text": STOPPED_TEXT[language]}]
    said, told = record.said, []
    if said.rule:
        code = f"{said.rule}:missing" if said.unknown else said.rule
        text = getattr(reasons.of_rule(said.rule, said.unknown, record.arm), language)
        told.append({"code": code, "text": text})
    elif said.action != "approve":
        told.append({"code": f"band:{said.band}", "text": getattr(reasons.bands[said.band], language)})
    of_features = {of.feature: of.bins for of in reasons.features}
    return told + [
        {"code": f"{feature}:{at}", "text": getattr(of_features[feature][at], language)}
        for feature, at in record.reasons
    ]
