"""scorecardpy as a peer: `woebin` by its tree method in one process; see `peer_task.py`.

It asks a question at the keyboard when a column has more than 50 levels, so that check is off.
"""

from importlib.metadata import version

import numpy as np
import pandas as pd
import peer_task
import scorecardpy
from sklearn.linear_model import LogisticRegression

QUIET = {"no_cores": 1, "print_info": False}


class Scorecardpy:
    version = version("scorecardpy")
    apart = 0

    def __init__(self, asked: dict):
        self.limits = {"bin_num_limit": asked["max_bins"], "count_distr_limit": asked["min_share"]}

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> None:
        self.tables = self._bins(X, y)

    def bins(self) -> dict[str, dict[str, list[int]]]:
        return {}

    def woe(self, X: pd.DataFrame) -> pd.DataFrame:
        return scorecardpy.woebin_ply(X, self.tables, **QUIET)

    def build_card(self, X: pd.DataFrame, y: np.ndarray) -> None:
        tables = self._bins(X, y)
        W = scorecardpy.woebin_ply(X, tables, **QUIET)[[f"{name}_woe" for name in X]]
        model = LogisticRegression().fit(W, y)
        self.card = scorecardpy.scorecard(tables, model, list(W), points0=600, odds0=1 / 50, pdo=20)

    def score(self, X: pd.DataFrame) -> pd.DataFrame:
        return scorecardpy.scorecard_ply(X, self.card, print_step=0)

    def _bins(self, X: pd.DataFrame, y: np.ndarray) -> dict[str, pd.DataFrame]:
        return scorecardpy.woebin(X.assign(y=y), y="y", method="tree", check_cate_num=False, **self.limits, **QUIET)


if __name__ == "__main__":
    peer_task.main(Scorecardpy)
