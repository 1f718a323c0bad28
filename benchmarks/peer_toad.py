"""toad as a peer: its `Combiner` by decision tree, its fastest supervised method; see `peer_task.py`.

Its bins need not be monotone and its limits are those of the tree, so information values are not compared, only times.
"""

from importlib.metadata import version

import numpy as np
import pandas as pd
import peer_task
import toad
from toad.transform import Combiner, WOETransformer


class Toad:
    version = version("toad")
    apart = 0

    def __init__(self, asked: dict):
        self.limits = {"n_bins": asked["max_bins"], "min_samples": asked["min_share"]}

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> None:
        self.combiner = Combiner()
        self.combiner.fit(X, y, method="dt", **self.limits)
        self.weights = WOETransformer()
        self.weights.fit(self.combiner.transform(X), y)

    def bins(self) -> dict[str, dict[str, list[int]]]:
        return {}

    def woe(self, X: pd.DataFrame) -> pd.DataFrame:
        return self.weights.transform(self.combiner.transform(X))

    def build_card(self, X: pd.DataFrame, y: np.ndarray) -> None:
        combiner, weights = Combiner(), WOETransformer()
        combiner.fit(X, y, method="dt", **self.limits)
        W = weights.fit_transform(combiner.transform(X), y)
        self.card = toad.ScoreCard(combiner=combiner, transer=weights, pdo=20, base_score=600, base_odds=50)
        self.card.fit(W, y)

    def score(self, X: pd.DataFrame) -> np.ndarray:
        return self.card.predict(X)


if __name__ == "__main__":
    peer_task.main(Toad)
