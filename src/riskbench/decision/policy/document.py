"""A policy as plain data for JSON, which knows no infinity: a band that is open at an end has null there."""

import math
from collections.abc import Mapping
from typing import Any

from riskbench.decision.policy.policy import Policy

ENDS = {"from": -math.inf, "to": math.inf}


def policy_document(policy: Policy) -> dict[str, Any]:
    """The whole policy as data that JSON can hold; one policy gives one document.

    >>> costs = {"lgd": 0.5, "margin": 0.1, "funding_cost": 0.02}
    >>> band = {"name": "all", "action": "refer", "from": -math.inf, "to": math.inf}
    >>> policy = Policy.model_validate({"schema_version": 2, "bands": [band], "economics": costs})
    >>> policy_document(policy)["bands"]
    [{'name': 'all', 'action': 'refer', 'from': None, 'to': None}]
    """
    document = policy.model_dump(by_alias=True, exclude_none=True)
    bands = [band | {end: None for end in ENDS if math.isinf(band[end])} for band in document["bands"]]
    return document | {"bands": bands}


def policy_of(document: Mapping[str, Any]) -> Policy:
    """The policy of a document.

    Raises pydantic's ValidationError (a ValueError) by the same rules as a policy's file, and `policy_document` of what
    is returned is the document again.
    """
    return Policy.model_validate({**document, "bands": _closed(document.get("bands"))})


def _closed(bands: Any) -> Any:
    """The bands with the infinities that null stands for; what is no list of bands is left for the policy to refuse."""
    if not isinstance(bands, list) or not all(isinstance(band, dict) for band in bands):
        return bands
    return [band | {end: open_end for end, open_end in ENDS.items() if band.get(end, 0) is None} for band in bands]
