"""From the bytes of a request to the JSON that they are, or the problem why not. Nothing is read twice or guessed."""

import asyncio
import json
import math
from typing import Any

from starlette.requests import ClientDisconnect, Request

from riskbench.service.problems import Problem

MOST_DIGITS = 308  # of a whole number: more, and no double holds it


async def json_body(request: Request, most_bytes: int, seconds: float) -> Any:
    """The JSON value of a request's body.

    Raises `Problem`: 415 unless the content type is application/json in UTF-8, 413 beyond `most_bytes`, 408 where the
    body takes longer than `seconds` to arrive, 400 where it is not JSON as `strict_json` takes it.
    """
    _must_be_json(request.headers.get("content-type", ""))
    if encoding := request.headers.get("content-encoding", ""):
        raise Problem(415, "content-encoding", f"The body must come as it is, got content-encoding {encoding[:20]!a}.")
    return strict_json(await body_bytes(request, most_bytes, seconds))


async def body_bytes(request: Request, most_bytes: int, seconds: float) -> bytes:
    """The bytes of a request's body; raises `Problem` as `json_body` does for one that is too long, slow or cut off."""
    try:
        async with asyncio.timeout(seconds):
            return await _bytes(request, most_bytes)
    except TimeoutError:
        raise Problem(408, "slow-body", f"The body must arrive within {seconds:g} seconds.") from None
    except ClientDisconnect:
        raise Problem(400, "cut-off", "The connection ended before the body did.") from None


def strict_json(content: bytes) -> Any:
    """The value of a JSON text by RFC 8259 and no more.

    Raises `Problem` (400) for what is not UTF-8 or not JSON, a key that an object has twice, NaN and infinities, a
    number that a double cannot hold, lone surrogates, and nesting beyond what anyone means.

    >>> strict_json(b'{"age": 31}')
    {'age': 31}
    >>> strict_json(b'{"age": 31, "age": 32}')
    Traceback (most recent call last):
    ...
    riskbench.service.problems.Problem: The body must name a key once in an object.
    """
    try:
        text = content.decode("utf-8")
        value = _DECODER.decode(text)
        if "\\u" in text:
            _no_lone_surrogate(value)
    except UnicodeDecodeError as error:
        raise _not_json(f"be UTF-8 throughout, and byte {error.start} is not") from None
    except UnicodeEncodeError:
        raise _not_json("hold no half of a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise _not_json(f"be JSON, and is none from line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _not_json("not be nested so deeply") from None
    return value


def _must_be_json(content_type: str) -> None:
    kind, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charset = next((p.removeprefix("charset=").strip('"') for p in parameters if p.startswith("charset=")), "utf-8")
    if kind != "application/json" or charset not in ("utf-8", "utf8"):
        raise Problem(415, "content-type", "The body must be sent with the content type application/json, in UTF-8.")


async def _bytes(request: Request, most: int) -> bytes:
    too_large = Problem(
        413, "too-large", f"The body must have at most {most:,} bytes.", headers={"Connection": "close"}
    )
    if (stated := request.headers.get("content-length", "")).isdecimal() and int(stated[:20]) > most:
        raise too_large
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise too_large
    return bytes(body)


def _not_json(rule: str) -> Problem:
    return Problem(400, "not-json", f"The body must {rule}.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _not_json("name a key once in an object")
    return made


def _float(text: str) -> float:
    if math.isinf(value := float(text)):
        raise _not_json("hold no number beyond what a double holds")
    return value


def _int(text: str) -> int:
    if len(text) > MOST_DIGITS:
        raise _not_json("hold no number beyond what a double holds")
    return int(text)


def _constant(name: str) -> None:
    raise _not_json(f"hold finite numbers, and {name} is none")


def _no_lone_surrogate(value: Any) -> None:
    json.dumps(value, ensure_ascii=False).encode()


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_constant)
