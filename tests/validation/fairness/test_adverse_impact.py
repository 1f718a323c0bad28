"""Ratios of approval rates, their tests, and the control of many tests."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from riskbench.metrics.multiple_tests import holm
from riskbench.validation.fairness.adverse_impact import adverse_impact, equal_rates, with_holm
from riskbench.validation.fairness.counts import GroupCounts


def counts(approved, n, names="abcd"):
    n, approved = np.array(n), np.array(approved)
    return GroupCounts(list(names[: len(n)]), n, approved, *[n] * 4)


def test_ratios_are_those_of_the_published_table():
    table = adverse_impact(counts([63, 27, 13, 16], [187, 93, 58, 67]))
    assert table["group"].tolist() == ["b", "c", "d"]
    assert table["adverse_impact_ratio"].round(4).tolist() == [0.8618, 0.6653, 0.7088]


def test_difference_ratio_and_test_of_two_groups():
    row = adverse_impact(counts([12, 48], [40, 80])).iloc[0]
    assert (row["adverse_impact_ratio"], row["difference"]) == (0.5, pytest.approx(-0.3))
    assert (round(row["z"], 4), round(row["p_value"], 6)) == (-3.0984, 0.003409)
    assert row["difference_lower"] < -0.3 < row["difference_upper"] < 0


def test_eighty_percent_is_not_a_hair_below():
    # (60/100)/(75/100) is .7999999999999999 in floats
    assert adverse_impact(counts([60, 75], [100, 100]))["adverse_impact_ratio"].tolist() == [0.8]


def test_p_values_are_raised_over_all_rows_of_the_table():
    table = with_holm(adverse_impact(counts([63, 27, 13, 16], [187, 93, 58, 67])))
    assert table["p_holm"].tolist() == holm(table["p_value"]).tolist()
    assert table.loc[1, "p_value"] == pytest.approx(fisher_exact([[13, 45], [63, 124]])[1])


def test_chi_square_of_all_groups_is_the_square_of_z_for_two():
    e = equal_rates(counts([12, 48], [40, 80]))
    assert e.statistic == pytest.approx(3.0984**2, abs=1e-3)
    assert e.p_value == pytest.approx(0.00194, abs=1e-5)


@pytest.mark.parametrize(
    ("approved", "n", "reason"),
    [
        ([3], [5], "there is only one group"),
        ([0, 0], [5, 9], "nobody is approved"),
        ([5, 9], [5, 9], "everybody is approved"),
    ],
)
def test_what_cannot_be_tested_says_why(approved, n, reason):
    assert reason in equal_rates(counts(approved, n)).reason


def test_with_nobody_approved_there_is_no_ratio_and_with_one_group_no_row():
    assert adverse_impact(counts([0, 0], [5, 9]))["adverse_impact_ratio"].isna().all()
    assert adverse_impact(counts([5], [9])).empty
