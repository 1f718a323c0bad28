"""The figures of a dossier: a data frame in, a matplotlib `Figure` out; `figure_html` puts it on a page.

One habit for all: labels stand beside what they name, the interval is drawn where a point is, a threshold is a thin
line with its name, and shares (`unit="%"`) are given as fractions and shown as percent.
"""

import base64
from collections.abc import Mapping
from html import escape
from textwrap import fill
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from riskbench.core.words import count_rows
from riskbench.report.canvas import (
    DASHES,
    INK,
    MUTED,
    PALE,
    SERIES,
    canvas,
    columns_of,
    figured,
    named_line,
    number_axis,
    spread,
    svg,
)
from riskbench.report.tables import html_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


LONGEST_PRINTED = 12  # rows; a longer table behind a figure stays folded on paper


def figure_html(
    figure: "Figure", alt: str, data: pd.DataFrame, caption: str, *, formats: Mapping[str, str] | None = None
) -> str:
    """`<figure>` with the drawing, its caption, and the data table one click away. Equal figures give equal bytes.

    `alt` says what the drawing shows to someone who cannot see it; it must not be empty. `formats`: see `html_table`.
    """
    table = html_table(data, "The data behind this figure", formats=formats or {})
    fold = "data long" if len(data) > LONGEST_PRINTED else "data"
    return (
        f'<figure class="drawing">{_image(figure, alt)}'
        f"<figcaption>{escape(caption, quote=False)}</figcaption>"
        f'<details class="{fold}"><summary>Data, {count_rows(len(data))}</summary>{table}</details></figure>'
    )


def picture_html(figure: "Figure", alt: str) -> str:
    """`<figure>` with the drawing alone, for one whose data stand beside it."""
    return f'<figure class="drawing">{_image(figure, alt)}</figure>'


def _image(figure: "Figure", alt: str) -> str:
    if not alt.strip():
        raise ValueError("a figure needs an alt text that says what it shows, got an empty one")
    picture = base64.b64encode(svg(figure).encode()).decode()
    width, height = (round(96 * inches) for inches in figure.get_size_inches())
    return f'<img alt="{escape(alt)}" width="{width}" height="{height}" src="data:image/svg+xml;base64,{picture}">'


@figured
def bin_plot(bins: pd.DataFrame, overall: float | None = None) -> "Figure":
    """Each bin's share of cases, its bad rate with interval and its WoE, one row a bin, as in the bin table.

    `bins`: label, share, bad_rate, and lower, upper of the bad rate; shares and rates as fractions; where present, woe.
    `overall` is the bad rate of all cases, drawn as a reference; there WoE is 0.
    """
    bins = columns_of(bins, "label", "share", "bad_rate", "lower", "upper")
    labels = [fill(str(label), 20, max_lines=2, placeholder=" …") for label in bins["label"]]
    pitch = 0.46 if any("\n" in label for label in labels) else 0.3
    widths = [1, 2, 1.3] if "woe" in bins else [1, 2]
    figure, (left, right, *more) = canvas(
        height=0.95 + pitch * len(bins), ncols=len(widths), sharey=True, gridspec_kw={"width_ratios": widths}
    )
    rows, pad = np.arange(len(bins)), 20 if overall is not None else 8
    _share_bars(left, bins["share"])
    left.set_title("share of cases", pad=pad)
    _points_in_rows(right, bins.rename(columns={"bad_rate": "value"}), "%")
    right.set_xlim(0, 1.08 * float(bins[["bad_rate", "upper"]].max().max()))
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


def bins_alt(name: str, bins: pd.DataFrame) -> str:
    """What `bin_plot` shows, for someone who cannot see it: the range of the bad rate, and the largest bin.

    >>> bins_alt("age", pd.DataFrame({"label": ["< 30", ">= 30"], "share": [0.4, 0.6], "bad_rate": [0.2, 0.1]}))
    'Bins of age: bad rate 10.0 % (>= 30) to 20.0 % (< 30) by bin, with interval; the largest bin, >= 30, has 60.0 %.'
    """
    if not len(bins):
        return f"Bins of {name}: none has cases."
    by_rate, by_share = (bins.sort_values(name, kind="stable") for name in ("bad_rate", "share"))
    ends = by_rate.iloc[[0, -1]].to_dict("records")
    rates = " to ".join(f"{100 * row['bad_rate']:.1f} % ({row['label']})" for row in ends)
    large = by_share.iloc[-1]
    share = f"the largest bin, {large['label']}, has {100 * large['share']:.1f} %"
    return f"Bins of {name}: bad rate {rates} by bin, with interval; {share}."


@figured
def interval_plot(
    estimates: pd.DataFrame, reference: tuple[str, float] | None = None, unit: str = "", title: str = ""
) -> "Figure":
    """A forest plot: one row an estimate, with its interval, against a named reference line.

    `estimates`: label, value, lower, upper; missing bounds leave a bare point, missing values a row without a point.
    """
    estimates = columns_of(estimates, "label", "value", "lower", "upper")
    figure, axes = canvas(height=0.9 + 0.3 * len(estimates))
    _points_in_rows(axes, estimates, unit)
    if reference:
        named_line(axes, reference[0], reference[1], vertical=True)
    axes.set_yticks(np.arange(len(estimates)), [fill(str(label), 26) for label in estimates["label"]])
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.set_ylim(len(estimates) - 0.5, -0.5)
    axes.set_title(title, pad=20 if reference else 8)
    return figure


