"""Why a mean has moved: because other kinds of applications come (mix), or because those of a kind are others (within).

With shares w and means m of the levels g of a column, 0 in the reference and 1 now, and M the mean of the reference,

    M1 − M0 = Σ (w1 − w0)(m0 − M0)  +  Σ w0 (m1 − m0)  +  Σ (w1 − w0)(m1 − m0):   mix, within, and both together.

Everything is seen from the reference: mix asks what the new shares would have done to the old means, within what the
new means would have done at the old shares; what only the two together did stands apart and is shared out to neither
(Kitagawa, Journal of the American Statistical Association 50, 1955; in three parts as in Oaxaca, 1973). A level that
one side lacks has no mean there and takes that of the other: a new product is mix, and nothing within.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.core.results import LEVEL, Estimate
from riskbench.core.words import bare_number
from riskbench.data.study import Study
from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import normal_quantile
from riskbench.monitoring.population.window import Window

METHOD = "Kitagawa (1955), seen from the reference; linearised over the sampling of applications"
MISSING = "missing"
MOST_LEVELS = 30  # a column with more divides too finely


@dataclass(frozen=True, eq=False)
class Mix:
    """A change of a mean in its parts.

    `levels` has one row a level: `level, n_before, n_now, share_before, share_now, mean_before, mean_now, mix, within,
    together`. These parts sum over the rows to the three estimates, and the estimates to `total`.
    """

    total: Estimate
    mix: Estimate
    within: Estimate
    together: Estimate
    levels: pd.DataFrame


def levels_of(column: pd.Series) -> pd.Series:
    """A column's values as texts, those that are not there as "missing"; whole numbers without a decimal point.

    >>> levels_of(pd.Series([36.0, 60.0, None])).tolist()
    ['36', '60', 'missing']
    """
    texts = column.map("{:g}".format, na_action="ignore") if pd.api.types.is_float_dtype(column) else column
    return texts.astype("str").where(column.notna(), MISSING)


def mix_of(level: ArrayLike, value: ArrayLike, window: Window) -> Mix:
    """The change of the mean of `value` from the reference to the window, by `level`: arrays of one entry a row.

    Raises ValueError where one side has fewer than two rows.

    >>> rows = pd.Series(["2024-01"] * 4 + ["2024-02"] * 4)
    >>> now = (rows == "2024-02").to_numpy()
    >>> window = Window(~now, now, rows, ("2024-02",), "", "")
    >>> found = mix_of(["a", "a", "a", "b", "a", "b", "b", "b"], [1, 1, 1, 5, 1, 5, 5, 5], window)
    >>> found.mix.value, found.within.value, found.total.value  # half the applications move from 1 to 5
    (2.0, 0.0, 2.0)
    """
    inside = window.reference | window.current
    names, code = np.unique(np.asarray(level, dtype="str")[inside], return_inverse=True)
    x, is_now = np.asarray(value, dtype=float)[inside], window.current[inside]
    before, now = (_Side.of(code[rows], x[rows], len(names)) for rows in (~is_now, is_now))
    new_level, gone = before.n == 0, now.n == 0
    old, new = np.where(new_level, now.mean, before.mean), np.where(gone, before.mean, now.mean)
    grown, risen = now.share - before.share, new - old
    overall, none = float(before.share @ old), np.zeros(len(names))
    # of each part: the sum of its levels, and what it changes by with shares and means, those now and those before
    parts = {
        "mix": (grown * (old - overall), (old - overall, grown * new_level), (overall - old, grown)),
        "within": (before.share * risen, (none, before.share), (risen, -before.share * ~gone)),
        "together": (grown * risen, (risen, grown * ~new_level), (-risen, -grown * ~gone)),
    }
    found = {
        name: _estimate(float(part.sum()), now.influence(*by_now), before.influence(*by_before))
        for name, (part, by_now, by_before) in parts.items()
    }
    total = _estimate(float(now.share @ new - overall), now.values - now.total, before.total - before.values)
    table = pd.DataFrame(
        {
            "level": names,
            "n_before": before.n,
            "n_now": now.n,
            "share_before": before.share,
            "share_now": now.share,
            "mean_before": before.mean,
            "mean_now": now.mean,
        }
        | {name: part for name, (part, *_) in parts.items()}
    )
    return Mix(total, found["mix"], found["within"], found["together"], table)


@dataclass(frozen=True, eq=False)
class _Side:
    """One of the two groups of rows: level and value of each row; count, share and mean (NaN of none) of each level."""

    code: np.ndarray
    values: Floats
    n: np.ndarray
    share: Floats
    mean: Floats

    @classmethod
    def of(cls, code: np.ndarray, values: Floats, levels: int) -> "_Side":
        if len(code) < 2:
            raise ValueError(f"a side of the comparison needs two rows or more, got {len(code)}")
        n = np.bincount(code, minlength=levels)
        sums = np.bincount(code, weights=values, minlength=levels)
        return cls(code, values, n, n / len(code), np.divide(sums, n, out=np.full(levels, np.nan), where=n > 0))

    @property
    def total(self) -> float:
        return float(self.values.mean())

    def influence(self, by_share: Floats, by_mean: Floats) -> Floats:
        """How far each row moves a sum that changes by `by_share` with a level's share, by `by_mean` with its mean."""
        share, mean = self.share[self.code], self.mean[self.code]
        return by_share[self.code] - float(self.share @ by_share) + by_mean[self.code] * (self.values - mean) / share


