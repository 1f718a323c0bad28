"""What is answered where a request cannot be served: problem details by RFC 9457, one form for every fault.

A problem says the rule, the field and the type of what came. It never repeats a text that came in: it may be a name.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

MEDIA_TYPE = "application/problem+json"
MOST_FAULTS = 20  # told of one request


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request: where (a JSON Pointer, RFC 6901), the rule, what came."""

    field: str
    rule: str
    got: str

    @property
    def document(self) -> dict[str, str]:
        """The fault as data for JSON."""
        return {"field": self.field, "rule": self.rule, "got": self.got}


class Problem(Exception):
    """A request that is not served: `code` names the kind of problem for programs, `detail` is a sentence for people.

    >>> Problem(404, "no-such-decision", "There is no decision of this id.").document("r1")["type"]
    'urn:riskbench:problem:no-such-decision'
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ):
        super().__init__(detail)
        self.status, self.code, self.detail, self.faults, self.headers = status, code, detail, faults, headers or {}

    def document(self, request: str) -> dict[str, Any]:
        """The problem as data for JSON; `request` is the id of the request it is about."""
        told: dict[str, Any] = {
            "type": f"urn:riskbench:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "instance": f"urn:riskbench:request:{request}",
        }
        if self.faults:
            told["errors"] = [fault.document for fault in self.faults[:MOST_FAULTS]]
        return told


def problem_response(problem: Problem, request: str) -> Response:
    """The answer that tells of a problem."""
    content = json.dumps(problem.document(request), ensure_ascii=False).encode()
    return Response(content, problem.status, dict(problem.headers), MEDIA_TYPE)


def wrong_input(faults: Sequence[Fault]) -> Problem:
    """The problem of a request whose form is wrong: nothing was decided, and the sentence names the first fault."""
    first, more = faults[0], len(faults) - 1
    others = f" There {'is 1 more fault' if more == 1 else f'are {more} more faults'}." if more else ""
    return Problem(422, "wrong-input", f"{first.field or 'The body'}: {first.rule}, got {first.got}.{others}", faults)
