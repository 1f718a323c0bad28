"""What moves from month to month, against its limits."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from riskbench.core.status import WORDS
from riskbench.core.thresholds import Threshold
from riskbench.report.figures.canvas import DASHES, MUTED, SERIES, canvas, figured, named_line, number_axis
from riskbench.report.figures.columns import NothingToDraw, bounds_of, columns_of, present, unit_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@figured
def months_plot(
    months: pd.DataFrame,
    thresholds: Mapping[str, float] | None = None,
    unit: str | None = None,
    title: str = "",
    *,
    limit: Threshold | None = None,
    month: str = "month",
    value: str = "value",
) -> "Figure":
    """One or several series by month, with thresholds as thin named lines.

    `months`: the columns named by `month` and `value`; where present, series (a name), the bounds of the value and
    critical (the critical value of each month's test, drawn stepwise). Months are put in order of their text; those
    without any value leave a gap, and before the first and after the last value they are left out. `limit` draws where
    a threshold's watch and failure begin, `thresholds` any other named lines.
    """
    roles = {"month": month, "value": value} | present(months, bounds_of(months, value))
    for more in ("series", "critical"):
        roles |= present(months, {more: more})
    months = _from_first_to_last(columns_of(months, **roles))
    order = sorted(months["month"].unique())
    months["at"] = months["month"].map({name: i for i, name in enumerate(order)})
    figure, axes = canvas(height=3.0)
    named = "series" in months
    ends = []
    for i, (name, line) in enumerate(months.groupby("series", sort=False) if named else [("", months)]):
        line, colour = line.sort_values("at"), SERIES[i % len(SERIES)]
        if "lower" in line:
            axes.fill_between(line["at"], line["lower"], line["upper"], color=colour, alpha=0.13, linewidth=0)
        axes.plot(
            line["at"], line["value"], color=colour, linestyle=DASHES[i % len(DASHES)], marker="o", markersize=3.5
        )
        last = line.dropna(subset="value").iloc[-1]
        ends.append((str(name), float(last["at"]), float(last["value"]), colour))
    if "critical" in months:
        line = months.drop_duplicates("month").sort_values("at")
        axes.step(line["at"], line["critical"], where="mid", color=MUTED, linewidth=0.9, linestyle=DASHES[2])
        ends.append(("critical value", float(line["at"].iloc[-1]), float(line["critical"].iloc[-1]), MUTED))
    unit = unit_of(value, unit)
    for name, height in {**(thresholds or {}), **(_limit_lines(limit, unit) if limit else {})}.items():
        named_line(axes, name, height)
    label_ends(axes, [end for end in ends if end[0]])
    step = max(1, -(-len(order) // 5))
    first = (len(order) - 1) % step  # so that the newest month is named
    axes.set_xticks(range(first, len(order), step), [name.replace(" (", "\n(") for name in order[first::step]])
    axes.set_title(title)
    number_axis(axes.yaxis, unit)
    return figure


def _from_first_to_last(months: pd.DataFrame) -> pd.DataFrame:
    """The months, as text, from the first to the last that has a value; without series that have none."""
    months["month"] = months["month"].astype(str)
    seen = months[months["value"].notna()]
    if seen.empty:
        raise NothingToDraw("the plot needs a month with a value, got none")
    if "series" in months:
        months = months[months["series"].isin(seen["series"])]
    return months[months["month"].between(seen["month"].min(), seen["month"].max())].reset_index(drop=True)


def _limit_lines(limit: Threshold, unit: str) -> dict[str, float]:
    """Where a threshold's watch and failure begin, each line named by what lies beyond it."""
    sides = {"between": ("below", "above"), "at_most": ("above",), "at_least": ("below",)}[limit.direction]
    scale, after = (100, " %") if unit == "%" else (1, "")
    watch = {} if limit.green == limit.amber else {WORDS["amber"]: limit.green}
    lines: dict[str, float] = {}
    for word, edge in (watch | {WORDS["red"]: limit.amber}).items():
        ends = edge if isinstance(edge, tuple) else (edge,)
        lines |= {f"{word} {side} {end * scale:g}{after}": end for side, end in zip(sides, ends, strict=True)}
    return lines


def label_ends(axes: "Axes", ends: list[tuple[str, float, float, str]]) -> None:
    """Write each name beside the end of its line (name, x, y, colour), moved apart where they would overlap."""
    low, high = axes.get_ylim()
    axes.set_ylim(low, high)
    places = spread([end[2] for end in ends], 0.075 * (high - low))
    for (name, x, _, colour), place in zip(ends, places, strict=True):
        axes.annotate(name, (x, place), (9, 0), textcoords="offset points", color=colour, va="center",
                      annotation_clip=False)  # fmt: skip


def spread(wanted: Iterable[float], gap: float) -> list[float]:
    """Positions at least `gap` apart, in the order given, as near to the wanted ones as a sweep upwards gets.

    >>> spread([1.0, 1.1, 3.0], 0.5)
    [0.8, 1.3, 3.0]
    """
    values = list(wanted)
    order = sorted(range(len(values)), key=lambda i: values[i])
    groups: list[list[float]] = []  # each [sum of wanted, count], the labels of a group stand `gap` apart
    for i in order:
        groups.append([values[i], 1])
        while len(groups) > 1 and _top(groups[-2], gap) + gap > _bottom(groups[-1], gap):
            total, count = groups.pop()
            groups[-1] = [groups[-1][0] + total, groups[-1][1] + count]
    placed = [_bottom(group, gap) + gap * k for group in groups for k in range(int(group[1]))]
    result = [0.0] * len(values)
    for i, position in zip(order, placed, strict=True):
        result[i] = round(position, 12)
    return result


def _bottom(group: list[float], gap: float) -> float:
    return group[0] / group[1] - gap * (group[1] - 1) / 2


def _top(group: list[float], gap: float) -> float:
    return group[0] / group[1] + gap * (group[1] - 1) / 2