def _points_in_rows(axes: "Axes", rows: pd.DataFrame, unit: str) -> None:
    place = np.arange(len(rows))
    axes.hlines(place, rows["lower"], rows["upper"], color=SERIES[0], linewidth=1.4)
    axes.plot(rows["value"], place, "o", color=SERIES[0], markersize=5)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x")
    number_axis(axes.xaxis, unit)


@figured
def roc_or_cap(curves: pd.DataFrame, kind: Literal["roc", "cap"] = "roc") -> "Figure":
    """Discrimination curves of one or several models, labelled on the curve.

    `curves`: series, x, y with x and y in [0, 1]. For "roc" x is the share of goods and y the share of bads flagged;
    for "cap" x is the share of all cases, riskiest first.
    """
    curves = columns_of(curves, "series", "x", "y")
    figure, axes = canvas(height=4.5)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)))
    axes.annotate("no discrimination", (0.86, 0.86), (0, -4), textcoords="offset points", fontsize=9, color=MUTED,
                  rotation=45, rotation_mode="anchor", transform_rotates_text=True, ha="center", va="top")  # fmt: skip
    names = list(curves["series"].unique())
    lines = [curves[curves["series"] == name].sort_values(["x", "y"]) for name in names]
    heights = [float(np.interp(0.3, line["x"], line["y"])) for line in lines]
    ranks = np.argsort(np.argsort(-np.array(heights), kind="stable"), kind="stable")
    for i, (name, line, rank) in enumerate(zip(names, lines, ranks, strict=True)):
        colour = SERIES[i % len(SERIES)]
        axes.plot(line["x"], line["y"], color=colour, linestyle=DASHES[i % len(DASHES)])
        at = max(0.3 - 0.07 * rank, 0.04)  # each label hangs from its own point, so that no two leaders cross
        point = (at, float(np.interp(at, line["x"], line["y"])))
        text_at = (0.47, 0.40 - 0.075 * rank)
        axes.annotate(name, point, text_at, color=colour, va="center",
                      arrowprops={"arrowstyle": "-", "color": colour, "lw": 0.6, "relpos": (0, 0.5)})  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1.005), aspect="equal")
    axes.set_xlabel("share of goods flagged" if kind == "roc" else "share of all cases, riskiest first")
    axes.set_title("share of bads flagged" if kind == "roc" else "share of bads found")
    for axis in (axes.xaxis, axes.yaxis):
        number_axis(axis, "%")
    return figure


