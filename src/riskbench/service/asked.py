"""What a request for a decision says, read strictly: one application, or up to a hundred."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from riskbench.decision.inputs import kind_of
from riskbench.decision.log.record import LINK_PATTERN, MOST_LINKS
from riskbench.scorecard.reason_texts import LANGUAGES, Language
from riskbench.service.inputs import moment
from riskbench.service.problems import Fault, Problem, wrong_input

MOST_APPLICATIONS = 100
LONGEST_ID = 128
EARLY = dt.timedelta(minutes=5)  # how far clocks may be apart
KEYS = ("application", "customer", "inputs", "ages", "links", "decided_at", "language")
LONGEST_REASON = 200
TEXT_PATTERN = r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"  # begins with no blank, and has no control character
KEY_PATTERN = r"^[!-~]+$"  # of an idempotency key
_ID_RULE = f"must be a text of 1 to {LONGEST_ID} characters, none a control character"
OLDEST = 24 * 366 * 200  # hours
_LINK = re.compile(LINK_PATTERN)
_TEXT = re.compile(TEXT_PATTERN.strip("^$"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One application: what it is called, whose it is, its inputs, how old its sources are, as of when.

    `links` is what it may share with others, as a device. `decided_at` is the moment as of which feeds are read; None
    is now. `language` is that of the reasons; None leaves
    it to the header. `sent` is the whole item.
    """

    application: str
    customer: str | None
    inputs: Mapping[str, Any]
    ages: Mapping[str, float | None]
    links: Mapping[str, str]
    decided_at: dt.datetime | None
    language: Language | None
    sent: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """The fingerprint of the item as it was sent."""
        return fingerprint(self.sent)


def items_of(body: Any) -> tuple[list[Any], bool]:
    """The applications that a body holds, not yet read, and whether it is a list of several.

    Raises `Problem` where the body is neither one application nor {"applications": [...]}.
    """
    if not isinstance(body, dict):
        raise wrong_input([Fault("", "must be an object", kind_of(body))])
    if "applications" not in body:
        return [body], False
    several = body["applications"]
    if others := len(body) - 1:
        raise wrong_input([Fault("", "with applications must hold no other key", f"{others} others")])
    if not isinstance(several, list) or not 0 < len(several) <= MOST_APPLICATIONS:
        got = f"{len(several)}" if isinstance(several, list) else kind_of(several)
        raise wrong_input([Fault("/applications", f"must be a list of 1 to {MOST_APPLICATIONS} applications", got)])
    return several, True


def read_item(item: Any, at: str = "") -> Asked:
    """One application, its form checked, its inputs and the names of its sources not; `at` is where it stands.

    Raises `Problem`: 422 with every fault, 409 for a moment that is to come.
    """
    if not isinstance(item, dict):
        raise wrong_input([Fault(at, "must be an object", kind_of(item))])
    faults: list[Fault] = [Fault(at, f"must hold no keys but {', '.join(KEYS)}", "another")] * bool(
        item.keys() - set(KEYS)
    )
    application, customer, inputs = item.get("application"), item.get("customer"), item.get("inputs")
    if not _is_id(application):
        faults.append(
            Fault(f"{at}/application", _ID_RULE, kind_of(application) if "application" in item else "nothing")
        )
    if customer is not None and not _is_id(customer):
        faults.append(Fault(f"{at}/customer", f"{_ID_RULE}, or null", kind_of(customer)))
    if not isinstance(inputs, dict):
        got = kind_of(inputs) if "inputs" in item else "nothing"
        faults.append(Fault(f"{at}/inputs", "must be an object of columns and their values", got))
    ages, language, decided_at = item.get("ages"), item.get("language"), item.get("decided_at")
    faults += _age_faults(ages, f"{at}/ages")
    faults += _link_faults(links := item.get("links"), f"{at}/links")
    if language is not None and language not in LANGUAGES:
        faults.append(Fault(f"{at}/language", f"must be one of {', '.join(LANGUAGES)}, or null", kind_of(language)))
    as_of = moment(decided_at)
    if decided_at is not None and as_of is None:
        rule = "must be a moment with its offset as 2026-01-31T09:30:00Z, or null"
        faults.append(Fault(f"{at}/decided_at", rule, kind_of(decided_at)))
    if faults:
        raise wrong_input(faults)
    if as_of is not None and as_of > dt.datetime.now(dt.UTC) + EARLY:
        raise Problem(409, "to-come", f"{at}/decided_at: nothing is decided as of a moment that is to come.")
    known = {name: value for name, value in (links or {}).items() if value is not None}
    return Asked(item["application"], customer, item["inputs"], ages or {}, known, as_of, language, item)


def hold_ages(ages: Mapping[str, float | None], sources: frozenset[str], at: str) -> None:
    """Raise `Problem` (422) for the age of what is no source of the policy; `at` is where the ages stand."""
    if others := len(ages.keys() - sources):
        named = ", ".join(sorted(sources)) or "none"
        raise wrong_input([Fault(at, f"must name sources of the policy alone: {named}", f"{others} others")])


def idempotency_key(header: str | None, item: int | None) -> str | None:
    """The key of one item of a request; each of several has its own, made from the header's.

    Raises `Problem` (400) for one that is not 1 to 128 visible ASCII characters.
    """
    if header is None:
        return None
    if not (0 < len(header) <= LONGEST_ID and header.isascii() and header.isprintable() and " " not in header):
        rule = f"Idempotency-Key must be 1 to {LONGEST_ID} visible ASCII characters, such as a UUID."
        raise Problem(400, "idempotency-key", rule)
    return header if item is None else f"{header}/{item}"


def fingerprint(request: Any) -> str:
    """SHA-256 of what was sent, in which neither blanks nor the order of keys count.

    >>> fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(request, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def is_text(value: Any, longest: int) -> bool:
    """Whether a value is a text by `TEXT_PATTERN`, not empty and not longer."""
    return isinstance(value, str) and len(value) <= longest and _TEXT.fullmatch(value) is not None


def _is_id(value: Any) -> bool:
    return is_text(value, LONGEST_ID)


def _age_faults(ages: Any, at: str) -> list[Fault]:
    if ages is None:
        return []
    if not isinstance(ages, dict):
        return [Fault(at, "must be an object of sources and their ages in hours, or null", kind_of(ages))]
    rule = "must be an age in hours, at least 0, or null"
    wrong = [age for age in ages.values() if age is not None and not _is_age(age)]
    return [Fault(at, rule, kind_of(age)) for age in wrong]


def _link_faults(links: Any, at: str) -> list[Fault]:
    if links is None:
        return []
    if not isinstance(links, dict) or len(links) > MOST_LINKS:
        got = f"{len(links)} of them" if isinstance(links, dict) else kind_of(links)
        return [Fault(at, f"must be an object of at most {MOST_LINKS} names and values, or null", got)]
    faults = []
    if wrong := sum(not _LINK.fullmatch(name) for name in links):
        rule = "must have names of 1 to 32 small letters, digits and underscores, a letter first"
        faults.append(Fault(at, rule, f"{wrong} others"))
    rule = f"must have values that are null or a text of 1 to {LONGEST_ID} characters, none a control character"
    return faults + [Fault(at, rule, kind_of(of)) for of in links.values() if of is not None and not _is_id(of)]


def _is_age(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= OLDEST
