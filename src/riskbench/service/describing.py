"""The OpenAPI document: the routes as they are, and the inputs as the bundle that decides now asks for them."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from riskbench.decision.log.record import LINK_PATTERN, MOST_LINKS
from riskbench.scorecard.reason_texts import LANGUAGES
from riskbench.service.asked import LONGEST_ID, MOST_APPLICATIONS, OLDEST, TEXT_PATTERN
from riskbench.service.deciding import Deciding
from riskbench.service.shapes import DecisionShape, ProblemShape, ResultsShape

REF = "#/components/schemas/{model}"
ANY_INPUTS = {"type": "object", "description": "No bundle is loaded: what it asks for is not known yet."}


def openapi(app: FastAPI, deciding: Deciding | None, version: str) -> dict[str, Any]:
    """The document, in which `Inputs` is the form of the bundle that decides."""
    document = get_openapi(
        title="riskbench decisions",
        version=version,
        summary="Approve, limit, refer or decline, with reasons, the same way every time.",
        routes=app.routes,
    )
    _, shapes = models_json_schema(
        [(of, "serialization") for of in (DecisionShape, ResultsShape, ProblemShape)], ref_template=REF
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas |= shapes["$defs"]
    one = _application(deciding)
    several = {
        "type": "object",
        "required": ["applications"],
        "additionalProperties": False,
        "properties": {
            "applications": {
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_APPLICATIONS,
                "items": {},  # each has its own result or problem: what is wrong with one does not refuse the others
                "description": "Each an Application; one that is none has a problem as its result.",
            }
        },
    }
    schemas["Inputs"] = deciding.form.schema if deciding else ANY_INPUTS
    schemas["Application"] = one
    schemas["Asked"] = {"anyOf": [{"$ref": REF.format(model="Application")}, several]}
    return _without_own_errors(document)


def _application(deciding: Deciding | None) -> dict[str, Any]:
    id_ = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID, "pattern": TEXT_PATTERN}
    sources = sorted(deciding.sources) if deciding else []
    age = {"type": ["number", "null"], "minimum": 0, "maximum": OLDEST}
    return {
        "type": "object",
        "required": ["application", "inputs"],
        "additionalProperties": False,
        "properties": {
            "application": id_ | {"description": "Its id. The log holds a keyed token of it.", "examples": ["A-1001"]},
            "customer": id_
            | {"type": ["string", "null"], "description": "Draws the arm; the log holds a keyed token."},
            "inputs": {"$ref": REF.format(model="Inputs")},
            "ages": {
                "type": ["object", "null"],
                "description": "How many hours old the data of a source are; what is not named is unknown.",
                "properties": dict.fromkeys(sources, age),
                "additionalProperties": False,
            },
            "links": {
                "type": ["object", "null"],
                "description": "What others may share: a device, a phone, an address, compared as it is written. The "
                "log holds keyed tokens; none of it has a part in the decision.",
                "propertyNames": {"pattern": LINK_PATTERN},
                "additionalProperties": id_ | {"type": ["string", "null"]},
                "maxProperties": MOST_LINKS,
                "examples": [{"device": "3f1c", "phone": "+254700000001"}],
            },
            "decided_at": {
                "type": ["string", "null"],
                "format": "date-time",
                "description": "As of when feeds are read; now where it is left out. Never a moment to come.",
            },
            "language": {"enum": [*LANGUAGES, None], "description": "Of the reasons; stands before Accept-Language."},
        },
    }


def _without_own_errors(document: dict[str, Any]) -> dict[str, Any]:
    """The document without the framework's description of a 422, which is a problem here as everywhere."""
    for name in ("HTTPValidationError", "ValidationError"):
        document["components"]["schemas"].pop(name, None)
    for path in document["paths"].values():
        for operation in path.values():
            told = operation["responses"].get("422", {}).get("content", {})
            if "HTTPValidationError" in str(told):
                del operation["responses"]["422"]
            elif "application/problem+json" in told:
                told.pop("application/json", None)
    return document
