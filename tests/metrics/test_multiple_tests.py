import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.metrics.multiple_tests import benjamini_hochberg, holm


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


def test_benjamini_hochberg_by_the_table_of_its_authors():
    # their section 3.2: fifteen p-values, of which four are discoveries at q = .05 (Bonferroni finds three)
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert (benjamini_hochberg(p) <= 0.05).sum() == 4


@given(st.lists(st.one_of(st.floats(0, 1), st.just(np.nan)), max_size=20))
def test_benjamini_hochberg_lies_between_the_p_values_and_holm(p_values):
    p, adjusted = np.asarray(p_values, dtype=float), benjamini_hochberg(p_values)
    known = ~np.isnan(p)
    assert (np.isnan(adjusted) == ~known).all()
    assert ((adjusted[known] >= p[known]) & (adjusted[known] <= holm(p_values)[known] + 1e-12)).all()
    assert (np.diff(adjusted[np.argsort(p)][: known.sum()]) >= 0).all()


def test_where_nothing_moved_any_discovery_is_as_rare_as_q():
    random = np.random.default_rng(1)
    rang = np.mean([(benjamini_hochberg(random.uniform(size=30)) <= 0.1).any() for _ in range(4000)])
    assert rang == pytest.approx(0.1, abs=3 * np.sqrt(0.1 * 0.9 / 4000))  # exact for independent tests
