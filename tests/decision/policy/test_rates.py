"""What a loan costs in all, by hand and by its laws."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.decision.policy.rates import all_in_rate, life_margin, monthly_cost
from riskbench.decision.policy.reading import load_policy

RATES, TERMS, FEES = st.floats(0, 1), st.integers(1, 360), st.floats(0, 0.99)


def test_without_a_fee_the_all_in_rate_is_the_interest():
    # 12 · .02 = .24 and 1.02^12 − 1 = .268242
    assert all_in_rate(0.02, 36, convention="nominal") == pytest.approx(0.24)
    assert all_in_rate(0.02, 36) == pytest.approx(0.268242, abs=1e-6)


def test_one_instalment_is_the_quotient_of_what_is_paid_and_received():
    # 1.03 / .95 − 1 = .0842105 a month
    assert monthly_cost(0.03, 1, 0.05) == pytest.approx(1.03 / 0.95 - 1, abs=1e-12)


def test_two_instalments_without_interest_solve_a_quadratic():
    # .5 / x + .5 / x² = .9 with x = 1 + i  →  .9 x² − .5 x − .5 = 0  →  x = (.5 + √(.25 + 1.8)) / 1.8 = 1.0732124
    assert monthly_cost(0.0, 2, 0.1) == pytest.approx((0.5 + math.sqrt(2.05)) / 1.8 - 1, abs=1e-12)


def test_neither_interest_nor_fee_costs_nothing():
    assert all_in_rate(0.0, 6) == all_in_rate(0.0, 6, convention="nominal") == 0


@given(rate=RATES, term=TERMS, fee=FEES)
def test_the_instalments_at_the_all_in_rate_are_worth_what_was_paid_out(rate, term, fee):
    i = monthly_cost(rate, term, fee)
    instalment = rate / (1 - (1 + rate) ** -term) if rate > 1e-6 else (1 + rate * (term + 1) / 2) / term
    worth = math.fsum(instalment * (1 + i) ** -month for month in range(1, term + 1))
    assert worth == pytest.approx(1 - fee, rel=1e-6)


@given(rate=RATES, term=TERMS, fee=FEES)
def test_a_fee_never_makes_a_loan_cheaper_and_compounding_makes_the_year_dearer(rate, term, fee):
    i = monthly_cost(rate, term, fee)
    assert i >= rate
    assert all_in_rate(rate, term, fee) >= all_in_rate(rate, term, fee, "nominal") * (1 - 1e-12)


@given(rate=RATES, term=st.integers(2, 360), fee=st.floats(0.001, 0.99))
def test_a_fee_weighs_less_the_longer_it_is_spread(rate, term, fee):
    assert monthly_cost(rate, term, fee) <= monthly_cost(rate, term - 1, fee) + 1e-9


def test_the_margin_of_a_life_is_what_is_paid_less_what_is_lent_and_the_fee():
    # Two instalments at 10 %: a(2) = 1/1.1 + 1/1.21 = 1.7355372, so 2 / 1.7355372 − 1 = .1523810, plus .05
    assert life_margin(0.1, 2, 0.05) == pytest.approx(0.2023810, abs=1e-7)


def test_the_margin_of_microloans_economics_lies_among_those_of_its_prices():
    policy = load_policy(Path(__file__).parents[3] / "data" / "microloan" / "policy.yaml")
    price = policy.price
    margins = [life_margin(line.of(band.name), term, price.fee) for line in price.lines for term in price.terms_of(line)
               for band in policy.lending_bands]  # fmt: skip
    assert min(margins) < policy.economics.margin < max(margins)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((-0.01, 6), "rate"), ((1.01, 6), "rate"), ((math.nan, 6), "rate"), ((0.1, 0), "term"), ((0.1, 6, 1.0), "fee")],
)
def test_what_is_no_loan_is_refused(arguments, said):
    with pytest.raises(ValueError, match=f"{said} must"):
        all_in_rate(*arguments)
