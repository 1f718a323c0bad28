"""Every statistic against independent implementations, on random inputs.

Where an oracle defines a statistic otherwise, or is wrong, the test says so and compares what is common to both.
"""

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from riskvalidation.fairness.inference import fisher_exact_test, two_proportion_z_test
from riskvalidation.fairness.metrics import (
    SelectionRate,
    adverse_impact_ratio,
    equal_opportunity_difference,
    equalized_odds_difference,
)
from riskvalidation.validation import calibration as rv_calibration
from riskvalidation.validation import discrimination as rv_discrimination
from riskvalidation.validation import rating_system as rv_grades
from riskvalidation.validation import stability as rv_stability
from scipy.stats import beta, binom, chi2_contingency, ks_2samp, mannwhitneyu, ttest_1samp
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

from riskbench import metrics

case = st.tuples(st.booleans(), st.integers(1, 19), st.integers(1, 19))
samples = st.lists(case, min_size=4, max_size=60).map(
    lambda rows: np.array([(True, 7, 9), (True, 11, 4), (False, 3, 5), (False, 9, 16), *rows]).T / [[1], [20], [20]]
)
grade_counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n)))
pds = st.floats(0.001, 0.6)
part_of = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
filled = st.integers(2, 8).flatmap(lambda k: st.tuples(*[st.lists(st.integers(1, 90), min_size=k, max_size=k)] * 2))


@given(samples)
def test_auc_and_gini(data):
    y, p, _ = data
    u = mannwhitneyu(p[y == 1], p[y == 0]).statistic / (y.sum() * (1 - y).sum())
    assert metrics.auc(y, p).value == pytest.approx(u) == pytest.approx(roc_auc_score(y, p))
    assert metrics.gini(y, p).value == pytest.approx(rv_discrimination.cap_accuracy_ratio(p, y), abs=1e-12)
    assert metrics.gini(y, p).value == pytest.approx(rv_discrimination.disc_auc(p, y).extras["gini"], abs=1e-12)


@given(samples)
def test_delongs_test_of_two_models(data):
    y, a, b = data
    ours, theirs = metrics.delong(y, a, b), rv_discrimination.disc_delong(a, b, y)
    assert ours.value == pytest.approx(theirs.extras["difference"], abs=1e-12)
    if theirs.extras["variance"] > 1e-10:
        assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.p_value), abs=1e-8)


@given(samples, st.floats(0.4, 1))
def test_deterioration_of_the_auc(data, before):
    y, p, _ = data
    theirs = rv_discrimination.disc_auc_vs_initial(before, p, y)
    assume(theirs.extras.get("s2", 0) > 1e-10)
    ours = metrics.auc_deterioration(before, y, p)
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.p_value), abs=1e-8)


@given(samples)
def test_ks(data):
    y, p, _ = data
    theirs = ks_2samp(p[y == 1], p[y == 0], method="asymp").statistic
    assert metrics.ks(y, p).value == pytest.approx(theirs) == pytest.approx(rv_discrimination.disc_ks(p, y).metric)


@given(samples)
def test_h_measure_is_zero_exactly_where_isotonic_regression_finds_nothing(data):
    y, p, _ = data
    flat = np.ptp(IsotonicRegression().fit(p, y).predict(p)) < 1e-12
    assert (metrics.h_measure(y, p).value < 1e-9) == flat


@given(samples)
def test_brier_and_spiegelhalter(data):
    y, p, _ = data
    assume(((p * (1 - p) * (1 - 2 * p) ** 2).sum()) > 1e-9)
    theirs, ours = rv_calibration.pd_spiegelhalter(y, p), metrics.spiegelhalter(y, p)
    assert metrics.brier(y, p).value == pytest.approx(brier_score_loss(y, p))
    assert metrics.brier(y, p).value == pytest.approx(rv_calibration.pd_brier(y, p).metric)
    assert ours.statistic == pytest.approx(theirs.statistic)
    # theirs is one-sided, against outcomes further from the PDs than they allow; ours has two sides
    assert ours.p_value == pytest.approx(2 * min(theirs.p_value, 1 - theirs.p_value), abs=1e-9)


