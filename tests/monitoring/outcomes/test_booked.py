"""The booked loans of a run."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.metrics.incidence import BAD, CENSORED, LEFT
from riskbench.monitoring.outcomes.booked import Booked

ALL = np.array([True, True, True])


def test_the_tables_are_joined_by_application_whatever_their_order(performance):
    paid = performance(["2026-01", "2026-02"], [0, 0])
    applications = pd.DataFrame(
        {
            "application": ["l1", "x", "l0"],
            "month": ["2026-02", "2026-02", "2026-01"],
            "sample": ["monitoring", "test", "test"],
        }
    )
    loans = Booked.of(applications, pd.DataFrame({"pd": [0.1, 0.2, 0.3]}), paid).loans
    assert loans["month"].tolist() == ["2026-01", "2026-02"]
    assert loans["pd"].tolist() == [0.3, 0.1]
    assert loans["developed"].tolist() == [True, False]


def test_loans_of_about_the_same_term_share_a_stratum_cut_on_development_alone(performance):
    paid = performance(["2026-01"] * 10 + ["2026-02"], [0] * 11)
    terms = [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 99]
    applications = paid[["application"]].assign(month="2026-01", sample="development", term=terms)
    applications.loc[10, "sample"] = "monitoring"
    found = Booked.of(applications, pd.DataFrame({"pd": [0.1] * 11}), paid, term="term").loans["stratum"]
    assert found.tolist() == [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4]  # edges 2, 3, 4, 5: the terms at a fifth, two, ...


def test_a_loan_is_watched_until_it_is_bad_until_it_left_or_as_long_as_it_is_known(booked):
    three = booked(["2026-01"] * 3, [0.1] * 3, [2, 0, 0], until="2026-03-02")  # two months on book are known
    age, kind = three.until_event(ALL)
    assert (age.tolist(), kind.tolist()) == ([2, 2, 2], [BAD, CENSORED, CENSORED])


def test_one_that_left_is_seen_to_leave_in_the_first_month_without_a_row(performance):
    paid = performance(["2026-01"], [0], left_after=[1])
    applications = paid[["application"]].assign(month="2026-01", sample="development")
    age, kind = Booked.of(applications, pd.DataFrame({"pd": [0.1]}), paid).until_event(np.array([True]))
    assert (age.tolist(), kind.tolist()) == ([2], [LEFT])


def test_the_last_day_from_which_anything_is_known(booked):
    # decided on 1 January: the second month is known on 2 March
    assert booked(["2026-01"], [0.1], [0], until="2026-03-10").observed_until == dt.date(2026, 3, 2)


def test_without_repayments_nothing_of_a_month_on_book_is_evaluated(performance):
    paid = performance(["2026-01"], [0])[["application", "decided_on", "final_on", "label"]]
    applications = paid[["application"]].assign(month="2026-01", sample="development")
    loans = Booked.of(applications, pd.DataFrame({"pd": [0.1]}), paid)
    assert (loans.ages, loans.observed_until) == ((), None)
    with pytest.raises(NotEvaluated, match="no repayments by month on book"):
        loans.require_ages()
