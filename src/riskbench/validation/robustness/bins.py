"""What the bins of the champion earn on cards built again, and where these have their cuts.

Bins of another card are others, so their points are read at the champion's: each of its bins earns on another card what
its cases earn there on average. Only cards that have the feature are read; how many they are is told beside.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from riskbench.metrics.arguments import Floats
from riskbench.metrics.intervals import normal_quantile
from riskbench.scorecard.card import Scorecard
from riskbench.validation.robustness.bench import Bench, Rebuilt
from riskbench.validation.robustness.over_builds import LEVEL


def bin_table(bench: Bench, builds: Sequence[Rebuilt]) -> pd.DataFrame:
    """One row a bin of the champion that has cases in development, in the order of the card.

    Columns: feature, bin, cases (of development), builds (that have the feature), `earned` (points of the champion
    against its neutral points) and `woe`, each with the range in which 95 % of builds lie if they are normal: their
    mean ± 1.96 standard deviations. The champion may lie outside: then what builds agree on is something else. No range
    where fewer than two builds have the feature.
    """
    X = bench.candidates[bench.developed]
    placed = bench.champion.binning_.bins(X)
    tables = [_of_feature(name, bench.champion, X, placed[name].to_numpy(), builds) for name in bench.champion.points_]
    return pd.concat(tables, ignore_index=True)


def strongest(bins: pd.DataFrame, most: int = 4) -> pd.DataFrame:
    """The bins of the `most` features whose points lie farthest apart, under their feature, in `label`."""
    reach = bins.groupby("feature", sort=False)["earned"].agg(np.ptp)
    names = reach.sort_values(ascending=False, kind="stable").index[:most]
    parts = []
    for name in bins.loc[bins["feature"].isin(names), "feature"].unique():
        own = bins[bins["feature"] == name]
        parts += [pd.DataFrame({"label": [name]}), own.assign(label=own["bin"])]
    return pd.concat(parts, ignore_index=True)[["label", "earned", "earned_lower", "earned_upper"]]


def cut_table(bench: Bench, builds: Sequence[Rebuilt]) -> pd.DataFrame:
    """One row a number of the champion that has cuts: how far builds that have it cut elsewhere.

    Columns: feature, builds (that have it), `cuts` of the champion, `fewest_cuts` and `most_cuts` of a build, and
    `cut_moved`: from a cut of the champion to the nearest of a build, as a share of the development sample that lies
    between the two, on average over cuts and builds. NaN where no build has the feature or a cut in it.
    """
    rows = []
    for name, bins in bench.champion.binning_.features_.items():
        own = np.asarray(bins.coding.edges, dtype=float)
        if bins.coding.kind != "numeric" or not own.size:
            continue
        column = bench.candidates[name].to_numpy(float)[bench.developed]
        values = np.sort(column[~np.isnan(column) & ~np.isin(column, bins.coding.specials)])
        others = [_cuts(build.card, name) for build in builds if build.card and name in build.card.points_]
        moved = [_moved(values, own, cuts) * values.size / column.size for cuts in others if cuts.size]
        counts = [cuts.size for cuts in others]
        rows.append(
            {
                "feature": name,
                "builds": len(others),
                "cuts": own.size,
                "fewest_cuts": min(counts, default=None),
                "most_cuts": max(counts, default=None),
                "cut_moved": float(np.mean(moved)) if moved else np.nan,
            }
        )
    return pd.DataFrame(rows, columns=["feature", "builds", "cuts", "fewest_cuts", "most_cuts", "cut_moved"])


def _of_feature(
    name: str, champion: Scorecard, X: pd.DataFrame, placed: NDArray[np.int64], builds: Sequence[Rebuilt]
) -> pd.DataFrame:
    bins = champion.binning_.features_[name]
    cases = np.bincount(placed, minlength=len(bins.labels))
    cards = [build.card for build in builds if build.card and name in build.card.points_]
    earned = np.array(
        [_by_bin(card.points_[name] - card.neutral_[name], card, X[name], placed, cases) for card in cards]
    )
    woe = np.array([_by_bin(card.binning_.features_[name].woe, card, X[name], placed, cases) for card in cards])
    points = champion.points_[name] - champion.neutral_[name]
    low, high = _range(earned, len(cases))
    woe_low, woe_high = _range(woe, len(cases))
    table = pd.DataFrame(
        {
            "feature": name,
            "bin": list(bins.labels),
            "cases": cases,
            "builds": len(cards),
            "earned": points.astype(float),
            "earned_lower": low,
            "earned_upper": high,
            "woe": bins.woe,
            "woe_lower": woe_low,
            "woe_upper": woe_high,
        }
    )
    return table[cases > 0]


def _by_bin(
    worth: NDArray[np.number], card: Scorecard, column: pd.Series, placed: NDArray[np.int64], cases: NDArray[np.int64]
) -> Floats:
    """What the cases of each of the champion's bins earn on another card, on average; NaN without cases."""
    earned = card.binning_.features_[str(column.name)].take(column, np.asarray(worth, dtype=float))
    total = np.bincount(placed, weights=earned, minlength=len(cases))
    return np.divide(total, cases, out=np.full(len(cases), np.nan), where=cases > 0)


def _range(values: Floats, size: int) -> tuple[Floats, Floats]:
    if len(values) < 2:
        return np.full(size, np.nan), np.full(size, np.nan)
    mean, reach = values.mean(axis=0), normal_quantile(LEVEL) * values.std(axis=0, ddof=1)
    return mean - reach, mean + reach


def _cuts(card: Scorecard, name: str) -> Floats:
    return np.asarray(card.binning_.features_[name].coding.edges, dtype=float)


def _moved(values: Floats, own: Floats, others: Floats) -> float:
    """Share of the values between each of one's own cuts and the nearest other, on average over one's own."""
    mine, theirs = (np.searchsorted(values, cuts, side="left") / max(values.size, 1) for cuts in (own, others))
    return float(np.abs(mine[:, None] - theirs[None, :]).min(axis=1).mean())
