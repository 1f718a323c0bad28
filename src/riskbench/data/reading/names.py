"""Column names: kept as the source has them, unless a rule of the tables to come forces a change."""

import re
import unicodedata
from collections.abc import Sequence

from riskbench.data.opening import ROW
from riskbench.data.study.reserved import RESERVED

_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff]+")


def usable_names(headers: Sequence[str]) -> tuple[list[str], list[str]]:
    """A name for every column, unique also to SQL, which does not tell cases apart, and a sentence for every change.

    Line breaks and other control characters become a blank, an empty name becomes `column_7`, a reserved name gets an
    underscore behind it, and a repeated name gets `_2`, `_3`; everything else stays, in any script.

    >>> usable_names(["Id", "id", "", "sample", "ціна"])[0]
    ['Id', 'id_2', 'column_3', 'sample_', 'ціна']
    """
    names = [_own_name(header, position) for position, header in enumerate(headers, 1)]
    wanted = {_folded(name) for name, _ in names}
    used: set[str] = set()
    result, notes = [], []
    for header, (name, why) in zip(headers, names, strict=True):
        unique = name
        if _folded(name) in used:
            unique, why = _numbered(name, used | wanted), "the name is repeated, to SQL at least"
        used.add(_folded(unique))
        result.append(unique)
        if why:
            notes.append(f"the column {header!r} is called {unique!r}: {why}")
    return result, notes


def _own_name(header: str, position: int) -> tuple[str, str]:
    name = _INVISIBLE.sub(" ", header).strip()
    why = "control characters become a blank" if name != header.strip() else ""
    if not name:
        return f"column_{position}", "the source does not name it"
    if name.casefold() in (*RESERVED, ROW):
        return f"{name}_", f"{name} is a name that every run uses for something else"
    return name, why


def _numbered(name: str, taken: set[str]) -> str:
    number = 2
    while _folded(f"{name}_{number}") in taken:
        number += 1
    return f"{name}_{number}"


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
