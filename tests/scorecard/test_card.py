import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import cross_val_score

from riskbench.scorecard import Scorecard, WoeBinning


def portfolio(n=4000, seed=3):
    draw = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "income": draw.lognormal(3, 1, n).round(1),
            "late": draw.poisson(1.0, n).astype(float),
            "purpose": draw.choice(["car", "home", "trip"], n),
        }
    )
    X.loc[draw.random(n) < 0.1, "income"] = np.nan
    log_odds = -1 - 0.5 * np.log(X["income"].fillna(10)) + 0.6 * X["late"] + X["purpose"].map({"trip": 1.0}).fillna(0)
    return X, (draw.random(n) < 1 / (1 + np.exp(-log_odds))).astype(int)


X, Y = portfolio()
CARD = Scorecard(WoeBinning()).fit(X, Y)
FROM_ZERO = Scorecard(CARD.binning_, from_zero=True).fit(X, Y)

CASES = st.fixed_dictionaries(
    {
        "income": st.one_of(st.none(), st.floats(-10, 1e6)),
        "late": st.one_of(st.none(), st.integers(0, 40)),
        "purpose": st.one_of(st.none(), st.sampled_from(["car", "home", "trip", "boat", "missing"])),
    }
)


def frame(cases):
    return pd.DataFrame(cases).astype({"income": float, "late": float, "purpose": "str"})


def test_twenty_points_double_the_odds_and_600_points_are_odds_of_50():
    # factor 20 / ln 2 = 28.8539, offset 600 − factor · ln 50 = 487.123
    assert round(CARD.factor, 4) == 28.8539
    assert round(CARD.offset, 3) == 487.123
    assert CARD.score_to_pd([600, 620]) == pytest.approx([1 / 51, 1 / 101])


def test_a_pd_of_one_fifth_is_two_doublings_above_even_odds():
    assert CARD.score_to_pd(CARD.offset + 2 * 20) == pytest.approx(0.2)


def test_the_exact_score_stands_for_the_exact_pd():
    assert CARD.score_to_pd(CARD.exact_score(X)) == pytest.approx(CARD.predict_proba(X)[:, 1], rel=1e-12)


@settings(max_examples=50, deadline=None)
@given(CASES)
def test_the_points_of_an_explanation_add_up_to_the_score(case):
    told = CARD.explain(case)
    assert told["points"].sum() == CARD.points(frame([case]))[0]
    assert told["points"].dtype.kind == "i"


@settings(max_examples=50, deadline=None)
@given(st.lists(CASES, min_size=1, max_size=5))
def test_a_saved_card_scores_equally(cases):
    again = Scorecard.from_dict(json.loads(json.dumps(CARD.to_dict(), allow_nan=False)))
    rows = frame(cases)
    assert again.points(rows).tolist() == CARD.points(rows).tolist()
    assert again.predict_proba(rows).tolist() == CARD.predict_proba(rows).tolist()
    pd.testing.assert_frame_equal(again.reasons(rows), CARD.reasons(rows))


@settings(max_examples=50, deadline=None)
@given(st.lists(CASES, min_size=1, max_size=5))
def test_points_from_zero_are_never_negative_and_leave_every_score_as_it_was(cases):
    plain, zero, rows = CARD, FROM_ZERO, frame(cases)
    assert {int(points.min()) for points in zero.points_.values()} == {0}
    assert zero.points(rows).tolist() == plain.points(rows).tolist()
    assert zero.base_ + sum(zero.neutral_.values()) == sum(plain.neutral_.values())
    pd.testing.assert_frame_equal(zero.reasons(rows), plain.reasons(rows))
    again = Scorecard.from_dict(json.loads(json.dumps(zero.to_dict())))
    assert again.points(rows).tolist() == zero.points(rows).tolist()


def test_a_saved_card_of_before_bases_is_read():
    data = CARD.to_dict()
    del data["base"], data["scale"]["from_zero"]
    assert Scorecard.from_dict(data).points(X).tolist() == CARD.points(X).tolist()


def test_a_saved_card_with_another_base_is_refused():
    with pytest.raises(ValueError, match="points of a card must follow from its bins and coefficients"):
        Scorecard.from_dict(CARD.to_dict() | {"base": 5})


