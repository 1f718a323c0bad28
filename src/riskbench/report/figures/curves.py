"""One quantity against another: discrimination, calibration, the spread of scores, profit."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from riskbench.report.figures.canvas import DASHES, MUTED, SERIES, canvas, figured, named_line, number_axis
from riskbench.report.figures.columns import bounds_of, columns_of, present, unit_of
from riskbench.report.figures.months import label_ends

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@figured
def roc_plot(curves: pd.DataFrame) -> "Figure":
    """ROC curves of one or several models, labelled on the curve.

    `curves`: series (the name of a model), x and y in [0, 1], the share of goods and of bads flagged.
    """
    figure, axes = _unit_square("no discrimination")
    _labelled_curves(axes, columns_of(curves, series="series", x="x", y="y"))
    axes.set_xlabel("share of goods flagged")
    axes.set_title("share of bads flagged")
    return figure


@figured
def cap_plot(curves: pd.DataFrame, bad_rate: float) -> "Figure":
    """CAP curves of one or several samples, labelled on the curve, between chance and the perfect ranking.

    `curves`: series (the name of a sample), x and y in [0, 1], the share of all cases, the riskiest first, and the
    share of bads among them. The perfect curve rises to all bads at `bad_rate`, and is drawn for that one.
    """
    curves = columns_of(curves, series="series", x="x", y="y")
    figure, axes = _unit_square("chance")
    axes.plot([0, bad_rate, 1], [0, 1, 1], color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)))
    axes.annotate("perfect", (bad_rate, 1), (0, 4), textcoords="offset points", fontsize=9, color=MUTED)
    _labelled_curves(axes, curves)
    axes.set_xlabel("share of cases, riskiest first")
    axes.set_title("share of bads among them", pad=16)
    return figure


def _unit_square(diagonal: str) -> "tuple[Figure, Axes]":
    figure, axes = canvas(height=4.5)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)))
    axes.annotate(diagonal, (0.86, 0.86), (0, -4), textcoords="offset points", fontsize=9, color=MUTED,
                  rotation=45, rotation_mode="anchor", transform_rotates_text=True, ha="center", va="top")  # fmt: skip
    axes.set(xlim=(0, 1), ylim=(0, 1.005), aspect="equal")
    for axis in (axes.xaxis, axes.yaxis):
        number_axis(axis, "%")
    return figure, axes


def _labelled_curves(axes: "Axes", curves: pd.DataFrame) -> None:
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


@figured
def calibration_plot(
    grades: pd.DataFrame,
    log: bool | None = None,
    line: pd.DataFrame | None = None,
    *,
    label: str = "label",
    predicted: str = "predicted",
    observed: str = "observed",
) -> "Figure":
    """Observed bad rate with interval against predicted PD, one point a grade or decile, named beside it.

    `grades`: the columns named by `label`, `predicted` and `observed`, and the bounds of the observed, all as
    fractions. Grades without an observed rate are left out. Both axes are logarithmic where `log` is true, or where it
    is not given and PDs span more than a factor of ten; there intervals are cut at the axis, and a grade without any
    bad loan shows its interval alone. `line`, with the columns predicted, observed, lower and upper, is a fitted curve
    with its band.
    """
    roles = {"label": label, "predicted": predicted, "observed": observed} | bounds_of(grades, observed)
    grades = columns_of(grades.dropna(subset=[observed]) if observed in grades else grades, **roles)
    figure, axes = canvas(height=3.9)
    least, most = float(grades["predicted"].min()), float(grades["predicted"].max())
    low, high = 0.0, 1.1 * float(grades[["predicted", "upper"]].max().max())
    wide = 1.15 * most
    if log or (log is None and 0 < 10 * least < most):
        axes.set_xscale("log")
        axes.set_yscale("log")
        low, high = 0.7 * min([least, *grades["observed"][grades["observed"] > 0]]), 1.2 * high
    axes.set(xlim=(low, wide), ylim=(low, high))
    axes.plot([low, wide], [low, wide], color=MUTED, linewidth=0.9, linestyle=(0, (3, 2)), zorder=1)
    axes.annotate("observed = predicted", (wide, wide), (4, -5), textcoords="offset points", fontsize=9, color=MUTED,
                  va="top", annotation_clip=False)  # fmt: skip
    if line is not None:
        band = columns_of(line, predicted="predicted", observed="observed", lower="lower", upper="upper")
        axes.fill_between(band["predicted"], band["lower"], band["upper"], color=SERIES[1], alpha=0.16, linewidth=0)
        axes.plot(band["predicted"], band["observed"], color=SERIES[1], linewidth=1.2)
    axes.vlines(grades["predicted"], grades["lower"].clip(lower=low), grades["upper"], color=SERIES[0], linewidth=1.4)
    axes.plot(grades["predicted"], grades["observed"], "o", color=SERIES[0], markersize=5)
    for name, x, y in zip(grades["label"], grades["predicted"], grades["upper"], strict=True):
        axes.annotate(str(name), (x, y), (0, 3), textcoords="offset points", ha="center", fontsize=9)
    axes.set_xlabel("predicted PD")
    axes.set_title("observed bad rate, with interval" + "; shaded: fitted line with band" * (line is not None))
    axes.grid(axis="y")
    for axis in (axes.xaxis, axes.yaxis):
        number_axis(axis, "%")
    return figure


@figured
def distribution_plot(scores: pd.DataFrame, cutoff: tuple[str, float] | None = None) -> "Figure":
    """How goods and bads spread over the score; each sums to 100 %.

    `scores`: score (lower edge of each band, evenly spaced), good and bad (counts or shares). `cutoff`: name and score.
    """
    scores = columns_of(scores, score="score", good="good", bad="bad").sort_values("score")
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
def lines_plot(
    lines: pd.DataFrame,
    chosen: tuple[str, float] | None = None,
    *,
    x: str = "x",
    y: str = "y",
    series: str = "series",
) -> "Figure":
    """Several curves of one quantity, each named at its end, such as the bad rate by approval under each assumption.

    `lines`: the columns named by `series`, `x` and `y`, and where present the bounds of y, drawn as a band around the
    first. `chosen` is a named value of x.
    """
    roles = {"series": series, "x": x, "y": y} | present(lines, bounds_of(lines, y))
    table = columns_of(lines, **roles)
    figure, axes = canvas(height=3.1)
    ends = []
    for i, (name, line) in enumerate(table.groupby("series", sort=False)):
        line, colour = line.sort_values("x"), SERIES[i % len(SERIES)]
        if "lower" in line and not i:
            axes.fill_between(line["x"], line["lower"], line["upper"], color=colour, alpha=0.13, linewidth=0)
        axes.plot(line["x"], line["y"], color=colour, linestyle=DASHES[i % len(DASHES)])
        ends.append((str(name), float(line["x"].iloc[-1]), float(line["y"].iloc[-1]), colour))
    if chosen:
        named_line(axes, *chosen, vertical=True)
    label_ends(axes, ends if len(ends) > 1 else [])
    axes.set_xlabel(x.replace("_", " "))
    axes.set_title(y.replace("_", " "), pad=20 if chosen else 8)
    axes.grid(axis="y")
    number_axis(axes.xaxis, unit_of(x))
    number_axis(axes.yaxis, unit_of(y))
    return figure


@figured
def curve_plot(
    curve: pd.DataFrame,
    chosen: tuple[str, float] | None = None,
    *,
    x: str = "x",
    y: str = "y",
    unit_x: str | None = None,
    unit_y: str | None = None,
) -> "Figure":
    """A curve with its chosen point marked and named, such as profit by cut-off.

    `curve`: the columns named by `x` and `y`, and where present the bounds of y. `chosen`: name and x.
    """
    unit_x, unit_y = unit_of(x, unit_x), unit_of(y, unit_y)
    curve = columns_of(curve, x=x, y=y, **present(curve, bounds_of(curve, y))).sort_values("x")
    figure, axes = canvas(height=3.1)
    if "lower" in curve:
        axes.fill_between(curve["x"], curve["lower"], curve["upper"], color=SERIES[0], alpha=0.13, linewidth=0)
    axes.plot(curve["x"], curve["y"], color=SERIES[0])
    if chosen:
        at = float(np.interp(chosen[1], curve["x"], curve["y"]))
        axes.plot([chosen[1]], [at], "D", color=SERIES[1], markersize=6, zorder=5)
        axes.annotate(chosen[0], (chosen[1], at), (0, 9), textcoords="offset points", ha="center", color=SERIES[1])
        axes.margins(y=0.14)
    axes.set_xlabel(x.replace("_", " "))
    axes.set_title(y.replace("_", " ") + (f", {unit_y}" if unit_y not in ("", "%") else ""))
    axes.grid(axis="y")
    number_axis(axes.xaxis, unit_x)
    number_axis(axes.yaxis, unit_y)
    return figure
