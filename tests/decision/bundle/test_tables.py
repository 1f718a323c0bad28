"""A bundle for a reader, and the proof that it decides as its page does."""

import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.decision.bundle.tables import bundle_check, content_table


def test_the_table_counts_what_the_bundle_holds(lender):
    bundle = lender.bundle("amount_to_income", "employment")
    told = content_table(bundle).set_index("part")["content"]
    bins = sum(len(points) for points in bundle.scorecard.points_.values())
    assert told["card"].startswith(f"2 features with {bins} bins; address {bundle.card_address[:12]}")
    assert told["policy"] == "5 bands, 2 rules, and the economics"
    # lower ends of amount, income, delinquencies and enquiries, and the levels of employment
    assert told["inputs"].startswith("5 columns, and 1 feature made of them; 5 checks of range and levels")


def test_one_decision_that_differs_turns_the_check_red(lender):
    decided = lender.bundle("employment").decide(lender.applications)
    other = decided.copy()
    other.loc[3, "reason"] = "another"
    assert bundle_check(decided, decided, Thresholds()).status == "green"
    found = bundle_check(decided, other, Thresholds())
    assert (found.status, found.estimate.value, found.estimate.n) == ("red", 1, 2_000)


def test_a_rate_that_neither_has_is_no_difference(lender):
    decided = lender.bundle("employment").decide(lender.applications).assign(rate=float("nan"))
    assert bundle_check(decided, decided.copy(), Thresholds()).status == "green"
    other = decided.copy()
    other.loc[other.index[0], "rate"] = 0.02
    assert bundle_check(decided, other, Thresholds()).estimate.value == 1


def test_tables_of_other_rows_are_refused(lender):
    decided = lender.bundle("employment").decide(lender.applications)
    with pytest.raises(ValueError, match="same rows"):
        bundle_check(decided, decided.head(3), Thresholds())
