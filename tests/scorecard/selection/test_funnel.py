import numpy as np
import pandas as pd
import pytest

from riskbench.core.thresholds import Override, Thresholds
from riskbench.scorecard import WoeBinning
from riskbench.scorecard.selection import select


def candidates(n=15_000, seed=0):
    draw = np.random.default_rng(seed)
    base = draw.normal(size=(n, 4))
    X = pd.DataFrame(base, columns=["strong", "fair", "noise", "other_noise"])
    X["strong"] = X["strong"].round().clip(-2, 2)  # five values, so that bins lose nothing of it
    X["twin"] = X["strong"].where(draw.random(n) < 0.92, 0.0)
    X["empty"] = np.nan
    X["constant"] = (np.arange(n) % 500 == 0).astype(float)
    X["shadow"] = X["strong"] + 1.5 * draw.normal(size=n) > 0  # says nothing beside strong
    y = (draw.random(n) < 1 / (1 + np.exp(2 - X["strong"] - 0.6 * X["fair"]))).astype(int)
    X["leak"] = y + 0.6 * draw.normal(size=n)
    return X, np.asarray(y)


X, Y = candidates()
BINS = WoeBinning().fit(X, Y)


def funnel(columns=tuple(X), **options):
    names = [name for name in X if name in columns]
    return select(X[names], Y, BINS.restricted_to(names), **options).set_index("feature")


def test_every_candidate_ends_with_a_status_and_a_reason_in_words():
    found = funnel()
    assert found.index.tolist() == list(X)
    assert set(found["status"]) == {"kept", "dropped"}
    assert (found["reason"].str.len() > 10).all()


@pytest.mark.parametrize(
    ("feature", "reason"),
    [
        ("empty", "no values: every row is missing"),
        ("constant", "near-constant: one value holds 99.8% of the rows, over 99.0%"),
        ("noise", "is under the floor of 0.005"),
        ("twin", "with the stronger strong, over 0.9: it stands for cluster 1, of 2 candidates"),
        ("shadow", "beside the others"),
    ],
)
def test_a_dropped_feature_is_told_why(feature, reason):
    found = funnel(set(X) - {"leak"}).loc[feature]
    assert found["status"] == "dropped"
    assert reason in found["reason"]


def test_what_carries_the_outcome_is_kept():
    found = funnel(set(X) - {"leak"})
    assert found.index[found["status"] == "kept"].tolist() == ["strong", "fair"]


def test_an_iv_over_the_ceiling_is_kept_but_marked_for_review():
    found = funnel().loc["leak"]
    assert (found["status"], bool(found["review"])) == ("kept", True)
    assert "review: IV" in found["reason"]


def test_what_is_kept_by_name_stays_whatever_is_found():
    found = funnel(set(X) - {"leak"}, keep=["noise", "twin"])
    assert (found.loc[["noise", "twin"], "status"] == "kept").all()
    assert found.loc["noise", "reason"] == "kept by name"
    assert "with the stronger twin" in found.loc["strong", "reason"]


def test_a_separating_feature_kept_by_name_is_an_error():
    rows = X[["strong"]].assign(answer=np.where(Y == 1, "yes", "no"))
    with pytest.raises(ValueError, match="'answer' separates some of them perfectly"):
        select(rows, Y, WoeBinning(min_class_count=0).fit(rows, Y), keep=["answer"])


def test_at_most_so_many_features_remain():
    found = funnel(set(X) - {"leak"}, max_features=1)
    assert found.index[found["status"] == "kept"].tolist() == ["strong"]
    assert "where at most 1 may remain" in found.loc["fair", "reason"]


def test_a_wrong_sign_is_dropped_and_told():
    draw = np.random.default_rng(0)
    rows = pd.DataFrame({"a": draw.normal(size=5000)})
    rows["shadow"] = rows["a"] + 0.9 * draw.normal(size=5000)
    odds = 2 * rows["a"] - 0.6 * rows["shadow"]
    y = (draw.random(5000) < 1 / (1 + np.exp(1 - odds))).astype(int)
    found = select(rows, y, WoeBinning().fit(rows, y)).set_index("feature")
    assert "wrong sign beside the others: coefficient +" in found.loc["shadow", "reason"]


def test_a_feature_that_separates_perfectly_is_dropped_and_told():
    rows = X[["strong", "fair"]].assign(answer=np.where(Y == 1, "yes", "no"))
    found = select(rows, Y, WoeBinning(min_class_count=0).fit(rows, Y)).set_index("feature")
    assert "leakage suspected: it separates good from bad alone with an AUC of 1.000" in found.loc["answer", "reason"]
    assert found.loc["strong", "status"] == "kept"


def test_a_combination_of_other_features_is_dropped_and_told():
    levels = pd.Series(np.arange(len(X)) % 4)
    y = (np.random.default_rng(0).random(len(X)) < 0.1 + 0.15 * levels).astype(int).to_numpy()
    high, low = (levels >= 2).astype(int), (levels % 2)
    rows = pd.DataFrame({"high": high, "low": low, "reversed": 1 - high})
    limits = Thresholds({"features.correlation": Override(green=1.0, amber=1.0, reason="test of what comes after")})
    found = select(rows, y, WoeBinning().fit(rows, y), limits).set_index("feature")
    assert "combination of those of other candidates" in " ".join(found["reason"])
    assert (found["status"] == "kept").sum() == 2
    forced = select(rows, y, WoeBinning().fit(rows, y), limits, keep=["reversed"]).set_index("feature")
    assert forced.loc["reversed", "status"] == "kept"


def test_a_study_may_lower_the_floor():
    limits = Thresholds({"features.iv_floor": Override(green=0.0, amber=0.0, reason="small portfolio")})
    reason = funnel({"strong", "noise"}, thresholds=limits).loc["noise", "reason"]
    assert "floor" not in reason


def test_where_nothing_is_good_enough_nothing_is_kept():
    assert (funnel({"noise", "empty"})["status"] == "dropped").all()


def test_missing_share_and_distinct_values_are_shown():
    found = funnel()
    assert found.loc["empty", ["missing_share", "distinct"]].tolist() == [1.0, 0]
    assert found.loc["constant", "distinct"] == 2


def test_unknown_names_and_impossible_sizes_are_refused():
    with pytest.raises(ValueError, match="keep names age, which the binning does not have"):
        funnel(keep=["age"])
    with pytest.raises(ValueError, match="max_features must be at least 1"):
        funnel(max_features=0)
