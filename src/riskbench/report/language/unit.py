"""A unit: one sentence or label of a page, with what is opaque in it as numbered placeholders.

`{1}` stands for a number, an identifier, code, a formula or a linked figure; `<2>…</2>` for an element around words.
A translation may put them in another order, and must keep each exactly once.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape

from riskbench.report.language.opaque import SPACE, cut, speaks, with_breaks

PLACE = re.compile(r"\{(\d+)\}|<(\d+)>|</(\d+)>")
LEFT_ENGLISH = ("\ue000", "\ue001")  # around words in a translation that are still English
_END = re.compile(r"[.?!][)”\"’]?(\s+)")
_SHORTENED = re.compile(
    r"\b(?:e\.g|i\.e|[Aa]rts?|[Nn]os?|vs|al|cf|St|approx|pp?|[Ss]ec|[Cc]h|paras?|[Vv]ol|eds?|[Ff]ig|Eq|[A-Z])$"
)
_FULL_STOPS = "。！？；：，）”"


@dataclass(frozen=True)
class Part:
    """A stretch of a unit: text as it stands in the page (`raw`), or a placeholder that is written by `html`.

    `role` is "text", "slot", "open" or "close".
    """

    role: str
    raw: str
    html: Callable[[], str] | None = None

    def written(self) -> str:
        """The HTML of a placeholder in the language of the page."""
        return self.html() if self.html else self.raw


def text_parts(raw: str, number: Callable[[str], str]) -> list[Part]:
    """Text cut into words and opaque placeholders, each number written by `number`."""
    return [Part("slot", piece, _once(number, piece)) if opaque else Part("text", piece) for piece, opaque in cut(raw)]


def _once(write: Callable[[str], str], raw: str) -> Callable[[], str]:
    return lambda: with_breaks(write(raw))


def sentences(parts: Sequence[Part]) -> Iterator[tuple[list[Part], str]]:
    """The sentences of a block, each with the space that follows it; no cut falls inside an element around words."""
    sentence: list[Part] = []
    depth = 0
    for index, part in enumerate(parts):
        depth += {"open": 1, "close": -1}.get(part.role, 0)
        if part.role != "text" or depth:
            sentence.append(part)
            continue
        at, last = 0, index == len(parts) - 1
        for end in _END.finditer(part.raw):
            after = part.raw[end.end() : end.end() + 1]
            before = part.raw[: end.start()]
            if (
                _SHORTENED.search(before)
                or (after and not (after.isupper() or after in '“"‘('))
                or (not after and last)
            ):
                continue
            sentence.append(Part("text", part.raw[at : end.start(1)]))
            yield sentence, end[1]
            sentence, at = [], end.end()
        if at < len(part.raw):
            sentence.append(Part("text", part.raw[at:]))
    if sentence:
        yield sentence, ""


def message(parts: Sequence[Part]) -> str:
    """The msgid of a unit: its words with placeholders numbered in their order, and single spaces."""
    pieces: list[str] = []
    opened: list[int] = []
    count = 0
    for part in parts:
        if part.role == "text":
            pieces.append(unescape(part.raw))
        elif part.role == "close":
            pieces.append(f"</{opened.pop()}>")
        else:
            count += 1
            pieces.append(f"{{{count}}}" if part.role == "slot" else f"<{count}>")
            if part.role == "open":
                opened.append(count)
    return SPACE.sub(lambda found: " " if found[0].strip("\u200b\u200c") else "", "".join(pieces)).strip()


def filled(translation: str, parts: Sequence[Part], quote: bool = False) -> str:
    """A translation with its placeholders written again from the parts of the unit, as HTML.

    Words in it that are still English stand in an element that says so, in an attribute (`quote`) as they are.
    """
    opening = [part for part in parts if part.role in ("slot", "open")]
    closing = {id(start): end for start, end in _pairs(parts)}
    pieces, at = [], 0
    for place in PLACE.finditer(translation):
        pieces.append(escape(translation[at : place.start()], quote=quote))
        part = opening[int(place[1] or place[2] or place[3]) - 1]
        pieces.append(closing[id(part)].raw if place[3] else part.written())
        at = place.end()
    whole = "".join([*pieces, escape(translation[at:], quote=quote)])
    for mark, element in zip(LEFT_ENGLISH, ('<span lang="en">', "</span>"), strict=True):
        whole = whole.replace(mark, "" if quote else element)
    return whole


def _pairs(parts: Sequence[Part]) -> Iterator[tuple[Part, Part]]:
    opened: list[Part] = []
    for part in parts:
        if part.role == "open":
            opened.append(part)
        elif part.role == "close":
            yield opened.pop(), part


def trimmed(parts: Sequence[Part]) -> tuple[str, list[Part], str]:
    """A block's parts without the spaces, arrows and separators at its ends, which stay as they are."""
    inner = list(parts)
    before = after = ""
    if inner and inner[0].role == "slot" and 'class="shape"' in inner[0].raw:
        before = inner.pop(0).written()  # the shape of a status, or the status itself
    if inner and inner[0].role == "text":
        found = re.match(r"[\s←→·|–—]*", inner[0].raw)
        space = found[0] if found else ""
        before += space
        inner[0] = Part("text", inner[0].raw[len(space) :])
    if inner and inner[-1].role == "text":
        found = re.search(r"[\s←→·|–—]*\Z", inner[-1].raw)
        after = found[0] if found else ""
        inner[-1] = Part("text", inner[-1].raw[: len(inner[-1].raw) - len(after)])
    return before, [part for part in inner if part.role != "text" or part.raw], after


def ends_full(text: str) -> bool:
    """Whether a Chinese text ends in a full-width mark, after which no space is written."""
    return text.rstrip()[-1:] in _FULL_STOPS


def has_words(parts: Sequence[Part]) -> bool:
    """Whether the parts hold words outside placeholders."""
    return any(part.role == "text" and speaks(unescape(part.raw)) for part in parts)
