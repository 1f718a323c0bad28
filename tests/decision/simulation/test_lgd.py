"""Loss given default from recoveries, and the bad rate at which lending earns nothing."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.decision.simulation import lgd


def losses(n: int, lost: float) -> pd.DataFrame:
    """Loans of 100, 20 repaid, of which `lost` is lost in the end; recovering cost 1."""
    return pd.DataFrame({"funded": 100.0, "repaid": 20.0, "recovered": 81.0 - lost, "cost": 1.0}, index=range(n))


def test_what_is_lost_is_taken_of_what_was_lent_and_of_what_was_owed():
    # 100 − 20 − 21 + 1 = 60, of 100 and of 80
    assert lgd.of_lent(losses(3, 60)).value == pytest.approx(0.6)
    assert lgd.of_owed(losses(3, 60)).value == pytest.approx(0.75)


def test_large_loans_count_by_their_size():
    # 60 of 100 and 900 of 1000: 960 / 1100
    two = pd.concat([losses(1, 60), losses(1, 90) * 10])
    assert lgd.of_lent(two).value == pytest.approx(960 / 1100)


def test_the_interval_is_what_other_samples_of_loans_give():
    rng = np.random.default_rng(3)
    rows = losses(400, 0).assign(recovered=rng.uniform(0, 80, 400), funded=rng.uniform(100, 500, 400))
    e = lgd.of_lent(rows)
    again = [lgd.of_lent(rows.iloc[rng.integers(0, 400, 400)]).value for _ in range(200)]
    assert 1.96 * np.std(again) == pytest.approx((e.upper - e.lower) / 2, rel=0.2)


def test_parts_of_few_loans_are_counted_and_left_empty():
    rows = pd.concat([losses(30, 60), losses(29, 40)], ignore_index=True)
    table = lgd.by_part(rows, pd.Series(["a"] * 30 + ["b"] * 29), "band").set_index("band")
    assert (table.loc["a", "lgd"], table.loc["a", "lgd_mean"]) == pytest.approx((0.6, 0.6))
    assert (table.loc["b", "n"], np.isnan(table.loc["b", "lgd"])) == (29, True)


@pytest.mark.parametrize(("lost", "status"), [(45, "green"), (54, "amber"), (60, "red")])
def test_more_lost_than_the_policy_assumes_is_not_green(policy, lost, status):
    checks = lgd.lgd_checks(losses(40, lost), pd.Series([1.0] * 40), policy.economics, Thresholds())  # assumed: .5
    assert checks[-1].status == status


def test_without_columns_of_losses_nothing_is_evaluated(policy):
    bare, y = pd.DataFrame({"application": ["a"]}), pd.Series([1.0])
    with pytest.raises(NotEvaluated, match="names no columns of losses"):
        lgd.bad_loans(bare, y)
    assert {check.status for check in lgd.lgd_checks(bare, y, policy.economics, Thresholds())} == {"not_evaluated"}


def test_only_loans_that_went_bad_are_looked_at():
    assert list(lgd.bad_loans(losses(3, 60), pd.Series([1.0, 0.0, np.nan])).index) == [0]


def test_the_break_even_has_bounds_only_where_an_lgd_was_measured(policy):
    assert lgd.break_even(policy.economics, lgd.Estimate.missing("none")).lower is None
