"""Approval, error rates and precision by group: Fairlearn's points, Wilson's intervals."""

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
from sklearn.metrics import precision_score

from riskbench import metrics
from riskbench.validation.fairness.group_metrics import rates_by_group


def people(n=600):
    rng = np.random.default_rng(0)
    group = pd.Series(rng.choice(["men", "women"], n))
    y = np.where(rng.random(n) < 0.8, rng.random(n) < 0.3, np.nan)
    return group, y, (rng.random(n) < 0.7).astype(int)


def test_points_are_fairlearns_with_good_as_the_positive_case():
    group, y, approved = people()
    known = ~np.isnan(y)
    errors = {"goods_approved": true_positive_rate, "bads_approved": false_positive_rate, "precision": precision_score}
    frame = MetricFrame(
        metrics=errors, y_true=1 - y[known], y_pred=approved[known], sensitive_features=group[known]
    ).by_group
    selected = MetricFrame(metrics=selection_rate, y_true=approved, y_pred=approved, sensitive_features=group).by_group
    table = rates_by_group(group, y, approved).set_index("group")
    for name in errors:
        assert table[name].to_dict() == pytest.approx(frame[name].to_dict())
    assert table["approval_rate"].to_dict() == pytest.approx(selected.to_dict())


def test_rates_are_those_of_the_counts():
    # goods approved 2 of 3, bads approved 1 of 2, precision 2 of 3, approved 4 of 6 with the one without a label
    table = rates_by_group(pd.Series(["a"] * 6), [0, 0, 0, 1, 1, np.nan], [1, 1, 0, 1, 0, 1])
    rates = table[["approval_rate", "goods_approved", "bads_approved", "precision"]].iloc[0].tolist()
    assert rates == pytest.approx([4 / 6, 2 / 3, 1 / 2, 2 / 3])
    wilson = metrics.wilson(2, 3)
    assert table[["goods_approved_lower", "goods_approved_upper"]].iloc[0].tolist() == [wilson.lower, wilson.upper]


def test_what_a_group_has_no_case_of_is_missing_and_not_zero():
    table = rates_by_group(pd.Series(["a", "a", "b"]), [0, 0, 1], [1, 0, 0]).set_index("group")
    assert np.isnan(table.loc["a", "bads_approved"])
    assert table.loc["b", ["goods_approved", "precision"]].isna().all()
    assert table.loc["b", "bads_approved"] == 0


def test_without_labels_only_approval_is_known():
    table = rates_by_group(pd.Series(["a", "b"]), [np.nan, np.nan], [1, 0])
    assert table["approval_rate"].tolist() == [1, 0]
    assert table[["goods_approved", "bads_approved", "precision"]].isna().all(axis=None)


def test_nobody_to_show_gives_an_empty_table():
    assert rates_by_group(pd.Series(["", ""]), [0, 1], [1, 1]).empty
