"""Writing TOML that a person will edit: sections, one line a column, the reason of each guess beside it."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping
from textwrap import wrap
from typing import Any

WIDTH = 120
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def key(name: str) -> str:
    """A key as TOML takes it: quoted where it holds more than letters, digits, `_` and `-`.

    >>> print(key("LIMIT_BAL"), key("net income €"))
    LIMIT_BAL "net income €"
    """
    return name if _BARE.fullmatch(name) else _basic(name)


def value(content: Any) -> str:
    """A value as TOML takes it, on one line.

    >>> print(value({"role": "key", "levels": ["a", "b"], "lower": 0.5}))
    { role = "key", levels = ["a", "b"], lower = 0.5 }
    """
    if isinstance(content, Mapping):
        inside = ", ".join(f"{key(name)} = {value(part)}" for name, part in content.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(content, list | tuple):
        return f"[{', '.join(map(value, content))}]"
    if isinstance(content, dt.date):
        return content.isoformat()
    if isinstance(content, str):
        return _literal(content) or _basic(content)
    return json.dumps(content)


def _literal(text: str) -> str:
    """A text with quotes or backslashes as it is, between quotes that it does not hold; empty where there are none."""
    if set('"\\') & set(text) and plain(text) == text and not text.endswith("'"):
        for quote in ("'", "'''"):
            if quote not in text:
                return f"{quote}{text}{quote}"
    return ""


def _basic(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def line(name: str, content: Any, why: str = "") -> str:
    """One line `name = value`, with its reason behind it."""
    return f"{key(name)} = {value(content)}{f'  # {plain(why)}' if why else ''}"


def comment(*sentences: str) -> list[str]:
    """Comment lines, wrapped; a sentence that begins with `- ` is an item of a list."""
    lines = []
    for sentence in sentences:
        hanging = "  " if sentence.startswith("- ") else ""
        for i, part in enumerate(wrap(plain(sentence), WIDTH - 4, break_long_words=False, break_on_hyphens=False)):
            lines.append(f"# {hanging if i else ''}{part}")
    return lines


def heading(title: str) -> str:
    """A comment line across the page that opens a section."""
    return f"# --- {title} ".ljust(WIDTH, "-")


def items(name: str, texts: Iterable[str]) -> list[str]:
    """A list of texts, one a line."""
    return [f"{name} = [", *(f"  {value(text)}," for text in texts), "]"]


def plain(text: str) -> str:
    """Text without what would end a comment or hide in it."""
    return _CONTROL.sub(" ", text).strip()
