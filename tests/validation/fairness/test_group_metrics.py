"""Groups under a model and its decisions."""

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import equalized_odds_difference

from riskbench import metrics
from riskbench.core.evidence import Evidence
from riskbench.core.thresholds import Thresholds
from riskbench.validation.fairness.group_metrics import by_group, checks

THRESHOLDS = Thresholds()

# per group: approved of labelled goods, approved of labelled bads, approved of unlabelled
TABLE = {"women": ((60, 80), (4, 10), (6, 10)), "men": ((90, 150), (10, 30), (20, 20))}


def cases(table=TABLE):
    """Rows y, approved, pd, group that have the counts of the table; the PD is .1, and .2 for the declined."""
    rows = [
        (label, approved, 0.1 if approved else 0.2, group)
        for group, cells in table.items()
        for label, (yes, n) in zip((0, 1, np.nan), cells, strict=True)
        for approved in [1] * yes + [0] * (n - yes)
    ]
    return tuple(map(list, zip(*rows, strict=True)))


def table(*args, **kwargs):
    return by_group(*args, **kwargs).set_index("group")


def result(name, data, **kwargs):
    found = checks("sex", "test", *data, THRESHOLDS, **{"min_cell": 10} | kwargs)
    return next(r for r in found if r.name == f"sex.{name}.test")


def test_rates_by_group_are_those_of_the_counts():
    women = table(*cases(), min_cell=10).loc["women"]
    assert (women.n, women.labelled, women.bads) == (100, 90, 10)
    assert women.approval_rate == pytest.approx(0.70)  # 60 + 4 + 6 of 100
    assert women.bad_rate == pytest.approx(10 / 90)
    assert women.false_positive_rate == pytest.approx(20 / 80)  # goods declined
    assert women.false_negative_rate == pytest.approx(4 / 10)  # bads approved
    assert women.mean_pd == pytest.approx(0.7 * 0.1 + 0.3 * 0.2)


def test_intervals_by_group_come_from_the_counts():
    women = table(*cases(), min_cell=10).loc["women"]
    wilson, errors = metrics.wilson(70, 100), metrics.wilson(20, 80)
    ratio = metrics.adverse_impact_ratio([120, 70], [200, 100])[1]
    assert (women.lower, women.upper) == (wilson.lower, wilson.upper)
    assert (women.false_positive_lower, women.false_positive_upper) == (errors.lower, errors.upper)
    assert (women.adverse_impact_ratio, women.ratio_lower) == (ratio.value, ratio.lower)


def test_groups_are_compared_with_the_largest_unless_told_otherwise():
    assert table(*cases(), min_cell=10)["reference"].to_dict() == {"men": True, "women": False}
    highest = table(*cases(), min_cell=10, reference="highest_rate")  # .70 against .60
    assert highest["reference"].to_dict() == {"men": False, "women": True}
    assert highest.loc["men", "adverse_impact_ratio"] == pytest.approx(120 / 200 / 0.7)


def test_a_group_without_labels_has_no_error_rates():
    data = cases({"women": ((0, 0), (0, 0), (5, 20)), "men": TABLE["men"]})
    women = table(*data, min_cell=10).loc["women"]
    rates = ["bad_rate", "false_positive_rate", "false_negative_rate", "false_positive_upper"]
    assert women[rates].isna().all()
    assert women.approval_rate == 0.25


def test_a_group_without_bads_has_no_false_negative_rate():
    women = table(*cases({"women": ((5, 20), (0, 0), (0, 0)), "men": TABLE["men"]}), min_cell=10).loc["women"]
    assert women.false_positive_rate == 0.75
    assert np.isnan(women.false_negative_rate)


def test_a_pool_that_is_still_small_is_left_out_of_every_figure():
    y, approved, pd_, group = cases({**TABLE, "other": ((1, 3), (0, 1), (0, 0))})
    assert table(y, approved, pd_, group, min_cell=10).equals(table(*cases(), min_cell=10))


def test_row_order_changes_nothing():
    data = cases()
    order = np.random.default_rng(0).permutation(len(data[0]))
    shuffled = tuple(np.array(column)[order] for column in data)
    pd.testing.assert_frame_equal(by_group(*data, min_cell=10), by_group(*shuffled, min_cell=10))
    assert result("equalised_odds_difference", data) == result("equalised_odds_difference", shuffled)


