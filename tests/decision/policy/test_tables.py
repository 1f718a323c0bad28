"""A policy in the words of its reader."""

from pathlib import Path

import pytest

from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.reading import load_policy
from riskbench.decision.policy.tables import (
    arms_table,
    bands_table,
    caps_table,
    economics_table,
    freshness_table,
    limits_table,
    price_table,
    rules_table,
)


@pytest.fixture
def microloan() -> Policy:
    return load_policy(Path(__file__).parents[3] / "data" / "microloan" / "policy.yaml")


def test_bands_are_told_from_the_riskiest_up_with_their_limits_in_words(policy: Policy) -> None:
    table = bands_table(policy)
    assert table["band"].tolist() == ["low", "middle", "high"]
    assert table["from"].tolist() == ["lowest", "520", "550"]
    assert table["below"].tolist() == ["520", "550", "highest"]
    assert table["limit"].tolist() == ["", "50% of the request", ""]


def test_rules_are_told_in_the_order_of_the_file(microloan: Policy) -> None:
    table = rules_table(microloan)
    assert table["rule"].tolist() == [rule.name for rule in microloan.rules]
    assert table.loc[0, ["when", "action", "on_missing"]].tolist() == ["delinquencies_12m >= 5", "decline", "refer"]


def test_every_assumption_stands_with_its_unit(policy: Policy) -> None:
    table = economics_table(policy).set_index("assumption")
    assert table["value"].tolist() == [0.5, 0.25, 0.05, 1, 2]
    assert (table["unit"] != "").all()


@pytest.fixture
def whole() -> Policy:
    return load_policy(Path(__file__).parent / "whole.yaml")


def test_conditions_of_a_rule_are_joined_in_words(whole: Policy) -> None:
    assert rules_table(whole)["when"][1] == "employment in informal, self_employed and burden > 0.8"


def test_a_whole_number_of_a_condition_stands_without_a_point(microloan: Policy) -> None:
    assert rules_table(microloan)["when"][2] == "employment in informal, self_employed and burden >= 1"


def test_limits_are_told_line_by_line_in_the_unit_that_they_have(whole: Policy) -> None:
    table = limits_table(whole)
    assert table["applies_to"].tolist() == [
        "monthly_income below 500",
        "monthly_income from 500",
        "employment: salaried, public",
        "employment: retired, informal, self_employed",
        "every loan",
        "every loan",
    ]
    assert table["prime"].tolist() == ["400", "2,000", "2 × monthly_income", "1 × monthly_income", "2,000", "50"]
    assert table["less"].tolist() == ["", "", "elsewhere_amount", "elsewhere_amount", "", ""]


def test_each_price_stands_with_what_it_costs_in_all_and_earns(whole: Policy) -> None:
    table = price_table(whole)
    assert len(table) == 2 * 2 * 4  # lines, bands that lend, terms
    first = table.iloc[0]  # 2 % over one instalment, 2 % kept back: 1.02 / 0.98 a month, compounded; 1.02 - 1 + .02
    assert (first["band"], first["instalments"], first["applies_to"]) == ("prime", 1, "channel: app")
    assert first["all_in_rate"] == pytest.approx((1.02 / 0.98) ** 12 - 1)
    assert first["life_margin"] == pytest.approx(0.04)
    assert (table["all_in_rate"] <= table["rate_cap"]).all()


def test_a_price_by_term_is_told_for_its_own_terms_only(microloan: Policy) -> None:
    assert price_table(microloan).groupby("applies_to")["instalments"].unique().map(list).to_dict() == {
        "term_months below 2": [1],
        "term_months from 2 to below 4": [2, 3],
        "term_months from 4": [4, 5, 6],
    }


def test_caps_are_told_with_their_sources(whole: Policy) -> None:
    assert caps_table(whole).to_numpy().tolist() == [
        ["amount of a loan", "2,000", "the board"],
        ["all-in annual rate, effective", "120.0%", "the law"],
        ["share of one region in all that is lent", "60%", "the board"],
    ]


def test_arms_share_all_customers_and_shadows_none(whole: Policy) -> None:
    table = arms_table(whole).set_index("name")
    assert table["share"].to_dict() == pytest.approx({"champion": 0.9, "wider": 0.1, "smaller": 0.0})
    assert table["decides"].tolist() == ["90% of customers", "10% of customers", "nobody, is only written down"]
    assert table["own_sections"].tolist() == ["", "bands", "smallest_amount"]


def test_freshness_is_told_in_days_where_it_is_whole_ones(whole: Policy) -> None:
    assert freshness_table(whole)[["source", "within", "action"]].to_numpy().tolist() == [
        ["bureau", "30 days", "refer"]
    ]


def test_what_a_policy_does_not_have_gives_an_empty_table(policy: Policy) -> None:
    assert [len(t(policy)) for t in (freshness_table, limits_table, price_table, caps_table, arms_table)] == [
        0,
        0,
        0,
        0,
        1,
    ]
