"""The other choices that are tried, and what a study cannot offer."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from riskbench.data.definitions import PLAIN_COLUMN
from riskbench.validation.robustness.variants import FAMILIES, NO_DATES, ONE_PERIOD, SAME_LABELS, variants

NONE = pd.DataFrame(index=range(1600))


def of_family(bench, family, definitions=NONE):
    return {variant.told: variant for variant in FAMILIES[family](bench, definitions)}


def test_every_definition_that_has_labels_is_a_variant_on_the_period_of_development(dated):
    y = np.where(np.arange(len(dated.y)) == 5, np.nan, dated.y)
    found = of_family(dated, "definition", pd.DataFrame({"dpd_60": y, "horizon_3": y}))
    assert list(found) == ["60 days past due", "window of 3 months"]
    variant = found["60 days past due"]
    assert variant.y.tolist()[:3] == y.tolist()[:3]
    assert (variant.rows == dated.applications["sample"].eq("development")).all()


def test_a_definition_that_labels_nobody_otherwise_is_no_other_choice(dated):
    (variant,) = of_family(dated, "definition", pd.DataFrame({"dpd_15": dated.y})).values()
    assert variant.reason == SAME_LABELS


def test_a_plain_column_offers_no_definition_and_no_dates_no_window(undated):
    assert [v.reason for v in of_family(undated, "definition").values()] == [PLAIN_COLUMN]
    assert [v.reason for v in of_family(undated, "window").values()] == [NO_DATES]


def test_one_month_of_development_offers_no_window(dated):
    one = replace(dated, applications=dated.applications.assign(month="2023-01"))
    assert [v.reason for v in of_family(one, "window").values()] == [ONE_PERIOD]


def test_halves_part_the_months_of_development_and_quarters_leave_out_an_end(dated):
    found = of_family(dated, "window")  # January to June 2023
    months = dated.applications["month"]
    seen = {told: sorted(months[variant.rows].unique()) for told, variant in found.items()}
    first, second = [f"2023-0{m}" for m in (1, 2, 3)], [f"2023-0{m}" for m in (4, 5, 6)]
    assert seen == {"first half": first, "second half": second, "without 2023 Q1": second, "without 2023 Q2": first}
    assert all((variant.rows <= dated.developed).all() for variant in found.values())


def test_what_the_design_has_already_is_no_variant(dated):
    wide = replace(dated, design=dated.design.model_copy(update={"max_bins": 6, "method": "lasso"}))
    assert "up to 6 bins" not in of_family(wide, "bins")
    assert {"backward selection", "forward selection"} <= set(of_family(wide, "selection"))
    assert "lasso selection" not in of_family(wide, "selection")


def test_a_limit_of_selection_is_tried_as_the_limit_of_its_study_alone(dated):
    tried = of_family(dated, "selection")["IV from 0.02"]
    assert tried.study.limits["features.iv_floor"].green == 0.02
    assert tried.study.limits["features.p_value"] == dated.study.limits["features.p_value"]
    assert dated.study.limits["features.iv_floor"].green != 0.02


@pytest.mark.parametrize("which", ["dated", "undated"])
def test_every_variant_changes_something_or_says_why_not(which, request):
    for variant in variants(request.getfixturevalue(which), NONE):
        changes = (variant.rows, variant.y, variant.study, variant.design)
        assert any(change is not None for change in changes) == (not variant.reason)
        assert np.isin(variant.family, list(FAMILIES))
