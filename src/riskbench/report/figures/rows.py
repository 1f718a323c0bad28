"""One row a thing: the bins of a feature, and estimates with their intervals."""

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskbench.core.evidence import SAMPLES
from riskbench.report.figures.canvas import INK, MUTED, PALE, SERIES, canvas, figured, named_line, number_axis
from riskbench.report.figures.columns import bounds_of, columns_of, present, unit_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@figured
def bin_plot(bins: pd.DataFrame, overall: float | None = None, *, label: str = "label") -> "Figure":
    """Each bin's share of cases, its bad rate with interval and its WoE, one row a bin, as in the bin table.

    `bins`: the column named by `label`, share, bad_rate and its bounds, and where present woe; shares and rates as
    fractions. Bins without cases are left out. `overall` is the bad rate of all cases, drawn as a reference; there WoE
    is 0.
    """
    roles = {"label": label, "share": "share", "value": "bad_rate"} | bounds_of(bins, "bad_rate")
    bins = columns_of(_with_cases(bins), **roles, **present(bins, {"woe": "woe"}))
    labels = [fill(str(name), 20, max_lines=2, placeholder=" …") for name in bins["label"]]
    pitch = 0.46 if any("\n" in label for label in labels) else 0.3
    widths = [1, 2, 1.3] if "woe" in bins else [1, 2]
    figure, (left, right, *more) = canvas(
        height=0.95 + pitch * len(bins), ncols=len(widths), sharey=True, gridspec_kw={"width_ratios": widths}
    )
    rows, pad = np.arange(len(bins)), 20 if overall is not None else 8
    _share_bars(left, bins["share"])
    left.set_title("share of cases", pad=pad)
    _points_in_rows(right, bins, "%")
    right.set_xlim(0, 1.08 * float(bins[["value", "upper"]].max().max()))
    right.locator_params(axis="x", nbins=4)
    right.set_title("bad rate, with interval", pad=pad)
    if overall is not None:
        named_line(right, f"all {100 * overall:.1f} %", overall, vertical=True)
    for axes in more:
        _woe_bars(axes, bins["woe"])
        axes.set_title("WoE, safer →", pad=pad)
    left.set_yticks(rows, labels, multialignment="right")
    left.tick_params(axis="y", length=0, labelcolor=INK)
    left.invert_yaxis()
    return figure


def _with_cases(bins: pd.DataFrame) -> pd.DataFrame:
    return bins[bins["share"] > 0] if "share" in bins else bins


def _share_bars(axes: "Axes", shares: pd.Series) -> None:
    """Bars, each with its percentage at its end."""
    rows = np.arange(len(shares))
    axes.barh(rows, shares, height=0.62, color=PALE, edgecolor=MUTED, linewidth=0.4)
    for row, share in zip(rows, shares, strict=True):
        axes.annotate(f"{100 * share:.1f} %", (share, row), (3, 0), textcoords="offset points", va="center", fontsize=9)
    axes.set_xlim(0, 1.8 * float(shares.max()))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def _woe_bars(axes: "Axes", woe: pd.Series) -> None:
    """Bars to either side of 0, their numbers in a column on the right."""
    rows, low, high = np.arange(len(woe)), min(float(woe.min()), 0.0), max(float(woe.max()), 0.0)
    reach = max(high - low, 1e-6)
    axes.barh(rows, woe, height=0.62, color=PALE, edgecolor=MUTED, linewidth=0.4)
    axes.vlines(0, -0.5, len(woe) - 0.5, color=MUTED, linewidth=0.7)
    for row, value in zip(rows, woe, strict=True):
        text = f"{value:+.2f}".replace("-", "−")
        axes.annotate(text, (1, row), xycoords=axes.get_yaxis_transform(), va="center", ha="right", fontsize=9)
    axes.set_xlim(low - 0.03 * reach, high + reach)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def bins_alt(name: str, bins: pd.DataFrame, *, label: str = "label") -> str:
    """What `bin_plot` shows, for someone who cannot see it: the range of the bad rate, and the largest bin.

    >>> bins = pd.DataFrame({"bin": ["< 30", ">= 30"], "share": [0.4, 0.6], "bad_rate": [0.2, 0.1]})
    >>> bins_alt("age", bins, label="bin")
    'Bins of age: bad rate 10.0 % (>= 30) to 20.0 % (< 30) by bin, with interval; the largest bin, >= 30, has 60.0 %.'
    """
    bins = _with_cases(bins)
    if not len(bins):
        return f"Bins of {name}: none has cases."
    by_rate, by_share = (bins.sort_values(name, kind="stable") for name in ("bad_rate", "share"))
    ends = by_rate.iloc[[0, -1]].to_dict("records")
    rates = " to ".join(f"{100 * row['bad_rate']:.1f} % ({row[label]})" for row in ends)
    large = by_share.iloc[-1]
    share = f"the largest bin, {large[label]}, has {100 * large['share']:.1f} %"
    return f"Bins of {name}: bad rate {rates} by bin, with interval; {share}."


@figured
def interval_plot(
    estimates: pd.DataFrame,
    reference: tuple[str, float] | None = None,
    unit: str | None = None,
    title: str = "",
    *,
    label: str = "label",
    value: str = "value",
) -> "Figure":
    """A forest plot: one row an estimate, with its interval, against a named reference line.

    `estimates`: the columns named by `label` and `value`, and where present the bounds of the value. Missing bounds
    leave a bare point, missing values a row without a point.
    """
    roles = {"label": label, "value": value} | present(estimates, bounds_of(estimates, value))
    rows = columns_of(estimates, **roles)
    figure, axes = canvas(height=0.9 + 0.3 * len(rows))
    _points_in_rows(axes, rows, unit_of(value, unit))
    if reference:
        named_line(axes, reference[0], reference[1], vertical=True)
    labels = [fill(SAMPLES.get(str(name), str(name)), 26) for name in rows["label"]]
    axes.set_yticks(np.arange(len(rows)), labels, multialignment="right")
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_title(title, pad=20 if reference else 8)
    return figure


def _points_in_rows(axes: "Axes", rows: pd.DataFrame, unit: str) -> None:
    place = np.arange(len(rows))
    if "lower" in rows:
        axes.hlines(place, rows["lower"], rows["upper"], color=SERIES[0], linewidth=1.4)
    axes.plot(rows["value"], place, "o", color=SERIES[0], markersize=5)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    number_axis(axes.xaxis, unit)