@given(st.integers(1, 8), st.randoms(use_true_random=False), st.booleans())
def test_hosmer_lemeshow(size, random, fitted):
    # all PDs differ and fill ten groups evenly: riskvalidation cuts through equal PDs by row order, ours does not
    p = np.array(random.sample(range(1, 999), 10 * size)) / 1000
    y = np.array([random.random() < x for x in p]).astype(int)
    theirs = rv_calibration.pd_hosmer_lemeshow(y, p, fitted=fitted)
    ours = metrics.hosmer_lemeshow(y, p, in_sample=fitted)
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.p_value))


@settings(max_examples=30)
@given(samples)
def test_calibration_line(data):
    y, p, _ = data
    ours = metrics.calibration_line(y, p)
    assume(ours.slope.evaluated and abs(ours.slope.value) < 20)
    theirs = sm.GLM(y, sm.add_constant(np.log(p / (1 - p))), family=sm.families.Binomial()).fit(tol=1e-12)
    assert (ours.intercept.value, ours.slope.value) == pytest.approx(tuple(theirs.params), abs=1e-5)
    assert np.allclose(
        [(e.lower, e.upper) for e in (ours.intercept, ours.slope)], theirs.conf_int(), rtol=1e-4, atol=1e-4
    )


@given(grade_counts, pds)
def test_jeffreys(counts, pd):
    ours, theirs = metrics.jeffreys(*counts, pd), rv_calibration.pd_jeffreys(*counts, pd)
    assert ours.p_value == pytest.approx(theirs.p_value, abs=1e-12)
    n, d = counts
    if 0 < d < n:  # at the ends statsmodels keeps the quantile; Brown, Cai and DasGupta (2001) put 0 and 1
        assert (ours.lower, ours.upper) == pytest.approx(proportion_confint(d, n, method="jeffreys"))
        assert (ours.lower, ours.upper) == pytest.approx(tuple(beta.ppf([0.025, 0.975], d + 0.5, n - d + 0.5)))


@given(grade_counts, pds)
def test_binomial(counts, pd):
    ours, theirs = metrics.binomial(*counts, pd), rv_calibration.pd_binomial(*counts, pd)
    n, d = counts
    assert ours.p_value == pytest.approx(theirs.p_value, abs=1e-12) == pytest.approx(binom.sf(d - 1, n, pd), abs=1e-12)
    # ours has no critical count where even n bads would not reject; theirs is then n + 1
    assert (ours.critical or n + 1) == theirs.extras["critical_count"]


@settings(max_examples=40)
@given(grade_counts, st.floats(0.005, 0.4), st.sampled_from([0.04, 0.12, 0.24]))
def test_vasiceks_binomial(counts, pd, rho):
    # riskvalidation integrates by 256 fixed nodes, which step over the edge of a narrow tail
    ours, theirs = metrics.binomial(*counts, pd, rho), rv_calibration.pd_binomial_vasicek(*counts, pd, rho)
    assert ours.p_value == pytest.approx(theirs.p_value, abs=2e-3)


@given(st.lists(st.tuples(grade_counts, pds), min_size=1, max_size=9))
def test_chi2_over_grades(grades):
    n, d, pd = (np.array(x) for x in zip(*((n, d, pd) for (n, d), pd in grades), strict=True))
    ours, theirs = metrics.chi2_grades(n, d, pd), rv_calibration.pd_chi2_grades(n, d, pd)
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.p_value), abs=1e-12)


@given(st.lists(st.integers(1, 400), min_size=2, max_size=12), pds)
def test_normal_test_over_periods(rates, pd):
    rates = np.array(rates) / 1000
    assume(np.ptp(rates) > 0)
    ours = metrics.normal_test(rates, pd)
    theirs = rv_calibration.pd_normal_multiperiod(rates, np.full(len(rates), pd))
    assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.p_value), rel=1e-6, abs=1e-9)
    assert ours.statistic == pytest.approx(ttest_1samp(rates, pd).statistic)  # the same z, read as Student's t


