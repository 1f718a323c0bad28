"""What a few points on the cut-off change."""

import numpy as np
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.metrics import difference, wilson
from riskbench.validation.robustness.cut_offs import cut_off_table, per_point

SCORES = np.repeat([500, 510, 520, 530], 100)
LABELS = np.concatenate([np.full(100, np.nan), np.repeat([1, 0], [30, 70]), np.repeat([1, 0], [20, 80]),
                         np.repeat([1, 0], [10, 90])])  # fmt: skip


def test_each_cut_off_approves_from_itself_up_and_counts_the_labelled():
    table = cut_off_table(SCORES, LABELS, 520, [-20, -10, 10])
    assert table["cut_off"].tolist() == [500, 510, 520, 530]
    assert table["approval_rate"].tolist() == [1.0, 0.75, 0.5, 0.25]
    assert table["cases"].tolist() == [300, 300, 200, 100]
    assert table["accepted_bad_rate"].tolist() == [0.2, 0.2, 0.15, 0.1]
    assert table["approval_rate_lower"][2] == wilson(200, 400).lower


def test_a_cut_off_above_everybody_approves_nobody_and_has_no_bad_rate():
    row = cut_off_table(SCORES, LABELS, 520, [500]).iloc[-1]
    assert (row["approval_rate"], row["cases"]) == (0, 0)
    assert np.isnan(row["accepted_bad_rate"])


def test_one_point_more_lowers_both_rates_by_what_lies_between():
    # from 515 to 525 lie the 100 of 520: 25 % of all over ten points; with them 30 of 200 are bad, without 10 of 100
    approval, bad_rate = (c.estimate for c in per_point(SCORES, LABELS, 520, 5, "test"))
    assert approval.value == pytest.approx(0.025)
    assert bad_rate.value == pytest.approx((0.15 - 0.10) / 10)
    gap = difference(20, 100, 10, 100)
    assert (bad_rate.lower, bad_rate.upper) == pytest.approx((gap.lower / 20, gap.upper / 20))


def test_where_nobody_is_labelled_near_the_cut_off_the_bad_rate_is_not_evaluated():
    _, bad_rate = per_point(SCORES, LABELS, 500, 5, "test")
    assert bad_rate.status == "not_evaluated"
    assert "no labelled application" in bad_rate.reason


def test_a_policy_without_a_cut_off_and_a_reach_of_nothing_are_refused():
    with pytest.raises(NotEvaluated, match="the policy has no cut-off"):
        cut_off_table(SCORES, LABELS, None, [])
    with pytest.raises(NotEvaluated, match="the policy has no cut-off"):
        per_point(SCORES, LABELS, None, 5, "test")
    with pytest.raises(ValueError, match="reach must be above 0, got 0"):
        per_point(SCORES, LABELS, 520, 0, "test")
