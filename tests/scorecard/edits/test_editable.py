"""Bins changed by hand: what an edit changes, what it writes down, what it refuses, and that a replay gives it back."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.core.errors import StudyError
from riskbench.core.thresholds import Thresholds
from riskbench.data.counts import Counts, count
from riskbench.scorecard import WoeBinning
from riskbench.scorecard.binning.division import Division
from riskbench.scorecard.edits.edit import Edit, in_force
from riskbench.scorecard.edits.review import edit_checks, edits_sheet

LEVELS = list("abcdef")
STEPS = np.repeat(np.arange(8.0), 40)  # eight values, 40 cases each, 4 + 4 k of them bad


def steps() -> tuple[pd.DataFrame, np.ndarray]:
    bad = np.concatenate([[1] * (4 + 4 * k) + [0] * (36 - 4 * k) for k in range(8)])
    levels = np.array(LEVELS)[(STEPS % 6).astype(int)]
    return pd.DataFrame({"x": STEPS, "c": levels}), bad


def fitted(**parameters) -> WoeBinning:
    return WoeBinning(**{"min_bin_share": 0.01, "min_bin_count": 1, **parameters}).fit(*steps())


def without_marks(binning: WoeBinning, feature: str) -> dict:
    return binning.features_[feature].to_dict() | {"edited": ""}


@st.composite
def portfolios(draw):
    """A frame with a number and a category, and a target that both move."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    n = draw(st.integers(200, 600))
    X = pd.DataFrame({"x": random.integers(0, draw(st.integers(3, 60)), n).astype(float)})
    X["c"] = random.choice(LEVELS, n, p=random.dirichlet(np.ones(6)))
    X.loc[random.random(n) < 0.1, "x"] = np.nan
    slope = draw(st.sampled_from([-0.1, 0.05, 0.1]))
    odds = slope * X["x"].fillna(20) + X["c"].map(dict(zip(LEVELS, random.normal(0, 1, 6), strict=True)))
    y = (random.random(n) < 1 / (1 + np.exp(-odds))).astype(int)
    y[:2] = 0, 1
    return X, y


@settings(max_examples=40)
@given(portfolios(), st.integers(0, 100))
def test_a_merge_and_a_split_at_the_same_place_give_the_bins_back(data, at):
    binning = WoeBinning(min_bin_count=5).fit(*data)
    before, cuts = without_marks(binning, "x"), binning.features_["x"].division.cuts
    if cuts:
        i = at % len(cuts)
        binning.merge("x", [i, i + 1], reason="alike")
        binning.split("x", [cuts[i]], reason="not alike")
        assert without_marks(binning, "x") == before


@settings(max_examples=40)
@given(portfolios(), st.integers(0, 100))
def test_levels_taken_out_again_give_the_bins_of_a_category_back(data, at):
    binning = WoeBinning(min_bin_count=5, rare_share=0).fit(*data)
    before, groups = without_marks(binning, "c"), binning.features_["c"].division.groups
    named = [i for i, group in enumerate(groups) if group]
    if len(named) > 1:
        i = at % (len(named) - 1)
        binning.merge("c", [i, i + 1], reason="alike")
        binning.split("c", groups[i + 1], reason="not alike")
        assert without_marks(binning, "c") == before


@settings(max_examples=30)
@given(portfolios(), st.data())
def test_a_replay_equals_the_edited_bins_exactly_after_a_round_trip_by_json(data, draw):
    binning = WoeBinning(min_bin_count=5).fit(*data)
    edited_at_random(binning, draw)
    read = [Edit.model_validate(plain) for plain in json.loads(json.dumps([e.plain() for e in binning.edits_]))]
    for replayed in (WoeBinning(min_bin_count=5).fit(*data).replay(read), WoeBinning.from_dict(binning.to_dict())):
        assert replayed.to_dict() == binning.to_dict()
        assert replayed.iv_.equals(binning.iv_)
    assert WoeBinning(min_bin_count=5).fit(*data).replay(read, *data).to_dict() == binning.to_dict()


