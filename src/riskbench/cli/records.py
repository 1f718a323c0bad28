"""What the commands of the registry share: its folder, the moment, a person, a day, and rows in columns."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from riskbench.core.project import find_project

if TYPE_CHECKING:
    from riskbench.governance.registry.store import Registry


def of_the_registry() -> "Registry":
    """The registry of the project that the command is called in."""
    from riskbench.governance.registry.store import Registry

    return Registry(find_project().registry)


def now() -> dt.datetime:
    """The moment of the command, in UTC to the second, as records and signatures write it."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows below their heads, in columns as wide as their longest cell; a Chinese character is two columns wide."""
    from rich.cells import cell_len

    widths = [max(cell_len(row[i]) for row in (heads, *rows)) for i in range(len(heads))]
    padded = [
        "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True))
        for row in (heads, *rows)
    ]
    return "\n".join(line.rstrip() for line in padded)


class _Person(click.ParamType):
    """The short name of a person or a model."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> str:
        """The name as it is; a usage error where it is not short."""
        if not re.fullmatch(r"[a-z][a-z0-9_]*", str(value)):
            self.fail(f"a name has small letters, digits and _ only, and begins with a letter; got {value!r}", param)
        return str(value)


class _Day(click.ParamType):
    """A day as 2027-03-31."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> dt.date:
        """The day; a usage error where there is no such day."""
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"a day is written as 2027-03-31, got {value!r}", param)


PERSON, DAY = _Person(), _Day()
