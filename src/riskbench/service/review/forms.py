"""Forms as browsers send them, read with the standard library: each field as a text, or as texts where it repeats."""

from urllib.parse import parse_qs

from starlette.requests import Request

from riskbench.service.problems import Problem
from riskbench.service.reading import body_bytes

MOST_BYTES, MOST_FIELDS = 20_000, 60
Form = dict[str, list[str]]


async def form_of(request: Request, seconds: float) -> Form:
    """The fields of a request's body.

    Raises `Problem`: 415 for another content type, 400 where it is no form in UTF-8 or has too many fields, and as
    `body_bytes` does.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Problem(415, "content-type", "The body must be a form, application/x-www-form-urlencoded.")
    body = await body_bytes(request, MOST_BYTES, seconds)
    try:
        return parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise Problem(400, "not-a-form", "The body must be a form in UTF-8 with few fields.") from None


def one(form: Form, name: str) -> str:
    """The text of a field; the first where it repeats, empty where it is not there."""
    return form.get(name, [""])[0]