@settings(max_examples=30)
@given(portfolios(), st.data())
def test_counts_are_conserved_and_the_cost_is_the_difference_of_the_information_values(data, draw):
    X, y = data
    binning = WoeBinning(min_bin_count=5).fit(X, y)
    value = binning.iv_.to_dict()
    for edit in edited_at_random(binning, draw):
        assert edit.iv_before == value[edit.feature]
        assert edit.iv_cost == edit.iv_before - edit.iv_after
        value[edit.feature] = edit.iv_after
    assert value == binning.iv_.to_dict() == {name: binning.features_[name].iv for name in X}
    assert all(of.goods.sum() == (y == 0).sum() and of.bads.sum() == y.sum() for of in binning.features_.values())
    counted = binning.bins(X)["x"].value_counts()
    assert binning.table("x")["count"].loc[counted.index].tolist() == counted.tolist()


def edited_at_random(binning: WoeBinning, draw) -> list[Edit]:
    values = binning.counts_["x"].coding.edges.tolist()
    cuts = draw.draw(st.lists(st.sampled_from(values), max_size=4, unique=True)) if values else []
    binning.set_cuts("x", sorted(cuts), reason="round")
    if cuts:
        binning.merge("x", [0, 1], reason="alike")
    levels = list(binning.counts_["c"].coding.levels)
    taken = draw.draw(st.lists(st.sampled_from(levels), min_size=1, unique=True))
    binning.set_groups("c", [taken], reason="one product")
    return binning.edits_


def test_an_edit_changes_table_woe_iv_and_transform():
    binning, (X, _) = fitted(), steps()
    binning.set_cuts("x", [4], reason="halves")
    table = binning.table("x")
    # values 0 to 3: 4 + 8 + 12 + 16 = 40 bads of 160; 4 to 7: 20 + 24 + 28 + 32 = 104 of 160
    assert table[["bin", "goods", "bads"]].values.tolist()[:2] == [["< 4", 120, 40], [">= 4", 56, 104]]
    assert table["woe"][0] == pytest.approx(np.log((120 / 176) / (40 / 144)))
    assert sorted(set(binning.transform(X)["x"])) == sorted(table["woe"][:2])


def test_an_edit_is_written_down_with_who_when_why_and_what_it_cost():
    binning = fitted()
    whole = binning.iv_["x"]
    binning.set_cuts("x", [4], reason=" halves ", who="Ada")
    (edit,) = binning.edits_
    assert (edit.number, edit.feature, edit.action, edit.reason, edit.who) == (1, "x", "set_cuts", "halves", "Ada")
    assert edit.when.utcoffset().total_seconds() == 0
    assert edit.after == Division(cuts=(4,))
    assert edit.iv_cost == whole - binning.iv_["x"] > 0


def test_the_table_of_edits_shows_all_of_it():
    binning = fitted()
    binning.merge("c", ["a", "b"], reason="one product.", who="Ada")
    row = binning.edits_table().iloc[0]
    assert (row["what"], row["reason"], row["who"]) == ("merged the bins of a, b", "one product.", "Ada")
    assert row["iv_cost"] == row["iv_before"] - row["iv_after"]
    told = edits_sheet(binning.edits_table())["edit, why, who and when"][0]
    assert told.startswith("1: merged the bins of a, b. one product (Ada, 2")
    assert edits_sheet(fitted().edits_table()).empty


def test_the_table_of_edits_calls_a_bin_as_the_table_of_bins_does():
    X, y = steps()
    binning = WoeBinning(min_bin_share=0.01, min_bin_count=1).fit(X.replace({"c": {"a": "missing"}}), y)
    binning.set_groups("c", [["missing"], ["b", "c"]], reason="one product")
    after = binning.edits_table()["after"][0].split(" | ")
    assert after == binning.table("c")["bin"].tolist()[:-1]
    assert "level 'missing'" in after


def test_edits_are_chained_by_the_hash_of_the_one_before():
    binning = fitted()
    binning.set_cuts("x", [4], reason="halves")
    binning.split("x", [2], reason="quarters")
    first, second = binning.edits_
    assert (first.previous, second.previous) == ("", first.hash)


