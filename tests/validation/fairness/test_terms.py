"""Amounts and prices by group."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.data.study import load_study
from riskbench.validation.fairness.terms import (
    TwoMeans,
    difference,
    rate_columns,
    rates_charged,
    ratio,
    requested_amounts,
    terms_by_group,
)

DATA = Path(__file__).parents[3] / "data"


def people(n=4000):
    """Women have lower scores; at equal scores they are granted nine tenths."""
    rng = np.random.default_rng(0)
    woman = rng.random(n) < 0.5
    score = rng.normal(520, 20, n) - 15 * woman
    amount = 10 * score * np.where(woman, 0.9, 1.0) + rng.normal(0, 500, n)
    return amount, pd.Series(np.where(woman, "women", "men")), score


def test_what_the_score_explains_is_told_from_what_it_does_not():
    women = terms_by_group(*people(), "men").set_index("group").loc["women"]
    assert women["compared"] == pytest.approx(0.9 * 505 / 520, abs=0.01)
    assert women["at_score"] == pytest.approx(0.9, abs=0.01)
    assert women["at_score_lower"] < 0.9 < women["at_score_upper"]


def test_a_price_is_compared_as_a_difference():
    rate, group, score = [0.02] * 50 + [0.03] * 50, pd.Series(["a"] * 50 + ["b"] * 50), [1, 2] * 50
    table = terms_by_group(rate, group, score, "a", difference).set_index("group")
    assert table.loc["b", ["mean", "median", "compared", "at_score"]].tolist() == pytest.approx(
        [0.03, 0.03, 0.01, 0.01]
    )


def test_the_interval_of_a_ratio_is_that_of_its_logarithm():
    # √(.02² + .01²) = .02236, 1.96 of it around ln .9
    e = ratio(TwoMeans(90, 1.8**2, 100, 1.0))
    assert (e.lower, e.upper) == pytest.approx((0.9 * np.exp(-0.04383), 0.9 * np.exp(0.04383)), rel=1e-4)
    assert ratio(TwoMeans(0, 1, 100, 1)).reason == "a ratio of means needs means above 0"


def test_those_not_approved_are_left_out_and_few_are_not_compared():
    values = [100.0] * 40 + [np.nan] * 10 + [80.0] * 5
    table = terms_by_group(values, pd.Series(["a"] * 40 + ["b"] * 10 + ["c"] * 5), np.arange(55), "a", enough=10)
    assert table["n"].tolist() == [40, 0, 5]
    assert table[["compared", "at_score", "smd"]].isna().all(axis=None)


def test_where_no_band_holds_both_groups_nothing_is_said_at_equal_scores():
    table = terms_by_group([1.0, 2.0] * 20, pd.Series(["a"] * 20 + ["b"] * 20), [1] * 20 + [2] * 20, "a")
    row = table.set_index("group").loc["b"]
    assert row["compared"] == 1
    assert np.isnan(row["at_score"])


def test_rates_are_prices_without_a_currency():
    assert rate_columns(load_study(DATA / "microloan" / "study.toml")) == ["monthly_rate"]
    assert rate_columns(load_study(DATA / "superlender" / "study.toml")) == []  # its price is a sum of money


def test_a_study_without_amounts_or_prices_has_none():
    study, rows = load_study(DATA / "taiwan" / "study.toml"), pd.DataFrame({"LIMIT_BAL": [10, 20]})
    assert requested_amounts(study, rows).tolist() == [10, 20]
    assert rates_charged(study, rows).isna().all()
    assert requested_amounts(study, pd.DataFrame(index=[0])).isna().all()


def test_a_column_that_is_no_rate_is_refused():
    study = load_study(DATA / "microloan" / "study.toml")
    with pytest.raises(ValueError, match=r"price must be a column with a rate \(monthly_rate\), got decision"):
        rates_charged(study, pd.DataFrame(), "decision")
