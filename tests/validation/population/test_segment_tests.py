import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from riskbench import metrics
from riskbench.metrics.discrimination import auc_error
from riskbench.validation.population.segment_tests import (
    auc_p_value,
    banded_auc,
    banded_error,
    binomial_tail,
    detectable_excess,
)


def test_the_tail_is_the_binomial_one_for_all_segments_at_once():
    n, bads, expected = np.array([50, 80, 200]), np.array([0, 12, 31]), np.array([5.0, 8.0, 25.0])
    assert binomial_tail(n, bads, expected) == pytest.approx(binom.sf(bads - 1, n, expected / n))


def test_the_tail_of_a_sum_of_unequal_pds_is_not_understated():
    # 20 cases of PD 0 and 20 of PD .4: P(X >= 12) of 20 and .4 against that of 40 and .2
    assert binomial_tail(40, 12, 8) >= binom.sf(11, 20, 0.4)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=2, max_size=6))
def test_the_banded_auc_is_that_of_the_cases_behind_the_counts(bands):
    goods, bads = np.array([*bands, (1, 1)]).T
    y = np.r_[np.zeros(goods.sum()), np.ones(bads.sum())]
    risk = np.r_[np.repeat(np.arange(len(goods)), goods), np.repeat(np.arange(len(bads)), bads)].astype(float)
    assert float(banded_auc(goods, bads)) == pytest.approx(metrics.auc(y, risk).value)


def test_the_error_is_delongs():
    goods, bads = np.array([900, 600, 300]), np.array([30, 50, 90])
    y = np.repeat([0, 0, 0, 1, 1, 1], [*goods, *bads])
    risk = np.repeat([0.0, 1, 2, 0, 1, 2], [*goods, *bads])
    assert float(banded_error(goods, bads, 1800, 170)) == pytest.approx(auc_error(y, risk), rel=0.01)  # n for n − 1


def test_a_ranking_as_good_as_the_pds_imply_is_not_weak_and_none_at_all_is():
    goods, bads = np.array([[300.0, 200, 100]] * 2), np.array([[10.0, 30, 60], [34, 33, 33]])
    p = auc_p_value(goods, bads, goods, np.array([[10.0, 30, 60]] * 2))
    assert p[0] == pytest.approx(0.5)
    assert p[1] < 0.001


def test_pds_that_leave_nothing_to_rank_are_never_weak():
    assert float(auc_p_value([100.0], [10.0], [99.0], [11.0])) == 1.0


def test_the_excess_that_would_be_found_shrinks_with_cases_and_grows_with_tests():
    few, many, strict = (
        detectable_excess(1000, 0.2, 1),
        detectable_excess(4000, 0.2, 1),
        detectable_excess(1000, 0.2, 20),
    )
    assert few.value == pytest.approx(2 * many.value)  # (1.6449 + .8416) √(.16 / 100) against √(.16 / 400)
    assert few.value == pytest.approx((1.644854 + 0.841621) * np.sqrt(0.16 / 100), abs=1e-6)
    assert strict.value > few.value
    assert detectable_excess(9, 0.2, 1).reason == "the half that confirms has too few cases"
