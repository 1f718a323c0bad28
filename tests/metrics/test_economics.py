"""Expected loss and profit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench import metrics

loans = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1e6)), min_size=1, max_size=20)


def test_expected_loss_by_hand():
    # .02 · .45 · 1000 + .10 · .45 · 500
    assert metrics.expected_loss([0.02, 0.10], 0.45, [1000, 500]).value == pytest.approx(9 + 22.5)


def test_expected_profit_and_return_by_hand():
    # 1000 (.98 · .06 − .02 · .45) − 5 = 44.8 and 500 (.9 · .06 − .1 · .45) − 5 = −.5
    arguments = ([0.02, 0.10], 0.06, 0.45, [1000, 500], 5)
    assert metrics.loan_profit(*arguments) == pytest.approx([44.8, -0.5])
    assert metrics.expected_profit(*arguments).value == pytest.approx(44.3)
    assert metrics.expected_return(*arguments).value == pytest.approx(44.3 / 1500)


@given(loans)
def test_profit_without_margin_or_cost_is_the_loss_turned(rows):
    pd, lgd, ead = np.array(rows).T
    assert metrics.loan_profit(pd, 0.0, lgd, ead) == pytest.approx(-metrics.loan_loss(pd, lgd, ead))


@given(loans)
def test_a_portfolio_is_the_sum_of_its_loans(rows):
    pd, lgd, ead = np.array(rows).T
    assert metrics.expected_loss(pd, lgd, ead).value == pytest.approx(metrics.loan_loss(pd, lgd, ead).sum())


def test_a_return_on_nothing_lent_has_no_value():
    assert metrics.expected_return([0.1], 0.1, 0.4, 0.0).reason == "nothing is lent"


def test_wrong_inputs_are_refused_by_name():
    with pytest.raises(ValueError, match=r"lgd must lie in \[0, 1\], got 45"):
        metrics.expected_loss([0.1], 45, 100)
    with pytest.raises(ValueError, match="ead must not be negative, got -5"):
        metrics.expected_loss([0.1], 0.45, -5)
    with pytest.raises(ValueError, match="same length, got 3 beside 2 PDs"):
        metrics.expected_loss([0.1, 0.2], 0.45, [1, 2, 3])
