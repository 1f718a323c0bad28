"""What many rules said, month by month: a row a rule, a mark a month, told apart by shape as by colour."""

from typing import TYPE_CHECKING

import pandas as pd

from riskbench.core.status import WORDS
from riskbench.report.figures.canvas import INK, MUTED, RULE, SERIES, canvas, figured
from riskbench.report.figures.columns import columns_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARKS = {  # by state: words, marker, colour, size
    "signal": ("signal", "s", SERIES[1], 34),
    "quiet": ("quiet", "o", MUTED, 7),
    "not_evaluated": (WORDS["not_evaluated"], "_", MUTED, 22),
}
ROW = 0.21  # inches


@figured
def states_plot(states: pd.DataFrame) -> "Figure":
    """A grid of marks: `rule`, `month` (text in time's order) and `state`, signal, quiet or not_evaluated.

    Rules stand from the top in the order of the table.
    """
    states = columns_of(states, rule="rule", month="month", state="state")
    rules, months = list(dict.fromkeys(states["rule"])), sorted(states["month"].unique())
    figure, axes = canvas(height=0.9 + ROW * len(rules))
    for state, (words, marker, colour, size) in MARKS.items():
        rows = states[states["state"] == state]
        axes.scatter(
            rows["month"].map(months.index),
            rows["rule"].map(rules.index),
            marker=marker,
            s=size,
            color=colour,
            linewidths=0.9,
            label=words,
            zorder=3,
        )
    step = max(1, -(-len(months) // 4))
    axes.set_xticks(range(0, len(months), step), months[::step])
    axes.set_yticks(range(len(rules)), rules, fontsize=8.5, color=INK)
    axes.set_ylim(len(rules) - 0.4, -0.6)
    axes.set_xlim(-0.7, len(months) - 0.3)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    axes.spines["left"].set_visible(False)
    figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=9, handletextpad=0.3, columnspacing=1.2)
    return figure