@given(filled)
def test_psi_and_csi(counts):
    # cells with cases on both sides: riskvalidation counts a cell that is empty twice as a degree of freedom, ours not
    for ours, theirs in ((metrics.psi, rv_stability.stability_psi), (metrics.csi, rv_stability.stability_csi)):
        a, b = ours(*counts), theirs(*counts)
        assert (a.value, a.p_value) == pytest.approx((b.metric, b.p_value), abs=1e-12)
        assert a.critical == pytest.approx(b.extras["benchmark_05"])


@given(filled)
def test_psi_is_close_to_pearsons_chi2_where_the_samples_are_close(counts):
    a = np.array(counts[0]) * 1000
    b = a + np.array(counts[1])
    ours = metrics.psi(a, b).statistic
    assert ours == pytest.approx(chi2_contingency([a, b], correction=False).statistic, rel=0.05, abs=0.05)


@given(filled)
def test_hhi(counts):
    now, before = counts
    theirs, ours = rv_grades.rating_hhi(now, before), metrics.hhi(now, initial=before)
    assert ours.value == pytest.approx(theirs.extras["hi_current"], abs=1e-12)
    if ours.statistic is not None and theirs.extras["cv_current"] > 1e-9:
        assert (ours.statistic, ours.p_value) == pytest.approx((theirs.statistic, theirs.p_value))


@given(
    st.integers(2, 5).flatmap(
        lambda k: st.lists(st.lists(st.integers(0, 50), min_size=k, max_size=k), min_size=k, max_size=k)
    )
)
def test_migration(matrix):
    ours, theirs = metrics.migration(matrix), rv_grades.rating_migration_ztests(matrix)
    upper, lower = rv_grades.matrix_weighted_bandwidth(matrix)  # 0 where nobody moves; ours has no value there
    assert (ours.upper.value or 0, ours.lower.value or 0) == pytest.approx((upper, lower))
    cells = {(c["from"], c["to"]): c for c in theirs.extras.get("cells", [])}
    tested = {cell: e for cell, e in ours.tests.items() if e.statistic is not None}
    assert set(tested) == set(cells)
    for cell, e in tested.items():
        assert (e.statistic, ours.holm[cell]) == pytest.approx((cells[cell]["z"], cells[cell]["p_holm"]), abs=1e-9)


@given(part_of, part_of.filter(lambda g: g[0] > 0))
def test_adverse_impact_and_its_tests(own, reference):
    e = metrics.adverse_impact_ratio([reference[0], own[0]], [reference[1], own[1]])[1]
    rates = {name: SelectionRate(name, n, s, s / n) for name, (s, n) in (("own", own), ("reference", reference))}
    assert e.value == pytest.approx(adverse_impact_ratio(rates, "reference")["own"])
    assert e.p_value == pytest.approx(fisher_exact_test(*own, *reference).p_value)
    if e.statistic is not None:  # theirs is 0 where everybody or nobody is selected, ours is missing
        assert e.statistic == pytest.approx(two_proportion_z_test(*own, *reference).statistic)
        counts, sizes = zip(own, reference, strict=True)
        assert e.statistic == pytest.approx(proportions_ztest(counts, sizes)[0])


@given(part_of, part_of)
def test_newcombes_interval(a, b):
    ours = metrics.difference(*a, *b)
    theirs = confint_proportions_2indep(*a, *b, method="newcomb", compare="diff")
    assert (ours.lower, ours.upper) == pytest.approx(theirs, abs=1e-9)


@given(st.lists(st.tuples(part_of, part_of), min_size=2, max_size=4))
def test_equalised_odds_and_true_positive_rates(table):
    rows = [
        (g, bad, flag)
        for g, cells in enumerate(table)
        for bad, (flagged, whole) in zip((1, 0), cells, strict=True)
        for flag in [1] * flagged + [0] * (whole - flagged)
    ]
    g, y, declined = np.array(rows).T
    (hits, bads), (alarms, goods) = np.array(table).transpose(1, 2, 0)
    groups = metrics.GroupCounts(hits=hits, bads=bads, false_alarms=alarms, goods=goods)
    found = metrics.group_parity(groups, 2, only=["true_positive_rate", "equalised_odds"])
    names = g.astype(str)
    assert found["equalised_odds"].difference.value == equalized_odds_difference(y, declined, names)
    assert found["true_positive_rate"].difference.value == equal_opportunity_difference(y, declined, names)
