"""How what is lent is spread."""

import numpy as np
import pandas as pd
import pytest

from riskbench.decision.policy.caps import ConcentrationCap
from riskbench.decision.simulation.concentration import Spread, broken_caps, concentration_table

LENT = Spread("channel", pd.Series(["app", "web", "app", None]), np.array([60.0, 20.0, 10.0, 10.0]))
CAP = ConcentrationCap(by="channel", value=0.6, source="board")


def test_shares_are_of_money_and_unknown_levels_are_one():
    assert LENT.shares.to_dict() == pytest.approx({"app": 0.7, "web": 0.2, "unknown": 0.1})


def test_the_index_is_the_sum_of_squared_shares():
    # .49 + .04 + .01
    assert LENT.index().value == pytest.approx(0.54)


def test_the_interval_of_the_index_is_what_other_samples_give():
    rng = np.random.default_rng(5)
    levels, lent = pd.Series(rng.choice(list("abc"), 600, p=[0.6, 0.3, 0.1])), rng.uniform(1, 3, 600)
    e, picks = Spread("x", levels, lent).index(), [rng.integers(0, 600, 600) for _ in range(200)]
    again = [Spread("x", levels.iloc[i], lent[i]).index().value for i in picks]
    assert 1.96 * np.std(again) == pytest.approx((e.upper - e.lower) / 2, rel=0.2)


def test_a_level_above_the_cap_is_named():
    assert broken_caps([LENT], [CAP]) == ["channel app: 70.0% of at most 60.0%"]
    assert broken_caps([LENT], [CAP.model_copy(update={"value": 0.7001})]) == []


def test_the_table_names_the_largest_level_and_the_cap():
    row = concentration_table([LENT], [CAP]).iloc[0]
    assert (row["largest"], row["lent_share"], row["share_cap"], row["levels"]) == ("app", pytest.approx(0.7), 0.6, 3)
