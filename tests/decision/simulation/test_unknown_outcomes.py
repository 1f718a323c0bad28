"""PDs of those whose outcome is unknown, at the level that reject inference gives them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import Estimate
from riskbench.decision.simulation.unknown_outcomes import assumed, at_level


@given(st.lists(st.floats(0.01, 0.9), min_size=1, max_size=20), st.floats(0.01, 0.99))
def test_the_mean_is_the_level_and_the_order_stays(pds, level):
    moved = at_level(np.array(pds), level)
    assert moved.mean() == pytest.approx(level)
    assert (np.diff(moved[np.argsort(pds)]) >= 0).all()


def test_only_those_whose_outcome_is_hidden_move():
    pds, hidden = pd.Series([0.1, 0.2, 0.3]), pd.Series([False, True, True])
    found = assumed(pds, hidden, Estimate(0.25, 0.25, 0.4))
    assert list(found) == ["as the card says", "highest"]  # the lowest is the card's own
    assert found["as the card says"].equals(pds)
    assert (found["highest"][0], found["highest"][1:].mean()) == (0.1, pytest.approx(0.4))


def test_without_a_range_or_without_anybody_declined_nothing_is_assumed():
    pds = pd.Series([0.1])
    with pytest.raises(NotEvaluated, match="booked loans only"):
        assumed(pds, pd.Series([True]), Estimate.missing("booked loans only"))
    with pytest.raises(NotEvaluated, match="nobody was declined"):
        assumed(pds, pd.Series([False]), Estimate(0.2, 0.1, 0.3))
