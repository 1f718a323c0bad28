"""A table of words from the registry: on a phone each row stands as a card, and each cell says what it is."""

from collections.abc import Mapping, Sequence
from html import escape

from riskbench.report.tables import Column, table


def register(columns: Mapping[str, Sequence[str]], caption: str) -> str:
    """The table of these columns (heading to cells, HTML); the first names its rows. "" where there are no rows.

    >>> '<span class="label">state: </span>open' in register({"id": ["F-0001"], "state": ["open"]}, "Findings")
    True
    """
    (first, names), *others = columns.items()
    if not names:
        return ""
    labelled = [Column(head, [_labelled(head, cell) for cell in cells]) for head, cells in others]
    return table([Column(first, names), *labelled], caption, kind="register")


def _labelled(heading: str, cell: str) -> str:
    return f'<span class="label">{escape(heading, quote=False)}: </span>{cell}'
