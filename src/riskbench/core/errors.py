"""The errors riskbench raises on purpose: each says the rule, what arrived and what to do.

Exit codes of every command: 0 done and what was asked holds; 1 it ran, and something differs, fails or is
refused; 2 it could not run. An error knows its own exit code, so no command translates.
"""

from collections.abc import Sequence


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


class NotEvaluated(RiskbenchError):
    """Something cannot be computed on this study (no dates, no amounts); the text says why, and the run goes on."""


class StageFailed(RiskbenchError):
    """A notebook cell raised; carries where, so that the runner can say stage, cell and exception."""

    def __init__(self, stage: str, cell: int | None, problem: str):
        self.stage, self.cell, self.problem = stage, cell, problem
        super().__init__(f"stage {stage} failed{f' in cell {cell}' if cell is not None else ''}: {problem}")


class RunDiffers(RiskbenchError):
    """A run does not hold: a hash or a figure differs."""
