"""The closing table: what would be gained, and what lost."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.results import CheckResult, Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.scorecard.challengers.effects import Effects
from riskbench.scorecard.challengers.explaining import Explanations
from riskbench.scorecard.challengers.families import build_all
from riskbench.validation.model_comparison.switching import gained, switching, trend_checks

VALUES = pd.DataFrame({"x": [1.0, 1.0], "z": [0.5, 0.5]})


@pytest.fixture(scope="module")
def families():
    X = pd.DataFrame({"x": np.arange(60.0), "z": np.arange(60.0) % 7})
    found = {name: c for name, c in build_all(0, 60).items() if name in ("forest", "additive")}
    for challenger in found.values():
        challenger.estimator.fit(X, (X["x"] + 9 * X["z"] > 55).astype(int))
    return found


def told(breaks):
    halves = (VALUES, VALUES.assign(z=[2.0, 0.0]))
    drawn, exact = Effects(VALUES, VALUES * 0.1, halves, False), Effects(VALUES, VALUES * 0, (VALUES, VALUES), True)
    return Explanations({"forest": drawn, "additive": exact}, {"forest": breaks, "additive": {"x": 0.0}}, 0.0)


def results(name):
    return [
        CheckResult(f"{name}.auc_gain.test", "", Estimate(0.02, 0.01, 0.03)),
        CheckResult(f"{name}.profit_gain.test", "", Estimate.missing("the study records no amounts")),
        CheckResult(f"{name}.first_reason.test", "", Estimate(0.5, 0.4, 0.6)),
    ]


def test_each_challenger_has_a_row_in_plain_words(families):
    found = [result for name in families for result in results(name)]
    slopes = {"champion": 1.0, "forest": 0.9, "additive": 1.1}
    table = switching(families, found, slopes, told({"x": 0.25, "z": 1e-12})).set_index("model")
    forest, additive = table.loc["Random forest"], table.loc["Additive boosting"]
    assert (forest["ranking"], forest["money"]) == (
        "gain: 0.020 (0.010 to 0.030)",
        "not evaluated: the study records no amounts",
    )
    assert (forest["calibration_slope"], forest["same_first_reason"]) == (0.9, "50 % (40 to 60)")
    assert (forest["against_trends"], additive["against_trends"]) == ("1 of 2, up to 0.25 log odds", "0 of 1")
    assert (forest["effects"], additive["effects"]) == ("drawn, 50 % alike", "exact")


@pytest.mark.parametrize(
    ("bounds", "verdict"), [((0.01, 0.03), "gain"), ((-0.01, 0.05), "within chance"), ((-0.03, -0.01), "loss")]
)
def test_a_gain_is_called_one_only_beyond_chance(bounds, verdict):
    assert gained(Estimate(sum(bounds) / 2, *bounds)).startswith(f"{verdict}: ")


def test_a_trend_is_judged_where_it_is_held_and_told_where_it_is_not(families):
    breaks = {"forest": {"x": 0.2, "z": 0.1}, "additive": {"x": 0.2, "z": 0.0}}
    forest, additive = trend_checks(families, breaks, Thresholds())
    assert (forest.name, forest.estimate.value, forest.status) == ("forest.trend_breaks", 2, "information")
    assert (additive.estimate.value, additive.status) == (1, "red")
    held = trend_checks(families, {"forest": {}, "additive": {"x": 0.0}}, Thresholds())
    assert [result.status for result in held] == ["not_evaluated", "green"]
