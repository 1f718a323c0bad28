"""Roll rates between months on book."""

import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.outcomes import rolls
from riskbench.monitoring.outcomes.booked import Booked

LIMITS = Thresholds()


@pytest.fixture(scope="module")
def found(booked) -> pd.DataFrame:
    """Of 30 loans of January 20 are bad from month 2 on: missed in month 1, so under 30 days there."""
    return rolls.pairs(booked(["2026-01"] * 30, [0.1] * 30, [2] * 20 + [0] * 10))


def test_a_pair_is_two_neighbouring_months_told_by_the_day_on_which_the_later_was_known(found):
    # 1 January + 60 days = 2 March, + 90 days = 1 April; the state of month 1 is under 30 days: missed, 0 days past due
    counts = found.groupby(["month", "state", "then"]).size().to_dict()
    assert counts == {
        ("2026-03", "under 30 days", "30 to 59 days"): 20,
        ("2026-03", "current", "current"): 10,
        ("2026-04", "30 to 59 days", "60 to 89 days"): 20,
        ("2026-04", "current", "current"): 10,
    }


def test_rates_are_shares_of_those_at_risk_and_those_of_few_loans_are_withheld(found):
    table = rolls.by_month(found, LIMITS).set_index(["month", "series"])["roll_rate"]
    assert table["2026-03", "to 30 days"] == 1.0
    assert table["2026-04", "into arrears"] == 0.0
    few = rolls.by_month(found.groupby("state").head(9), LIMITS)  # the smallest cell holds 10
    assert few["roll_rate"].isna().all()


def test_a_row_of_the_matrix_adds_up_to_1_by_loans_and_by_amounts(found):
    table = rolls.matrix(found.assign(amount=range(1, 61)), LIMITS)
    shares = table[[*rolls.STATES, *rolls.ENDS]].sum(axis=1)
    assert shares[table["n"] >= 10].tolist() == pytest.approx([1.0] * 9)
    assert table["of"].unique().tolist() == [
        "months of development, loans",
        "newest three months, loans",
        "newest three months, amounts",
    ]


def test_amounts_weigh_where_loans_of_one_state_go_apart(booked):
    pairs = rolls.pairs(booked(["2026-01"] * 20, [0.1] * 20, [0] * 10 + [3] * 10))
    pairs = pairs.assign(amount=[3.0 if then == "current" else 1.0 for then in pairs["then"]])
    table = rolls.matrix(pairs, LIMITS).set_index(["of", "state"])
    # current: 10 + 10 of month 1 and 10 of month 2 stay or miss: 10 missed in month 2, 20 stayed
    assert table.loc[("newest three months, loans", "current"), "current"] == pytest.approx(20 / 30)
    assert table.loc[("newest three months, amounts", "current"), "current"] == pytest.approx(60 / 70)


def test_a_loan_that_left_while_current_is_told_and_one_in_arrears_without_a_row_is_not(performance):
    paid = performance(["2026-01"] * 2, [0, 0], left_after=[1, 1])
    paid.loc[1, ["owed_1", "dpd_1"]] = [50.0, 0.0]
    applications = paid[["application"]].assign(month="2026-01", sample="development")
    found = rolls.pairs(Booked.of(applications, pd.DataFrame({"pd": [0.1, 0.1]}), paid))
    assert found[["state", "then"]].to_numpy().tolist() == [["current", "left"]]


def test_without_two_months_of_a_loan_there_is_no_matrix(booked):
    with pytest.raises(NotEvaluated, match="no loan is known in two months on book"):
        rolls.matrix(rolls.pairs(booked(["2026-01"], [0.1], [0], until="2026-02-10")), LIMITS)
