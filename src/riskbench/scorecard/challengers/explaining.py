"""One set of cases explained by every model: the riskiest of the holdout, against the average of development."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from riskbench.scorecard.challengers.effects import Effects, Sampling, additive_gap, effects
from riskbench.scorecard.challengers.explained import Explained

LADDERS = 50  # cases that are told again along a ladder of each feature


@dataclass(frozen=True)
class Plan:
    """How much is explained: at most `cases` of the riskiest `share` by the champion, a `background` of development."""

    cases: int = 150
    share: float = 0.3
    background: int = 200
    pairs: int = 6
    seed: int = 0

    def __post_init__(self) -> None:
        if self.cases < 1 or self.background < 1 or not 0 < self.share <= 1:
            got = f"got {self.cases}, {self.background} and {self.share}"
            raise ValueError(f"a plan takes 1 case, 1 row of background and a share in (0, 1], {got}")


@dataclass(frozen=True)
class Explanations:
    """`effects` on the same cases by model; `breaks`: by model and feature how far the trend of the card is broken.

    `gap`: the largest distance between log odds and the sum of effects, over models whose effects are exact.
    """

    effects: dict[str, Effects]
    breaks: dict[str, dict[str, float]]
    gap: float


def explain(
    models: Iterable[Explained],
    judged: pd.DataFrame,
    development: pd.DataFrame,
    monotone: Mapping[str, int],
    plan: Plan,
) -> Explanations:
    """Effects of every model on a draw from the `judged` cases, against a draw from `development`; raw columns both.

    `monotone` holds the signs of the card's trends by feature. Raises ValueError where there is nothing to explain.
    """
    cases = _draw(judged, plan.cases, plan.seed)
    background = _draw(development, plan.background, plan.seed + 1)
    found, breaks, gaps = {}, {}, [0.0]
    for model in models:
        found[model.name] = effects(model, cases, background, Sampling(plan.pairs, plan.seed))
        breaks[model.name] = trend_breaks(model, cases.head(LADDERS), monotone)
        if found[model.name].exact:
            gaps.append(additive_gap(model, found[model.name], cases, background))
    return Explanations(found, breaks, max(gaps))


def riskiest(pds: pd.Series, share: float) -> pd.Series:
    """Whether each case is among the `share` of largest PDs of those that have one; at the border all are in.

    >>> riskiest(pd.Series([0.1, 0.4, 0.2, 0.3]), 0.5).tolist()
    [False, True, False, True]
    """
    return pds.rank(ascending=False, method="min") <= share * pds.notna().sum()


def trend_breaks(model: Explained, X: pd.DataFrame, signs: Mapping[str, int], steps: int = 8) -> dict[str, float]:
    """By feature with a trend, the farthest that any of the cases moves against it, in log odds; 0 is never.

    Each case is told again with the feature at `steps` quantiles of X, all else its own.
    """
    ladders = {name: X[name].dropna().to_numpy(float) for name in signs if name in X}
    rungs = [
        (name, value)
        for name, values in ladders.items()
        if values.size
        for value in np.unique(np.quantile(values, np.linspace(0, 1, steps)))
    ]
    if not rungs:
        return dict.fromkeys(ladders, 0.0)
    told = X.iloc[np.tile(np.arange(len(X)), len(rungs))].reset_index(drop=True)
    for place, (name, value) in enumerate(rungs):
        told.loc[place * len(X) : (place + 1) * len(X) - 1, name] = value
    heights = model.log_odds(model.encode(told)).reshape(len(rungs), len(X))
    found = {}
    for name in ladders:
        own = [place for place, (of, _) in enumerate(rungs) if of == name]
        steps_up = signs[name] * np.diff(heights[own], axis=0)
        found[name] = float(max(0.0, -steps_up.min())) if steps_up.size else 0.0
    return found


def _draw(rows: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    if len(rows) <= most:
        return rows
    return rows.iloc[np.sort(np.random.default_rng(seed).choice(len(rows), most, replace=False))]
