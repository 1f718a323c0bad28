"""What the user named when a draft was asked for: the outcome and its values, the decision date, protected columns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from riskbench.core.errors import CannotRun, DataError
from riskbench.data.reading import Tape


@dataclass(frozen=True)
class Request:
    """Columns and values by their names.

    `bad` are the values of `target` that mean bad, needed unless the target is 0/1 or a truth value; `good` those that
    mean good, else all others but the open ones. `date` is the column of the decision date, `protected` names protected
    columns beside those that are found.
    """

    target: str
    bad: Sequence[str] = ()
    good: Sequence[str] = ()
    date: str | None = None
    protected: Sequence[str] = ()

    @property
    def columns(self) -> set[str]:
        """The columns named."""
        return {self.target, *self.protected, *([self.date] if self.date else [])}

    def found_in(self, tape: Tape, file: str) -> "Request":
        """The same with the names that the tape gives its columns.

        Raises `DataError` with the columns like it for one that is not there, `CannotRun` for a target that is to be
        something else as well.
        """
        target = _named(tape, file, "--target", self.target)
        date = _named(tape, file, "--date", self.date) if self.date else None
        protected = [_named(tape, file, "--protected", column) for column in self.protected]
        if target in (date, *protected):
            raise CannotRun(f"column {target} is the target: it cannot be the date or a protected column as well")
        return replace(self, target=target, date=date, protected=protected)


def _named(tape: Tape, file: str, option: str, column: str) -> str:
    """The column that an option names, by its own name or by that of the source; refused with those like it."""
    for known in tape.columns:
        if column in (known.name, known.source_name):
            return known.name
    there = [known.name for known in tape.columns]
    like = ", ".join(get_close_matches(column, there, n=5, cutoff=0.5) or there[:10])
    remedy = f"name one of its {len(there)} columns, such as {like}"
    if 2 * sum(not known.source_name.strip() for known in tape.columns) >= len(there):
        remedy = "if the names of the columns stand further down, delete the rows above them: most have none here"
    raise DataError(f"{option} names no column of the table", file=file, column=column, remedy=remedy)
