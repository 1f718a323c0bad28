import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale
from riskbench.validation.attack import downturn
from riskbench.validation.attack.downturn import Scenario, conditional_pd, scenario_table, scenarios, sensitivities

NO_MACRO = pd.DataFrame(columns=downturn.SENSITIVITY)


def months(slope: float, n: int = 40, cases: int = 400) -> pd.DataFrame:
    """Months whose bad rates follow a macro column on the log odds, with as many bads as the rate says."""
    rows = []
    for m in range(n):
        rate = 4 + np.sin(m)
        bads = round(cases * expit(logit(0.2) + slope * (rate - 4)))
        y = np.r_[np.ones(bads), np.zeros(cases - bads)]
        rows.append(pd.DataFrame({"month": f"2{m:03d}-01", "y": y, "pd": 0.2, "unemployment": rate}))
    return pd.concat(rows, ignore_index=True)


def test_a_sensitivity_is_found_again():
    (row,) = sensitivities(months(0.4), ["unemployment"], Thresholds()).itertuples()
    assert row.months == 40
    assert row.lower < 0.4 < row.upper
    assert row.sensitivity == pytest.approx(0.4, abs=0.02)


def test_months_with_few_labels_are_left_aside():
    rows = months(0.4)
    few = rows.head(20).assign(month="2999-01", unemployment=99.0)
    assert sensitivities(pd.concat([rows, few]), ["unemployment"], Thresholds())["months"].tolist() == [40]


@pytest.mark.parametrize("rows", [months(0.4, n=2), months(0.4).assign(month=""), months(0.4).assign(unemployment=5.0)])
def test_without_months_or_movement_there_is_no_sensitivity(rows):
    found = sensitivities(rows, ["unemployment"], Thresholds())
    assert found.empty
    (check,) = downturn.macro_checks(found, Thresholds())
    assert check.status == "not_evaluated"


def test_few_months_are_watched_and_a_cycle_meets_the_limit():
    status = {n: downturn.macro_checks(NO_MACRO.assign(months=[n]), Thresholds())[0].status for n in (12, 30, 60)}
    assert status == {12: "red", 30: "amber", 60: "green"}


def test_a_column_that_hurts_by_falling_is_moved_down():
    found = pd.DataFrame([("growth", 60, -0.5, -0.7, -0.3, 0.001, 2.0)], columns=downturn.SENSITIVITY)
    shock = scenarios(found)[1]
    # two SD of 2 at −.5 each: 2 log odds, between 1.2 and 2.8
    assert (shock.log_odds, shock.lower, shock.upper) == pytest.approx((2.0, 1.2, 2.8))
    assert shock.name == "growth down by 2 SD"


def test_doubled_odds_are_doubled():
    doubled = next(of for of in scenarios(NO_MACRO) if of.name == "odds doubled")
    assert doubled.stressed([0.2]) == pytest.approx([1 / 3])  # odds 1:4 become 2:4


def test_expected_loss_counts_amounts():
    # PDs .2 and .5 become 1/3 and 2/3; weighted 1:3 (.3333 + 2) / (.2 + 1.5) = 1.3725
    table = scenario_table([0.2, 0.5], [1, 3], [Scenario("double", np.log(2))], MasterScale())
    assert table["loss_multiple"][0] == pytest.approx(1.372549, abs=1e-6)
    assert table["mean_pd"][0] == pytest.approx(0.5)


def test_today_changes_nothing_and_grades_sum_to_all():
    asked, pds = scenarios(NO_MACRO), np.linspace(0.001, 0.6, 50)
    assert scenario_table(pds, np.ones(50), asked, MasterScale())["loss_multiple"][0] == pytest.approx(1)
    grades = downturn.grades_by_scenario(pds, asked, MasterScale())
    np.testing.assert_allclose(grades.drop(columns="grade").sum(), 1)


@given(st.floats(1e-6, 0.999), st.floats(0.51, 0.9999))
def test_a_bad_year_is_never_better_than_the_average_one_below_one_half(pd_, quantile):
    stressed = conditional_pd([pd_], quantile)[0]
    assert 0 <= stressed <= 1
    assert stressed >= conditional_pd([pd_], 0.5)[0]


def test_amounts_are_one_each_where_the_study_has_none():
    rows = pd.DataFrame({"asked": [100.0, None], "nothing": [0.0, 0.0]})
    assert downturn.amounts(rows, "asked").tolist() == [100, 0]
    assert downturn.amounts(rows, None).tolist() == downturn.amounts(rows, "nothing").tolist() == [1, 1]