def test_edited_bins_say_so_and_others_do_not():
    binning = fitted()
    binning.set_cuts("x", [4], reason="halves", who="Ada")
    assert "edit 1, set 4, by Ada on 2" in binning.features_["x"].edited
    assert binning.features_["c"].edited == ""


def test_running_a_cell_again_makes_no_second_edit():
    binning = fitted()
    first = binning.merge("x", [0, 1], reason="alike")
    assert binning.merge("x", [0, 1], reason="alike ") is first
    binning.merge("x", [0, 1], reason="those are alike too")
    assert len(binning.edits_) == 2


def test_fitting_again_forgets_the_edits():
    binning = fitted()
    binning.set_cuts("x", [4], reason="halves")
    assert binning.fit(*steps()).edits_ == []


def test_what_an_edit_breaks_is_noted_and_not_refused():
    binning = fitted(max_bins=2, min_bin_count=60, trend="descending")
    binning.set_cuts("x", [1, 2], reason="as the policy has it")
    assert binning.edits_[0].notes == (
        "the bad rate is not descending",
        "3 bins, more than 2",
        "bin < 1 has 40 cases, under 60",
        "bin 1 to < 2 has 40 cases, under 60",
    )
    assert binning.features_["x"].trend == "ascending"


def test_an_edit_against_imposed_cuts_a_difference_of_woe_or_the_trend_of_a_period_is_noted():
    X, y = steps()
    periods = np.tile([0, 1], 160)
    # 3 to 6 have 55 % bads in either period; 7 has 16 of 20 in the first, and 10 of 20 in the second
    y[np.flatnonzero((X["x"] == 7) & (periods == 1) & (y == 1))[:6]] = 0
    asked = {"forced_cuts": {"x": [4]}, "forbidden_cuts": {"x": [(1, 3)]}, "min_woe_difference": 0.5}
    binning = WoeBinning(min_bin_share=0.01, trend_in_every_period=True, **asked).fit(X, y, periods=periods)
    binning.set_cuts("x", [2, 3, 7], reason="as the policy has it")
    assert binning.edits_[0].notes == (
        "the bad rate is not ascending in 1 of the periods",
        "neighbours differ by less than 0.5 of WoE",
        "the forced cut 4 is not made",
        "the cut 2 is forbidden",
    )


