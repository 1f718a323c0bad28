"""The errors riskbench raises on purpose: each says the rule, what arrived and what to do.

Exit codes of every command: 0 done and what was asked holds; 1 it ran, and something differs, fails or is
refused; 2 it could not run. An error knows its own exit code, so no command translates.
"""

import builtins
import errno
import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError

_REMEDIES = {
    errno.ENOSPC: "free space there and try again",
    errno.EDQUOT: "free space within the quota and try again",
    errno.EFBIG: "raise the limit on the size of a file and try again",
    errno.EROFS: "make the place writable, or have the command write elsewhere",
    errno.EACCES: "ask for the right to it, or name another place",
    errno.EPERM: "ask for the right to it, or name another place",
    errno.EMFILE: "raise the limit on open files and try again",
    errno.EIO: "check the disk: it failed to read or write",
}
_ERRNO = re.compile(r"\[Errno (\d+)\][^']*(?:'([^']*)')?")


class RiskbenchError(Exception):
    """Base of every error that a user should read as a sentence, not as a traceback."""

    exit_code = 1


class CannotRun(RiskbenchError):
    """Bad usage, missing data or another environment: nothing was computed."""

    exit_code = 2


class StudyError(CannotRun):
    """A study file breaks a rule; the message names the file, the key and the rule."""


class ParameterError(CannotRun):
    """A notebook parameter is unknown, or its value is not of the declared type."""


class DataError(CannotRun):
    """Data breaks a rule. The message names rule, file, column, first rows and the remedy.

    >>> print(DataError("the key must be unique", file="a.csv", column="id", rows=[3, 9], remedy="drop repeats"))
    the key must be unique (file a.csv, column id, rows 3, 9). What to do: drop repeats.
    """

    def __init__(self, rule: str, *, file: str = "", column: str = "", rows: Sequence[int] = (), remedy: str = ""):
        self.rule, self.file, self.column, self.rows, self.remedy = rule, file, column, tuple(rows), remedy
        shown = ", ".join(str(row) for row in self.rows[:5])
        where = ", ".join(
            f"{name} {value}" for name, value in (("file", file), ("column", column), ("rows", shown)) if value
        )
        super().__init__(f"{rule}{f' ({where})' if where else ''}.{f' What to do: {remedy}.' if remedy else ''}")


class MachineError(CannotRun):
    """The machine stands in the way: no space, a read-only place, a missing right, too little memory."""


class NotEvaluated(RiskbenchError):
    """Something cannot be computed on this study (no dates, no amounts); the text says why, and the run goes on."""


class StageFailed(RiskbenchError):
    """A stage did not end well: which one, in which cell, why, and where its notebook is kept for the reader.

    `exit_code` is that of the cause. What could not run (2) says so itself, and the place comes after; of what ran and
    failed (1) the place comes first.

    >>> print(StageFailed("intake", 4, "the key must be unique", exit_code=2))
    the key must be unique. Stopped in stage intake, cell 4.
    """

    def __init__(self, stage: str, cell: int | None, problem: str, *, exit_code: int = 1, notebook: str = ""):
        self.stage, self.cell, self.problem, self.notebook = stage, cell, problem, notebook
        self.exit_code = exit_code
        if exit_code == CannotRun.exit_code:
            said = f"{problem.rstrip('.')}. Stopped in stage {stage}{f', cell {cell}' if cell is not None else ''}."
        else:
            said = f"stage {stage} failed{f' in cell {cell}' if cell is not None else ''}: {problem}"
        super().__init__(said)


def explained(error: OSError | MemoryError, path: object = None) -> MachineError:
    """What the machine refused, where, and what to do; `path` where the error itself does not know it.

    >>> print(explained(OSError(errno.ENOSPC, "No space left on device"), "reports/a.parquet"))
    reports/a.parquet: No space left on device. What to do: free space there and try again.
    """
    if isinstance(error, MemoryError):
        said = f"out of memory{f' ({error})' if str(error) else ''}"
        return MachineError(f"{said}. What to do: free memory, run with --jobs 1, or use a smaller table.")
    place = path or error.filename2 or error.filename  # of a copy, the second is where it went
    said = os.strerror(error.errno) if error.errno is not None and error.errno > 0 else str(error)
    remedy = _REMEDIES.get(error.errno or 0, "")
    return MachineError(f"{f'{place}: ' if place else ''}{said}.{f' What to do: {remedy}.' if remedy else ''}")


def raised_elsewhere(name: str, text: str) -> tuple[str, int]:
    """The sentence and the exit code of an exception known by its class's name and its text, as a kernel sends them.

    >>> raised_elsewhere("DataError", "the key must be unique")
    ('the key must be unique', 2)
    >>> raised_elsewhere("KeyError", "'age'")
    ("KeyError: 'age'", 1)
    """
    for error in _family(RiskbenchError):
        if error.__name__ == name:
            return text, error.exit_code
    if name.endswith(("MemoryError", "OutOfMemoryException")):  # numpy's, Arrow's and DuckDB's among them
        return str(explained(MemoryError(text))), MachineError.exit_code
    known, number = getattr(builtins, name, None), _ERRNO.match(text)
    if number and isinstance(known, type) and issubclass(known, OSError) and int(number[1]) in _REMEDIES:
        return str(explained(OSError(int(number[1]), "", number[2]))), MachineError.exit_code
    return f"{name}: {text}", RiskbenchError.exit_code


def _family(kind: type[RiskbenchError]) -> list[type[RiskbenchError]]:
    return [kind, *(member for child in kind.__subclasses__() for member in _family(child))]


def broken_rules(error: "ValidationError", whole: str, most: int | None = None) -> list[str]:
    """What a description breaks, `most` rules at most, each as `key: rule`; `whole` names the description itself."""
    found = []
    for fault in error.errors()[:most]:
        key = ".".join(map(str, fault["loc"])) or whole
        unknown = fault["type"] == "extra_forbidden"
        rule = "no such key is known here; correct its spelling or remove it" if unknown else fault["msg"]
        found.append(f"{key}: {rule.removeprefix('Value error, ')}")
    return found
