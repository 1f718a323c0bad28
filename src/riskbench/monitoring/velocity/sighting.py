"""One decision as the windows see it: what was decided, and by which tokens it hangs together with others."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from riskbench.decision.log.record import DecisionRecord
from riskbench.monitoring.warning.observed import Decided

APPLICATION, CUSTOMER = "application", "customer"


@dataclass(frozen=True, slots=True)
class Sighting:
    """A decision, with tokens by name and a fingerprint of its inputs.

    `by` holds tokens by what they stand for: "application", "customer" where there is one, and the links.
    """

    decided: Decided
    by: Mapping[str, str]
    inputs: str

    @property
    def at(self) -> dt.datetime:
        """When it was decided (UTC)."""
        return self.decided.at

    @property
    def tokens(self) -> Iterator[tuple[str, str]]:
        """Its tokens, each with the name of what it stands for."""
        return iter(self.by.items())


def sighting_of(record: DecisionRecord) -> Sighting:
    """A decision that was just made."""
    said = record.said
    return Sighting(
        Decided(record.id, record.at, record.score, record.pd, said.action, said.hits),
        _tokens(record.application, record.customer, record.links),
        _fingerprint(record.inputs),
    )


def sighting_in(content: Mapping[str, Any]) -> Sighting:
    """A decision as the log holds it: what `DecisionLog.contents` yields for one of kind decision.

    >>> content = {"id": "1", "at": "2026-03-01T12:00:00.000000Z", "application": "a", "inputs": {"income": 1},
    ...            "links": {"device": "d"}, "score": 510, "pd": 0.04, "said": {"action": "approve", "hits": []}}
    >>> sighting_in(content).by
    {'device': 'd', 'application': 'a'}
    """
    said, at = content["said"], dt.datetime.fromisoformat(content["at"])
    return Sighting(
        Decided(content["id"], at, content["score"], content["pd"], said["action"], tuple(said.get("hits", ()))),
        _tokens(content["application"], content.get("customer"), content.get("links", {})),
        _fingerprint(content["inputs"]),
    )


def _tokens(application: str, customer: str | None, links: Mapping[str, str]) -> dict[str, str]:
    # a caller may call a link "customer" as well: the name of the log's own token stands before it
    return {**links, APPLICATION: application} | ({CUSTOMER: customer} if customer is not None else {})


def _fingerprint(inputs: Mapping[str, Any]) -> str:
    text = json.dumps(inputs, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
