"""The contents list of a page: its own headings of the second level, each with an id to lead to."""

import re
from dataclasses import dataclass
from html import unescape

_HEADING = re.compile(r"<h2(?P<attributes>[^>]*)>(?P<text>.*?)</h2>", re.DOTALL)
_ID = re.compile(r'\bid="([^"]*)"')
_TAG = re.compile(r"<[^>]*>")
FEWEST = 4  # headings from which a page is long enough for a list of them


@dataclass(frozen=True)
class Heading:
    """A heading of a page: where it stands, and its words."""

    id: str
    text: str


def with_ids(html: str) -> tuple[str, list[Heading]]:
    """The same HTML with an id on every heading of the second level, and those headings in their order.

    An id that is there is kept; a new one is made of the words of the heading.

    >>> with_ids("<h2>The samples</h2>")
    ('<h2 id="the-samples">The samples</h2>', [Heading(id='the-samples', text='The samples')])
    """
    found: list[Heading] = []

    def named(match: re.Match) -> str:
        text = unescape(_TAG.sub("", match["text"])).strip()
        own = _ID.search(match["attributes"])
        heading = Heading(own[1] if own else _free(text, {h.id for h in found}), text)
        found.append(heading)
        added = "" if own else f' id="{heading.id}"'
        return f"<h2{added}{match['attributes']}>{match['text']}</h2>"

    return _HEADING.sub(named, html), found


def _free(text: str, taken: set[str]) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "section"
    return next(name for name in (stem, *(f"{stem}-{i}" for i in range(2, len(taken) + 3))) if name not in taken)