def test_neutral_points_are_those_of_weight_of_evidence_0():
    table = CARD.points_table()
    exact = (CARD.offset - CARD.factor * CARD.logit_.intercept) / 3
    assert table["neutral"].unique().tolist() == [round(exact)]
    assert ((table["points"] > table["neutral"]) <= (table["woe"] > 0)).all()


def test_an_unknown_baseline_is_refused():
    with pytest.raises(ValueError, match="baseline must be best or neutral, got 'worst'"):
        CARD.reasons(X, baseline="worst")


def test_the_prior_correction_is_that_of_king_and_zeng():
    # b0 − ln(((1 − τ) / τ) · (ȳ / (1 − ȳ))) with τ of the population and ȳ of the sample (King and Zeng 2001, eq. 7)
    tau, sample = 0.02, Y.mean()
    shift = np.log(tau / (1 - tau)) - np.log(sample / (1 - sample))
    moved = CARD.shifted(shift)
    intercept = CARD.logit_.intercept - np.log((1 - tau) / tau * sample / (1 - sample))
    assert moved.correction_[0] + CARD.logit_.intercept == pytest.approx(intercept, rel=1e-12)
    odds = [card.predict_proba(X)[:, 1] / card.predict_proba(X)[:, 0] for card in (moved, CARD)]
    assert odds[0] / odds[1] == pytest.approx(np.exp(shift), rel=1e-9)


def test_weighting_and_prior_correction_agree_on_a_portfolio_drawn_by_outcome():
    # 300,000 cases with 3 % bad; all bads and every tenth good are drawn. Weights τ/ȳ and (1 − τ)/(1 − ȳ)
    draw = np.random.default_rng(0)
    a = draw.integers(0, 4, 300_000)
    y = (draw.random(300_000) < 1 / (1 + np.exp(2.5 + 0.7 * a))).astype(int)
    kept = np.flatnonzero((y == 1) | (np.arange(300_000) % 10 == 0))
    rows, drawn, tau = pd.DataFrame({"a": a[kept]}), y[kept], y.mean()
    weights = np.where(drawn == 1, tau / drawn.mean(), (1 - tau) / (1 - drawn.mean()))
    binning = WoeBinning().fit(rows, drawn)
    shift = np.log(tau / (1 - tau)) - np.log(drawn.mean() / (1 - drawn.mean()))
    corrected = Scorecard(binning).fit(rows, drawn).shifted(shift).predict_proba(rows)[:, 1]
    weighted = Scorecard(binning).fit(rows, drawn, sample_weight=weights).predict_proba(rows)[:, 1]
    assert corrected == pytest.approx(weighted, rel=0.03)
    assert np.average(weighted, weights=weights) == pytest.approx(tau, rel=1e-6)


def test_a_saved_card_with_other_points_is_refused():
    data = CARD.to_dict()
    data["points"][0]["points"][0] += 1
    with pytest.raises(ValueError, match="points of a card must follow from its bins and coefficients"):
        Scorecard.from_dict(data)
    with pytest.raises(ValueError, match="a card must have format 2, got 9"):
        Scorecard.from_dict(data | {"format": 9})


@settings(max_examples=50, deadline=None)
@given(CASES)
def test_reasons_name_the_features_that_lost_most_points_in_order(case):
    told = CARD.explain(case)
    lost = dict(zip(told["feature"], told["points_lost"], strict=True))
    expected = [name for name in sorted(lost, key=lambda name: -lost[name]) if lost[name] > 0]
    named = [name for name in CARD.reasons(frame([case])).iloc[0] if name is not None]
    assert named == expected  # sorted() is stable: ties keep the order of the card


def test_the_best_case_has_no_reason():
    best = {}
    for name, points in CARD.points_.items():
        bins = CARD.binning_.features_[name].bin_of(X[name])
        best[name] = X[name].iloc[int(np.argmax(points[bins]))]
    assert CARD.reasons(frame([best]), n=2).iloc[0].tolist() == [None, None]


def test_a_bin_never_seen_is_nobodys_best():
    seen, y = X.dropna(), Y[X["income"].notna()]
    card = Scorecard(WoeBinning()).fit(seen, y)
    told = card.explain({"income": None, "late": 0, "purpose": "car"})
    never = told.set_index("feature").loc["income"]
    assert never["points"] == card.neutral_["income"]
    assert never["points_lost"] > 0


