"""Champion against challengers."""

import numpy as np
import pandas as pd
import pytest

from riskbench import metrics
from riskbench.core.evidence import Evidence
from riskbench.core.thresholds import Thresholds
from riskbench.validation.model_comparison.discrimination import auc_gains, compare, roc_curves

THRESHOLDS = Thresholds()


def rivals(n=2000):
    """A champion that sees half of the risk, a challenger that sees all of it, and one that only rescales."""
    rng = np.random.default_rng(0)
    seen, hidden = rng.normal(size=(2, n))
    p = 1 / (1 + np.exp(-(seen + hidden - 2)))
    champion = 1 / (1 + np.exp(-(seen - 1.7)))
    models = pd.DataFrame({"random_forest": p, "champion": champion, "rescaled": champion**2})
    return (rng.random(n) < p).astype(float), models


def test_the_table_has_the_champion_first_and_a_row_a_challenger():
    y, pds = rivals()
    table = compare(y, pds).set_index("model")
    assert list(table.index) == ["champion", "random_forest", "rescaled"]
    assert table.loc["champion", ["auc_gain", "p_value"]].isna().all()
    assert table.loc["random_forest", "auc"] == metrics.auc(y, pds["random_forest"]).value
    assert table.loc["rescaled", "brier"] == metrics.brier(y, pds["rescaled"]).value


def test_gains_are_tested_by_delong_on_the_same_cases():
    y, pds = rivals()
    row = compare(y, pds).set_index("model").loc["random_forest"]
    e = metrics.delong(y, pds["random_forest"], pds["champion"])
    assert tuple(row[["auc_gain", "gain_lower", "gain_upper", "p_value"]]) == (e.value, e.lower, e.upper, e.p_value)


def test_only_a_challenger_that_gains_is_not_green():
    better, rescaled = auc_gains(*rivals(), THRESHOLDS, "test")
    assert (better.name, better.status) == ("random_forest.auc_gain.test", "red")
    assert (rescaled.name, rescaled.status, rescaled.estimate.value) == ("rescaled.auc_gain.test", "green", 0)
    assert Evidence.of("challengers", better).id == "challengers.random_forest.auc_gain.test"


def test_one_class_only_is_not_evaluated():
    pds = pd.DataFrame({"champion": [0.1, 0.2], "forest": [0.2, 0.1]})
    (result,) = auc_gains([0, 0], pds, THRESHOLDS, "test")
    assert (result.status, result.reason) == ("not_evaluated", "it needs bad and good cases, and all 2 are good")
    assert compare([0, 0], pds)["auc"].isna().all()


def test_cases_without_a_label_and_challengers_on_other_cases_are_refused():
    pds = pd.DataFrame({"champion": [0.1, 0.2, 0.3], "forest": [0.1, 0.2, 0.3]})
    with pytest.raises(ValueError, match=r"y must hold only 0 and 1 \(1 = bad\), got nan"):
        compare([0, 1, np.nan], pds)
    with pytest.raises(ValueError, match="columns must have the same length, got y 2, pd 3"):
        compare([0, 1], pds)


def test_every_model_has_a_curve_from_nobody_flagged_to_everybody():
    curves = roc_curves(*rivals(), points=11)
    assert list(curves["series"].unique()) == ["random_forest", "champion", "rescaled"]
    for _, curve in curves.groupby("series"):
        assert curve[["x", "y"]].to_numpy()[[0, -1]].tolist() == [[0, 0], [1, 1]]
        assert len(curve) <= 11
        assert (curve[["x", "y"]].diff().dropna() >= 0).all(axis=None)
