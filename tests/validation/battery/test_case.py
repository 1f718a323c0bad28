"""What a check may look at."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.data.study.calibration import MasterScale
from riskbench.validation import battery
from riskbench.validation.battery.case import Part, cases_by_sample


def scores():
    samples = ["out_of_time", "monitoring", "test", "development", "development", "test"]
    y = [0, 1, np.nan, 1, 0, 1]
    return pd.DataFrame({"sample": samples, "y": y, "pd": 0.1, "pd_applied": 0.2, "month": "2026-01"})


def cases(table, **more):
    return cases_by_sample(table, MasterScale(), Thresholds(), **more)


def test_there_is_a_case_for_each_sample_that_fits_or_judges_development_first():
    assert list(cases(scores())) == ["development", "test", "out_of_time"]


def test_a_sample_without_labels_has_no_case():
    table = scores().assign(y=lambda t: t["y"].where(t["sample"] != "out_of_time"))
    assert list(cases(table)) == ["development", "test"]


def test_the_sample_that_judges_is_a_case_without_a_label_too_and_nothing_of_it_that_takes_one_is_evaluated():
    table = scores().assign(y=lambda t: t["y"].where(t["sample"] != "out_of_time"))
    judging = cases(table, judge="out_of_time")["out_of_time"]
    assert (len(judging.rows), len(judging.y)) == (1, 0)
    for family in ("discrimination", "overfitting", "segments", "vintages", "calibration", "grades"):
        asked = [result for result in battery.run(family, judging) if result.threshold]
        assert {result.status for result in asked} == {"not_evaluated"}, family


def test_labels_and_pds_are_those_of_labelled_applications_and_rows_are_those_of_all():
    test = cases(scores())["test"]
    assert (len(test.rows), test.y.tolist(), test.pd.tolist()) == (2, [1], [0.1])


def test_rows_stand_in_the_order_of_the_pd_so_that_nothing_sorts_them_again():
    table = scores().assign(sample="test", pd=[0.3, 0.1, 0.6, 0.2, 0.5, 0.4])
    assert cases(table)["test"].rows["pd"].tolist() == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]


def test_rows_carry_what_a_check_may_ask_for_and_nothing_else():
    table = scores().assign(amount=1.0, channel="app", salary=2.0)
    found = cases(table, segments=["channel"])["test"]
    assert list(found.rows) == ["y", "pd", "pd_applied", "month", "amount", "channel"]
    assert found.segments == ("channel",)


def test_a_segment_that_is_no_column_is_refused():
    with pytest.raises(ValueError, match="segments must be columns of scores, got channel, region"):
        cases(scores(), segments=["channel", "region"])


def test_a_statistic_of_the_sample_is_computed_once(case):
    asked = []
    found = case([0, 1], [0.1, 0.2])
    assert [found.once(lambda_ := lambda y, pd: asked.append(1) or len(y)), found.once(lambda_)] == [2, 2]
    assert asked == [1]


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "object"])
def test_pandas_missing_labels_are_missing_labels(dtype):
    assert cases(scores().astype({"y": dtype}))["test"].y.tolist() == [1]


def test_every_other_sample_is_compared_with_development():
    found = cases(scores())
    assert found["development"].development is None
    assert found["test"].development is found["out_of_time"].development is found["development"]


def test_samples_that_lent_labels_are_marked():
    assert [case.fitted for case in cases(scores()).values()] == [True, False, False]
    assert [case.fitted for case in cases(scores(), fitted=("test",)).values()] == [False, True, False]


def test_a_part_has_its_own_rows_and_is_compared_with_the_whole_of_development():
    test = cases(scores())["test"]
    part = test.restricted_to(Part("month", "month_2026_01", "2026-01"), test.rows["y"].notna())
    assert (len(part.rows), part.y.tolist(), str(part.part)) == (1, [1], "month 2026-01")
    assert part.development is test.development


@pytest.mark.parametrize(
    ("n", "reason"), [(30, ""), (1, "the sample has 1 labelled case, and at least 30 are asked for")]
)
def test_too_few_cases_are_told_with_the_limit(case, n, reason):
    assert case([0] * n, [0.1] * n).lacks_cases("validation.grade_cases") == reason


@pytest.mark.parametrize(
    ("bads", "goods", "reason"),
    [
        (30, 30, ""),
        (29, 90, "the sample has 29 bad cases, and at least 30 are asked for"),
        (90, 1, "the sample has 1 good case, and at least 30 are asked for"),
    ],
)
def test_too_few_of_a_class_are_told_with_the_limit(case, bads, goods, reason):
    y = [1] * bads + [0] * goods
    assert case(y, [0.1] * len(y)).lacks_classes("validation.part_cases") == reason