def _estimate(value: float, *influences: Floats) -> Estimate:
    variance = sum(float(i @ i) / len(i) / (len(i) - 1) for i in influences)
    reach = normal_quantile(LEVEL) * variance**0.5
    return Estimate(value, value - reach, value + reach, LEVEL, sum(map(len, influences)), METHOD)


# --- as a page shows it -----------------------------------------------------------------------------------------------

OTHER = "all small levels"
PARTS = ("mix", "within", "together", "mean_change")
BOUNDED = [f"{part}{bound}" for part in PARTS for bound in ("", "_lower", "_upper")]


def grouped(column: pd.Series, window: Window, smallest: int) -> pd.Series:
    """A column of texts, its levels that some but fewer than `smallest` of a side have put together."""
    small: set[str] = set()
    for rows in (window.reference, window.current):
        n = column[rows].value_counts()
        small |= {str(level) for level in n[n < smallest].index}
    return column.where(~column.isin(small), OTHER)


def dividing(study: Study, applications: pd.DataFrame) -> pd.DataFrame:
    """The study's segments and its context columns of few levels, as texts, one row an application.

    Columns of the economy are the same for everybody in a month, and protected attributes have a page of their own:
    neither is here.
    """
    context = [name for name in study.with_role("context") if study.columns[name].dimension != "macro"]
    names = [name for name in dict.fromkeys([*study.base.segments, *context]) if name in applications]
    few = [name for name in names if 1 < applications[name].nunique(dropna=False) <= MOST_LEVELS]
    return pd.DataFrame({name: levels_of(applications[name]) for name in few}, index=applications.index)


def mix_table(levels: pd.DataFrame, values: Mapping[str, ArrayLike], window: Window, smallest: int) -> pd.DataFrame:
    """One row a column of `levels` and a value, in the order of `values`: how much of its change is mix.

    Levels of some, but fewer than `smallest`, are put together.

    Returns `of, by`, then `mix, within, together, mean_change`, each with its bounds, in the unit of the value, then
    the `level` whose share did most of the mix, `share_before` and `share_now`.
    """
    rows = []
    for of, value in values.items():
        for by in levels:
            found = mix_of(grouped(levels[by], window, smallest), value, window)
            parts = (found.mix, found.within, found.together, found.total)
            most = found.levels.iloc[int(found.levels["mix"].abs().argmax())]
            bounds = [bound for part in parts for bound in part.bounded]
            rows.append((of, by, *bounds, most["level"], most["share_before"], most["share_now"]))
    return pd.DataFrame(rows, columns=["of", "by", *BOUNDED, "level", "share_before", "share_now"])


def left_over(table: pd.DataFrame) -> Estimate:
    """What mix, within and together leave of any change of a table by `mix_table`, at most: 0, to the last digits."""
    if table.empty:
        return Estimate.missing("the study names no segments, and has no other column of few levels")
    gaps = table["mean_change"] - table[list(PARTS[:3])].sum(axis=1)
    return Estimate(float(gaps.abs().max()), n=len(table), method="largest difference of a row")


def cause(table: pd.DataFrame) -> str:
    """The mix that moved the first value of a table by `mix_table` most, as a sentence; of those more than chance.

    >>> bounds = [-3.7, -3.9, -3.5, 0.1, -0.3, 0.5, 0.0, 0.0, 0.0, -3.6, -4.0, -3.2]
    >>> line = ["score, points", "term", *bounds, "60", 0.16, 0.351]
    >>> cause(pd.DataFrame([line], columns=["of", "by", *BOUNDED, "level", "share_before", "share_now"]))
    'By mix alone, term moved the score by −3.7 points: 60 went from 16.0 % to 35.1 % of applications.'
    """
    sure = table[table["mix_lower"] * table["mix_upper"] > 0]
    sure = sure[sure["of"] == table["of"].iloc[0]] if len(sure) else sure
    if sure.empty:
        return "No mix of segments has moved the score by more than chance."
    line = sure.iloc[int(sure["mix"].abs().argmax())]
    of, _, unit = str(line["of"]).partition(", ")
    before, now = (bare_number(line[name], 1, "%") for name in ("share_before", "share_now"))
    moved = f"{line['by']} moved the {of} by {bare_number(line['mix'], 1)} {unit}"
    return f"By mix alone, {moved}: {line['level']} went from {before} % to {now} % of applications."
