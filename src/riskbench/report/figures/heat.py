"""A table of rates as a field of cells: rows by name, columns by age, and in each cell its number and what it says."""

from typing import TYPE_CHECKING

import pandas as pd

from riskbench.core.words import bare_number
from riskbench.report.figures.canvas import MUTED, SERIES, WIDTH, canvas, figured
from riskbench.report.figures.columns import NothingToDraw, columns_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PITCH = 0.19  # inches from one row of cells to the next
MARKS = {"above": " ▲", "below": " ▼"}


@figured
def heat_plot(
    cells: pd.DataFrame, *, row: str = "month", column: str = "age", value: str = "observed", beyond: str = "beyond"
) -> "Figure":
    """One cell a pair of `row` and `column`, with `value` in percent; what `beyond` calls above or below stands out.

    A shade and a mark tell them apart, so that the figure reads in grey: ▲ for above what is expected, ▼ for below. A
    pair without a value is an empty place.
    """
    table = columns_of(cells, row=row, column=column, value=value, beyond=beyond)
    table = table[table["value"].notna()]
    if table.empty:
        raise NothingToDraw("the plot needs a cell with a value, got none")
    rows, columns = (sorted(table[name].unique()) for name in ("row", "column"))
    figure, axes = canvas(WIDTH, 0.7 + PITCH * len(rows))
    cells_in_order = zip(table["row"], table["column"], table["value"], table["beyond"].astype(str), strict=True)
    for in_row, in_column, number, beyond_ in cells_in_order:
        x, y = columns.index(in_column), rows.index(in_row)
        if beyond_ in MARKS:
            shade = SERIES[1] if beyond_ == "above" else SERIES[0]
            axes.fill_between([x - 0.5, x + 0.5], y - 0.5, y + 0.5, color=shade, alpha=0.28, linewidth=0)
        written = bare_number(float(number), 1, "%") + MARKS.get(beyond_, "")
        axes.text(x, y, written, ha="center", va="center", fontsize=7.5)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(range(len(columns)), [str(name) for name in columns])
    axes.set_yticks(range(len(rows)), [str(name) for name in rows], fontsize=7.5)
    axes.xaxis.tick_top()
    axes.set_title(f"{value.replace('_', ' ')} in % by {column.replace('_', ' ')}", fontsize=9, color=MUTED, pad=8)
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return figure
