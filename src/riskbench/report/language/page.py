"""A page read by blocks of text and written again: every other byte stays as it is.

`rewrite(html, voice)` finds the units of a page and asks the voice for each: a translator answers with another text, a
reader who only collects the units answers with the same.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape, unescape

from riskbench.report.language import drawing
from riskbench.report.language.grid import Grid
from riskbench.report.language.opaque import BREAKS, speaks, with_breaks
from riskbench.report.language.unit import Part, ends_full, filled, has_words, message, sentences, text_parts, trimmed
from riskbench.report.language.voice import Voice


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TAG = re.compile(r"<!--.*?-->|<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
_NAME = re.compile(r"</?\s*([a-zA-Z][\w-]*)")
_INLINE = _names("a abbr b cite code del em i kbd mark math q s span strong sub sup time u var wbr")
_RAW = _names("script style pre math svg")
_SOLID = _names("code kbd var math sub sup wbr")
_APART = re.compile(r'class="(?:[^"]*\s)?(?:figure|status|interval|shape)\b')
_SAID = re.compile(r'(?<=\s)(title|alt|aria-label)="([^"]*)"')
_DRAWN = re.compile(r'(src="data:image/svg\+xml;base64,)([^"]+)"')
_JOINTS = frozenset(",;:")
_HEADS = re.compile(r'(@(?:top|bottom)-(?:left|right|center) \{ content: ")([^"\\]+)(")')


@dataclass
class _Node:
    """Text (no name), or an inline element with what is in it; a solid one holds no words of ours."""

    raw: str
    name: str = ""
    children: list["_Node"] = field(default_factory=list)
    close: str = ""

    @property
    def source(self) -> str:
        return self.raw + "".join(child.source for child in self.children) + self.close

    @property
    def speaks(self) -> bool:
        if self.name in _SOLID:
            return False
        return speaks(unescape(self.raw)) if not self.name else any(child.speaks for child in self.children)


def rewrite(html: str, voice: Voice) -> str:
    """The page with every unit as the voice says it.

    >>> class Loud:
    ...     marks = ""
    ...     def say(self, msgid): return msgid.upper()
    ...     def number(self, raw): return raw
    >>> rewrite('<p class="a">bad rate of <code>x</code> 3 %</p>', Loud())
    '<p class="a">BAD RATE OF <code>x</code> 3 %</p>'
    """
    out: list[str] = []
    run: list[_Node] = []
    grid = Grid()
    begins = -1  # where in `out` the start tag stands that a run follows at once

    def flush(token: str) -> None:
        nonlocal begins
        plain = "".join(node.raw for node in run if not node.name)
        if plain.isspace() or (plain and grid.hear(plain)):
            raw = "".join(node.raw for node in run)
            out.append(
                f'<span lang="{voice.marks}">{raw}</span>' if grid.quotes and voice.marks and plain.strip() else raw
            )
            run.clear()
        if (
            run
            and not any(node.speaks for node in run[1:])  # a word alone, or with its unit
            and (meant := grid.meant(run[0].raw))
            and (known := voice.say(meant)) not in (None, meant)
        ):
            out.append(escape(known) + "".join(_bare(node, voice) for node in run[1:]))
            run.clear()
        if run:
            said, language = _told(_tree(run), voice)
            if language and not token.startswith("</title"):
                whole = begins == len(out) - 1 >= 0 and token.startswith("</")
                out[-1:] = [_marked(out[-1], language)] if whole else [out[-1]]
                said = said if whole else f'<span lang="{language}">{said}</span>'
            out.append(said)
            run.clear()
        begins = -1

    at = 0
    for token, name, end in _tokens(html):
        if end <= at:
            continue
        if not name or (name in _INLINE):
            run.append(_Node(token, name or ""))
        else:
            flush(token)
            grid.enter(token, name)
            out.append(_HEADS.sub(lambda m: _head(m, voice), token) if name == "style" else _attributes(token, voice))
            begins = len(out) - 1 if not token.startswith("</") else -1
        at = end
    flush("")
    return "".join(out)


def _tokens(html: str) -> "list[tuple[str, str, int]]":
    """The page cut into text (no name), tags, and elements whose content is not text, each with where it ends."""
    tokens, at = [], 0
    for tag in _TAG.finditer(html):
        if tag.start() < at:
            continue
        if tag.start() > at:
            tokens.append((html[at : tag.start()], "", tag.start()))
        found = _NAME.match(tag[0])
        name, end = (found[1].lower() if found else "!"), tag.end()
        if name == "code" and 'class="id"' in tag[0]:
            name = "pre"  # an id stands on a line of its own
        if name in _RAW and not tag[0].startswith("</"):
            name_closed = found[1] if found else name
            closing = html.find(f"</{name_closed}>", end)
            end = closing + len(name_closed) + 3 if closing >= 0 else len(html)
        tokens.append((html[tag.start() : end], name, end))
        at = end
    if at < len(html):
        tokens.append((html[at:], "", len(html)))
    return tokens


def _tree(run: Sequence[_Node]) -> list[_Node]:
    """A run of text and inline tags as a tree; a tag that has no partner in the run stands alone, as a solid."""
    roots: list[_Node] = []
    stack: list[_Node] = []
    for node in run:
        here = stack[-1].children if stack else roots
        if not node.name or node.name == "math" or node.name == "wbr":
            here.append(node)
        elif not node.raw.startswith("</"):
            here.append(node)
            stack.append(node)
        elif stack and stack[-1].name == node.name:
            stack.pop().close = node.raw
        else:
            here.append(_Node(node.raw, "wbr"))
    for open_one in reversed(stack):  # an element around blocks: its start tag alone is in this run
        held, open_one.children = open_one.children, []
        siblings = next((n.children for n in stack if any(c is open_one for c in n.children)), roots)
        open_one.name = "wbr"
        place = next(i for i, n in enumerate(siblings) if n is open_one)
        siblings[place + 1 : place + 1] = held
    return roots


def _told(nodes: Sequence[_Node], voice: Voice) -> tuple[str, str]:
    """The HTML of a run, and the language to mark it with ("" where it has no word or was said)."""
    if not any(node.speaks for node in nodes):
        return "".join(_bare(node, voice) for node in nodes), ""
    if nodes[0].name == "wbr" and nodes[0].raw not in BREAKS:  # the tag of an element that ends elsewhere
        rest, mark = _told(nodes[1:], voice)
        return nodes[0].raw + rest, mark
    for index, node in enumerate(nodes):
        if 'class="traced"' in node.raw:  # a link to the evidence stands beside a text, not in it
            sides = [_told(nodes[:index], voice), _told(nodes[index + 1 :], voice)]
            before, after = (f'<span lang="{mark}">{text}</span>' if mark else text for text, mark in sides)
            return before + _element(node, voice) + after, ""
    own = [part for node in nodes if not node.name for part in text_parts(node.raw, voice.number)]
    if not has_words(own):
        told = [_bare(n, voice) if not n.speaks else _element(n, voice) for n in nodes]
        return "".join(told), ""
    return _said(_parts(nodes, voice), voice)


def _said(parts: Sequence[Part], voice: Voice, quote: bool = False) -> tuple[str, str]:
    before, inner, after = trimmed(parts)
    told: list[tuple[str, bool, str]] = []
    for sentence, space in sentences(inner):
        known = voice.say(message(sentence)) if has_words(sentence) else None
        if known is not None:
            told.append((filled(known, sentence, quote), True, "" if ends_full(known) else space))
        elif has_words(sentence):
            told.append((with_breaks("".join(part.raw for part in sentence)), False, space))
        else:
            told.append(("".join(part.written() for part in sentence), True, space))
    if voice.marks and not any(known for _, known, _ in told):
        return before + "".join(text + space for text, _, space in told) + after, voice.marks
    mark = f'<span lang="{voice.marks}">' if voice.marks and not quote else ""
    pieces = [text + space if known or not mark else f"{mark}{text}</span>{space}" for text, known, space in told]
    return before + "".join(pieces) + after, ""


def _parts(nodes: Sequence[_Node], voice: Voice) -> list[Part]:
    """The parts of a unit: text with its placeholders, elements that hold none of its words as one, others as pairs."""
    parts: list[Part] = []
    texts = ""

    def pour() -> None:
        nonlocal texts
        if texts:
            parts.extend(text_parts(texts, voice.number))
        texts = ""

    for node in nodes:
        if not node.name:
            texts += node.raw
        elif node.raw in BREAKS:
            texts += BREAKS[node.raw]
        else:
            pour()
            interval = 'class="interval"' in node.raw
            if interval and len(parts) > 1 and parts[-2].role == "slot" and not parts[-1].raw.strip():
                space, figure = parts.pop(), parts.pop()  # a figure and its interval are one
                together = [Part("text", space.raw), Part("slot", node.source, _later(node, voice))]
                parts.append(_joined([figure, *together]))
            elif node.name in _SOLID or _APART.search(node.raw) or not node.speaks:
                parts.append(Part("slot", node.source, _later(node, voice)))
            else:
                parts += [Part("open", node.raw, _later(_Node(node.raw, "a"), voice)), *_parts(node.children, voice)]
                parts.append(Part("close", node.close))
    pour()
    return parts


def _joined(parts: Sequence[Part]) -> Part:
    return Part("slot", "".join(p.raw for p in parts), lambda: "".join(p.written() for p in parts))


def _later(node: _Node, voice: Voice) -> Callable[[], str]:
    return lambda: _element(node, voice)


def _element(node: _Node, voice: Voice) -> str:
    """An inline element as a unit of its own."""
    if node.name in _SOLID or not node.name:
        return _bare(node, voice)
    said, language = _told(node.children, voice)
    start = _attributes(node.raw, voice)
    return (_marked(start, language) if language else start) + said + node.close


def _bare(node: _Node, voice: Voice) -> str:
    """A node without words: its numbers are written, its attributes said."""
    if node.raw.strip() in _JOINTS:
        return voice.number(node.raw)
    if not node.name:
        return "".join(part.written() for part in text_parts(node.raw, voice.number))
    if node.name in _SOLID:
        return node.source
    return _attributes(node.raw, voice) + "".join(_bare(child, voice) for child in node.children) + node.close


def _attributes(tag: str, voice: Voice) -> str:
    """A start tag with its spoken attributes said and its drawing's labels too."""
    if "=" not in tag:
        return tag
    tag = _SAID.sub(lambda found: f'{found[1]}="{_attribute(found[2], voice)}"', tag)
    if "image/svg+xml" in tag:
        tag = _DRAWN.sub(lambda found: f'{found[1]}{drawing.rewrite(found[2], voice)}"', tag)
    return tag


def _attribute(raw: str, voice: Voice) -> str:
    return _said(text_parts(raw, voice.number), voice, quote=True)[0]


def _head(found: "re.Match[str]", voice: Voice) -> str:
    """The running head of a printed page: a string of the style sheet."""
    said = unescape(_attribute(escape(found[2]), voice)).replace('"', "”").replace("\\", "")
    return found[1] + said + found[3]


def _marked(tag: str, language: str) -> str:
    """A start tag that names the language of its content."""
    return tag if " lang=" in tag else f'{tag[:-1].rstrip("/")} lang="{language}">'
