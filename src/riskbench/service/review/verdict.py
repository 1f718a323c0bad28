"""From a reviewer's form to what is written down: what is refused, what takes a text, what takes a second look.

Caps bind whoever decides. Above `four_eyes` two different people must agree: the entry of the first settles nothing,
the second may lend up to what the first agreed to, and either may decline.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.log.record import Record, ReviewRecord
from riskbench.decision.policy.section import LENDING
from riskbench.service.asked import LONGEST_REASON, is_text
from riskbench.service.review.codes import BY_CODE, OTHER, Verdict
from riskbench.service.review.facts import Facts
from riskbench.service.review.forms import Form, one

AMOUNT = re.compile(r"\d{1,15}(\.\d{1,6})?|\d{1,3}(,\d{3}){1,4}(\.\d{1,6})?")


@dataclass(frozen=True)
class Refused:
    """One thing to mend: the field of the form, a key of the words, and what fills its braces."""

    field: str
    key: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Bounds:
    """What may be lent: the amount asked for, the lowest cap, and the rules of two people.

    `first` is the review that waits for a second person, if one does; `four_eyes` is infinite where one is enough.
    """

    asked: float
    cap: float = math.inf
    four_eyes: float = math.inf
    first: ReviewRecord | None = None

    @property
    def most(self) -> float:
        """The most that anybody may lend."""
        return min(self.asked, self.cap)


@dataclass(frozen=True)
class Chosen:
    """What a reviewer chose. `amount` is what is lent, 0 to decline."""

    verdict: Verdict
    amount: float
    codes: tuple[str, ...]
    text: str


def bounds_of(facts: Facts, records: Sequence[Record], bundles: Sequence[Bundle], four_eyes: float | None) -> Bounds:
    """The bounds of an application, by the lowest cap of `bundles`: that which decided, and that which does now."""
    last = records[-1]
    return Bounds(
        asked=facts.asked if facts.asked is not None else 0.0,
        cap=min((cap.value for bundle in bundles if (cap := bundle.credit_policy.caps.amount)), default=math.inf),
        four_eyes=math.inf if four_eyes is None or facts.units else four_eyes,
        first=last if isinstance(last, ReviewRecord) and not last.settles else None,
    )


def chosen(form: Form, facts: Facts, bounds: Bounds, reviewer: str) -> Chosen | list[Refused]:
    """What a form says, or all that is to be mended, in the order of its fields."""
    refused: list[Refused] = []
    verdict: Verdict = "approve" if one(form, "verdict") == "approve" else "decline"
    if one(form, "verdict") not in ("approve", "decline"):
        return [Refused("verdict", "fault_action", {})]
    amount = 0.0
    if verdict == "approve":
        amount = bounds.asked if facts.units else _number(one(form, "amount"))
        refused += _too_much(amount, bounds, reviewer)
    codes = tuple(code for code in BY_CODE if code in form.get("code", []))
    if not codes or any(verdict not in BY_CODE[code].fits for code in codes):
        refused.append(Refused("code", "fault_codes", {}))
    text = " ".join(one(form, "text").split())
    choice = Chosen(verdict, amount, codes, text)
    if text and not is_text(text, LONGEST_REASON):
        refused.append(Refused("text", "fault_text_long", {"n": LONGEST_REASON}))
    elif not text and (when := takes_text(choice, facts)):
        refused.append(Refused("text", "fault_text", {"when": when[0]}))
    return refused or choice


def takes_text(choice: Chosen, facts: Facts) -> list[str]:
    """Why a text is required, as keys of the words; none where it is not."""
    return [
        key
        for key, holds in (
            ("when_other", OTHER in choice.codes),
            ("when_approve", choice.verdict == "approve" and facts.band_action == "decline"),
            ("when_decline", choice.verdict == "decline" and facts.band_action in LENDING),
            ("when_rule", choice.verdict == "approve" and bool(facts.declining)),
            ("when_most", _beyond_policy(choice, facts)),
        )
        if holds
    ]


def cautions(choice: Chosen, facts: Facts) -> list[str]:
    """What takes a second look before it is written, as keys of the words."""
    against = (choice.verdict == "approve" and facts.band_action == "decline") or (
        choice.verdict == "decline" and facts.band_action in LENDING
    )
    return [
        key
        for key, holds in (
            ("caution_no_score", facts.record.stopped),
            ("caution_rule", choice.verdict == "approve" and bool(facts.declining)),
            ("caution_score", against),
            ("caution_most", _beyond_policy(choice, facts)),
        )
        if holds
    ]


def review(choice: Chosen, bounds: Bounds, reviewer: str) -> dict[str, Any]:
    """The fields of a `ReviewRecord` that follow from a choice: action, amount, reasons, whether it settles."""
    agreed = bounds.first is not None and bounds.first.reviewer != reviewer
    words = "; ".join(BY_CODE[code].en for code in choice.codes)
    lends = "approve" if choice.amount == bounds.asked else "limit"
    return {
        "action": lends if choice.verdict == "approve" else "decline",
        "amount": choice.amount,
        "codes": choice.codes,
        "reason": choice.text or words[:LONGEST_REASON],
        "settles": choice.amount <= bounds.four_eyes or agreed,
    }


def _beyond_policy(choice: Chosen, facts: Facts) -> bool:
    most = facts.lending.most if facts.lending else None
    return choice.verdict == "approve" and most is not None and choice.amount > most


def _number(text: str) -> float:
    """An amount as people write it, thousands with or without commas; NaN for anything else."""
    stripped = text.replace(" ", "").replace("\u00a0", "")
    return float(stripped.replace(",", "")) if AMOUNT.fullmatch(stripped) else math.nan


def _too_much(amount: float, bounds: Bounds, reviewer: str) -> list[Refused]:
    if not amount > 0:
        return [Refused("amount", "fault_amount", {})]
    if amount > bounds.asked:
        return [Refused("amount", "fault_amount_asked", {"most": bounds.asked})]
    if amount > bounds.cap:
        return [Refused("amount", "fault_amount_cap", {"most": bounds.cap})]
    first = bounds.first
    if first is None or amount <= bounds.four_eyes:
        return []
    if first.reviewer == reviewer:
        return [Refused("amount", "fault_same_person", {"most": bounds.four_eyes})]
    return [Refused("amount", "fault_amount_first", {"most": first.amount})] if amount > first.amount else []
