"""Champion against challengers."""

import numpy as np
import pytest

from riskbench import metrics
from riskbench.core.evidence import Evidence
from riskbench.core.thresholds import Thresholds
from riskbench.validation.comparison import auc_gains, compare

THRESHOLDS = Thresholds()


def rivals(n=2000):
    """A champion that sees half of the risk, a challenger that sees all of it, and one that only rescales."""
    rng = np.random.default_rng(0)
    seen, hidden = rng.normal(size=(2, n))
    p = 1 / (1 + np.exp(-(seen + hidden - 2)))
    champion = 1 / (1 + np.exp(-(seen - 1.7)))
    return (rng.random(n) < p).astype(float), champion, {"random_forest": p, "rescaled": champion**2}


def test_the_table_has_the_champion_first_and_a_row_a_challenger():
    y, champion, challengers = rivals()
    table = compare(y, champion, challengers).set_index("model")
    assert list(table.index) == ["champion", "random_forest", "rescaled"]
    assert table.loc["champion", ["auc_gain", "p_value"]].isna().all()
    assert table.loc["random_forest", "auc"] == metrics.auc(y, challengers["random_forest"]).value
    assert table.loc["rescaled", "brier"] == metrics.brier(y, champion**2).value


def test_gains_are_tested_by_delong_on_the_same_cases():
    y, champion, challengers = rivals()
    row = compare(y, champion, challengers).set_index("model").loc["random_forest"]
    e = metrics.delong(y, challengers["random_forest"], champion)
    assert tuple(row[["auc_gain", "gain_lower", "gain_upper", "p_value"]]) == (e.value, e.lower, e.upper, e.p_value)


def test_only_a_challenger_that_gains_is_not_green():
    better, rescaled = auc_gains(*rivals(), THRESHOLDS, "test")
    assert (better.name, better.status) == ("random_forest.auc_gain.test", "red")
    assert (rescaled.name, rescaled.status, rescaled.estimate.value) == ("rescaled.auc_gain.test", "green", 0)
    assert Evidence.of("challengers", better).id == "challengers.random_forest.auc_gain.test"


def test_cases_without_a_label_do_not_count():
    y, champion, challengers = rivals()
    y[:500] = np.nan
    later = {name: pd[500:] for name, pd in challengers.items()}
    assert compare(y, champion, challengers).equals(compare(y[500:], champion[500:], later))


def test_one_class_only_is_not_evaluated():
    (result,) = auc_gains([0, 0], [0.1, 0.2], {"forest": [0.2, 0.1]}, THRESHOLDS, "test")
    assert (result.status, result.reason) == ("not_evaluated", "it needs bad and good cases, and all 2 are good")
    assert compare([0, 0], [0.1, 0.2], {"forest": [0.2, 0.1]})["auc"].isna().all()


def test_a_challenger_on_other_cases_is_refused():
    with pytest.raises(ValueError, match="got 2 labels beside 3 values"):
        compare([0, 1], [0.1, 0.2], {"forest": [0.1, 0.2, 0.3]})
