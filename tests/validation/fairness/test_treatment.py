"""How the groups of every protected attribute are treated."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Override, Thresholds
from riskbench.validation.fairness import group_metrics, treatment
from riskbench.validation.fairness.proxies import proxies
from riskbench.validation.fairness.treatment import Treatment

TABLES = [treatment.approvals, treatment.ratios, treatment.errors, treatment.strongest_proxies]


def people(n=2000):
    """Women are approved less often than men; the income tells them apart, the old are few bads."""
    rng = np.random.default_rng(0)
    woman, old = rng.random(n) < 0.4, rng.random(n) < 0.1
    groups = pd.DataFrame({"sex": np.where(woman, "women", "men"), "age_band": np.where(old, "old", "young")})
    features = pd.DataFrame({"income": rng.normal(size=n) + 2 * ~woman, "noise": rng.normal(size=n)})
    return {
        "sample": "test",
        "y": pd.Series(np.where(rng.random(n) < 0.8, (rng.random(n) < 0.15) & ~old, np.nan)),
        "approved": pd.Series(rng.random(n) < np.where(woman, 0.6, 0.9)),
        "pd": pd.Series(rng.uniform(0, 0.3, n)),
        "groups": groups,
        "features": features,
        "thresholds": Thresholds(),
    }


def treated(**more):
    return Treatment(**people() | more)


def nobody(**more):
    return treated(groups=pd.DataFrame(index=range(2000)), **more)


def test_attributes_stand_one_below_the_other_and_the_highest_rate_is_the_reference():
    table = treatment.approvals(treated())
    assert table[["attribute", "group"]].to_numpy().tolist() == [
        ["sex", "men"],
        ["sex", "women"],
        ["age_band", "old"],
        ["age_band", "young"],
    ]
    assert table.loc[table["attribute"] == "sex", "reference"].tolist() == [True, False]


def test_rates_of_outcomes_need_goods_and_bads_enough():
    approvals, errors = treatment.approvals(treated()), treatment.errors(treated())
    assert approvals.set_index("group")["bad_rate"].isna().to_dict() == {
        "men": False,
        "women": False,
        "old": True,
        "young": False,
    }
    assert errors["group"].tolist() == ["men", "women", "young"]


def test_the_limits_in_force_say_what_is_shown():
    few = {"privacy.smallest_cell": Override(green=500, amber=500, reason="a test")}
    case = treated(thresholds=Thresholds(few))
    assert case.small_print.startswith("Groups of fewer than 500 people are pooled")
    assert "at least 30 good and 30 bad outcomes" in case.small_print
    assert "old" not in treatment.approvals(case)["group"].tolist()


def test_the_lowest_ratio_is_that_of_the_ratios():
    ratios = treatment.ratios(treated()).set_index("label")["value"]
    lowest = treatment.lowest_ratio(treated())
    assert lowest.value == ratios["sex: women"] == ratios.min()
    assert lowest.method == "sex: women, against the group with the highest rate"


def test_every_check_of_the_table_is_asked_of_every_attribute():
    names = [check.name for check in treatment.checks(treated())]
    assert names == [f"{a}.{check.name}.test" for a in ("sex", "age_band") for check in group_metrics.CHECKS]


def test_proxies_are_those_of_each_attribute_alone():
    case = treated(seed=3)
    alone = proxies(case.features, case.groups["sex"], min_cell=case.min_cell, seed=3)
    found = treatment.strongest_proxies(case, most=1)
    assert found["attribute"].tolist() == ["sex", "age_band"]
    assert found.loc[0, "feature"] == "income"
    assert found.loc[0, "auc"] == alone.loc[0, "auc"]


def test_the_strongest_proxy_of_each_attribute_is_judged_and_the_strongest_of_all_concludes():
    sex, age = treatment.proxy_checks(treated())
    assert (sex.name, sex.dims) == ("sex.strongest_proxy.test", {"group": "men"})
    assert sex.title == "Feature that tells best: sex (income tells men)"
    assert (sex.status, age.status) == ("red", "green")
    assert treatment.strongest_proxy(treated()).value == sex.estimate.value > age.estimate.value


@pytest.mark.parametrize("table", TABLES)
def test_without_protected_attributes_no_table_is_evaluated(table):
    with pytest.raises(NotEvaluated, match="the study holds no protected attributes"):
        table(nobody())


def test_without_protected_attributes_one_check_says_so():
    (check,) = treatment.checks(nobody())
    assert (check.name, check.status) == ("groups.adverse_impact_ratio.test", "not_evaluated")
    assert treatment.lowest_ratio(nobody()).reason == treatment.strongest_proxy(nobody()).reason == check.reason


def test_without_two_groups_to_show_there_is_no_ratio_and_no_proxy():
    case = treated(groups=pd.DataFrame({"sex": ["women"] * 2000}))
    reason = "no attribute has two groups that may be shown"
    assert treatment.lowest_ratio(case).reason == treatment.strongest_proxy(case).reason == reason
    assert treatment.proxy_checks(case) == []
