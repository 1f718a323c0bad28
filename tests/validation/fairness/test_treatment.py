"""What a fairness check may look at."""

import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Override, Thresholds
from riskbench.validation.fairness import tables


def test_the_limits_in_force_say_what_is_shown(treated):
    few = {"privacy.smallest_cell": Override(green=500, amber=500, reason="a test")}
    case = treated(thresholds=Thresholds(few))
    assert case.small_print.startswith("Groups of fewer than 500 people are pooled")
    assert set(case.shown["age_band"]) == {"young + (small groups)"}


def test_a_reference_is_large_enough_and_no_sliver_of_all(treated):
    # of 2,000 people 2 % are 40; thirty would be enough for a rate
    group = pd.Series(["sliver"] * 35 + ["a"] * 1000 + ["b"] * 965)
    approved = pd.Series([1] * 35 + [1, 0] * 500 + [0] * 965)
    case = treated(groups=pd.DataFrame({"area": group}))
    case = treated(groups=case.groups, cases=case.cases.assign(approved=approved))
    assert case.reference_size == 40
    assert case.reference("area") == "a"


def test_outcomes_of_a_group_with_a_few_bads_are_told_with_those_of_the_next(changed):
    y = pd.Series([0] * 1995 + [1] * 5)
    assert set(changed(y=y).told["sex"]) == {""}  # five bads in all: nothing may be told


def test_intersections_are_counted_beside_the_attributes(treated):
    assert list(treated().counts) == ["sex", "age_band", "sex × age_band"]


def test_a_column_that_is_missing_is_named(treated):
    case = treated()
    with pytest.raises(ValueError, match="cases need the columns y, approved, pd, score, and lack pd, score"):
        treated(cases=case.cases[["y", "approved"]])


def test_tables_of_other_rows_are_refused(treated):
    with pytest.raises(ValueError, match="same rows, got cases 2000, groups 1999, features 2000, points 2000"):
        treated(groups=treated().groups[1:])


def test_without_protected_attributes_nothing_is_evaluated(treated):
    with pytest.raises(NotEvaluated, match="the study holds no protected attributes"):
        list(treated(groups=pd.DataFrame(index=range(2000))).counts)


def test_no_number_of_bads_that_is_not_told_follows_from_a_parity(treated):
    y = pd.Series([0, 1] * 500 + [0, 1] * 480 + [0] * 35 + [1] * 5)
    area = pd.DataFrame({"area": ["a"] * 1000 + ["b"] * 960 + ["c"] * 40})  # of c there are 40 people and five bads
    case = treated(groups=area)
    case = treated(groups=area, cases=case.cases.assign(y=y))
    found = case.gaps["area"]
    assert found["demographic_parity"].parity.difference.n == 2000
    assert found["equal_opportunity"].parity.difference.n == int((y == 0).sum())
    assert found["equalised_odds"].parity.difference.n == 2000
    assert case.outcomes["area"].names == ["a", "b + c"]
    assert found["equal_opportunity"].group in case.outcomes["area"].names
    curve = tables.over_cut_offs(case, at=[0.5]).set_index("statistic")["value"]
    told = case.told["area"]
    high = case.cases["score"] >= tables.cut_offs.cut_offs(case.cases["score"], [0.5])[0]
    rates = [high[y == kind].groupby(told[y == kind].to_numpy()).mean() for kind in (0, 1)]
    assert curve["equalised odds, difference"] == pytest.approx(max(rate.max() - rate.min() for rate in rates))


def test_an_interval_takes_more_than_a_few_resamples(treated):
    with pytest.raises(ValueError, match="replicates must be at least 40 for an interval at 95 %, got 1"):
        treated(replicates=1)
