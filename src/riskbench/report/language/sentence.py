"""What stands alone, such as the sentence of an incident, in the language of who reads it: whole, or as it is written.

It is read as a page is, by sentences and with what is opaque in them as placeholders, and looked up in the same
catalogues. Where one sentence is not known the whole text stays English: half of it would be worse than none.
"""

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape, unescape

from riskbench.core.languages import Language
from riskbench.report.language.catalogue import chinese
from riskbench.report.language.opaque import BREAKS, speaks
from riskbench.report.language.translate import Translator
from riskbench.report.language.unit import (
    LEFT_ENGLISH,
    PLACE,
    Part,
    ends_full,
    filled,
    has_words,
    message,
    sentences,
    text_parts,
)

_OURS = frozenset((*LEFT_ENGLISH, *BREAKS.values()))  # letters that mean something to whoever reads units
_CHINESE = re.compile(r"([\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+)")  # a name that came in Chinese
_MOST = 4096  # texts remembered: an open incident is asked for at every look at its page


@functools.lru_cache(maxsize=_MOST)
def in_chinese(text: str) -> str | None:
    """A text of one or more sentences in Simplified Chinese; None where the catalogues do not know all of it.

    >>> in_chinese("feeds were not looked at"), in_chinese("feeds were not looked at. Nobody said so.")
    ('未检视数据馈送', None)
    """
    if PLACE.search(text) or _OURS & set(text):  # it came from outside and looks like a placeholder of ours
        return None
    voice = Translator(chinese())
    cut = list(sentences(list(_parts(escape(text, quote=False), voice))))
    told = _told([parts for parts, _ in cut], voice) if speaks(text) else None
    if told is None:
        return None if speaks(text) else text
    return "".join(piece if ends_full(piece) else f"{piece} " for piece in told).strip()


def as_read(text: str, language: Language) -> str:
    """A text as a reader of the language is told it; in English where it has no translation.

    >>> as_read("feeds were not looked at", "en"), as_read("Ask Ann.", "zh")
    ('feeds were not looked at', 'Ask Ann.')
    """
    return (in_chinese(text) if language == "zh" else None) or text


VOICES: Mapping[Language, Callable[[str], str]] = {"zh": functools.partial(as_read, language="zh")}


def _parts(raw: str, voice: Translator) -> Iterator[Part]:
    """The parts of a text; Chinese in it is a name, as opaque as an identifier."""
    for part in text_parts(raw, voice.number):
        pieces = _CHINESE.split(part.raw) if part.role == "text" else ()
        yield from (Part("slot" if i % 2 else "text", piece) for i, piece in enumerate(pieces) if piece)
        if part.role != "text":
            yield part


def _told(cut: Sequence[list[Part]], voice: Translator) -> list[str] | None:
    """Sentences as the voice says them, alone or several as one unit; None where there is no way to say them all.

    Several are one where the first of them quotes the others, as the words of a fault.
    """
    if not cut:
        return []
    for n in range(1, len(cut) + 1):
        known = _said(_joined(cut[:n]), voice)
        if known is not None and (rest := _told(cut[n:], voice)) is not None:
            return [known, *rest]
    return None


def _joined(cut: Sequence[list[Part]]) -> list[Part]:
    first, *others = cut
    return [*first, *(part for other in others for part in (Part("text", " "), *other))]


def _said(parts: list[Part], voice: Translator) -> str | None:
    if not has_words(parts):
        return unescape("".join(part.written() for part in parts))
    known = voice.say(message(parts))
    if known is None or LEFT_ENGLISH[0] in known:
        return None
    return unescape(filled(known, parts))
