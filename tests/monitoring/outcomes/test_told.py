"""Sentences that follow from early outcomes and the estimate."""

from itertools import product

import pytest

from riskbench.core.results import Estimate
from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.outcomes.told import BLIND, conclusion, verdict

LIMIT = Thresholds()["outcomes.early_outcomes"]
SAME, UP, DOWN = (Estimate(v, v - 0.01, v + 0.01) for v in (0.0, 0.02, -0.02))


def early(p: float) -> Estimate:
    return Estimate(1.2, 1.0, 1.4, p_value=p)


@pytest.mark.parametrize(
    ("p", "change", "said"),
    [
        (0.001, SAME, "the estimate shows nothing, and what has changed is the odds"),
        (0.001, UP, "which the estimate shows, and beyond it the odds, which it does not"),
        (0.5, UP, "who is lent to has changed, and the PDs follow it"),
        (0.5, SAME, "nothing points to a change"),
        (0.999, SAME, "the odds have become better than the PDs say"),
    ],
)
def test_the_sentence_tells_a_change_of_the_odds_from_one_of_who_is_lent_to(p, change, said):
    assert said in verdict(early(p), change, LIMIT)


@pytest.mark.parametrize(("p", "change"), list(product([0.001, 0.5, 0.999], [SAME, UP, DOWN])))
def test_every_case_has_its_sentence_and_ends_with_what_the_estimate_cannot_see(p, change):
    assert verdict(early(p), change, LIMIT).endswith(BLIND)


def test_a_p_value_on_the_limit_has_not_failed():
    assert "within chance" in verdict(early(0.01), SAME, LIMIT)


def test_what_was_not_evaluated_is_said_with_its_reason():
    assert verdict(Estimate.missing("no loan is old enough"), SAME, LIMIT).startswith(
        "Early outcomes are not evaluated: no loan is old enough."
    )


@pytest.mark.parametrize(
    ("early", "matured", "said"),
    [
        ("red", "amber", "Loans turn out worse than expected, by early."),
        ("green", "amber", "Loans may be turning out worse than expected, by matured."),
        ("green", "green", "Nothing shows that loans turn out worse than expected, by early and matured."),
        ("not_evaluated", "red", "Loans turn out worse than expected, by matured. Not evaluated: early."),
        (
            "not_evaluated",
            "not_evaluated",
            "It is not known whether loans turn out as expected. Not evaluated: early and matured.",
        ),
    ],
)
def test_the_worst_test_makes_the_conclusion_and_what_was_not_evaluated_is_never_good(early, matured, said):
    assert conclusion({"early": early, "matured": matured}).split(" Bad open loans")[0] == said


def test_three_tests_are_listed_as_people_list_them():
    said = conclusion(dict.fromkeys(("open loans", "first payments", "vintages"), "red"))
    assert said.startswith("Loans turn out worse than expected, by open loans, first payments and vintages.")
