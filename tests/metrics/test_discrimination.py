"""AUC, Gini, KS and comparisons of AUCs.

The values that pROC publishes for the aSAH data are reproduced from the ranks of its 113 cases, on which alone AUCs hang;
the paired test is held against DeLong's definition written out pair by pair as well.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import ks_2samp, norm, t
from sklearn.metrics import roc_auc_score

from riskbench import metrics

# statistics.md, "AUC now vs at development"
S_Y = [1, 1, 0, 1, 1, 1, 0, 0, 1, 0]
S_PD = [0.9, 0.8, 0.7, 0.6, 0.55, 0.54, 0.53, 0.52, 0.51, 0.505]

# few distinct risks, so that ties are common
two_class_samples = st.lists(
    st.tuples(st.booleans(), st.integers(0, 8), st.integers(0, 8)), min_size=4, max_size=40
).map(lambda rows: [(True, 3, 4), (True, 5, 2), (False, 2, 2), (False, 4, 7), *rows])


def columns(rows):
    y, a, b = np.array(rows).T
    return y, a / 10, b / 10


def placements(y, p):
    """V10 and V01 from the matrix of all pairs: 1 where the bad is riskier, ½ where they tie."""
    bad, good = p[y == 1], p[y == 0]
    psi = (bad[:, None] > good) + 0.5 * (bad[:, None] == good)
    return psi.mean(axis=1), psi.mean(axis=0)


def delong_by_pairs(y, *risks):
    """AUCs and their covariance S10/m + S01/n, as DeLong, DeLong and Clarke-Pearson (1988) define it."""
    v10, v01 = zip(*(placements(y, p) for p in risks), strict=True)
    m, n = len(v10[0]), len(v01[0])
    return np.mean(v10, axis=1), np.atleast_2d(np.cov(v10)) / m + np.atleast_2d(np.cov(v01)) / n


def variance_of_auc(y, risk):
    """DeLong's s² from the regulator's S = (AUC_dev − AUC)/s, which is not transformed."""
    e = metrics.auc_deterioration(0.99, y, risk)
    return (e.value / e.statistic) ** 2


def test_auc_counts_pairs_in_order_and_half_the_ties():
    # bads .4 .2 against goods .1 .2: three pairs in order, one tie: 3.5 of 4
    assert metrics.auc([0, 0, 1, 1], [0.1, 0.2, 0.2, 0.4]).value == 0.875


@pytest.fixture(scope="module")
def asah() -> pd.DataFrame:
    return pd.read_csv(Path(__file__).with_name("asah_ranks.txt"), comment="#")


def test_auc_variance_of_the_wfns_grade_is_the_published_one(asah):
    # statistics.md: var(wfns) = 0.00146991470882
    assert variance_of_auc(asah["poor"], asah["wfns"]) == pytest.approx(0.00146991470882, abs=5e-15)


@pytest.mark.parametrize(
    ("marker", "z", "p"), [("s100b", 2.20898359, 0.02717578), ("ndka", 2.79777592, 0.00514558)]
)  # statistics.md: wfns against either marker, on the same patients
def test_the_paired_test_gives_the_published_values(asah, marker, z, p):
    gain = metrics.delong(asah["poor"], asah["wfns"], asah[marker])
    assert (gain.statistic, gain.p_value) == (pytest.approx(z, abs=5e-9), pytest.approx(p, abs=5e-9))


def test_the_paired_interval_is_the_published_one(asah):
    gain = metrics.delong(asah["poor"], asah["wfns"], asah["s100b"])
    assert (round(gain.lower, 5), round(gain.upper, 5)) == (0.01041, 0.17421)


def test_auc_variance_of_the_regulators_example_is_the_published_one():
    assert (metrics.auc(S_Y, S_PD).value, round(variance_of_auc(S_Y, S_PD), 6)) == (0.75, 0.033333)


@given(two_class_samples)
def test_auc_and_its_variance_agree_with_all_pairs(rows):
    y, a, _ = columns(rows)
    (value,), ((variance,),) = delong_by_pairs(y, a)
    assert metrics.auc(y, a).value == pytest.approx(value) == pytest.approx(roc_auc_score(y, a))
    if variance > 1e-12 and abs(value - 0.99) > 1e-6:
        assert variance_of_auc(y, a) == pytest.approx(variance)


@given(two_class_samples)
def test_the_interval_of_an_auc_is_that_of_its_log_odds_by_students_t(rows):
    y, a, _ = columns(rows)
    v10, v01 = placements(y, a)
    parts = np.array([v10.var(ddof=1) / len(v10), v01.var(ddof=1) / len(v01)])
    e, value = metrics.auc(y, a), v10.mean()
    if parts.sum() > 1e-12 and value < 1:
        df = parts.sum() ** 2 / (parts**2 / [len(v10) - 1, len(v01) - 1]).sum()
        reach = t.ppf(0.975, df) * np.sqrt(parts.sum()) / (value * (1 - value))
        assert (e.lower, e.upper) == pytest.approx(tuple(expit(logit(value) + np.array([-reach, reach]))))


@given(two_class_samples)
def test_paired_comparison_agrees_with_all_pairs(rows):
    y, a, b = columns(rows)
    auc, cov = delong_by_pairs(y, a, b)
    e, s2 = metrics.delong(y, a, b), cov[0, 0] + cov[1, 1] - 2 * cov[0, 1]
    assert e.value == pytest.approx(auc[0] - auc[1])
    if s2 > 1e-12:
        z = (auc[0] - auc[1]) / np.sqrt(s2)
        assert (e.statistic, e.p_value) == pytest.approx((z, 2 * norm.sf(abs(z))), abs=1e-7)


@given(two_class_samples)
def test_auc_hangs_on_the_ranking_alone(rows):
    y, a, _ = columns(rows)
    assert metrics.auc(y, a) == metrics.auc(y, np.exp(3 * a) - 7)


@given(two_class_samples)
def test_aucs_of_a_sample_and_of_its_mirror_add_to_one(rows):
    y, a, _ = columns(rows)
    assert metrics.auc(y, a).value + metrics.auc(1 - y, a).value == pytest.approx(1)


@given(two_class_samples, st.randoms(use_true_random=False))
def test_row_order_changes_nothing(rows, random):
    shuffled = random.sample(rows, len(rows))
    for statistic in (metrics.auc, metrics.ks):
        one, other = (statistic(*columns(r)[:2]) for r in (rows, shuffled))
        assert (one.value, one.lower, one.upper) == pytest.approx((other.value, other.lower, other.upper))


@given(two_class_samples)
def test_comparison_changes_sign_with_the_order_of_models(rows):
    y, a, b = columns(rows)
    one, other = metrics.delong(y, a, b), metrics.delong(y, b, a)
    assert one.value == pytest.approx(-other.value)
    assert one.p_value == pytest.approx(other.p_value)


def test_a_model_does_not_differ_from_a_monotone_transform_of_itself():
    e = metrics.delong(S_Y, S_PD, np.log(S_PD))
    assert (e.value, e.lower, e.upper, e.statistic, e.p_value) == (0, 0, 0, 0, 1)


@pytest.mark.parametrize(
    ("y", "p", "value", "why"),
    [
        ([0, 0, 1], [0.1, 0.3, 0.2], 0.5, "fewer than two cases in a class"),
        ([0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4], 1.0, "the variance is zero"),
    ],
)
def test_no_interval_is_claimed_where_there_is_no_variance(y, p, value, why):
    e = metrics.auc(y, p)
    assert (e.value, e.lower, e.upper, e.method) == (value, None, None, f"DeLong on the log-odds; no interval: {why}")


def test_gini_is_twice_the_auc_less_one_at_every_end():
    auc, gini = metrics.auc(S_Y, S_PD), metrics.gini(S_Y, S_PD)
    assert (gini.value, gini.lower, gini.upper) == (0.5, 2 * auc.lower - 1, 2 * auc.upper - 1)


def test_deterioration_reproduces_the_regulators_example():
    e = metrics.auc_deterioration(0.80, S_Y, S_PD)
    assert round(e.statistic, 6) == 0.273861
    assert e.p_value == pytest.approx(norm.sf(0.05 / np.sqrt(1 / 30)))  # S = (.80 − .75)/√.0333
    assert e.value == pytest.approx(-0.05)


def test_deterioration_is_not_judged_without_variance():
    e = metrics.auc_deterioration(0.8, [0, 0, 1, 1], [0.1, 0.2, 0.3, 0.4])
    assert e.reason == "the variance of the AUC is zero, so S is not defined"


@given(two_class_samples)
def test_ks_agrees_with_scipy_for_a_pd_and_for_the_score(rows):
    y, a, _ = columns(rows)
    expected = pytest.approx(ks_2samp(a[y == 1], a[y == 0], method="asymp").statistic)
    assert metrics.ks(y, a).value == expected == metrics.ks(y, -a).value


@given(two_class_samples)
def test_ks_lies_inside_its_interval(rows):
    y, a, _ = columns(rows)
    e = metrics.ks(y, a)
    assert 0 <= e.lower <= e.value <= e.upper <= 1


def test_ks_interval_covers_the_truth_about_as_often_as_it_says():
    # bads N(1, 1), goods N(0, 1): the true KS is 2Φ(½) − 1
    truth, rng = 2 * norm.cdf(0.5) - 1, np.random.default_rng(7)
    y = np.repeat([0, 1], [700, 300])
    intervals = [metrics.ks(y, rng.normal(y)) for _ in range(300)]
    assert 0.90 <= np.mean([e.lower <= truth <= e.upper for e in intervals]) <= 0.98