@pytest.mark.parametrize("rule", ["own", "nearest", "worst", "average"])
def test_the_rule_of_missing_values_holds_for_edited_bins(rule):
    X, y = steps()
    X.loc[::7, "x"] = np.nan
    binning = WoeBinning(min_bin_share=0.01, missing=rule).fit(X, y)
    before = without_marks(binning, "x")
    binning.set_cuts("x", [4], reason="halves")
    woe = binning.table("x")["woe"].tolist()
    assert {"worst": woe[2] == min(woe), "average": woe[2] == 0, "nearest": woe[2] in woe[:2]}.get(rule, True)
    binning.withdraw("x", reason="back")
    assert without_marks(binning, "x") == before


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (lambda b: b.merge("x", [0, 1], reason=" "), "needs a reason, got a blank"),
        (lambda b: b.merge("x", [0, 1], reason=None), "needs a reason, got None"),
        (lambda b: b.merge("x", 3, reason="r"), "bins must be a list, got 3"),
        (lambda b: b.merge("x", [1.5], reason="r"), "bins are positions in the table or levels, got 1.5"),
        (lambda b: b.split("x", 0.5, reason="r"), "at must be a list, got 0.5"),
        (lambda b: b.split("c", "ab", reason="r"), "at must be a list, got 'ab'"),
        (lambda b: b.merge("z", [0, 1], reason="r"), "feature must be one of x, c, got 'z'"),
        (lambda b: b.merge("x", [0, 2], reason="r"), r"merged with their neighbours, got \[0, 2\]"),
        (lambda b: b.merge("x", [0], reason="r"), "needs two bins at least"),
        (lambda b: b.merge("x", [7, 8], reason="r"), "only regular bins can be merged, at positions 0 to 7, got 8"),
        (lambda b: b.merge("c", ["a", "z"], reason="r"), "positions in the table or levels, 'z' is neither"),
        (lambda b: b.split("x", [1], reason="r"), "there is a cut at 1 already"),
        (lambda b: b.split("x", ["a"], reason="r"), "a number is not split at 'a'"),
        (lambda b: b.split("c", [1], reason="r"), "a category is not split at 1.0"),
        (lambda b: b.split("c", ["a", "b"], reason="r"), "must stand in one bin, a, b stand in several"),
        (lambda b: b.split("c", ["z"], reason="r"), "no case has the level 'z'; the levels are"),
        (lambda b: b.split("x", [], reason="r"), "a split needs a value to cut at"),
        (lambda b: b.set_cuts("x", [2, 1], reason="r"), r"cuts must rise strictly, got \[2.0, 1.0\]"),
        (lambda b: b.set_cuts("x", [np.nan], reason="r"), "a cut must be a finite number, got nan"),
        (lambda b: b.set_cuts("x", [99], reason="r"), "no cases are counted apart on either side of 99"),
        (lambda b: b.set_cuts("x", [3.2, 3.4], reason="r"), "bin 3.2 to < 3.4 of 'x' would hold no cases"),
        (lambda b: b.set_cuts("c", [1], reason="r"), "set_cuts does not go with a feature that is categorical"),
        (lambda b: b.set_groups("x", [["a"]], reason="r"), "set_groups does not go with a feature that is numeric"),
        (lambda b: b.set_groups("c", [["a"], ["a"]], reason="r"), "a level belongs to one group, 'a' to several"),
        (lambda b: b.set_groups("c", [["a"]], rest=3, reason="r"), "rest must be the position of a group, 0 to 0"),
        (lambda b: b.withdraw("x", reason="r"), "no edit of 'x' is in force; those in force are of none"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_rule_and_nothing_is_changed(edit, rule):
    binning = fitted()
    before = binning.to_dict()
    with pytest.raises(ValueError, match=rule):
        edit(binning)
    assert binning.to_dict() == before


def test_a_split_that_the_fine_counts_cannot_tell_is_refused_with_the_nearest_that_they_can():
    X = pd.DataFrame({"x": np.arange(100.0)})
    y = np.arange(100) % 3 == 0
    coarse = {"x": count(X["x"], y.astype(int), fine=10)}
    binning = WoeBinning(min_bin_share=0.1).fit_counts(coarse)
    rule = "15 lies inside a fine interval.*; the nearest cuts that were are 10 and 20"
    with pytest.raises(ValueError, match=rule):
        binning.set_cuts("x", [15], reason="round")
    edit = Edit.model_validate(edit_of("x", cuts=(15,)))
    replayed = WoeBinning(min_bin_share=0.1).fit_counts(coarse).replay([edit], X, y)
    assert replayed.table("x")["count"].tolist() == [15, 85, 0]


def edit_of(feature: str, **after) -> dict:
    action = {"cuts": "set_cuts", "groups": "set_groups"}[next(iter(after))]
    return {
        "number": 1,
        "feature": feature,
        "action": action,
        "arguments": after,
        "reason": "r",
        "who": "Ada",
        "when": "2026-01-01T00:00:00Z",
        "before": after,
        "after": after,
    }


def test_a_binning_that_was_read_is_fitted_again_before_it_is_edited():
    binning = WoeBinning.from_dict(fitted().to_dict())
    with pytest.raises(ValueError, match="fine counts of 'x' are not in memory: fit the binning again"):
        binning.split("x", [1.5], reason="r")


def test_withdrawing_gives_the_automatic_bins_back_and_is_an_edit_too():
    binning, automatic = fitted(), without_marks(fitted(), "x")
    binning.set_cuts("x", [4], reason="halves")
    binning.withdraw("x", reason="a mistake")
    assert without_marks(binning, "x") == automatic
    assert [edit.action for edit in binning.edits_] == ["set_cuts", "withdraw"]
    assert in_force(binning.edits_) == {}
    assert fitted().replay(binning.edits_).to_dict() == binning.to_dict()


def test_a_replay_on_other_data_fixes_the_same_cuts_and_says_that_the_bins_reviewed_are_others():
    binning = fitted()
    binning.set_cuts("x", [4], reason="halves")
    X, y = steps()
    later = WoeBinning(min_bin_count=1).fit(X, y[::-1] * (X["x"].to_numpy() != 3)).replay(binning.edits_)
    assert later.features_["x"].division.cuts == (4,)
    (check,) = edit_checks(later.edits_, later.fitted_, Thresholds())
    assert (check.estimate.value, check.estimate.n, check.status) == (1, 1, "amber")
    assert "no longer those that the data give" in later.edits_table()["notes"][0]


def test_a_replay_on_the_same_data_is_green_and_without_edits_there_is_nothing_to_check():
    binning = fitted()
    binning.set_cuts("x", [4], reason="halves")
    again = fitted().replay(binning.edits_)
    assert [check.status for check in edit_checks(again.edits_, again.fitted_, Thresholds())] == ["green"]
    assert edit_checks(fitted().edits_, {}, Thresholds()) == []


def test_edits_of_a_feature_that_is_gone_are_told_after_all_others_hold_and_can_be_withdrawn():
    binning = fitted()
    binning.set_cuts("x", [4], reason="halves")
    binning.merge("c", ["a", "b"], reason="alike")
    X, y = steps()
    later = WoeBinning().fit(X[["c"]], y)
    with pytest.raises(StudyError, match="edit 1 is of 'x', which is no feature of the study any more"):
        later.replay(binning.edits_)
    assert later.features_["c"].edited
    later.withdraw("x", reason="dropped from the study")
    assert WoeBinning().fit(X[["c"]], y).replay(later.edits_).to_dict() == later.to_dict()


def test_edits_of_a_feature_that_is_of_another_kind_now_are_told_and_can_be_withdrawn():
    binning = fitted()
    binning.set_cuts("x", [4], reason="halves")
    X, y = steps()
    later = WoeBinning().fit(X.astype({"x": str}), y)
    with pytest.raises(StudyError, match="which is categorical now"):
        later.replay(binning.edits_)
    later.withdraw("x", reason="text since May")
    assert later.edits_[-1].before == Division(cuts=(4,))


def test_a_recorded_iv_that_is_not_that_of_the_bins_on_the_same_data_is_told():
    binning = fitted()
    binning.set_cuts("x", [4], reason="halves")
    forged = binning.edits_[0].model_copy(update={"iv_after": binning.iv_["x"] + 1e-6})
    for sample in [(), steps()]:
        with pytest.raises(StudyError, match=r"edit 1 of 'x' says .* on the same data they have"):
            fitted().replay([forged], *sample)


def test_bins_already_edited_are_not_replayed_upon():
    binning = fitted()
    binning.set_cuts("x", [4], reason="halves")
    with pytest.raises(ValueError, match="replayed on automatic bins"):
        binning.replay(binning.edits_)


def test_fixed_bins_are_counted_anew_on_another_sample():
    binning = fitted()
    binning.set_cuts("x", [2, 4], reason="as the policy has it")
    X, y = steps()
    half = X["x"] >= 4  # none of it lies below 4: two bins are empty
    other = WoeBinning().fit(X[half], y[half]).fix(binning.edits_, X[half], y[half])
    assert other.table("x")["count"].tolist() == [0, 0, 160, 0]
    assert other.edits_ == []


def test_weights_of_a_bin_are_added_as_they_are():
    coding = count(pd.Series([1.0, 2.0, 3.0]), np.array([0, 1, 0])).coding
    counts = {"x": Counts(coding, np.array([1.5, 2.0, 4.5, 0]), np.array([2.5, 2.0, 0.5, 0]))}
    binning = WoeBinning(min_bin_share=0.01, min_bin_count=1).fit_counts(counts)
    binning.set_cuts("x", [3], reason="thirds")
    assert binning.table("x")["goods"].tolist() == [3.5, 4.5, 0]


def test_an_edit_outlives_the_choice_of_features_with_its_feature():
    binning = fitted()
    binning.set_cuts("x", [4], reason="halves")
    assert binning.restricted_to(["c"]).edits_ == []
    assert binning.restricted_to(["x"]).edits_ == binning.edits_
