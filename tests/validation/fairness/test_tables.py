"""The tables of the page: one attribute below the other."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.metrics.multiple_tests import holm
from riskbench.report.figures import interval_plot, panels_plot
from riskbench.report.tables import html_table
from riskbench.validation.fairness import tables

TABLES = [
    tables.parities,
    tables.comparisons,
    tables.approvals,
    tables.ratios,
    tables.errors,
    tables.calibration,
    tables.crossed_outcomes,
    tables.known_outcomes,
    tables.over_cut_offs,
    tables.amounts,
    tables.prices,
    tables.telling_features,
    tables.points_gaps,
]


@pytest.mark.parametrize("table", TABLES)
def test_every_table_names_its_attributes_in_their_order(table, treated):
    found = table(treated()) if table is not tables.over_cut_offs else table(treated(), at=[0.5])
    if "attribute" in found and table is not tables.crossed_outcomes:
        assert list(found["attribute"].unique()) == ["sex", "age_band"][: found["attribute"].nunique()]
    assert html_table(found, "A caption")


@pytest.mark.parametrize("table", TABLES)
def test_without_protected_attributes_no_table_is_evaluated(table, treated):
    with pytest.raises(NotEvaluated, match="the study holds no protected attributes"):
        table(treated(groups=pd.DataFrame(index=range(2000))))


@pytest.mark.parametrize("table", [table for table in TABLES if table is not tables.over_cut_offs])
@pytest.mark.parametrize("columns", [{"approved": 1}, {"approved": 0}, {"y": 1.0}, {"y": np.nan}, {"pd": 0.1}])
def test_all_approved_declined_bad_unknown_or_alike_is_no_crash(table, columns, changed):
    needs_outcomes = table in (tables.errors, tables.calibration, tables.crossed_outcomes)
    if needs_outcomes and "y" in columns:
        with pytest.raises(NotEvaluated, match="has 30 good and 30 bad outcomes"):
            table(changed(**columns))
    elif table is tables.known_outcomes and columns == {"y": 1.0}:
        with pytest.raises(NotEvaluated, match="every outcome of the sample is known"):
            table(changed(**columns))
    else:
        assert len(table(changed(**columns)))


@pytest.mark.parametrize("columns", [{"y": np.nan}, {"y": 1.0}])
def test_curves_without_outcomes_show_approval_alone(columns, changed):
    curves = tables.over_cut_offs(changed(**columns), at=[0.5])
    known = curves.groupby("statistic", sort=False)["value"].count()
    assert known.to_dict() == {
        "adverse impact ratio": 2,
        "demographic parity, difference": 2,
        "equalised odds, difference": 0,
    }


@pytest.mark.parametrize("table", [tables.ratios, tables.telling_features, tables.points_gaps])
def test_one_group_leaves_nothing_to_compare(table, treated):
    with pytest.raises(NotEvaluated, match="no attribute has two groups that may be shown"):
        table(treated(groups=pd.DataFrame({"sex": ["women"] * 2000})))


def test_p_values_are_raised_over_all_attributes_together(treated):
    found = tables.comparisons(treated())
    assert found["p_holm"].tolist() == holm(found["p_value"]).tolist()
    assert found["group"].tolist() == ["women", "young"] or found["group"].tolist() == ["women", "old"]


def test_the_figure_shows_groups_and_then_the_intersections_that_fare_worst(treated):
    found = tables.ratios(treated(), most=2)
    lowest = tables.crossed(treated())["adverse_impact_ratio"].nsmallest(2).tolist()
    assert found["label"].iloc[0] == "sex: women"
    assert found["adverse_impact_ratio"].tolist()[-2:] == lowest
    assert interval_plot(found, value="adverse_impact_ratio")


def test_rates_of_outcomes_need_goods_and_bads_enough(treated):
    # the old have no bad loan: nothing is told of their errors, all of their approval
    assert tables.errors(treated())["group"].tolist() == ["men", "women", "young"]
    assert "old" in tables.approvals(treated())["group"].tolist()


def test_women_are_granted_less_and_pay_more_at_equal_scores(treated):
    amounts, prices = (t(treated()).set_index("group").loc["women"] for t in (tables.amounts, tables.prices))
    assert amounts["amount_ratio_at_score"] == pytest.approx(0.8, abs=0.02)
    assert amounts["mean_requested"] == 1200
    assert prices["rate_difference_at_score"] == pytest.approx(0.01, abs=0.0005)


@pytest.mark.parametrize(("table", "column"), [(tables.amounts, "requested"), (tables.prices, "rate")])
def test_without_amounts_or_prices_their_table_is_not_evaluated(table, column, changed):
    with pytest.raises(NotEvaluated, match=r"the study (holds no amounts|has no column with the rate)"):
        table(changed(**{column: np.nan}))


def test_equal_scores_have_no_cut_off(changed):
    with pytest.raises(NotEvaluated, match="all scores are equal"):
        tables.over_cut_offs(changed(score=500))


def test_where_every_outcome_is_known_no_bounds_are_needed(changed):
    with pytest.raises(NotEvaluated, match="every outcome of the sample is known"):
        tables.known_outcomes(changed(y=np.arange(2000) % 2))


def test_the_curves_have_a_panel_for_every_attribute_and_statistic(treated):
    case = treated()
    curves = tables.over_cut_offs(case, at=(0.3, 0.7))
    figure = panels_plot(curves, case.lines, row="attribute", column="statistic", x="approval_rate")
    assert len(figure.axes) == 6
    assert set(case.lines) < set(curves["statistic"])


def test_all_features_together_stand_above_the_best_alone(treated):
    found = tables.telling_features(treated(), most=1)
    assert found["feature"].tolist()[:2] == ["all features together", "income"]


def test_one_attribute_has_no_intersection(treated):
    with pytest.raises(NotEvaluated, match="no two attributes have groups of 30 people"):
        tables.crossed(treated(groups=treated().groups[["sex"]]))


def test_outcomes_of_intersections_come_with_the_fewest_goods_approved_first(treated):
    found = tables.crossed_outcomes(treated())
    assert found["group"].tolist() == ["women, young", "men, young"]
    assert found["goods_approved"].is_monotonic_increasing


def test_the_share_of_known_outcomes_is_told_even_where_outcomes_are_not(treated):
    found = tables.known_outcomes(treated()).set_index("group")
    assert found.loc["old", "labelled_share"] == pytest.approx(0.8, abs=0.1)
    assert found.loc["old", ["bad_rate", "goods_approved_lower"]].isna().all()
    assert found.loc["women", "goods_approved_lower"] < found.loc["women", "goods_approved"]
