"""Differences between two runs ready to print, on the screen and on a page."""

from collections.abc import Iterable, Sequence

from riskbench.core.words import MINUS
from riskbench.pipeline.compare import ONLY_FIRST, ONLY_SECOND, Difference, short
from riskbench.pipeline.materiality import Weighed, tally
from riskbench.report.comparison_page import ClassRow, DifferenceRow


def rows_of(weighed: Iterable[Weighed], classed: bool = True) -> list[DifferenceRow]:
    """The rows of a table of differences; without their classes where every difference counts alike."""
    return [
        DifferenceRow(
            w.difference.id,
            w.difference.what,
            *_sides(w.difference),
            change=change_told(w.difference),
            half_widths=_half_widths(w.difference),
            weight=w.weight.name if classed else "",
            material=w.weight.material,
        )
        for w in weighed
    ]


def class_rows(weighed: Sequence[Weighed]) -> list[ClassRow]:
    """How many differences each class has, and why it is material or not."""
    return [ClassRow(weight.name, count, weight.material, weight.because) for weight, count in tally(weighed)]


def change_told(d: Difference) -> str:
    """The change and its share of the larger value; "" where there is no number.

    >>> change_told(Difference("a.b.c", "value", 0.5, 0.4))
    '−0.1 (20 %)'
    """
    if d.absolute is None or d.relative is None:
        return ""
    return f"{d.absolute:+.3g} ({100 * d.relative:.2g} %)".replace("-", MINUS)


def line_of(w: Weighed) -> str:
    """A difference as a line of the screen: where, both values, and its size."""
    size = ", ".join(filter(None, (change_told(w.difference), _half_widths(w.difference, " half-widths"))))
    return f"{w.difference}{f' [{size}]' if size else ''}"


def _sides(d: Difference) -> tuple[str, str]:
    ours, theirs = short(d.ours, d.theirs)
    return ("–" if d.what == ONLY_SECOND else ours), ("–" if d.what == ONLY_FIRST else theirs)


def _half_widths(d: Difference, unit: str = "") -> str:
    return "" if d.half_widths is None else f"{d.half_widths:.2g}{unit}"