def test_the_smallest_ratio_is_judged_and_its_group_named():
    data = cases({**TABLE, "other": ((40, 100), (0, 0), (0, 0))})
    r = result("adverse_impact_ratio", data)
    assert r.estimate.value == pytest.approx(0.4 / 0.6)
    assert (r.status, r.dims) == ("red", {"group": "other"})


def test_a_disadvantaged_majority_is_found_against_the_highest_rate():
    assert result("adverse_impact_ratio", cases()).estimate.value == pytest.approx(0.7 / 0.6)
    r = result("adverse_impact_ratio", cases(), reference="highest_rate")
    assert (r.estimate.value, r.dims["group"]) == (pytest.approx(0.6 / 0.7), "men")


def test_equalised_odds_difference_is_fairlearns_on_labelled_cases():
    thrice = tuple(list(part) * 3 for part in cases())  # each group then has thirty bad and thirty good outcomes
    y, approved, _, group = map(np.array, thrice)
    known = ~np.isnan(y)
    expected = equalized_odds_difference(y[known], 1 - approved[known], sensitive_features=group[known])
    r = result("equalised_odds_difference", thrice)
    assert r.estimate.value == pytest.approx(expected)  # false positives: 60/150 − 20/80 = .15
    assert (r.estimate.n, r.dims["group"], r.status) == (810, "men", "amber")


def test_error_rates_over_a_handful_of_bads_are_not_evaluated():
    r = result("equalised_odds_difference", cases())  # ten bads among the women
    assert (r.status, r.estimate.n) == ("not_evaluated", 270)
    assert "30 good and 30 bad" in r.reason


def test_the_largest_difference_of_mean_pd_has_no_sign():
    # men .14, women .13; SD of the 190 at .1 and 110 at .2
    sd = np.std([0.1] * 190 + [0.2] * 110, ddof=1)
    r = result("standardised_mean_difference", cases())
    assert r.estimate.value == pytest.approx(0.01 / sd)
    assert r.estimate.lower < r.estimate.value < r.estimate.upper
    assert (r.status, r.dims["group"]) == ("amber", "women")  # .2072


@pytest.mark.parametrize("name", ["adverse_impact_ratio", "equalised_odds_difference", "standardised_mean_difference"])
@pytest.mark.parametrize("data", [cases({"men": TABLE["men"]}), ([], [], [], [])])
def test_one_group_or_none_is_not_evaluated(name, data):
    r = result(name, data)
    assert (r.status, r.reason) == ("not_evaluated", "there is only one group large enough to be shown")


def test_without_labels_only_error_rates_are_not_evaluated():
    y, *rest = cases()
    data = ([np.nan] * len(y), *rest)
    statuses = {r.name.split(".")[1]: r.status for r in checks("sex", "test", *data, THRESHOLDS, min_cell=10)}
    assert statuses.pop("equalised_odds_difference") == "not_evaluated"
    assert "not_evaluated" not in statuses.values()


def test_nobody_approved_is_not_evaluated():
    y, _, pd_, group = cases()
    r = result("adverse_impact_ratio", (y, [0] * len(y), pd_, group))
    assert (r.status, r.reason) == ("not_evaluated", "nobody in the reference group is selected")


def test_every_check_can_be_written_down_as_evidence():
    ids = [Evidence.of("fairness", r).id for r in checks("age_band", "test", *cases(), THRESHOLDS, min_cell=10)]
    assert ids[0] == "fairness.age_band.adverse_impact_ratio.test"


def test_no_group_to_show_gives_an_empty_table():
    assert by_group([0, 1], [1, 1], [0.1, 0.2], ["a", "b"], min_cell=10).empty


def test_wrong_columns_are_refused():
    y, approved, pd_, group = cases()
    with pytest.raises(ValueError, match="same length, got y 300, approved 300, pd 300, group 299"):
        by_group(y, approved, pd_, group[1:], min_cell=10)
    with pytest.raises(ValueError, match=r"approved must hold only 0 and 1 \(1 = approved\), got 2"):
        by_group(y, [2] * 300, pd_, group, min_cell=10)
    with pytest.raises(ValueError, match="min_cell must be 1 or more, got 0"):
        by_group(y, approved, pd_, group, min_cell=0)
