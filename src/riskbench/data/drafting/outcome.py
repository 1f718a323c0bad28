"""The target: which of its values are bad, which are good, and the label of every row."""

from dataclasses import dataclass

import numpy as np

from riskbench.core.errors import DataError
from riskbench.data.drafting.facts import Facts

MOST_OUTCOMES = 30  # different values of a target


@dataclass(frozen=True, eq=False)
class Target:
    """Bad and good values as the study writes them, what was assumed, and y by row (1 bad, 0 good, NaN unknown)."""

    name: str
    bad: list[int | str]
    good: list[int | str]
    assumed: str
    y: np.ndarray

    @property
    def bads(self) -> int:
        """Bad cases."""
        return int((self.y == 1).sum())

    @property
    def labelled(self) -> int:
        """Cases with a known outcome."""
        return int((~np.isnan(self.y)).sum())

    @property
    def bad_rate(self) -> float:
        """Bad cases among those with a known outcome."""
        return self.bads / self.labelled


def find_target(facts: Facts, bad: str | None, file: str) -> Target:
    """Read the target: 0/1 and truth values speak for themselves, of any other column `bad` names the bad value.

    Raises `DataError` with the values that exist, and for a target with one class.
    """
    if not facts.distinct:
        raise DataError("the target must have values, all its cells are empty", file=file, column=facts.name)
    if facts.distinct > MOST_OUTCOMES or facts.kind == "date":
        rule = f"a target has a few values, this one has {facts.distinct:,} ({facts.kind})"
        raise DataError(rule, file=file, column=facts.name, remedy="name the column of the outcome")
    plain = {_plain(text): text for text, _ in facts.counts}
    told = ", ".join(f"{_plain(text)} ({n:,} rows)" for text, n in facts.counts)
    two = facts.kind == "boolean" or set(plain) <= {"0", "1"}
    if bad is None:
        if not two:
            remedy = "say which value is bad with --bad VALUE"
            raise DataError(
                f"the target is not 0/1; its values are {told}", file=file, column=facts.name, remedy=remedy
            )
        bad = "true" if facts.kind == "boolean" else "1"
    elif facts.kind == "boolean":
        bad = {"1": "true", "0": "false"}.get(bad, bad.lower())
    if bad not in plain:
        if two and len(plain) == 1 and bad in ("0", "1", "true", "false"):
            raise _one_class(facts.name, told, file)
        remedy = "name one of them with --bad VALUE"
        raise DataError(
            f"the target has no value {bad!r}; its values are {told}", file=file, column=facts.name, remedy=remedy
        )
    if len(plain) == 1:
        raise _one_class(facts.name, told, file)
    positions = {text: i for i, text in enumerate(map(str, facts.values.to_pylist()))}
    bad_code = {text.lower() if facts.kind == "boolean" else text: i for text, i in positions.items()}[plain[bad]]
    y = np.select([facts.codes == bad_code, facts.codes >= 0], [1.0, 0.0], np.nan)
    others = sorted(value for value in plain if value != bad)
    assumed = ""
    if len(others) > 1:
        assumed = f"every value but {bad!r} counts as good: take out those that are neither, such as loans still open"
    return Target(facts.name, [_typed(bad, facts)], [_typed(value, facts) for value in others], assumed, y)


def _one_class(column: str, told: str, file: str) -> DataError:
    return DataError(
        f"the target must have both classes, its values are {told}",
        file=file,
        column=column,
        remedy="bring rows of both, or name another target",
    )


def _plain(text: str) -> str:
    """`1` for `1.0`: a column of whole numbers with gaps may have been read as floats."""
    return text.removesuffix(".0")


def _typed(value: str, facts: Facts) -> int | str:
    if facts.kind == "boolean":
        return int(value == "true")
    if not facts.textual:
        return int(value) if value.lstrip("-").isdigit() else value
    return value