def test_rounding_is_off_by_at_most_half_a_point_for_each_feature_and_for_the_neutral_score():
    error = CARD.rounding_error(X)
    assert 0 < error.value <= error.upper <= 2
    assert "at most 2 is possible" in error.method


def test_neutral_points_sum_to_the_neutral_score_rounded_once():
    neutral = CARD.offset - CARD.factor * CARD.logit_.intercept
    assert sum(CARD.neutral_.values()) == round(neutral)
    assert max(CARD.neutral_.values()) - min(CARD.neutral_.values()) <= 1


def test_the_points_table_holds_every_bin_and_its_arithmetic():
    table = CARD.points_table()
    assert len(table) == sum(len(CARD.binning_.table(name)) for name in X)
    exact = table["neutral"] - CARD.factor * table["coefficient"] * table["woe"]
    assert (table["points"] - exact).abs().max() <= 0.5


def test_the_summary_shows_coefficients_that_are_not_positive_and_iv():
    summary = CARD.summary().set_index("term")
    assert (summary.loc[list(X), "coefficient"] < 0).all()
    assert summary.loc["late", "iv"] == CARD.binning_.iv_["late"]
    assert summary["sign_ok"].all()
    assert CARD.sign_violations_ == []


def test_a_wrong_sign_is_listed():
    draw = np.random.default_rng(0)
    a = draw.normal(size=5000)
    rows = pd.DataFrame({"a": a, "shadow": a + 0.7 * draw.normal(size=5000)})
    odds = 2 * rows["a"] - 0.6 * rows["shadow"]  # shadow alone looks like a, beside it it counts the other way
    card = Scorecard().fit(rows, (draw.random(5000) < 1 / (1 + np.exp(1 - odds))).astype(int))
    assert card.sign_violations_ == ["shadow"]
    assert card.summary().set_index("term").loc["shadow", "sign_ok"].item() is False


def test_a_fitted_binning_is_used_as_it_is_for_the_columns_given():
    b = WoeBinning(max_bins=3).fit(X, Y)
    card = Scorecard(b).fit(X[["late", "income"]], Y)
    assert card.feature_names_in_.tolist() == ["late", "income"]
    assert card.binning_.features_["late"] is b.features_["late"]
    with pytest.raises(ValueError, match="the binning has no feature 'age'"):
        Scorecard(b).fit(X.assign(age=1), Y)


def test_a_card_fitted_with_weights_counts_rows_by_them():
    k = np.random.default_rng(5).integers(1, 4, len(Y))
    weighted = Scorecard(CARD.binning_).fit(X, Y, sample_weight=k)
    repeated = Scorecard(CARD.binning_).fit(X.loc[X.index.repeat(k)], Y.repeat(k))
    assert weighted.points(X).tolist() == repeated.points(X).tolist()
    assert weighted.logit_.n == k.sum()


def test_a_cloned_card_bins_anew_inside_every_fold():
    b = WoeBinning(special_values={"late": [0.0], "income": []}).fit(X, Y)
    card = Scorecard(b)
    scores = cross_val_score(card, X[["late", "purpose"]], Y, cv=3, scoring="roc_auc")
    assert scores.min() > 0.6
    assert not hasattr(clone(card).binning, "features_")


def test_larger_scores_are_safer():
    assert roc_auc_score(Y, -CARD.points(X)) == pytest.approx(roc_auc_score(Y, CARD.predict_proba(X)[:, 1]), abs=0.01)
    assert CARD.predict(X).tolist() == (CARD.predict_proba(X)[:, 1] >= 0.5).astype(int).tolist()


def test_an_explanation_needs_every_feature_of_the_card():
    with pytest.raises(ValueError, match="every fitted column, 'purpose' not found"):
        CARD.explain({"income": 10.0, "late": 1})


def test_a_row_is_explained_with_its_own_values():
    told = CARD.explain(X.iloc[0])
    assert told["value"].tolist() == X.iloc[0].tolist()
    assert told["bin"].tolist()[2].find(X["purpose"].iloc[0]) >= 0


@pytest.mark.parametrize("wrong", [{"pdo": 0}, {"base_odds": -1}, {"pdo": np.inf}])
def test_a_scale_outside_its_domain_is_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be above 0"):
        Scorecard(**wrong).fit(X, Y)


def test_at_least_one_reason_must_be_asked_for():
    with pytest.raises(ValueError, match="n must be at least 1, got 0"):
        CARD.reasons(X, n=0)
