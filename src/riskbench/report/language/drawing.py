"""The labels of a drawing: the `<text>` elements of an SVG that a page carries in base64."""

import base64
import re
from html import escape, unescape

from riskbench.report.language.opaque import speaks
from riskbench.report.language.unit import filled, message, text_parts
from riskbench.report.language.voice import Voice

_GROUP = re.compile(r"(?:<text\b[^>]*>[^<]*</text>\s*)+")
_TEXT = re.compile(r"(<text\b[^>]*>)([^<]*)(</text>)")


def rewrite(encoded: str, voice: Voice) -> str:
    """A drawing in base64 with its labels as the voice says them; byte for byte the same where it says nothing."""
    source = base64.b64decode(encoded).decode()
    told = _GROUP.sub(lambda group: _label(group[0], voice), source)
    if told == source:
        return encoded
    if voice.marks:
        told = told.replace("<svg ", '<svg xml:lang="zh-Hans" ', 1)
    return base64.b64encode(told.encode()).decode()


def _label(group: str, voice: Voice) -> str:
    """One label, which may stand on several lines: its translation is cut into as many."""
    lines = [found[2] for found in _TEXT.finditer(group)]
    text = unescape(" ".join(lines))
    parts = text_parts(escape(text, quote=False), voice.number)
    if not speaks(text):
        return _TEXT.sub(lambda found: found[1] + voice.number(found[2]) + found[3], group)
    known = voice.say(message(parts))
    if known is None:
        return group
    pieces = iter(_cut(unescape(filled(known, parts, quote=True)), len(lines)))
    return _TEXT.sub(lambda found: found[1] + escape(next(pieces), quote=False) + found[3], group)


def _cut(text: str, lines: int) -> list[str]:
    """A text in so many lines of about the same length, never inside a number or a Latin word.

    >>> _cut("外籍劳工", 2)
    ['外籍', '劳工']
    """
    atoms = re.findall(r"[A-Za-z0-9.,%−+×]+|\s+|.", text)
    pieces, length = [""], len(text) / lines
    for atom in atoms:
        if len(pieces) < lines and len(pieces[-1]) + len(atom) / 2 > length:
            pieces.append("")
        pieces[-1] += atom
    return [piece.strip() for piece in pieces] + [""] * (lines - len(pieces))
