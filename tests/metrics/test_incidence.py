"""The share gone bad by each age, with censored loans and loans that have left."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.metrics.incidence import BAD, CENSORED, LEFT, cumulative_incidence
from riskbench.metrics.intervals import wilson

AGES = 4
LOANS = st.lists(st.tuples(st.integers(1, AGES), st.sampled_from([CENSORED, BAD, LEFT])), min_size=1, max_size=60)


def test_a_small_case_by_hand():
    # age 1: 5 at risk, 1 bad, 1 left: 1/5. Then S = 3/5, 1 of 3 censored after age 1, age 2: 2 at risk, 1 bad:
    # 1/5 + 3/5 · 1/2 = 0.5
    found = cumulative_incidence([1, 1, 1, 2, 2], [BAD, LEFT, CENSORED, BAD, CENSORED], ages=2)
    assert found.at_risk.tolist() == [5, 2]
    assert found.value == pytest.approx([0.2, 0.5])


@given(LOANS)
def test_without_censoring_it_is_the_plain_share_with_the_variance_of_a_share(loans):
    age, event = (np.array(x) for x in zip(*[(a, e or LEFT) for a, e in loans], strict=True))
    found = cumulative_incidence(age, event, AGES)
    for t in range(AGES):
        share = float(((age <= t + 1) & (event == BAD)).mean())
        if found.at_risk[t]:
            assert found.value[t] == pytest.approx(share)
            if 0 < share < 1:  # half the interval of the log-odds is z/√(n p (1 − p))
                half = np.log(found.upper[t] / (1 - found.upper[t]) / (found.lower[t] / (1 - found.lower[t]))) / 2
                assert half == pytest.approx(1.959964 / np.sqrt(len(loans) * share * (1 - share)), rel=1e-5)


@given(LOANS)
def test_it_never_falls_and_lies_within_its_bounds(loans):
    found = cumulative_incidence(*zip(*loans, strict=True), AGES)
    known = found.at_risk > 0
    assert (np.diff(found.value[known]) >= -1e-12).all()
    assert (found.lower[known] <= found.value[known] + 1e-12).all()
    assert (found.value[known] <= found.upper[known] + 1e-12).all()


def test_an_age_at_which_nobody_is_watched_has_no_value():
    assert np.isnan(cumulative_incidence([1], [CENSORED], ages=2).value[1])


def test_where_nobody_has_gone_bad_the_upper_bound_is_wilsons():
    found = cumulative_incidence([1] * 20, [CENSORED] * 20, ages=1)
    assert (found.value[0], found.lower[0]) == (0, 0)
    assert found.upper[0] == pytest.approx(wilson(0, 20).upper)


def test_its_interval_covers_what_it_says_with_censoring():
    # bad in age 1 or 2 with hazards .1, leaving with .2 each: .1 + .7 · .1 = .17 by age 2; half are watched one age
    rng, truth, covered = np.random.default_rng(0), 0.17, 0
    for _ in range(400):
        draw = rng.random((400, 2))
        kinds = np.select([draw < 0.1, draw < 0.3], [BAD, LEFT], CENSORED)
        ends = kinds[:, 0] != CENSORED
        young = rng.random(400) < 0.5
        age, event = np.where(ends | young, 1, 2), np.where(ends | young, kinds[:, 0], kinds[:, 1])
        found = cumulative_incidence(age, event, 2)
        covered += found.lower[1] <= truth <= found.upper[1]
    assert 0.92 <= covered / 400 <= 0.98  # four standard errors of a share of 400 around .95


def test_an_unknown_event_is_refused():
    with pytest.raises(ValueError, match=r"an event must be 0 \(censored\), 1 \(bad\) or 2 \(left\)"):
        cumulative_incidence([1], [3], ages=1)
