"""Where a gap in scores comes from: how many points each feature of the card gives one group more than another.

A score is the sum of whole points, so the gap between two mean scores is exactly the sum of the gaps of its features.
A feature far up that list lowers a group's scores; whether it has a reason to is a question for people.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas
from pandas import DataFrame, Series

from riskbench.scorecard.card import Scorecard
from riskbench.validation.fairness.counts import coded

COLUMNS = ["group", "feature", "mean_points", "reference_points", "points_gap", "score_gap"]


def points_by_feature(card: Mapping[str, Any], features: DataFrame) -> DataFrame:
    """The points of every application by feature: one column a feature of the card, which comes as it was stored."""
    fitted = Scorecard.from_dict(card)
    return fitted.binning_.looked_up(features[list(fitted.points_)], fitted.points_)


def contributions(points: DataFrame, group: Series, reference: str) -> DataFrame:
    """One row a group but the reference and feature: what the feature adds to the gap in mean scores, most first.

    `points` holds one column a feature, `group` is empty where a case may not be shown. Columns: group, feature,
    mean_points, reference_points, points_gap (the first less the second; below 0 the group earns less) and score_gap,
    the sum of points_gap over all features. Raises ValueError where nobody belongs to the reference.

    >>> points = DataFrame({"income": [10, 20, 30], "age": [5, 5, 5]})
    >>> contributions(points, Series(["a", "b", "b"]), "b")[["feature", "points_gap"]].to_numpy().tolist()
    [['income', -15.0], ['age', 0.0]]
    """
    names, code = coded(group)
    if reference not in names:
        raise ValueError(f"the reference must be a group that is shown, got {reference!r}")
    shown = code >= 0
    size = np.bincount(code[shown], minlength=len(names))
    sums = {f: np.bincount(code[shown], points[f][shown], minlength=len(names)) for f in points}
    means = DataFrame({feature: total / size for feature, total in sums.items()}, index=names)
    tables = []
    for name in names:
        if name == reference:
            continue
        mine, theirs = means.loc[name], means.loc[reference]
        gap = mine - theirs
        order = gap.index[np.argsort(-gap.abs().to_numpy(), kind="stable")]
        own = DataFrame(
            {
                "group": name,
                "feature": order.astype(str),
                "mean_points": mine[order].to_numpy(),
                "reference_points": theirs[order].to_numpy(),
                "points_gap": gap[order].to_numpy(),
                "score_gap": gap.sum(),
            }
        )
        tables.append(own)
    return pandas.concat(tables, ignore_index=True) if tables else DataFrame(columns=COLUMNS)
