"""A strict file of YAML from its bytes to a checked model: every mistake told with its line and key, all at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from riskbench.core.errors import StudyError, explained
from riskbench.core.written.faults import Fault
from riskbench.core.written.text import Node, NotPlain, read
from riskbench.core.written.wording import faults_of

LARGEST = 256 * 1024  # bytes; the largest file of the studies has ten thousand
MOST = 10  # faults that are told
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Written:
    """The text of a file: its name as it is told, and what stands in it with the lines."""

    name: str
    root: Node

    def told(self, faults: Iterable[Fault]) -> StudyError:
        """The faults as one error: a line a fault, in the order of the file, ten at most."""
        placed = sorted({self._line(fault): None for fault in faults})
        more = [f"{self.name}: and {len(placed) - MOST} more"] if len(placed) > MOST else []
        return StudyError("\n".join([text for _, text in placed[:MOST]] + more))

    def checked(self, model: type[Model]) -> Model:
        """The text as a model; raises `StudyError` with every rule that it breaks."""
        try:
            return model.model_validate(self.root.value)
        except ValidationError as error:
            raise self.told(faults_of(error, model, self.root)) from None

    def _line(self, fault: Fault) -> tuple[int, str]:
        _, node = self.root.followed(fault.at)
        lines = {self.root.followed(at)[1].line for at in fault.also} - {node.line}
        beside = f" (see line {', '.join(map(str, sorted(lines)))})" if lines else ""
        return node.line, f"{self.name}, line {node.line}, {fault.key}: {fault.rule}{beside}"


def written(path: Path, what: str, begin: str) -> Written:
    """The text of a file; `what` it is called ("policy"), and what an empty one should `begin` with.

    Raises `StudyError` where there is no such file, or it is no plain YAML with keys; the message says in which line.
    """
    name = f"{path.parent.name}/{path.name}"
    try:
        root = read(_text(path, name, what), begin)
    except NotPlain as error:
        raise StudyError(f"{name}, line {error.line}: {error}") from None
    if not isinstance(root.value, dict):
        keys = f"(schema_version, {begin})"
        raise StudyError(f"{name}, line {root.line}: a {what} file has keys {keys}, and this has none")
    return Written(name, root)


def _text(path: Path, name: str, what: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise StudyError(f"no {what} file {path}. What to do: write one; that of another study shows how") from None
    except OSError as error:
        raise explained(error, path) from None
    if len(content) > LARGEST:
        most = f"{LARGEST // 1024} kB"
        raise StudyError(f"{name} is larger than {most}, and no {what} file is. What to do: name another file")
    try:
        return content.decode("utf-8-sig")  # a byte order mark, as some editors write it, says nothing
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise StudyError(f"{name} is not valid UTF-8, line {line}: {error}. What to do: save it as UTF-8") from None
