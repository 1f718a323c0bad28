"""Vintages as they age."""

import numpy as np
import pytest

from riskbench.core.errors import NotEvaluated
from riskbench.monitoring.outcomes import ages
from riskbench.monitoring.outcomes.expected import FIRST_PAYMENT, Lines

MONTHS = {"2026-01": 1500, "2026-02": 400, "2026-03": 400, "2026-04": 400}


@pytest.fixture(scope="module")
def changed(booked, drawn):
    """The odds change in March; seen until 15 May, when April's loans are one month on book."""
    return booked(*drawn(MONTHS, shift=1.0, since="2026-03"), until="2026-05-15")


@pytest.fixture(scope="module")
def lines(changed):
    return Lines.of_development(changed)


def test_a_vintage_is_judged_at_an_age_when_all_its_loans_are_that_old(lines):
    table = ages.by_month(lines, "2").set_index("month")
    assert table["reason"].tolist() == ["", "", "", "400 of 400 loans are younger"]
    assert table["observed"].notna().tolist() == [True, True, True, False]


def test_the_observed_share_is_that_of_the_loans_bad_by_then(changed, lines):
    table = ages.by_month(lines, "2").set_index("month")
    march = (changed.loans["month"] == "2026-03").to_numpy()
    assert table.loc["2026-03", "bads"] == changed.bad[march, 1].sum()
    assert table.loc["2026-03", "lower"] < table.loc["2026-03", "observed"] < table.loc["2026-03", "upper"]


def test_a_change_of_the_odds_shows_at_an_early_age(lines):
    table = ages.by_month(lines, "2").set_index("month")
    assert table["beyond"].tolist()[:3] == ["", "", "above"]
    assert table.loc["2026-03", "p_value"] < 1e-4 < table.loc["2026-02", "p_value"]


def test_the_first_payment_is_an_age_of_its_own_and_says_how_many_were_fraud(changed, lines):
    table = ages.with_fraud(ages.by_month(lines, FIRST_PAYMENT), changed)
    april = (changed.loans["month"] == "2026-04").to_numpy()
    assert table["bads"].iloc[-1] == changed.missed_first[april].sum()
    assert table["frauds"].tolist() == [0, 0, 0, 0]


def test_of_each_month_the_oldest_age_judged_is_taken(lines):
    found = ages.oldest(lines).set_index("month")["month_on_book"]
    assert found.to_dict() == {"2026-01": 3, "2026-02": 3, "2026-03": 2, "2026-04": 1}


def test_curves_of_loans_all_watched_to_the_end_are_the_plain_shares(booked, drawn):
    loans = booked(*drawn({"2026-01": 300, "2026-04": 300}))
    found = ages.curves(loans).set_index(["vintage", "month_on_book"])["share_bad"]
    for name, those in (("months of development", slice(0, 300)), ("2026 Q2", slice(300, 600))):
        assert found[name].to_numpy() == pytest.approx(loans.bad[those].mean(axis=0))


def test_what_is_drawn_are_the_months_that_are_judged(lines):
    series = ages.drawn(ages.by_month(lines, "2"))
    judged = ["2026-01", "2026-02", "2026-03"]
    assert series.groupby("series")["month"].apply(list).to_dict() == {"expected": judged, "observed": judged}
    with pytest.raises(NotEvaluated, match="400 of 400 loans are younger"):
        ages.drawn(ages.by_month(lines, "2").iloc[3:])


def test_the_marks_are_counted_beside_what_chance_would_give(lines):
    cells = ages.heat(lines)
    judged = int(cells["ratio"].notna().sum())
    assert judged == 3 + 3 + 2 + 1
    above = int((cells["beyond"] == "above").sum())
    assert ages.marks_told(cells).startswith(f"Of 9 cells {above} lie above (▲)")
    assert np.isfinite(cells["ratio"].dropna()).all()
