"""Early outcomes of open loans, now and as known at each month's end."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.data.performance import known_by
from riskbench.monitoring.outcomes import early
from riskbench.monitoring.outcomes.booked import Booked
from riskbench.monitoring.outcomes.expected import Lines

THRESHOLDS = Thresholds()
LIMIT = THRESHOLDS[early.LIMIT]
MONTHS = {"2026-01": 1500, **{f"2026-{m:02}": 400 for m in range(2, 9)}}


@pytest.fixture(scope="module")
def changed(booked, drawn) -> Booked:
    return booked(*drawn(MONTHS, shift=0.8, since="2026-05"), until="2026-09-30")


@pytest.fixture(scope="module")
def lines(changed) -> Lines:
    return Lines.of_development(changed)


def test_a_look_takes_the_loans_whose_labels_were_not_known_each_at_its_age_then(lines):
    # on 31 May: February's label came on 2 May; March is two months old, April one, May not yet one
    parts = early.open_loans(lines, dt.date(2026, 5, 31))
    assert [part.bad.size for part in parts] == [400 + 400 - 400, 400]  # April (1 month) and March (2 months)


@pytest.mark.parametrize("at", [dt.date(2026, 4, 30), dt.date(2026, 6, 15), dt.date(2026, 8, 31)])
def test_a_look_at_the_past_is_the_look_that_was_possible_then(changed, lines, at):
    columns = [name for name in changed.loans if name not in ("month", "pd", "amount", "developed", "stratum")]
    then = known_by(changed.loans[columns], at)
    applications = changed.loans.assign(sample=np.where(changed.loans["developed"], "development", "monitoring"))
    seen = Booked.of(applications, changed.loans[["pd"]], then)
    parts = early.open_loans(Lines(seen, lines.of), at)
    assert sum(part.bad.sum() for part in parts) == sum(part.bad.sum() for part in early.open_loans(lines, at))


def test_early_outcomes_show_a_change_of_the_odds_before_the_labels_do(lines):
    looks = early.by_look(lines)
    first, labels = (early._first(looks, name, LIMIT) for name in ("p_value", "matured_p_value"))
    assert "2026-05" < first < labels
    assert f"early outcomes at the end of {first}" in early.first_signals(looks, LIMIT)


def test_where_nothing_fails_the_sentence_says_never(lines):
    quiet = early.by_look(lines).query("month < '2026-05'")
    assert "early outcomes never, the labels of the newest matured vintage never" in early.first_signals(quiet, LIMIT)


def test_the_checks_are_p_values_of_open_loans_and_of_the_newest_first_payments(lines):
    test, ratio, first = early.early_checks(lines, THRESHOLDS)
    assert (test.status, first.status, ratio.status) == ("red", "red", "information")
    assert ratio.estimate.value > 1.2
    assert test.estimate.value == ratio.estimate.p_value
    assert first.dims == {"month": "2026-08"}


def test_looks_are_drawn_as_two_series_around_1(lines):
    series = early.drawn(early.by_look(lines))
    assert set(series["series"]) == {"early outcomes", "newest matured"}
    assert series.loc[series["series"] == "newest matured", "lower"].isna().all()


def test_a_study_without_repayments_is_not_evaluated_with_its_reason(changed):
    bare = changed.loans[["application", "decided_on", "final_on", "label"]]
    applications = pd.DataFrame({"application": bare["application"], "month": "2026-01", "sample": "test"})
    lines = Lines.of_development(Booked.of(applications, changed.loans[["pd"]], bare))
    checks = early.early_checks(lines, THRESHOLDS)
    assert {(c.status, c.reason) for c in checks} == {
        ("not_evaluated", "the study records no repayments by month on book")
    }
