"""Which features the score has moved by: the change of the mean score is the sum of the changes of their mean points.

The score is a base and the points of one bin a feature, so nothing is left over and nothing depends on an order.
"""

import numpy as np
import pandas as pd

from riskbench.core.results import LEVEL, Estimate
from riskbench.core.words import bare_number
from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import normal_quantile
from riskbench.monitoring.population.window import Window
from riskbench.scorecard.card import Scorecard

METHOD = "difference of two means, normal interval (Welch)"
COLUMNS = ["feature", "points_before", "points_now", "points_change", "lower", "upper", "bin", "bin_before", "bin_now"]


def by_feature(card: Scorecard, bins: pd.DataFrame, window: Window) -> pd.DataFrame:
    """One row a feature of the card, the one that moved the score most first.

    `bins` holds the bin of each feature, by row, as `card.binning_.bins` gives them. `points_before` and `points_now`
    are mean points, `points_change` (with lower and upper) their difference. `bin` is the one whose share did most of
    it, `bin_before` and `bin_now` its shares.
    """
    rows = []
    for name, points in card.points_.items():
        code, labels = bins[name].to_numpy(), card.binning_.features_[name].labels
        earned = np.asarray(points, dtype=float)[code]
        before, now = earned[window.reference], earned[window.current]
        shares = [
            np.bincount(code[side], minlength=len(labels)) / side.sum() for side in (window.reference, window.current)
        ]
        most = int(np.argmax(np.abs((shares[1] - shares[0]) * (points - before.mean()))))
        change = welch(before, now)
        rows.append((name, before.mean(), now.mean(), *change.bounded, labels[most], shares[0][most], shares[1][most]))
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.iloc[np.argsort(-table["points_change"].abs(), kind="stable")].reset_index(drop=True)


def cause(table: pd.DataFrame, total: Estimate) -> str:
    """What moved the score most either way, of a table by `by_feature`, as a sentence; `total` is its change.

    Features whose interval holds 0 are not named.

    >>> line = ("term", 9.0, 7.4, -1.6, -1.7, -1.5, "60", 0.08, 0.35)
    >>> cause(pd.DataFrame([line], columns=COLUMNS), Estimate(-2.0, -2.3, -1.7))
    'Most moved it down: term, by 1.6 points (60 went from 8.0 % to 35.0 %).'
    """
    sure = table[table["lower"] * table["upper"] > 0]
    if sure.empty:
        return "No feature has changed the mean score by more than chance."
    told = [_told(line) for line in (sure[sure["points_change"] < 0], sure[sure["points_change"] > 0]) if len(line)]
    said = f"Most moved it {' and '.join(told)}"
    if total.value is None or total.lower is None or total.upper is None or total.lower <= 0 <= total.upper:
        return f"{said}; all features together no more than chance."
    return f"{said}."


def _told(lines: pd.DataFrame) -> str:
    first = lines.iloc[0]
    before, now = (bare_number(first[name], 1, "%") for name in ("bin_before", "bin_now"))
    way = "down" if first["points_change"] < 0 else "up"
    points = bare_number(abs(first["points_change"]), 1)
    return f"{way}: {first['feature']}, by {points} points ({first['bin']} went from {before} % to {now} %)"


def change_of_mean(values: pd.Series, window: Window) -> Estimate:
    """The mean of `values` in the window less that in the reference."""
    x = values.to_numpy(float)
    return welch(x[window.reference], x[window.current])


def left_over(table: pd.DataFrame, total: Estimate) -> Estimate:
    """What the features of a table by `by_feature` leave of the change of the mean score: 0, to the last digits."""
    if total.value is None:
        return total
    return Estimate(float(table["points_change"].sum()) - total.value, n=total.n, method="sum of features less total")


def welch(before: Floats, now: Floats) -> Estimate:
    """The mean of `now` less that of `before`, two independent samples; missing where one has fewer than two cases.

    >>> welch(np.array([1.0, 3.0]), np.array([5.0, 7.0])).value
    4.0
    """
    n = len(before) + len(now)
    if min(len(before), len(now)) < 2:
        return Estimate.missing("a comparison takes two cases or more on either side", n, METHOD)
    value = float(now.mean() - before.mean())
    reach = normal_quantile(LEVEL) * float(np.sqrt(before.var(ddof=1) / len(before) + now.var(ddof=1) / len(now)))
    return Estimate(value, value - reach, value + reach, LEVEL, n, METHOD)
