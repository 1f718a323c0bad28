"""A text in plain YAML as data, with the line of everything in it.

YAML reads some texts as something else than their writer meant: `no` is false, 010 is 8, 2026-01-01 is a date, and an
alias hides what is decided elsewhere. Whatever a second reader could take otherwise is refused, with its line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from riskbench.core.written.faults import Location
from riskbench.core.written.slips import slip

DEEPEST = 20  # levels; a policy has eight, and nothing that people write here has more
EXACT, DIGITS = 2**53, 20  # beyond the first, whole numbers are not told apart; how many digits are told
NULL, BOOL, INT, FLOAT = (f"tag:yaml.org,2002:{kind}" for kind in ("null", "bool", "int", "float"))
PLAIN_INT = re.compile(r"[-+]?(0|[1-9]\d*)")
PLAIN_FLOAT = re.compile(r"[-+]?(0|[1-9]\d*)?\.\d*([eE][-+]\d+)?|[-+]?\.inf")
LOOKS_LIKE_A_NUMBER = re.compile(r"[-+]?(\d[\d,.]*[eE][-+]?\d+|0o[0-7]+|\d{1,3}(,\d{3})+(\.\d+)?|inf|infinity)", re.I)


class NotPlain(ValueError):
    """A text that is no plain YAML; `line` is where it is not, from 1 up."""

    def __init__(self, line: int, rule: str):
        self.line = line
        super().__init__(rule)


@dataclass
class Node:
    """A value and the line of its key, or its own where it has none; `parts` are the nodes below it."""

    line: int
    value: Any = None
    parts: dict[str | int, "Node"] = field(default_factory=dict)

    def followed(self, at: Location) -> tuple[Location, "Node"]:
        """How far a location leads into the text, and the deepest node there; what does not stand there is skipped."""
        node, way = self, []
        for part in at:
            if part in node.parts:
                node = node.parts[part]
                way.append(part)
        return tuple(way), node


def read(text: str, begin: str) -> Node:
    """The one document of a text; raises `NotPlain` at the first thing that is no plain YAML.

    `begin` says what an empty file should hold.
    """
    try:
        events = yaml.parse(text, Loader=yaml.SafeLoader)
        documents = [_node(events, event, 1) for event in events if not isinstance(event, _MARKS)]
    except yaml.MarkedYAMLError as error:
        raise NotPlain(*slip(error, text)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise NotPlain(line, f"it holds the character U+{error.character:04X}, which no text has") from None
    if not documents:
        raise NotPlain(1, f"the file is empty. What to do: write {begin}; another study shows how")
    if len(documents) > 1:
        raise NotPlain(documents[1].line, "a second document begins here, and a file holds one. What to do: remove it")
    return documents[0]


_MARKS = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentStartEvent, yaml.DocumentEndEvent)


def _node(events: Iterator[Any], event: Any, depth: int) -> Node:
    line = event.start_mark.line + 1
    if isinstance(event, yaml.AliasEvent):
        raise NotPlain(line, f"*{event.anchor} points elsewhere, which hides what is decided. What to do: write it out")
    if event.anchor:
        raise NotPlain(line, f"&{event.anchor} names a part to be used elsewhere. What to do: write each part out")
    if event.tag == "!" or (event.tag or "").startswith("!="):
        raise NotPlain(line, 'operators that begin with ! stand in quotes, as in op: "!="')
    if event.tag:
        raise NotPlain(line, f"the tag {event.tag} is not plain YAML. What to do: remove it")
    if depth > DEEPEST:
        raise NotPlain(line, f"it goes deeper than {DEEPEST} levels, and no file of a study does")
    if isinstance(event, yaml.ScalarEvent):
        return Node(line, _scalar(event, line))
    if isinstance(event, yaml.SequenceStartEvent):
        parts: dict[str | int, Node] = {}
        while not isinstance(item := next(events), yaml.SequenceEndEvent):
            parts[len(parts)] = _node(events, item, depth + 1)
        return Node(line, [node.value for node in parts.values()], parts)
    return _mapping(events, line, depth)


def _mapping(events: Iterator[Any], line: int, depth: int) -> Node:
    parts: dict[str | int, Node] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        at = event.start_mark.line + 1
        if not isinstance(event, yaml.ScalarEvent):
            raise NotPlain(at, "a key must be one word, and here is a list, a mapping or an alias")
        if _is_nothing(item := next(events)):
            raise NotPlain(at, _alone(event.value))
        key = _node(events, event, depth).value
        if not isinstance(key, str):
            raise NotPlain(at, f'the key {event.value} is read as {_kind(key)}. What to do: write "{event.value}"')
        if key == "<<":
            raise NotPlain(at, "<< would merge what stands elsewhere. What to do: write it out")
        if key in parts:
            raise NotPlain(at, f"key {key!r} is given twice, first in line {parts[key].line}. What to do: remove one")
        parts[key] = _node(events, item, depth + 1)
        parts[key].line = at
    return Node(line, {key: node.value for key, node in parts.items()}, parts)


def _alone(key: str) -> str:
    """Why a key may stand without a value, and what to do: in braces a comma or a colon without a space makes one."""
    if ":" in key:
        return f"a space is missing after the colon of {key}"
    if re.fullmatch(r"\d[\d.]*( ?%)?", key):
        return f"{key} stands alone behind a comma. What to do: write numbers with a point, nothing between thousands"
    return f"nothing stands after {key}. What to do: write a value, or remove the key; what follows # is a comment"


def _is_nothing(event: Any) -> bool:
    return isinstance(event, yaml.ScalarEvent) and not event.tag and event.implicit[0] and _tag(event.value) == NULL


def _scalar(event: yaml.ScalarEvent, line: int) -> str | int | float | bool:
    text = event.value
    if not event.implicit[0]:  # in quotes, or a block
        return str(text)
    tag = _tag(text)
    if tag == NULL:
        raise NotPlain(line, "an item of a list is empty. What to do: write it, or remove it")
    if tag == BOOL:
        if text not in ("true", "false"):
            meant = "true" if text.lower() in ("yes", "on", "true") else "false"
            raise NotPlain(line, f'{text} is read as {meant}. What to do: write "{text}" for the text, or {meant}')
        return text == "true"
    if tag in (INT, FLOAT) and (PLAIN_INT.fullmatch(text) or PLAIN_FLOAT.fullmatch(text)):
        number = float(text.replace(".inf", "inf"))
        if abs(number) > EXACT and not text.endswith(".inf"):
            raise NotPlain(line, f"{text[:DIGITS]} is too large a number to be kept to the last digit")
        return number if tag == FLOAT else int(text)
    if tag == FLOAT and text.lower() == ".nan":
        raise NotPlain(line, f"{text} is no number, and what compares with it would never hold. What to do: remove it")
    if tag in (INT, FLOAT):
        read_as = yaml.safe_load(text)
        raise NotPlain(line, f'{text} is read as {read_as:g}. What to do: write {read_as:g}, or "{text}" for the text')
    if LOOKS_LIKE_A_NUMBER.fullmatch(text):
        raise NotPlain(line, f"{text} is read as a text. What to do: write it {_in_figures(text)}, or in quotes")
    if tag.endswith(":timestamp"):
        raise NotPlain(line, f'{text} is read as a date. What to do: write "{text}"')
    return str(text)  # the signs = and << among them, which YAML keeps for itself


def _in_figures(text: str) -> str:
    if "inf" in text.lower():
        return "-.inf" if text.startswith("-") else ".inf"
    if "o" in text.lower():
        return str(int(text, 8))
    number = float(text.replace(",", ""))
    return f"{number:.12f}".rstrip("0").rstrip(".") if 1e-9 < abs(number) < 1e15 else "in figures"


_RESOLVER = yaml.resolver.Resolver()


def _tag(text: str) -> str:
    return str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)))


def _kind(value: Any) -> str:
    return {bool: "true or false", int: "a number", float: "a number"}.get(type(value), type(value).__name__)
