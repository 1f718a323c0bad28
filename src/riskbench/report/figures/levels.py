"""How the checks of each stage came out: counts by status, told apart by shape as well as by colour."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskbench.core.status import SHAPES, WORDS, WORST_FIRST, Status
from riskbench.report.figures.canvas import INK, MUTED, PALE, RULE, canvas, figured
from riskbench.report.figures.columns import columns_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FILLS: dict[Status, tuple[str, str]] = {  # colour, hatch: readable in grey
    "red": ("#d55e00", ""),
    "amber": ("#f3cf80", "///"),
    "not_evaluated": ("#ffffff", "..."),
    "green": (PALE, ""),
}


@figured
def levels_plot(counts: pd.DataFrame, *, label: str = "label") -> "Figure":
    """One row a stage: how many checks fail, are to be watched, were not evaluated and meet their limit.

    `counts`: the column named by `label`, and one column of counts for each of red, amber, not_evaluated and green.
    """
    shown = [status for status in WORST_FIRST if status in FILLS]
    rows = columns_of(counts, label=label, **{status: status for status in shown})
    figure, axes = canvas(height=0.9 + 0.27 * len(rows))
    place, left = np.arange(len(rows)), np.zeros(len(rows))
    most = max(1.0, float(rows[shown].sum(axis=1).max()))
    for status in shown:
        colour, hatch = FILLS[status]
        width = rows[status].to_numpy(dtype=float)
        axes.barh(place, width, left=left, height=0.66, color=colour, edgecolor=MUTED, linewidth=0.5, hatch=hatch)
        for at, start, count in zip(place, left, width, strict=True):
            if count >= 0.05 * most:
                ink = "white" if status == "red" else INK
                box = {"facecolor": "white", "edgecolor": "none", "pad": 0.6} if hatch else None
                axes.annotate(f"{count:.0f}", (start + count / 2, at), ha="center", va="center", fontsize=8, color=ink,
                              bbox=box)  # fmt: skip
        left += width
    axes.set_yticks(place, list(rows["label"]))
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, most)
    axes.set_xlabel("number of checks")
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=RULE)
    axes.set_title(",  ".join(f"{SHAPES[s]} {WORDS[s]}" for s in shown) + ": from left to right")
    return figure