@figured
def calibration_plot(grades: pd.DataFrame, log: bool = False) -> "Figure":
    """Observed default rate with interval against predicted PD, one point a grade or decile, named beside it.

    `grades`: label, predicted, observed, lower, upper, all as fractions. `log` suits PDs that span orders of magnitude;
    then intervals are cut at the axis.
    """
    grades = columns_of(grades, "label", "predicted", "observed", "lower", "upper")
    figure, axes = canvas(height=3.9)
    if log:
        axes.set_xscale("log")
        axes.set_yscale("log")
        low = 0.7 * float(min(grades["predicted"].min(), grades["observed"][grades["observed"] > 0].min()))
    else:
        low = 0.0
    high = 1.06 * float(grades[["predicted", "upper"]].max().max())
    wide = 1.15 * float(grades["predicted"].max())
    axes.set(xlim=(low, wide), ylim=(low, high))
    axes.plot([low, wide], [low, wide], color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
    axes.annotate("observed = predicted", (wide, wide), (4, 0), textcoords="offset points", fontsize=9, color=MUTED,
                  va="center", annotation_clip=False)  # fmt: skip
    axes.vlines(grades["predicted"], grades["lower"].clip(lower=low), grades["upper"], color=SERIES[0], linewidth=1.4)
    axes.plot(grades["predicted"], grades["observed"], "o", color=SERIES[0], markersize=5)
    for label, x, y in zip(grades["label"], grades["predicted"], grades["observed"], strict=True):
        axes.annotate(str(label), (x, y), (6, -2), textcoords="offset points", va="top", fontsize=9)
    axes.set_xlabel("predicted PD")
    axes.set_title("observed default rate, with interval")
    axes.grid(axis="y")
    for axis in (axes.xaxis, axes.yaxis):
        number_axis(axis, "%")
    return figure


@figured
def months_plot(
    months: pd.DataFrame, thresholds: Mapping[str, float] | None = None, unit: str = "", title: str = ""
) -> "Figure":
    """One or several series by month, with thresholds as thin named lines.

    `months`: month, value; where present, series (a name), lower and upper (the interval) and critical (the critical
    value of each month's test, drawn stepwise). Months are put in order of their text.
    """
    months = columns_of(months, "month", "value")
    months["month"] = months["month"].astype(str)
    order = sorted(months["month"].unique())
    months["at"] = months["month"].map({month: i for i, month in enumerate(order)})
    figure, axes = canvas(height=3.0)
    named = "series" in months
    ends = []
    for i, (name, line) in enumerate(months.groupby("series", sort=False) if named else [("", months)]):
        line, colour = line.sort_values("at"), SERIES[i % len(SERIES)]
        if {"lower", "upper"} <= set(line):
            axes.fill_between(line["at"], line["lower"], line["upper"], color=colour, alpha=0.13, linewidth=0)
        axes.plot(
            line["at"], line["value"], color=colour, linestyle=DASHES[i % len(DASHES)], marker="o", markersize=3.5
        )
        ends.append((str(name), float(line["at"].iloc[-1]), float(line["value"].iloc[-1]), colour))
    if "critical" in months:
        line = months.drop_duplicates("month").sort_values("at")
        axes.step(line["at"], line["critical"], where="mid", color=MUTED, linewidth=0.9, linestyle=DASHES[2])
        ends.append(("critical value", float(line["at"].iloc[-1]), float(line["critical"].iloc[-1]), MUTED))
    for name, value in (thresholds or {}).items():
        named_line(axes, name, value)
    _label_ends(axes, [end for end in ends if end[0]])
    step = max(1, -(-len(order) // 5))
    axes.set_xticks(range(0, len(order), step), order[::step])
    axes.set_title(title)
    number_axis(axes.yaxis, unit)
    return figure


def _label_ends(axes: "Axes", ends: list[tuple[str, float, float, str]]) -> None:
    low, high = axes.get_ylim()
    axes.set_ylim(low, high)
    places = spread([end[2] for end in ends], 0.075 * (high - low))
    for (name, x, _, colour), place in zip(ends, places, strict=True):
        axes.annotate(name, (x, place), (9, 0), textcoords="offset points", color=colour, va="center",
                      annotation_clip=False)  # fmt: skip


@figured
def distribution_plot(scores: pd.DataFrame, cutoff: tuple[str, float] | None = None) -> "Figure":
    """How goods and bads spread over the score; each sums to 100 %.

    `scores`: score (lower edge of each band, evenly spaced), good and bad (counts or shares). `cutoff`: name and score.
    """
    scores = columns_of(scores, "score", "good", "bad").sort_values("score")
    edges = scores["score"].to_numpy(dtype=float)
    edges = np.append(edges, edges[-1] + (edges[-1] - edges[-2] if len(edges) > 1 else 1.0))
    good, bad = (scores[name].to_numpy(dtype=float) / scores[name].sum() for name in ("good", "bad"))
    figure, axes = canvas(height=2.9)
    axes.stairs(good, edges, color=SERIES[0], fill=True, alpha=0.16)
    for shares, other, name, i in ((good, bad, "good", 0), (bad, good, "bad", 1)):
        axes.stairs(shares, edges, color=SERIES[i], linewidth=1.6, linestyle=DASHES[i])
        best = int(np.argmax(shares - other))
        top = shares[max(0, best - 1) : best + 2].max()  # clear of the neighbouring steps too
        axes.annotate(name, ((edges[best] + edges[best + 1]) / 2, top), (0, 5), textcoords="offset points",
                      ha="center", color=SERIES[i])  # fmt: skip
    axes.set_ylim(0, 1.15 * max(good.max(), bad.max()))
    if cutoff:
        named_line(axes, cutoff[0], cutoff[1], vertical=True)
    axes.set_xlabel("score (higher is safer)")
    axes.set_title("share of goods, share of bads", pad=20 if cutoff else 8)
    number_axis(axes.yaxis, "%")
    return figure


@figured
def curve_plot(
    curve: pd.DataFrame,
    chosen: tuple[str, float] | None = None,
    *,
    x: str = "x",
    y: str = "y",
    unit_x: str = "",
    unit_y: str = "",
) -> "Figure":
    """A curve with its chosen point marked and named, such as profit by cut-off.

    `curve`: the columns named by `x` and `y`, and where present lower and upper of y. `chosen`: name and x.
    """
    curve = columns_of(curve, x, y).sort_values(x)
    figure, axes = canvas(height=3.1)
    if {"lower", "upper"} <= set(curve):
        axes.fill_between(curve[x], curve["lower"], curve["upper"], color=SERIES[0], alpha=0.13, linewidth=0)
    axes.plot(curve[x], curve[y], color=SERIES[0])
    if chosen:
        at = float(np.interp(chosen[1], curve[x], curve[y]))
        axes.plot([chosen[1]], [at], "D", color=SERIES[1], markersize=6, zorder=5)
        axes.annotate(chosen[0], (chosen[1], at), (0, 9), textcoords="offset points", ha="center", color=SERIES[1])
        axes.margins(y=0.14)
    axes.set_xlabel(x.replace("_", " "))
    axes.set_title(y.replace("_", " ") + (f", {unit_y}" if unit_y not in ("", "%") else ""))
    axes.grid(axis="y")
    number_axis(axes.xaxis, unit_x)
    number_axis(axes.yaxis, unit_y)
    return figure
