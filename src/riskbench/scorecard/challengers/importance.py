"""What a model leans on in the whole: the AUC that is lost when one feature after another is shuffled."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from riskbench.metrics.discrimination import auc
from riskbench.scorecard.challengers.explained import Explained

CASES = 1000  # at most, that a model is asked about again and again


def permutation_importance(
    model: Explained, X: pd.DataFrame, y: ArrayLike, repeats: int = 3, seed: int = 0
) -> pd.DataFrame:
    """AUC lost when the values of one feature are shuffled among the cases; largest first.

    Columns: feature, `auc_lost` (mean over `repeats`) and `auc_lost_sd`, its standard deviation over them. A feature
    that a correlated one stands in for looks unimportant. Source: Breiman, Machine Learning 45 (2001).
    """
    matrix, blocks = model.encode(X), model.blocks(X)
    whole = auc(y, model.log_odds(matrix)).value
    if whole is None:
        return pd.DataFrame(columns=["feature", "auc_lost", "auc_lost_sd"], dtype=float)
    rows = []
    for place, (name, columns) in enumerate(blocks.items()):
        lost = []
        for repeat in range(repeats):
            order = np.random.default_rng([seed, place, repeat]).permutation(len(X))
            shuffled = matrix.copy()
            shuffled[:, columns] = matrix[order][:, columns]
            lost.append(whole - (auc(y, model.log_odds(shuffled)).value or 0.0))
        rows.append((name, float(np.mean(lost)), float(np.std(lost, ddof=1)) if repeats > 1 else np.nan))
    table = pd.DataFrame(rows, columns=["feature", "auc_lost", "auc_lost_sd"])
    return table.sort_values("auc_lost", ascending=False, kind="stable", ignore_index=True)


def importance_beside(
    model: Explained, champion: Explained, X: pd.DataFrame, y: ArrayLike, most: int = 10, seed: int = 0
) -> pd.DataFrame:
    """The `most` important features of a challenger, and what the champion loses by the same features.

    Of more than `CASES` cases as many are drawn. y: 1 = bad. Columns: feature, `auc_lost`, `auc_lost_sd`, and
    `champion_lost`, `champion_lost_sd`, missing where the feature is not on the card.
    """
    if len(X) > CASES:
        rows = np.sort(np.random.default_rng(seed).choice(len(X), CASES, replace=False))
        X, y = X.iloc[rows], np.asarray(y)[rows]
    theirs = permutation_importance(model, X, y, seed=seed).head(most)
    ours = permutation_importance(champion, X, y, seed=seed).set_index("feature")
    return theirs.assign(
        champion_lost=theirs["feature"].map(ours["auc_lost"]).astype(float),
        champion_lost_sd=theirs["feature"].map(ours["auc_lost_sd"]).astype(float),
    )
