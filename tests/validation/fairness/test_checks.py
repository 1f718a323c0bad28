"""What is judged, and what concludes the page."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.evidence import Evidence
from riskbench.validation.fairness import checks, tables
from riskbench.validation.fairness.checks import CHECKS

NAMES = [check.name for check in CHECKS]


def result(treatment, name, attribute="sex"):
    return next(r for r in checks.checks(treatment) if r.name == f"{attribute}.{name}.test")


def test_every_check_is_asked_of_every_attribute_and_can_be_written_down(treated):
    found = checks.checks(treated())
    names = [f"{a}.{name}.test" for a in ("sex", "age_band") for name in NAMES]
    assert [r.name for r in found] == [*names, "intersections.adverse_impact_ratio.test"]
    assert all(Evidence.of("fairness", r).id == f"fairness.{r.name}" for r in found)


def test_the_group_that_fares_worst_is_named(treated):
    r = result(treated(), "adverse_impact_ratio")
    assert (r.title, r.dims, r.status) == ("Lowest adverse impact ratio: sex, women", {"group": "women"}, "red")
    assert r.estimate.value == tables.comparisons(treated())["adverse_impact_ratio"].min()


def test_the_intersection_that_fares_worst_is_judged_too(treated):
    r = next(r for r in checks.checks(treated()) if r.name == "intersections.adverse_impact_ratio.test")
    lowest = tables.crossed(treated()).iloc[0]
    assert (r.estimate.value, r.dims["group"]) == (lowest["adverse_impact_ratio"], lowest["group"])
    one = treated(groups=treated().groups[["sex"]])
    assert not any(r.name.startswith("intersections") for r in checks.checks(one))


def test_less_money_and_higher_rates_are_found(treated):
    for name in ("amount_difference", "rate_difference"):
        r = result(treated(), name)
        assert (r.dims, r.status) == ({"group": "women"}, "red")
        assert r.estimate.lower > 0.5  # without its sign


def test_pds_that_are_too_low_for_a_group_fail(changed):
    r = result(changed(pd=0.01), "observed_to_expected")
    assert r.status == "red"
    assert r.estimate.lower > 1


def test_the_feature_that_tells_and_all_together_are_judged(treated):
    alone, together = (result(treated(), name) for name in ("strongest_proxy", "joint_proxy"))
    assert alone.title == "AUC by which one feature tells a group: sex, men, by income"
    assert alone.status == together.status == "red"
    assert checks.strongest_proxy(treated()).value == alone.estimate.value


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("groups", [["women"] * 2000, ["women"] * 1999 + ["men"]])
def test_one_group_to_show_is_not_evaluated(name, groups, treated):
    r = result(treated(groups=pd.DataFrame({"sex": groups})), name)
    assert (r.status, r.reason) == ("not_evaluated", "there is only one group large enough to be shown")


def test_without_protected_attributes_one_check_says_so(treated):
    nobody = treated(groups=pd.DataFrame(index=range(2000)))
    (check,) = checks.checks(nobody)
    assert (check.name, check.status) == ("attributes.adverse_impact_ratio.test", "not_evaluated")
    asked = (checks.lowest_ratio, checks.strongest_proxy, checks.largest_gap, checks.bounded_opportunity)
    assert {ask(nobody).reason for ask in (*asked, checks.unexplained_points)} == {check.reason}


@pytest.mark.parametrize(
    ("columns", "name", "reason"),
    [
        ({"approved": 0}, "adverse_impact_ratio", "nobody is approved"),
        ({"approved": 0}, "equal_opportunity_difference", "nobody is approved"),
        ({"approved": 1}, "equalised_odds_difference", "everybody is approved"),
        ({"approved": 1}, "equal_approval", "everybody is approved"),
        ({"y": np.nan}, "equalised_odds_difference", "fewer than two groups have 30 good and 30 bad outcomes"),
        ({"y": 1.0}, "equal_opportunity_difference", "fewer than two groups have 30 good and 30 bad outcomes"),
        ({"y": np.nan}, "observed_to_expected", "no group has 30 good and 30 bad outcomes"),
        ({"pd": 0.1}, "standardised_mean_difference", "all values are equal"),
        ({"requested": np.nan}, "amount_difference", "the study holds no amounts"),
        ({"rate": np.nan}, "rate_difference", "the study has no column with the rate that was charged"),
    ],
)
def test_what_cannot_be_judged_says_why(columns, name, reason, changed):
    r = result(changed(**columns), name)
    assert (r.status, r.reason) == ("not_evaluated", reason)


@pytest.mark.parametrize("columns", [{"approved": 0}, {"approved": 1}, {"y": np.nan}, {"y": 1.0}, {"score": 500}])
def test_nothing_crashes_where_all_are_alike(columns, changed):
    case = changed(**columns)
    assert len(checks.checks(case)) == 2 * len(CHECKS) + 1
    assert checks.significance(case)
    assert checks.bounded_opportunity(case).evaluated or checks.bounded_opportunity(case).reason


def test_no_figure_of_the_page_speaks_for_a_policy_that_treats_all_alike(changed):
    case = changed(approved=0)
    assert {ask(case).reason for ask in (checks.lowest_ratio, checks.largest_gap)} == {"nobody is approved"}


def test_the_gaps_of_all_features_leave_no_point_unexplained(treated, changed):
    assert checks.unexplained_points(treated()).value == 0
    case = changed(score=np.arange(2000))  # scores that are not the sum of the points
    assert checks.unexplained_points(case).value > 1


def test_bounds_hold_the_difference_that_was_seen(treated):
    e = checks.bounded_opportunity(treated())
    assert e.lower <= e.value <= e.upper
    assert e.level is None  # no interval
    assert e.value == checks.largest_gap(treated()).value


def test_the_sentence_says_how_many_comparisons_were_tested(treated):
    said = checks.significance(treated())
    assert "of 2 comparisons of groups" in said
    assert "of 3 comparisons of intersections" in said


def test_a_figure_says_whom_it_is_about():
    assert checks.of_whom(checks.Estimate(0.7, method=f"language: language{checks.AGAINST}")) == ", language"
    assert checks.of_whom(checks.Estimate(0.1, method="age band; resampled counts")) == ", age band"
    assert checks.of_whom(checks.Estimate.missing("no groups")) == ""
