import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.metrics.multiple_tests import holm


def test_holm_by_hand():
    # sorted .01 .02 .03 .04 times 4 3 2 1 = .04 .06 .06 .04, never decreasing
    assert holm([0.04, 0.01, 0.03, 0.02]).tolist() == pytest.approx([0.06, 0.04, 0.06, 0.06])


@given(st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), max_size=20))
def test_holm_raises_p_values_to_at_most_one_and_keeps_their_order(p_values):
    p, adjusted = np.asarray(p_values), holm(p_values)
    known = ~np.isnan(p)
    assert (np.isnan(adjusted) == ~known).all()
    assert ((adjusted[known] >= p[known]) & (adjusted[known] <= 1)).all()
    assert (np.diff(adjusted[np.argsort(p)][: known.sum()]) >= 0).all()
