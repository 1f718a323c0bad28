import numpy as np
import pandas as pd

from riskbench.scorecard import WoeBinning
from riskbench.scorecard.challengers.constraints import trend_signs


def test_numbers_have_the_trend_of_their_bins_and_levels_and_special_values_have_none():
    draw = np.random.default_rng(0)
    x = draw.normal(size=2000)
    y = (draw.random(2000) < 1 / (1 + np.exp(1 - x))).astype(int)
    X = pd.DataFrame({"up": x, "down": -x, "level": np.where(x > 0, "a", "b"), "coded": np.where(x > 1, -999.0, x)})
    binning = WoeBinning(special_values={"coded": [-999]}).fit(X, y)
    assert trend_signs(binning) == {"up": 1, "down": -1}


def test_a_turn_is_no_trend():
    draw = np.random.default_rng(0)
    x = draw.uniform(-1, 1, 4000)
    y = (draw.random(4000) < 0.1 + 0.6 * np.abs(x)).astype(int)
    assert trend_signs(WoeBinning(trend="valley").fit(pd.DataFrame({"x": x}), y)) == {}
