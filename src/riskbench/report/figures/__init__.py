"""The figures of a dossier: a data frame in, a matplotlib `Figure` out; `figure_html` puts it on a page.

A plot takes a table as it is and is told the names of the columns to draw: `bin_plot(table, label="bin")`,
`interval_plot(table, label="model", value="auc")`. The interval of column x stands in x_lower and x_upper, or in lower
and upper. An axis has the unit in which the glossary prints its column.

One habit for all: labels stand beside what they name, the interval is drawn where a point is, a threshold is a thin
line with its name, and shares (`unit="%"`) are given as fractions and shown as percent.
"""

from riskbench.report.figures.curves import (
    calibration_plot,
    cap_plot,
    curve_plot,
    distribution_plot,
    lines_plot,
    roc_plot,
)
from riskbench.report.figures.frontier import frontier_plot
from riskbench.report.figures.months import months_plot
from riskbench.report.figures.page import figure_html, picture_html
from riskbench.report.figures.panels import panels_plot
from riskbench.report.figures.rows import bin_plot, bins_alt, interval_plot
from riskbench.report.figures.states import states_plot

__all__ = [
    "bin_plot",
    "bins_alt",
    "calibration_plot",
    "cap_plot",
    "curve_plot",
    "distribution_plot",
    "figure_html",
    "frontier_plot",
    "interval_plot",
    "lines_plot",
    "months_plot",
    "panels_plot",
    "picture_html",
    "roc_plot",
    "states_plot",
]
