"""Of many months in which nothing has happened none is to fail, more often than one look in twenty."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.outcomes.months_judged import MONTH_KEY, adjusted

LIMIT = Thresholds()[MONTH_KEY]
MONTHS = st.lists(st.tuples(st.floats(0, 1) | st.just(np.nan), st.booleans()), min_size=1, max_size=40)


@given(MONTHS)
def test_an_adjusted_p_value_is_never_smaller_than_the_plain_one(months: list[tuple[float, bool]]) -> None:
    p, developed = zip(*months, strict=True)
    found = adjusted(p, developed)
    known = ~np.isnan(found)
    assert (found[known] >= np.asarray(p)[known] - 1e-12).all()
    assert not known[np.isnan(p)].any()


def test_months_without_a_change_fail_at_most_once_in_twenty_pages() -> None:
    pages = np.random.default_rng(7).random((2_000, 24))  # p-values of 24 months in which the PDs were right
    failed = sum(LIMIT.judge(adjusted(page, [False] * 24)[-1]) == "red" for page in pages)
    assert failed < 2_000 * 0.05
    assert sum(page[-1] < 0.01 for page in pages) > failed  # by the plain limit of .01 more would


def test_where_all_months_are_of_development_they_are_judged_among_themselves() -> None:
    assert adjusted([0.01, 0.5], [True, True]).tolist() == [0.02, 0.5]
