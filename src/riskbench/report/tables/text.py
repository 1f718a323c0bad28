"""A table for the screen of a terminal: the cells that a page prints, without markup, in columns."""

import re
from collections.abc import Sequence
from html import unescape

from riskbench.report.tables.markup import Column

_TAG = re.compile(r"<[^>]*>")


def text_table(columns: Sequence[Column]) -> str:
    """The lines of a table, figures to the right; a cell's small lines follow its first in brackets.

    >>> print(text_table([Column("band", ["prime", "low"]), Column("n", ["12", "7"], numeric=True)]))
    band    n
    prime  12
    low     7
    """
    lines = [[_plain(column.heading), *map(_plain, column.cells)] for column in columns]
    widths = [max(map(len, cells)) for cells in lines]
    rows = zip(*lines, strict=True)
    return "\n".join(
        "  ".join(_aligned(*cell) for cell in zip(row, widths, columns, strict=True)).rstrip() for row in rows
    )


def _plain(cell: str) -> str:
    return unescape(_TAG.sub("", cell.replace("<small>", " "))).replace("\u00a0", " ").strip()


def _aligned(text: str, width: int, column: Column) -> str:
    return text.rjust(width) if column.numeric else text.ljust(width)
