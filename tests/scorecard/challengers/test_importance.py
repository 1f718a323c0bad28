import numpy as np
import pandas as pd

from riskbench.scorecard.challengers.explained import Explained
from riskbench.scorecard.challengers.importance import importance_beside, permutation_importance


def model(name, columns):
    return Explained(
        name, lambda X: X[list(columns)].to_numpy(float), lambda Z: Z[:, 0], additive=True, columns=columns
    )


def cases(n=2000):
    draw = np.random.default_rng(0)
    X = pd.DataFrame(draw.normal(size=(n, 2)), columns=["told", "idle"])
    return X, (draw.random(n) < 1 / (1 + np.exp(-2 * X["told"]))).astype(int).to_numpy()


def test_a_model_loses_what_it_leans_on_and_nothing_else():
    table = permutation_importance(model("made", ("told", "idle")), *cases()).set_index("feature")
    assert table.loc["told", "auc_lost"] > 0.25  # an AUC near .8 falls to .5
    assert table.loc["idle", ["auc_lost", "auc_lost_sd"]].tolist() == [0, 0]


def test_the_champion_stands_beside_and_is_missing_where_it_lacks_the_feature():
    table = importance_beside(model("made", ("told", "idle")), model("champion", ("told",)), *cases())
    assert table["feature"].tolist() == ["told", "idle"]
    assert table["champion_lost"].notna().tolist() == [True, False]


def test_one_class_has_no_importance():
    X, _ = cases(10)
    assert permutation_importance(model("made", ("told",)), X, np.zeros(10, int)).empty
