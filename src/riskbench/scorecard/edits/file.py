"""The edits of a study as a file beside it, `edits.toml`: only ever appended to, read strictly, each edit chained.

Each edit stands there with its own SHA-256 and that of the edit before: a slip of the hand in any of them, the last one
too, is found when the file is read. That the last edits were taken out cannot be seen, nor an edit rewritten together
with its SHA-256 and all that follow; for that there is version control.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from riskbench.core import toml
from riskbench.core.errors import CannotRun, StudyError, broken_rules
from riskbench.core.files import write_text
from riskbench.scorecard.edits.edit import Edit

EDITS_FILE = "edits.toml"
OPENING = "[[edits]]"
OWN = "sha256"
HEADING = toml.comment(
    "Bins changed by hand, in order: who, when, why, before, after, and the information value on the data at hand. "
    "`stage.keep_edits` appends to this file and nothing else writes it. `previous` is the SHA-256 of the edit before, "
    "`sha256` that of the edit itself; to take an edit back, withdraw it."
)


def read_edits(path: Path) -> list[Edit]:
    """The edits in a study's file; none where there is no file.

    Raises `StudyError` that names file, line, key and rule.
    """
    try:
        text = path.read_text("utf-8")
        content = tomllib.loads(text)
    except FileNotFoundError:
        return []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StudyError(f"{_name(path)} is not valid TOML: {error}") from None
    places = _Places(path, text)
    if unknown := [key for key in content if key != "edits"]:
        raise StudyError(f"{places.of_key(unknown[0])}: no such key is known here; correct its spelling or remove it")
    if not isinstance(content.get("edits", []), list):
        raise StudyError(f"{places.of_key('edits')}: edits are a list, each opened by {OPENING}")
    tables = content.get("edits", [])
    own = [plain.pop(OWN, None) if isinstance(plain, dict) else None for plain in tables]
    return _checked([_edit(i, plain, places) for i, plain in enumerate(tables)], own, places)


def append_edits(path: Path, edits: Iterable[Edit]) -> None:
    """Write edits below those that the file has; what it has stays as it is, byte for byte."""
    before = path.read_text("utf-8") if path.is_file() else "\n".join(HEADING) + "\n"
    write_text(path, before + "".join(map(_block, edits)))


def unwritten(path: Path, edits: Sequence[Edit]) -> list[Edit]:
    """Those of a binning's edits that the file does not hold yet.

    Raises `CannotRun` where they do not begin with the edits of the file.
    """
    kept = read_edits(path)
    if list(edits[: len(kept)]) != kept:
        raise CannotRun(
            f"the bins were not made from the {len(kept)} edits of {_name(path)}: fit the binning again, "
            "replay(stage.edits()), then edit"
        )
    return list(edits[len(kept) :])


def _block(edit: Edit) -> str:
    """An edit as a table of TOML, a line a key, what belongs to a key of its own behind a point."""
    lines = ["", OPENING]
    for name, content in edit.plain().items():
        if isinstance(content, dict):
            lines += [f"{name}.{toml.line(key, part)}" for key, part in content.items()]
        else:
            lines.append(toml.line(name, edit.when if name == "when" else content))
    lines.append(toml.line(OWN, edit.hash))
    return "\n".join(lines) + "\n"


def _edit(position: int, plain: Any, places: "_Places") -> Edit:
    try:
        return Edit.model_validate(plain)
    except ValidationError as error:
        faults = error.errors()
        first = min(range(len(faults)), key=lambda i: faults[i]["type"] != "extra_forbidden")  # a slip of spelling
        key = ".".join(str(part) for part in faults[first]["loc"] if isinstance(part, str))
        raise StudyError(f"{places.of_edit(position, key)}: {broken_rules(error, 'edit')[first]}") from None


def _checked(edits: list[Edit], own: list[Any], places: "_Places") -> list[Edit]:
    before = ""
    for i, (edit, written) in enumerate(zip(edits, own, strict=True)):
        if edit.number != i + 1:
            where = places.of_edit(i, "number")
            raise StudyError(f"{where}: number: edits are numbered in order, this is {i + 1}, got {edit.number}")
        if edit.previous != before:
            raise StudyError(
                f"{places.of_edit(i, 'previous')}: previous: the edit before is not what it was when this one was "
                f"made; its SHA-256 is {before or 'none, there is no edit before'}"
            )
        before = edit.hash
        if written != before:
            raise StudyError(
                f"{places.of_edit(i, OWN)}: {OWN}: edit {edit.number} is not what it was when it was written, its "
                f"SHA-256 is {written or 'missing'}: put it back from version control; to change it, withdraw it and "
                "edit anew"
            )
    return edits


class _Places:
    """Where in the file a key stands: the line of an edit's key, or else that of the edit."""

    def __init__(self, path: Path, text: str):
        self.name, self.lines = _name(path), text.splitlines()

    def of_key(self, key: str) -> str:
        """The first line that begins with a key."""
        return self._told(self._line(key, 0, len(self.lines)) or 1)

    def of_edit(self, position: int, key: str) -> str:
        """The line of a key (`after.cuts` may stand under `after`) of the edit at this position."""
        opened = [i for i, line in enumerate(self.lines) if line.strip() == OPENING]
        if position >= len(opened):  # written in another way that TOML knows
            return self._told(1)
        first, last = opened[position], [*opened, len(self.lines)][position + 1]
        found = [self._line(name, first, last) for name in (key, *key.split(".")[:1]) if name]
        return self._told(next(filter(None, found), first + 1))

    def _line(self, key: str, first: int, last: int) -> int:
        starts = re.compile(rf"\s*[\[\"']*{re.escape(key)}\b")
        return next((i + 1 for i in range(first, last) if starts.match(self.lines[i])), 0)

    def _told(self, line: int) -> str:
        return f"{self.name}, line {line}"


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
