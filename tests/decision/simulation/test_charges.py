"""What loans cost in all, and whether they can be afforded."""

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.decision.policy.caps import RateCap
from riskbench.decision.simulation.charges import Charges, burden_table, rates_table, share_above_cap


def loans(**columns) -> Charges:
    given = {"rate": [0.02, 0.04], "term": [6, 12], "income": [500, 1000], "expenses": [100, 200]} | columns
    return Charges(**{name: None if v is None else np.array(v, float) for name, v in given.items()})


def test_without_a_fee_the_all_in_rate_compounds_the_monthly_one():
    assert loans().all_in(None) == pytest.approx([1.02**12 - 1, 1.04**12 - 1])


def test_the_convention_is_that_of_the_cap():
    cap = RateCap(value=0.36, source="law", convention="nominal")
    rates = loans().all_in(cap)
    assert rates == pytest.approx([0.24, 0.48])
    assert share_above_cap(rates, cap).value == 0.5
    assert share_above_cap(rates, None).reason.startswith("the policy has no cap")


def test_an_instalment_pays_interest_and_principal():
    # 100 at 2 % over 6 months: what instalments of 17.8526 are worth today is 100
    paid = loans().instalments(np.array([100.0, 0.0]))[0]
    assert sum(paid / 1.02**k for k in range(1, 7)) == pytest.approx(100)


def test_a_loan_without_a_rate_bears_the_mean_of_the_others_and_without_any_rate_no_interest():
    assert loans(rate=[0.02, np.nan]).instalments(np.array([1.0, 1.0]))[1] == pytest.approx(0.02 / (1 - 1.02**-12))
    assert loans(rate=None).instalments(np.array([6.0, 6.0])).tolist() == [1.0, 0.5]


def test_a_price_of_the_policy_stands_before_the_rate_of_the_data():
    priced = loans().instalments(np.array([1.0, 1.0]), np.array([0.04, np.nan]))
    assert priced == pytest.approx([0.04 / (1 - 1.04**-6), 0.04 / (1 - 1.04**-12)])


def test_the_burden_is_instalment_and_expenses_over_income_and_unknown_without_one():
    assert loans(rate=None).burden(np.array([600.0, 1200.0])).tolist() == [0.4, 0.3]
    assert np.isnan(loans(rate=None, income=[0, np.nan]).burden(np.array([600.0, 1200.0]))).all()


def test_the_classes_of_burden_hold_everybody_once():
    of = pd.DataFrame({"pd": 0.1, "y": [0.0, 1.0] * 50})
    burden = np.concatenate([np.full(40, 0.4), np.full(40, 1.2), np.full(20, np.nan)])
    table = burden_table(burden, of, smallest=10)
    assert table["burden"].tolist() == ["0% to 40%", "above 100%", "unknown"]
    assert table["n"].tolist() == [40, 40, 20]


def test_a_class_of_very_few_is_left_empty_and_another_with_it():
    of = pd.DataFrame({"pd": 0.1, "y": [0.0] * 60})
    table = burden_table(np.array([0.1] * 3 + [0.5] * 40 + [1.2] * 17), of, smallest=10)
    assert table["n"].isna().tolist() == [True, False, True]


@pytest.mark.parametrize(("lacks", "asked"), [("term", "all_in"), ("rate", "all_in")])
def test_what_the_study_does_not_name_is_not_evaluated(lacks, asked):
    with pytest.raises(NotEvaluated, match="names no interest"):
        loans(**{lacks: None}).all_in(None)
    with pytest.raises(NotEvaluated, match="names no income"):
        loans(income=None).burden(np.array([1.0, 1.0]))


def test_the_table_of_rates_ends_with_the_dearest_loan():
    assert rates_table(np.array([0.1, 0.2, 0.4]))["all_in_rate"].iloc[-1] == 0.4
