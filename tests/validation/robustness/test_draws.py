"""Other draws of the cases: customers whole, seeds kept, no hold on pseudonyms."""

from dataclasses import replace

import numpy as np
import pytest

from riskbench.validation.robustness import draws


def times_drawn(bench, rows):
    """How often each application of the development sample was drawn, by customer."""
    counted = np.bincount(rows, minlength=len(bench.y))
    who = bench.applications["customer"][bench.developed]
    return [set(counted[own]) for own in who.groupby(who).groups.values()]


def test_a_bootstrap_draws_customers_whole_and_as_many_as_there_are(dated, builds):
    for build in builds:
        per_customer = times_drawn(dated, build.rows)
        assert all(len(times) == 1 for times in per_customer)
        assert sum(times.pop() for times in per_customer) == len(per_customer)


def test_the_same_seed_draws_the_same_and_another_seed_others(dated, builds):
    assert all((a.rows == b.rows).all() for a, b in zip(draws.bootstrap(dated, 2), builds, strict=False))
    assert draws.bootstrap(dated, 2, seed=1)[0].rows.tolist() != builds[0].rows.tolist()


@pytest.mark.parametrize("build", [lambda b: draws.bootstrap(b, 2), lambda b: draws.other_splits(b, 2)])
def test_no_draw_hangs_on_the_pseudonyms(dated, build):
    renamed = dated.applications.assign(customer="x" + dated.applications["customer"].str[::-1])
    other = replace(dated, applications=renamed)
    assert [b.rows.tolist() for b in build(other)] == [b.rows.tolist() for b in build(dated)]


def test_another_split_develops_on_other_customers_of_both_samples_and_never_on_later_ones(dated):
    first, second = draws.other_splits(dated, 2)
    samples = dated.applications["sample"].to_numpy()
    assert set(samples[first.rows]) == {"development", "test"}
    assert set(first.rows) != set(second.rows)
    pool = np.isin(samples, ["development", "test"]) & ~np.isnan(dated.y)
    share = len(first.rows) / pool.sum()
    assert share == pytest.approx(1 - dated.study.samples.test_share, abs=0.08)  # 4 standard errors of 600 customers


def test_parts_hold_their_share_of_the_customers_each_once(dated):
    customers = dated.applications["customer"]
    for build in draws.parts(dated, 0.5, 3):
        assert customers.iloc[build.rows].nunique() == round(customers[dated.developed].nunique() / 2)
        assert len(set(build.rows)) == len(build.rows)


def test_draws_without_both_classes_are_left_out(dated, with_labels):
    rows = np.flatnonzero(dated.developed)
    y = dated.y.copy()
    y[rows] = 0.0
    y[rows[0]] = 1.0  # one bad customer
    lonely = with_labels(dated, y)
    assert len(draws.parts(lonely, 0.1, 5)) < 5
    assert 0 < len(draws.bootstrap(lonely, 20)) < 20  # a bootstrap misses one customer in e⁻¹ of draws


def test_too_few_builds_and_impossible_shares_are_refused(dated):
    with pytest.raises(ValueError, match="at least 2, got 1"):
        draws.bootstrap(dated, 1)
    with pytest.raises(ValueError, match=r"lie in \(0, 1\), got 1"):
        draws.parts(dated, 1.0, 2)
