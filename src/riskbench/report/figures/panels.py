"""Small multiples: one curve with its band a panel, rows and columns of panels by two names."""

from collections.abc import Mapping
from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from riskbench.report.figures.canvas import MUTED, SERIES, WIDTH, canvas, figured, number_axis
from riskbench.report.figures.columns import bounds_of, columns_of, present, unit_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PITCH = 1.35  # inches from one row of panels to the next


@figured
def panels_plot(
    curves: pd.DataFrame,
    limits: Mapping[str, float] | None = None,
    *,
    row: str = "row",
    column: str = "column",
    x: str = "x",
    y: str = "value",
    unit_x: str | None = None,
) -> "Figure":
    """A grid of curves: one panel for each pair of the names in `row` and `column`, in the order they come in.

    `curves`: the columns named by `row`, `column`, `x` and `y`, and where present the bounds of y, drawn as a band.
    Panels of one column share their scale; one without a value says so.
    `limits` draws a thin line at a value in all panels of the columns it names.
    """
    roles = {"row": row, "column": column, "x": x, "y": y} | present(curves, bounds_of(curves, y))
    table = columns_of(curves, **roles)
    rows, columns = (list(table[name].unique()) for name in ("row", "column"))
    figure, grid = canvas(
        WIDTH, 0.85 + PITCH * len(rows), nrows=len(rows), ncols=len(columns), sharex=True, sharey="col", squeeze=False
    )
    for i, below in enumerate(rows):
        for j, beside in enumerate(columns):
            axes = grid[i][j]
            line = table[(table["row"] == below) & (table["column"] == beside)].sort_values("x")
            if "lower" in line:
                axes.fill_between(line["x"], line["lower"], line["upper"], color=SERIES[0], alpha=0.16, linewidth=0)
            axes.plot(line["x"], line["y"], color=SERIES[0])
            if line["y"].isna().all():
                axes.annotate("not evaluated", (0.1, 0.5), xycoords="axes fraction", fontsize=8, color=MUTED)
            elif beside in (limits or {}):
                axes.axhline((limits or {})[beside], color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
            if not i:
                axes.set_title(fill(str(beside), 20), fontsize=9)
            if not j:
                axes.set_ylabel(fill(str(below).replace("_", " "), 16), fontsize=9)
            axes.grid(axis="y")
            number_axis(axes.yaxis, "")
            number_axis(axes.xaxis, unit_of(x, unit_x))
            axes.xaxis.get_major_locator().set_params(nbins=2)
            axes.yaxis.get_major_locator().set_params(nbins=4)
            axes.tick_params(labelsize=8)
    figure.supxlabel(x.replace("_", " "), fontsize=9, color=MUTED)
    return figure
