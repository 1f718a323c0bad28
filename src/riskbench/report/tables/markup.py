"""What every table is made of: columns ready to print, in HTML that a screen reader, a printer and a phone can read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from riskbench.core.words import MISSING
from riskbench.report.prose import evidence_sign

WORDS, SENTENCE = 20, 48  # letters from which a cell may wrap, and from which it wants room to
WRAPPED = {"words": 13, "sentence": 26}  # letters of a line of such a cell, as the style sheet has it
GAP = 3.5  # letters between two columns
ROOM = 125  # letters that stand beside each other in a page's text and margin; a wider table stands closer

_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Column:
    """A column ready to print: its heading (HTML), its cells (HTML), and whether they are figures."""

    heading: str
    cells: Sequence[str]
    numeric: bool = False


def table(
    columns: Sequence[Column], caption: str, note: str = "", kind: str = "", grouped: bool = False, evidence: str = ""
) -> str:
    """The HTML of a table; the first column names its rows where it does not hold figures.

    The table stands in a box of its own that scrolls sideways on a narrow screen, never the page. Of a `grouped` table
    a row's name is not repeated for the eye where the row above has the same; a screen reader and paper still have it.
    `evidence` is the id under which the table was recorded: its caption leads there.
    """
    head = "".join(f'<th scope="col"{_class("number" * column.numeric)}>{column.heading}</th>' for column in columns)
    lines = list(zip(*(column.cells for column in columns), strict=True))
    again = [grouped and line[0] == above[0] for above, line in zip([("",), *lines], lines, strict=False)]
    rows = "".join(f"<tr>{_row(columns, *told)}</tr>" for told in zip(lines, again, strict=True))
    rows = rows or f'<tr><td colspan="{len(columns)}">none</td></tr>'
    title = escape(caption, quote=False) + (evidence_sign(evidence) if evidence else "")
    after = f'<p class="note">{escape(note, quote=False)}</p>' if note else ""
    kinds = " ".join(filter(None, ("table-box", kind, "close" * (sum(map(_letters, columns)) > ROOM))))
    return (
        f'<div class="{kinds}" role="region" aria-label="{escape(caption)}" tabindex="0">'
        f"<table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{after}"
    )


def stacked(lines: Sequence[str]) -> str:
    """The first line in full, the others small below it; a dash for none."""
    head, *rest = lines or [MISSING]
    return escape(head, quote=False) + "".join(f"<small>{escape(line, quote=False)}</small>" for line in rest)


def _letters(column: Column) -> float:
    """The letters that a column needs on one line, its gap included: words wrap, figures do not."""
    heading = max(map(len, _TAG.sub("", column.heading).split()), default=0)
    kinds = [_kind(column, cell) for cell in column.cells]
    lines = [WRAPPED.get(kind, len(_TAG.sub("", cell))) for kind, cell in zip(kinds, column.cells, strict=True)]
    return max([heading, *lines]) + GAP


def _kind(column: Column, cell: str) -> str:
    """What a cell holds: a number, a sentence, words, or less than that ("")."""
    letters = len(_TAG.sub("", cell))
    return "number" if column.numeric else "sentence" if letters > SENTENCE else "words" if letters > WORDS else ""


def _row(columns: Sequence[Column], cells: Sequence[str], again: bool) -> str:
    kinds = [_kind(column, cell) for column, cell in zip(columns, cells, strict=True)]
    shown = [f"<td{_class(kind)}>{cell}</td>" for kind, cell in zip(kinds, cells, strict=True)]
    if not columns[0].numeric:
        name = cells[0] if "<" in cells[0] else cells[0].replace("_", "_<wbr>")
        name = f'<span class="again">{name}</span>' if again else name
        shown[0] = f'<th scope="row">{name}</th>'
    return "".join(shown)


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""
