"""optbinning as a peer: `OptimalBinning` column by column, its defaults but for the limits; see `peer_task.py`.

Bad rate ascending or descending. For the WoE each column is transformed alone, which spares optbinning the work of its
`BinningProcess`; a card needs that one.
"""

from importlib.metadata import version

import numpy as np
import pandas as pd
import peer_task
from optbinning import BinningProcess, OptimalBinning, Scorecard
from pandas.api.types import is_numeric_dtype
from sklearn.linear_model import LogisticRegression

TREND = "auto_asc_desc"


class Optbinning:
    version = version("optbinning")
    apart = 2

    def __init__(self, asked: dict):
        self.limits = {"max_n_bins": asked["max_bins"], "min_bin_size": asked["min_share"]}

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> None:
        self.fitted = {
            name: OptimalBinning(name=name, dtype=_kind(X[name]), monotonic_trend=TREND, **self.limits) for name in X
        }
        for name, binning in self.fitted.items():
            binning.fit(_values(X[name]), y)

    def bins(self) -> dict[str, dict[str, list[int]]]:
        tables = {name: binning.binning_table.build(add_totals=False) for name, binning in self.fitted.items()}
        return {
            name: {"goods": t["Non-event"].astype(int).tolist(), "bads": t["Event"].astype(int).tolist()}
            for name, t in tables.items()
        }

    def woe(self, X: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({name: b.transform(_values(X[name]), metric="woe") for name, b in self.fitted.items()})

    def build_card(self, X: pd.DataFrame, y: np.ndarray) -> None:
        process = BinningProcess(
            list(X),
            categorical_variables=[name for name in X if _kind(X[name]) == "categorical"],
            binning_fit_params={name: {"monotonic_trend": TREND} for name in X},
            max_n_bins=self.limits["max_n_bins"],
            min_bin_size=self.limits["min_bin_size"],
        )
        scale = {"pdo": 20, "odds": 50, "scorecard_points": 600}
        self.card = Scorecard(process, LogisticRegression(), scaling_method="pdo_odds", scaling_method_params=scale)
        self.card.fit(X, y)

    def score(self, X: pd.DataFrame) -> np.ndarray:
        return self.card.score(X)


def _kind(column: pd.Series) -> str:
    return "numerical" if is_numeric_dtype(column) else "categorical"


def _values(column: pd.Series) -> np.ndarray:
    return column.to_numpy(dtype=float if is_numeric_dtype(column) else object)


if __name__ == "__main__":
    peer_task.main(Optbinning)
