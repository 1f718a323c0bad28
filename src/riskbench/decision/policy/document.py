"""A policy as plain data for JSON, which knows no infinity: a band or a line that is open at an end has null there."""

import math
from collections.abc import Callable, Mapping
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
    document: dict[str, Any] = policy.model_dump(by_alias=True, exclude_none=True)
    return {key: _each(part, lambda key, end: None if end == ENDS[key] else end) for key, part in document.items()}


def policy_of(document: Mapping[str, Any]) -> Policy:
    """The policy of a document.

    Raises pydantic's ValidationError (a ValueError) by the same rules as a policy's file, and `policy_document` of what
    is returned is the document again.
    """
    opened = {key: _each(part, lambda key, end: ENDS[key] if end is None else end) for key, part in document.items()}
    return Policy.model_validate(opened)


def _each(part: Any, end: Callable[[str, Any], Any]) -> Any:
    """The same with each end of a band or a line put through a function, wherever it stands."""
    if isinstance(part, list):
        return [_each(item, end) for item in part]
    if not isinstance(part, Mapping):
        return part
    return {key: end(key, below) if key in ENDS else _each(below, end) for key, below in part.items()}
