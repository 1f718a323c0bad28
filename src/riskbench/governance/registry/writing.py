"""A record as YAML and back, strictly: whatever is not exactly what a command wrote is refused, with its file and key.

The last key of a file is its seal, a hash of all other keys, so that a line changed by hand does not pass unseen. It
stops nobody who computes it anew: git and the signatures are there for that.
"""

import datetime as dt
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from riskbench.core.errors import CannotRun, broken_rules
from riskbench.core.files import digest
from riskbench.governance.registry.records import Performance, Record, Stateful, Step, Verification
from riskbench.governance.registry.states import faults

try:
    from yaml import CSafeLoader as SafeLoader  # ten times as fast, where the library in C is there
except ImportError:
    from yaml import SafeLoader

R = TypeVar("R", bound=Record)
WIDTH = 100
DEEPEST = 20  # a record needs three
MERGE_MARKS = ("<<<<<<< ", ">>>>>>> ")


class _Dumper(yaml.SafeDumper):
    """Times as ISO 8601, texts of several lines as blocks; lists are indented below their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _time(dumper: yaml.SafeDumper, at: dt.datetime) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", at.isoformat())


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dt.datetime, _time)


class _Loader(SafeLoader):
    """YAML without its trap: a key that stands twice is an error, not the last of both."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := [key for key in keys if keys.count(key) > 1]:
            raise yaml.constructor.ConstructorError(None, None, f"the key {twice[0]} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def sealed(record: Record) -> str:
    """A record as the text of its file: keys in their order, lines wrapped, the seal last.

    Equal records give equal bytes.
    """
    content = record.model_dump() | {"seal": seal_of(record)}
    return yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH)


def seal_of(record: Record) -> str:
    """SHA-256 of the canonical JSON of a record."""
    return digest(record.model_dump(mode="json"))


def read_record(path: Path, kind: type[R], *, by_hand: bool = False) -> R:
    """The record of a file; `by_hand` leaves the seal unasked, for a file that somebody edited on purpose.

    Raises `CannotRun` that names file, key and rule, also where the history does not lead to the state.
    """
    content = _parsed(path)
    seal = content.pop("seal", None)
    try:
        record = kind.model_validate(content, strict=True)
    except ValidationError as error:
        raise CannotRun(f"{path}: {'; '.join(broken_rules(error, 'the record', 5))}") from None
    if wrong := faults(record):
        raise CannotRun(f"{path}: {'; '.join(wrong)}")
    if not by_hand and seal != seal_of(record):
        what = "it is missing" if seal is None else "the content is not what a command wrote"
        raise CannotRun(
            f"{path}: seal: {what}. `git diff` shows what was changed; to keep the change under your name: "
            "riskbench inventory seal FILE --by NAME --because TEXT"
        )
    return record


def reseal(path: Path, kind: type[Record], by: str, because: str, at: dt.datetime) -> Record:
    """The record of a file that was edited by hand, with a step that says so where its kind has a history.

    Raises `CannotRun` where anything but its seal is wrong, and for a kind that is never changed.
    """
    record = read_record(path, kind, by_hand=True)
    if isinstance(record, Verification):
        raise CannotRun(f"{path}: a re-performance is never changed; git checkout brings it back")
    if isinstance(record, Performance):
        raise CannotRun(f"{path}: what a month came to is never changed; git checkout brings it back")
    if not isinstance(record, Stateful):
        return record
    step = Step(at=at, by=by, before=record.state, after=record.state, because=f"edited by hand: {because}")
    return record.model_copy(update={"history": [*record.history, step]})


def _parsed(path: Path) -> dict[Any, Any]:
    try:
        text = path.read_text("utf-8")
        if any(line.startswith(MERGE_MARKS) for line in text.splitlines()):
            raise CannotRun(f"{path}: git could not merge two records of this name. {_merge_told(path)}")
        if _depth(text) > DEEPEST:  # the parser would end the whole program with it
            raise CannotRun(f"{path}: this is no record: it is nested more than {DEEPEST} deep")
        content = yaml.load(text, Loader=_Loader)
    except UnicodeDecodeError:
        raise CannotRun(f"{path}: this is no text in UTF-8") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CannotRun(f"{path}: this is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise CannotRun(f"{path}: a record is a list of keys with values, got {type(content).__name__}")
    return content


def _depth(text: str) -> int:
    """How deeply a text of YAML is nested, by its events alone, up to the first that is too deep."""
    depth = deepest = 0
    for event in yaml.parse(text, Loader=SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        deepest = max(deepest, depth)
        if deepest > DEEPEST:
            break
    return deepest


def _merge_told(path: Path) -> str:
    """What to do where two branches wrote the same file."""
    if path.parent.name not in ("findings", "exceptions"):
        return "Keep one of both: git checkout --ours or --theirs, then the other's steps are made again by command"
    return (
        f"Both branches gave the number {path.stem}, and a number is given once. Keep one of both (git checkout --ours "
        f"{path.name}), then enter the other again by command: it gets the next number"
    )
