"""The one door to matplotlib: the house style, an empty canvas, and SVG whose bytes depend on the figure alone.

Figures are drawn on their own canvas, never through pyplot, so no figure outlives the cell that made it.
Colours are Okabe and Ito's set, which the colour-blind tell apart; line styles differ too, for paper in grey.
"""

import functools
import io
import re
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from riskbench.report.figures.columns import NothingToDraw

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, MUTED, RULE, PALE = "#1c2430", "#5b6673", "#d5dae0", "#dbe6ee"
SERIES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")  # Okabe and Ito
DASHES = ("solid", (0, (5, 2)), (0, (1.2, 1.4)), (0, (6, 2, 1.2, 2)))
WIDTH = 4.9  # inches: narrower than the column of text, so that letters stay readable on a phone
FONTS = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'Liberation Sans', Arial, sans-serif"

_STYLE: Any = {
    "font.family": "DejaVu Sans",  # measured with the font that matplotlib ships, shown with the page's own
    "font.size": 10,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "axes.titlecolor": MUTED,
    "axes.titlepad": 8,
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "text.color": INK,
    "text.parse_math": False,  # a column may be called "$": no label is a formula
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "svg.fonttype": "none",
    "svg.hashsalt": "riskbench",
}
P = ParamSpec("P")
R = TypeVar("R")


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Run a drawing function under the house style, leaving the reader's own settings alone.

    Letters that the measuring font lacks are no matter for a warning: the page shows them in its own.
    """

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        import matplotlib

        with matplotlib.rc_context(_STYLE), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from font")
            return draw(*args, **kwargs)

    return drawn


def figured(draw: Callable[P, "Figure"]) -> Callable[P, "Figure"]:
    """`styled`, and where the table has no rows, a small figure that says so."""

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> "Figure":
        try:
            return draw(*args, **kwargs)
        except NothingToDraw:
            figure, axes = canvas(height=0.6)
            axes.set_axis_off()
            axes.annotate("nothing to draw: no row has a value", (0, 0.5), va="center", color=MUTED)
            return figure

    return styled(drawn)


def canvas(width: float = WIDTH, height: float = 3.2, **grid: Any) -> tuple["Figure", Any]:
    """A figure of `width` by `height` inches and its axes; `grid` goes to `Figure.subplots`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.subplots(**grid)


@styled
def svg(figure: "Figure") -> str:
    """The figure as SVG: no date, no random ids, text as text in the page's font."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue().decode()
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text[text.index("<svg") :], flags=re.DOTALL)
    return re.sub(r"font-family: 'DejaVu Sans'[^;\"]*", f"font-family: {FONTS}", text)


def number_axis(axis: Any, unit: str = "") -> None:
    """Tick labels in the reader's unit: shares as percent, thousands separated; few ticks."""
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

    scale = 100.0 if unit == "%" else 1.0
    after = " %" if unit == "%" else ""

    def written(x: float, _: int | None) -> str:
        ticks = [tick * scale for tick in axis.get_majorticklocs()]
        alike = next((d for d in range(7) if all(abs(t - round(t, d)) < 1e-9 * max(1, abs(t)) for t in ticks)), 6)
        text = f"{x * scale:,.6g}" if axis.get_scale() == "log" else f"{x * scale:,.{alike}f}"
        return text.replace("-", "−") + after

    axis.set_major_formatter(FuncFormatter(written))
    if axis.get_scale() == "log":
        axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_minor_locator(NullLocator())
    else:
        axis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))


def named_line(axes: "Axes", name: str, value: float, vertical: bool = False) -> None:
    """A thin line at a threshold or reference with its name written on it."""
    line, at, places = (
        (axes.axvline, (value, 1), axes.get_xaxis_transform())
        if vertical
        else (axes.axhline, (0, value), axes.get_yaxis_transform())
    )
    line(value, color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
    axes.annotate(
        name, at, (3, 2), xycoords=places, textcoords="offset points", fontsize=9, color=MUTED, ha="left", va="bottom"
    )
