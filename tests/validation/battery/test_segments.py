"""The family of segments."""

import numpy as np
import pytest

from riskbench import metrics
from riskbench.validation import battery


def by_name(case):
    return {r.name: r for r in battery.run("segments", case)}


@pytest.fixture
def halves(case, portfolio):
    """Two segments of 3,000; in the second the PD ranks nobody when `weak`."""

    def made(weak=False, **more):
        y, pd = portfolio(6000)
        second = np.arange(6000) >= 3000
        shuffled = np.random.default_rng(1).permutation(pd)
        risk = np.where(second & weak, shuffled, pd)
        return case(y, risk, also={"kind": np.where(second, "b", "a")}, segments=("kind",), **more)

    return made


def test_each_segment_has_its_auc_for_information(halves, portfolio):
    y, pd = portfolio(6000)
    first = by_name(halves())["segment_kind_a.auc.test"]
    assert first.estimate.value == metrics.auc(y[:3000], pd[:3000]).value
    assert (first.status, first.title) == ("information", "Area under the ROC curve, kind: a")
    assert first.dims == {"segment": "kind: a"}


def test_segments_that_are_alike_meet_the_limits(halves):
    found = by_name(halves())
    assert found["segments.auc_heterogeneity.test"].status == "green"
    assert found["segments.auc_below_limit.test"].status == "green"


def test_a_segment_without_ranking_fails_both_checks(halves):
    found = by_name(halves(weak=True))
    assert found["segments.auc_heterogeneity.test"].status == "red"
    below = found["segments.auc_below_limit.test"]
    assert (below.status, below.estimate.value, below.estimate.n) == ("red", 1, 2)


def test_of_several_columns_the_loudest_is_told_with_its_name_and_holms_p_value(halves):
    one = halves(weak=True)
    alone = by_name(one)["segments.auc_heterogeneity.test"].estimate
    one.rows["other"] = np.where(np.arange(6000) % 2, "odd", "even")
    both = by_name(type(one)(one.sample, one.rows, one.scale, one.thresholds, segments=("other", "kind")))
    found = both["segments.auc_heterogeneity.test"].estimate
    assert found.value == pytest.approx(2 * alone.value)
    assert found.method.startswith("kind: ")
    assert "least of 2" in found.method


def test_a_segment_with_too_few_bads_is_not_evaluated_and_takes_no_part(case, portfolio):
    y, pd = portfolio(2000)
    few = np.flatnonzero(y == 1)[:10]
    kind = np.full(2000, "a")
    kind[few] = "b"
    found = by_name(case(y, pd, also={"kind": kind}, segments=("kind",)))
    few_bads = found["segment_kind_b.auc.test"]
    assert (few_bads.status, few_bads.estimate.n) == ("not_evaluated", 10)
    assert few_bads.reason == "the segment has 10 bad cases, and at least 30 are asked for"
    assert found["segments.auc_heterogeneity.test"].reason == "it needs two parts whose AUC has a standard error, got 1"


def test_a_column_of_too_many_values_is_no_division(case, portfolio):
    y, pd = portfolio(2000)
    found = by_name(case(y, pd, also={"salary": np.arange(2000)}, segments=("salary",)))
    assert [name for name in found if name.startswith("segment_")] == []
    reason = "salary has 2,000 values, and segments are at most 50"
    assert found["segments.auc_heterogeneity.test"].reason == reason


def test_a_segment_whose_pd_is_too_low_is_counted_and_named(case):
    # 90 of 1,000 where 50 are expected in b, and 50 of 1,000 in a
    y = np.concatenate([np.arange(1000) < 50, np.arange(1000) < 90])
    found = by_name(case(y, np.full(2000, 0.05), also={"kind": np.repeat(["a", "b"], 1000)}, segments=("kind",)))
    low = found["segments.too_low.test"]
    assert (low.status, low.estimate.value, low.estimate.n) == ("red", 1, 2)
    assert low.estimate.method.endswith(": segment kind: b")
