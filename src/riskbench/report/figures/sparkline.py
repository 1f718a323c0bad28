"""A line the height of a word: how one figure moved, without axes, for a table that has its numbers."""

from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, MARGIN = 110, 22, 3  # pixels


def sparkline(values: Sequence[float | None], alt: str) -> str:
    """Inline SVG of the values in their order, the newest with a dot; a missing value leaves a gap.

    `alt` says what the line shows; it must not be empty. Equal values give a level line. Without two values there is
    nothing to compare, and the result is "".

    >>> sparkline([0.7, None], "AUC")
    ''
    """
    if not alt.strip():
        raise ValueError("a sparkline needs an alt text that says what it shows, got an empty one")
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, reach = min(known), max(known) - min(known)
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    points = [
        None if value is None else (MARGIN + i * step, _height((value - low) / reach if reach else 0.5))
        for i, value in enumerate(values)
    ]
    path, gap = "", True
    for point in points:
        path += "" if point is None else f"{'M' if gap else 'L'}{point[0]:.1f} {point[1]:.1f}"
        gap = point is None
    end = next(point for point in reversed(points) if point)
    return (
        f'<svg class="sparkline" role="img" aria-label="{escape(alt)}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}"><path d="{path}"/><circle cx="{end[0]:.1f}" cy="{end[1]:.1f}" r="2.5"/></svg>'
    )


def _height(share: float) -> float:
    return HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN)
