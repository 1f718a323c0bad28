"""What a bundle says of itself: inputs with their range and what a gap does, texts in two languages, formulas."""

import pytest

from riskbench.core.errors import StudyError
from riskbench.decision.bundle.parts import WhenMissing
from riskbench.decision.policy.grids import LimitTable
from riskbench.decision.policy.policy import Policy
from riskbench.decision.policy.rules import Rule


@pytest.fixture(scope="module")
def bundle(lender):
    return lender.bundle("amount_to_income", "employment")


def rule(variable, **more):
    when = {"variable": variable, "op": ">=", "value": 1}
    return Rule.model_validate(
        {"name": "r", "when": when, "action": "refer", "reason": "x", "on_missing": "pass"} | more
    )


def with_rule(lender, new):
    return lender.bundle("employment").credit_policy.model_copy(update={"rules": [new]})


def test_every_column_that_somebody_reads_is_an_input_and_no_other(bundle):
    read = {column.name: column.read_by for column in bundle.inputs.columns}
    assert read == {
        "amount_requested": ["formula", "policy"],
        "monthly_income": ["formula"],
        "employment": ["card"],
        "delinquencies_12m": ["policy"],
        "enquiries_6m": ["policy"],
    }


def test_an_engineered_feature_has_its_formula_and_the_columns_that_it_reads(bundle):
    (made,) = bundle.inputs.engineered
    assert (made.name, made.type, made.reads) == ("amount_to_income", "number", ["amount_requested", "monthly_income"])
    assert "amount_requested" in made.formula


def test_what_a_missing_value_does_is_said_of_card_and_rules(bundle):
    by_name = {column.name: column.when_missing for column in bundle.inputs.columns}
    assert by_name["employment"].points == bundle.scorecard.points_["employment"][-1]
    assert by_name["delinquencies_12m"] == WhenMissing(rules={"repeated_delinquency": "refer"})


def test_every_bin_and_rule_has_its_text_in_both_languages(bundle):
    told = {of.rule: of for of in bundle.reasons.rules}["repeated_delinquency"]
    assert told.held.en == "five or more delinquencies at other lenders within a year"
    assert told.held.zh == "一年内在其他机构逾期五次或以上"
    assert told.missing is not None
    assert (told.missing.en, told.missing.zh) == (
        "Delinquencies in twelve months: not known",
        "十二个月内逾期次数：信息缺失",
    )
    assert [len(of.bins) for of in bundle.reasons.features] == [len(p) for p in bundle.scorecard.points_.values()]


def test_a_rule_without_a_chinese_reason_says_that_it_is_not_translated(lender):
    bundle = lender.bundle("employment", policy=with_rule(lender, rule("enquiries_6m")))
    assert bundle.reasons.of_rule("r").zh == "x（暂无中文说明）"


@pytest.mark.parametrize("variable", ["y", "in_force", "customer", "nothing"])
def test_a_rule_may_not_read_what_is_unknown_at_the_decision(lender, variable):
    with pytest.raises(StudyError, match=f"reads {variable}, which no bundle can"):
        lender.bundle("employment", policy=with_rule(lender, rule(variable)))


@pytest.mark.parametrize("variable", ["score", "pd", "amount"])
def test_a_rule_may_read_what_the_bundle_computes_itself(lender, variable):
    bundle = lender.bundle("employment", policy=with_rule(lender, rule(variable)))
    assert set(bundle.decide(lender.applications)["action"]) <= {"approve", "limit", "refer", "decline"}


def test_the_same_parts_make_the_same_address_and_another_level_another(lender):
    made = [lender.bundle("employment", level=level).address for level in (0.0, 0.0, 0.1)]
    assert made[0] == made[1] != made[2]


def test_inputs_say_from_which_table_they_come_and_whose_the_arm_is(bundle):
    tables = {column.name: column.table for column in bundle.inputs.columns}
    assert (tables["amount_requested"], tables["enquiries_6m"]) == ("applications", "bureau")
    assert (bundle.inputs.key, bundle.inputs.customer) == ("application_id", "customer_id")


def full_policy(lender):
    """A policy that has every section which can decide."""
    plain = lender.bundle("employment").credit_policy
    lending = [band.name for band in plain.bands if band.action in ("approve", "limit")]
    table = {
        "name": "by_income",
        "by": "employment",
        "times": "monthly_income",
        "lines": [{"levels": ["salaried", "public", "self_employed", "informal", "retired"], "value": 2.0}],
        "on_missing": "refer",
        "reason": "the income allows less",
        "reason_zh": "收入允许的额度更低",
    }
    price = {
        "term": "term_months",
        "terms": [3],
        "on_missing": "refer",
        "reason": "no price",
        "lines": [{"value": 0.02}],
    }
    old = {"source": "bureau", "within_hours": 24, "action": "refer", "reason": "old data", "on_missing": "refer"}
    stricter = [one.model_dump() for one in [rule("enquiries_6m", reason="y"), *plain.rules]]
    return Policy.model_validate(
        plain.model_dump(by_alias=True)
        | {
            "limits": [LimitTable.model_validate(table).model_dump(by_alias=True)],
            "smallest_amount": {"value": 50.0, "action": "decline", "reason": "too little is left"},
            "price": price | {"lines": [{"value": dict.fromkeys(lending, 0.02)}]},
            "caps": {"amount": {"value": 900.0, "source": "the board"}},
            "freshness": [old],
            "shadow": [{"name": "stricter", "because": "to see", "rules": stricter}],
        }
    )


def test_everything_that_can_decide_has_a_text(lender):
    bundle = lender.bundle("employment", policy=full_policy(lender))
    said = bundle.reasons.of_rule
    assert said("cap:amount").en == "no loan may be larger than 900"
    assert said("by_income").zh == "收入允许的额度更低"
    assert said("by_income", unknown=True).en == "Employment or Monthly income: not known"
    assert said("stale:bureau", unknown=True).en == "age of the data of bureau: not known"
    assert said("below:enquiries_6m").zh == "六个月内征信查询次数低于0"
    assert said("price", unknown=True).en.endswith("not known, or none that is lent for")
    assert bundle.inputs.sources == ["bureau"]


def test_an_alternative_has_its_own_words_for_a_rule_of_its_own(lender):
    bundle = lender.bundle("employment", policy=full_policy(lender))
    assert [of.rule for of in bundle.reasons.alternatives["stricter"]] == ["r"]
    assert bundle.reasons.of_rule("r", arm="stricter").en == "y"
    with pytest.raises(KeyError):
        bundle.reasons.of_rule("r")
