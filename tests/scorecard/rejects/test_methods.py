"""The methods of reject inference: each turns one assumption into rows, and none sees a label of the declined."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.scorecard.rejects.methods import METHODS, Applicants, effective_share, methods_table

BY_TITLE = {method.title: method for method in METHODS}
ON_ROWS = [method.title for method in METHODS if method.rows]
SOME = Applicants(
    y=np.array([1.0, 0.0, np.nan, np.nan]),
    pd=np.array([0.5, 0.2, 0.4, 0.8]),
    acceptance=np.array([0.5, 0.8, 0.3, 0.01]),
)


def told(title, applicants=SOME):
    rows = BY_TITLE[title].rows(applicants)
    return list(zip(rows.position.tolist(), rows.y.tolist(), rows.weight.round(4).tolist(), strict=True))


def test_doing_nothing_keeps_the_known_as_they_are():
    assert told("Doing nothing") == [(0, 1, 1.0), (1, 0, 1.0)]


def test_reweighting_counts_each_known_case_by_one_over_its_chance():
    assert told("Reweighting") == [(0, 1, 2.0), (1, 0, 1.25)]


def test_reweighting_holds_a_weight_at_twenty():
    assert told("Reweighting", Applicants(SOME.y, SOME.pd, np.full(4, 0.001))) == [(0, 1, 20.0), (1, 0, 20.0)]


def test_fuzzy_augmentation_enters_each_declined_twice():
    expected = [(0, 1, 1.0), (1, 0, 1.0), (2, 1, 0.4), (3, 1, 0.8), (2, 0, 0.6), (3, 0, 0.2)]
    assert told("Fuzzy augmentation") == expected


def test_a_factor_multiplies_the_odds_of_fuzzy_augmentation():
    # odds 2 : 3 become 4 : 3, odds 4 : 1 become 8 : 1
    assert told("Fuzzy, odds × 2")[2:4] == [(2, 1, round(4 / 7, 4)), (3, 1, round(8 / 9, 4))]


def test_parcelling_gives_the_declined_the_bad_rate_of_their_tenth_times_the_factor():
    # Twenty known cases, two in each tenth of the PD; the last tenth holds one bad and one good.
    risk = np.arange(1, 21) / 100
    bad = np.zeros(20)
    bad[-1] = 1
    some = Applicants(np.append(bad, [np.nan, np.nan]), np.append(risk, [0.9, 0.001]), np.full(22, 0.5))
    assert told("Parcelling, rate × 1.5", some)[20:] == [(20, 1, 0.75), (20, 0, 0.25), (21, 0, 1.0)]
    assert told("Parcelling, rate × 2", some)[20:] == [(20, 1, 1.0), (21, 0, 1.0)]


@pytest.mark.parametrize("title", [title for title in ON_ROWS if title.startswith(("Fuzzy", "Parcelling"))])
def test_imputed_rows_stand_for_each_application_once(lender, title):
    rows = BY_TITLE[title].rows(lender.applicants)
    assert np.bincount(rows.position, rows.weight, len(lender.y)) == pytest.approx(np.ones(len(lender.y)))
    assert (rows.weight > 0).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_method_reads_anything_of_a_declined_application_but_its_pd(seed):
    # Outcomes of the declined do not exist: the only labels among the rows of the known are those given.
    draw = np.random.default_rng(seed)
    some = Applicants(np.array([1, 0, 1, 0, np.nan, np.nan]), draw.uniform(0.01, 0.99, 6), draw.uniform(0.01, 0.99, 6))
    for title in ON_ROWS:
        rows = BY_TITLE[title].rows(some)
        known = rows.position < 4
        assert (rows.y[known] == some.y[rows.position[known]]).all()


def test_equal_weights_leave_the_whole_sample_effective(lender):
    assert effective_share(BY_TITLE["Doing nothing"].rows(lender.applicants)).value == 1.0
    assert effective_share(BY_TITLE["Reweighting"].rows(lender.applicants)).value < 1.0


def test_the_methods_are_told_with_assumption_and_source():
    table = methods_table()
    assert len(table) == len(METHODS)
    assert table["method"].is_unique
    assert (table["assumption"] != "").all()
    assert (table["source"].iloc[1:] != "").all()
