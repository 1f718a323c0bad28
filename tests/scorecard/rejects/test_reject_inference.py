"""Reject inference: each method turns one assumption into rows, and none sees a label of a declined application."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.core.errors import NotEvaluated
from riskbench.data.study import load_study
from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.rejects import reject_inference as rejects
from riskbench.scorecard.rejects.reject_inference import METHODS, Applicants

BY_NAME = {method.name: method for method in METHODS}
ON_ROWS = [method.name for method in METHODS if method.rows]


def applications(n=4000, seed=2):
    """A risk that two numbers show; an application is the likelier accepted the lower both are."""
    draw = np.random.default_rng(seed)
    X = pd.DataFrame({"late": draw.poisson(1.0, n).astype(float), "debt": draw.normal(size=n).round(2)})
    risk = -2 + 0.6 * X["late"] + 0.7 * X["debt"]
    bad = (draw.random(n) < 1 / (1 + np.exp(-risk))).to_numpy(float)
    accepted = draw.random(n) < 1 / (1 + np.exp(1.5 * risk + 1.5))
    return X, np.where(accepted, bad, np.nan), bad


X, Y, BAD = applications()
CARD = Scorecard(WoeBinning()).fit(X[~np.isnan(Y)], Y[~np.isnan(Y)])
APPLICANTS = rejects.applicants_of(CARD, X, Y)
PDS = rejects.fit_and_score(CARD, X, APPLICANTS, X)
DECLINED = np.isnan(Y)

SOME = Applicants(
    y=np.array([1.0, 0.0, np.nan, np.nan]),
    pd=np.array([0.5, 0.2, 0.4, 0.8]),
    acceptance=np.array([0.5, 0.8, 0.3, 0.01]),
)


def told(rows):
    return list(zip(rows.position.tolist(), rows.y.tolist(), rows.weight.round(4).tolist(), strict=True))


def test_doing_nothing_keeps_the_known_as_they_are():
    assert told(BY_NAME["nothing"].rows(SOME)) == [(0, 1, 1.0), (1, 0, 1.0)]


def test_doing_nothing_gives_the_card_of_the_known():
    assert PDS["nothing"].to_numpy() == pytest.approx(CARD.predict_proba(X)[:, 1], abs=1e-9)


def test_reweighting_counts_each_known_case_by_one_over_its_chance():
    assert told(BY_NAME["reweighting"].rows(SOME)) == [(0, 1, 2.0), (1, 0, 1.25)]


def test_reweighting_holds_a_weight_at_twenty():
    rare = Applicants(SOME.y, SOME.pd, np.full(4, 0.001))
    assert BY_NAME["reweighting"].rows(rare).weight.tolist() == [20.0, 20.0]


def test_fuzzy_augmentation_enters_each_declined_twice():
    expected = [(0, 1, 1.0), (1, 0, 1.0), (2, 1, 0.4), (3, 1, 0.8), (2, 0, 0.6), (3, 0, 0.2)]
    assert told(BY_NAME["fuzzy"].rows(SOME)) == expected


def test_a_factor_multiplies_the_odds_of_fuzzy_augmentation():
    # odds 2 : 3 become 4 : 3, odds 4 : 1 become 8 : 1
    assert told(BY_NAME["fuzzy_2"].rows(SOME))[2:4] == [(2, 1, round(4 / 7, 4)), (3, 1, round(8 / 9, 4))]


def test_parcelling_gives_the_declined_the_bad_rate_of_their_band_times_the_factor():
    # Twenty known cases, two in each band of PD; the last band holds one bad and one good.
    risk = np.arange(1, 21) / 100
    bad = np.zeros(20)
    bad[-1] = 1
    some = Applicants(np.append(bad, [np.nan, np.nan]), np.append(risk, [0.9, 0.001]), np.full(22, 0.5))
    assert told(BY_NAME["parcelling_150"].rows(some))[20:] == [(20, 1, 0.75), (20, 0, 0.25), (21, 0, 1.0)]
    assert told(BY_NAME["parcelling_200"].rows(some))[20:] == [(20, 1, 1.0), (21, 0, 1.0)]


@pytest.mark.parametrize("name", [name for name in ON_ROWS if name.startswith(("fuzzy", "parcelling"))])
def test_imputed_rows_stand_for_each_application_once(name):
    rows = BY_NAME[name].rows(APPLICANTS)
    assert np.bincount(rows.position, rows.weight, len(X)) == pytest.approx(np.ones(len(X)))
    assert (rows.weight > 0).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_method_reads_anything_of_a_declined_application_but_its_pd(seed):
    # Outcomes of the declined do not exist: the only labels among the rows of the known are those given.
    draw = np.random.default_rng(seed)
    some = Applicants(np.array([1, 0, 1, 0, np.nan, np.nan]), draw.uniform(0.01, 0.99, 6), draw.uniform(0.01, 0.99, 6))
    for name in ON_ROWS:
        rows = BY_NAME[name].rows(some)
        known = rows.position < 4
        assert (rows.y[known] == some.y[rows.position[known]]).all()


@pytest.mark.parametrize(
    ("less", "more"), [("fuzzy", "fuzzy_2"), ("parcelling_100", "parcelling_125"), ("parcelling_150", "parcelling_200")]
)
def test_a_larger_factor_makes_the_declined_riskier(less, more):
    assert PDS.loc[DECLINED, less].mean() < PDS.loc[DECLINED, more].mean()


def test_fuzzy_augmentation_on_unchanged_bins_changes_no_coefficient():
    gap = rejects.echo(CARD, X, APPLICANTS)
    assert gap.value < 1e-8
    assert gap.n == len(X)


def test_a_card_whose_bins_held_their_trend_in_every_period_can_be_fitted_again():
    known, periods = ~DECLINED, np.arange(len(X)) % 3
    strict = WoeBinning(trend_in_every_period=True).fit(X[known], Y[known], periods=periods[known])
    card = Scorecard(strict, pdo=40, constrained=True).fit(X[known], Y[known])
    again = rejects.refit(card, X, BY_NAME["fuzzy"].rows(APPLICANTS))
    assert (again.pdo, again.constrained) == (40, True)
    assert (again.logit_.slopes <= 0).all()


def test_the_declined_have_the_lower_chance_of_acceptance():
    assert APPLICANTS.acceptance[DECLINED].mean() < APPLICANTS.acceptance[~DECLINED].mean()


def test_equal_weights_leave_the_whole_sample_effective():
    assert rejects.effective_share(BY_NAME["nothing"].rows(APPLICANTS)).value == 1.0
    assert rejects.effective_share(BY_NAME["reweighting"].rows(APPLICANTS)).value < 1.0


@pytest.mark.parametrize("y", [np.zeros(len(X)), np.full(len(X), np.nan)])
def test_inference_takes_known_and_declined_applications(y):
    with pytest.raises(ValueError, match="some applications must be known and some declined"):
        rejects.applicants_of(CARD, X, y)


def test_the_methods_are_told_with_assumption_and_source():
    table = rejects.describe()
    assert len(table) == len(METHODS)
    assert table["method"].is_unique
    assert (table["assumption"] != "").all()
    assert (table["source"].iloc[1:] != "").all()


def refused(name, samples):
    study = load_study(Path(__file__).parents[3] / "data" / name / "study.toml")
    decision, y = ["approve", "approve", "decline", "decline"], [1.0, np.nan, np.nan, np.nan]
    return rejects.declined(study, pd.DataFrame({"decision": decision, "y": y, "sample": samples})).tolist()


def test_declined_are_those_refused_without_a_label():
    samples = ["development", "out_of_time", "development", "out_of_time"]
    assert refused("microloan", samples) == [False, False, True, True]


def test_nobody_was_declined_where_loans_were_booked_or_where_a_sample_lacks_them():
    assert not any(refused("taiwan", ["development"] * 4))
    assert not any(refused("microloan", ["development"] * 4))


def test_where_nobody_was_declined_nothing_is_evaluated():
    rejects.require(pd.Series([False, True]))
    with pytest.raises(NotEvaluated, match="the study has no declined applications"):
        rejects.require(pd.Series([False, False]))
