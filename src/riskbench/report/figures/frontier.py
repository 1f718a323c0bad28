"""What is given up for what is gained: many things in a plane, the best trade-offs among them, one to compare with."""

from typing import TYPE_CHECKING

import pandas as pd

from riskbench.report.figures.canvas import INK, MUTED, RULE, SERIES, canvas, figured, number_axis
from riskbench.report.figures.columns import columns_of, unit_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DRAWN = {  # by kind, from the back to the front: marker, size, colour
    "tried": ("o", 3, RULE),
    "frontier": ("o", 4.5, MUTED),
    "alternative": ("s", 6, SERIES[1]),
    "champion": ("D", 7, SERIES[0]),
}


@figured
def frontier_plot(cards: pd.DataFrame, limit: tuple[str, float] | None = None, *, x: str, y: str) -> "Figure":
    """One mark a card: of smaller `x` to the left, of larger `y` to the top, so that the best lie in that corner.

    `cards`: kind (tried, frontier, alternative or champion), label (written beside its mark, or empty), the columns
    named by `x` and `y`, and their bounds in x_lower, x_upper, y_lower and y_upper, drawn where they are known. `limit`
    is a named value of y.
    """
    bounds = {f"{role}_{end}": f"{name}_{end}" for role, name in (("x", x), ("y", y)) for end in ("lower", "upper")}
    cards = columns_of(cards, kind="kind", label="label", x=x, y=y, **bounds)
    figure, axes = canvas(height=3.9)
    for layer, (kind, (marker, size, colour)) in enumerate(DRAWN.items(), start=2):
        of = cards[cards["kind"] == kind]
        axes.hlines(of["y"], of["x_lower"], of["x_upper"], color=colour, linewidth=1.0, zorder=layer)
        axes.vlines(of["x"], of["y_lower"], of["y_upper"], color=colour, linewidth=1.0, zorder=layer)
        axes.plot(of["x"], of["y"], marker, color=colour, markersize=size, zorder=layer, linestyle="none")
        for label, at in zip(of["label"], zip(of["x"], of["y"], strict=True), strict=True):
            axes.annotate(str(label), at, (6, 5), textcoords="offset points", color=INK, zorder=layer)
    if limit:  # its name stands to the right, where no card is better
        axes.axhline(limit[1], color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
        axes.annotate(limit[0], (1, limit[1]), (0, -3), xycoords=axes.get_yaxis_transform(), fontsize=9, color=MUTED,
                      textcoords="offset points", ha="right", va="top")  # fmt: skip
    axes.set_xlabel(x.replace("_", " "))
    axes.set_title("AUC" if y == "auc" else y.replace("_", " "))
    axes.grid(axis="both")
    number_axis(axes.xaxis, unit_of(x))
    number_axis(axes.yaxis, unit_of(y))
    return figure
