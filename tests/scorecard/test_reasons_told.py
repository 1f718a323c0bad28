import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.reason_texts import FeatureWords, ReasonTexts, Words
from riskbench.scorecard.reasons_told import letter, reason_overview, reason_table, reasons_of_bins, told_reasons

DRAW = np.random.default_rng(3)
X = pd.DataFrame(
    {
        "income": DRAW.lognormal(7, 1, 3000).round(),
        "late": np.where(DRAW.random(3000) < 0.1, -999, DRAW.poisson(1.0, 3000)).astype(float),
        "purpose": DRAW.choice(["car", "home", "trip"], 3000),
    }
)
RISK = -0.5 * np.log(X["income"] / 1000) + 0.6 * X["late"].clip(0) + X["purpose"].map({"trip": 1.0}).fillna(0)
Y = (DRAW.random(3000) < 1 / (1 + np.exp(1.5 - RISK))).astype(int)
CARD = Scorecard(WoeBinning(special_values={"late": [-999], "income": []})).fit(X, Y)
FROM_ZERO = Scorecard(CARD.binning_, from_zero=True).fit(X, Y)
TEXTS = ReasonTexts(
    {
        "income": FeatureWords(en="Monthly income", zh="月收入"),
        "late": FeatureWords(en="Late payments", zh="逾期次数", special={"-999": Words(en="no file", zh="无记录")}),
        "purpose": FeatureWords(en="Purpose", zh="用途", proper=True),
    }
)
CASES = st.fixed_dictionaries(
    {
        "income": st.one_of(st.none(), st.floats(-10, 1e5)),
        "late": st.one_of(st.none(), st.just(-999), st.integers(0, 9)),
        "purpose": st.one_of(st.none(), st.sampled_from(["car", "home", "trip", "boat"])),
    }
)


def frame(cases):
    return pd.DataFrame(cases).astype({"income": float, "late": float, "purpose": "str"})


@settings(max_examples=40, deadline=None)
@given(CASES, st.sampled_from(["best", "neutral"]), st.booleans())
def test_reasons_agree_with_the_points_actually_lost(case, baseline, from_zero):
    card = FROM_ZERO if from_zero else CARD
    told = card.explain(case, TEXTS).query("feature in @X.columns").set_index("feature")
    lost = told["points_lost" if baseline == "best" else "below_neutral"]
    names = [name for name in card.reasons(frame([case]), 9, baseline).iloc[0] if name is not None]
    assert names == [name for name in sorted(lost.index, key=lambda name: -lost[name]) if lost[name] > 0]
    texts = [
        text
        for text in told_reasons(card, frame([case]), TEXTS, "en", n=9, baseline=baseline).iloc[0]
        if text is not None
    ]
    assert texts == [told.at[name, "text"] for name in names]
    gaps = np.maximum(card.baseline_points(baseline) - told["points"].to_numpy(), 0)
    assert lost.sum() == gaps.sum()


@settings(max_examples=20, deadline=None)
@given(st.lists(CASES, min_size=1, max_size=4))
def test_losses_are_what_is_between_a_score_and_the_best_score(cases):
    rows = frame(cases)
    best = CARD.base_ + CARD.baseline_points("best").sum()
    lost = [CARD.explain(case)["points_lost"].sum() for case in cases]
    assert (best - CARD.points(rows) <= lost).all()  # a bin never seen may earn more than the best that was
    seen = [
        all(CARD.binning_.features_[f].cases[b] for f, b in row.items())
        for _, row in CARD.binning_.bins(rows).iterrows()
    ]
    assert [best - points for points, ok in zip(CARD.points(rows), seen, strict=True) if ok] == [
        loss for loss, ok in zip(lost, seen, strict=True) if ok
    ]


def test_the_text_is_that_of_the_bin_the_row_is_in():
    told = CARD.explain({"income": 10.0, "late": -999, "purpose": "trip"}, TEXTS, "zh").set_index("feature")["text"]
    assert told["income"].startswith("月收入低于")
    assert told["late"] == "逾期次数：无记录"
    assert told["purpose"] == "用途：trip"


def test_a_letter_numbers_its_reasons():
    row = pd.Series({"income": 10.0, "late": 9.0, "purpose": "trip"})
    first, second, third = told_reasons(CARD, frame([dict(row)]), TEXTS, n=3).iloc[0]
    assert letter(CARD, row, TEXTS, n=3) == f"The score is held down by: 1. {first}; 2. {second}; 3. {third}."
    assert letter(CARD, row, TEXTS, "zh", 1).startswith("影响评分的主要原因：1．")


def test_whoever_lost_nothing_is_told_so():
    best = {
        name: X[name].iloc[int(np.argmax(CARD.points_[name][CARD.binning_.features_[name].bin_of(X[name])]))]
        for name in X
    }
    assert letter(CARD, pd.Series(best), TEXTS) == "No reason: every feature earns the most it can."


def test_every_bin_has_its_points_losses_and_texts():
    table = reason_table(CARD, TEXTS)
    assert table.columns.tolist() == ["feature", "bin", "points", "points_lost", "below_neutral", "en", "zh"]
    assert table[["feature", "bin", "points"]].equals(CARD.points_table()[["feature", "bin", "points"]])
    seen = np.concatenate([of.cases > 0 for of in CARD.binning_.features_.values()])
    assert (table[seen].groupby("feature")["points_lost"].min() == 0).all()


@pytest.mark.parametrize("baseline", ["best", "neutral"])
def test_the_overview_counts_every_application_once(baseline):
    overview = reason_overview(CARD, X, TEXTS)
    assert overview["feature"].tolist()[-1] == "none"
    assert overview[f"first_by_{baseline}"].sum() == pytest.approx(1)
    first = CARD.reasons(X, 1, baseline)["reason_1"]
    assert overview.set_index("feature").at["late", f"first_by_{baseline}"] == pytest.approx((first == "late").mean())


def test_the_reasons_of_bins_are_those_of_a_row_in_these_bins():
    rows = X.head(50)
    bins, told = CARD.binning_.bins(rows), CARD.reasons(rows)
    for at in range(len(rows)):
        found = [name for name, _ in reasons_of_bins(CARD, bins.iloc[at].to_dict())]
        assert found == [name for name in told.iloc[at] if name is not None]


def test_the_reasons_of_bins_need_a_bin_of_every_feature():
    with pytest.raises(ValueError, match="got none of late, purpose"):
        reasons_of_bins(CARD, {"income": 0})
