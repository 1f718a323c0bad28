"""Points of bins and cuts over cards built again."""

import numpy as np
import pytest

from riskbench.validation.robustness.bench import Rebuilt
from riskbench.validation.robustness.bins import bin_table, cut_table, strongest


def test_on_the_champion_itself_each_bin_earns_what_it_earns(dated):
    table = bin_table(dated, [dated.original, dated.original])
    assert table["earned_lower"].to_numpy() == pytest.approx(table["earned"].to_numpy())
    assert table["woe_upper"].to_numpy() == pytest.approx(table["woe"].to_numpy())
    sheet = dated.champion.points_table().set_index(["feature", "bin"])
    for row in table.itertuples():
        at = sheet.loc[(row.feature, row.bin)]
        assert row.earned == at["points"] - at["neutral"]


def test_all_cases_of_development_are_in_the_bins_of_each_feature(dated, builds):
    table = bin_table(dated, builds)
    assert set(table.groupby("feature")["cases"].sum()) == {int(dated.developed.sum())}
    assert (table["cases"] > 0).all()


def test_the_range_is_the_mean_of_builds_and_two_deviations_either_side(dated, builds):
    row = bin_table(dated, builds).query("feature == 'late'").iloc[0]  # late < 1, so only the value 0
    zero = dated.candidates.assign(late=0.0).iloc[:1]
    earned = [
        b.card.points_["late"][b.card.binning_.bins(zero)["late"].iloc[0]] - b.card.neutral_["late"] for b in builds
    ]
    assert row["bin"] == "< 1"
    assert row["earned_upper"] == pytest.approx(np.mean(earned) + 1.959964 * np.std(earned, ddof=1))


def test_a_feature_that_one_build_has_gets_no_range_and_one_that_none_has_neither(dated, builds):
    empty = Rebuilt(None, builds[0].rows, builds[0].score)
    for used, many in ([builds[0], empty], 1), ([empty], 0):
        table = bin_table(dated, used)
        assert set(table["builds"]) == {many}
        assert table["earned_lower"].isna().all()
    assert cut_table(dated, [empty])["cut_moved"].isna().all()


def test_cuts_of_the_champion_itself_have_not_moved(dated):
    table = cut_table(dated, [dated.original])
    assert table["cut_moved"].tolist() == [0.0] * len(table)
    assert (table["cuts"] == table["most_cuts"]).all()


def test_a_cut_moves_by_the_share_of_the_sample_that_lies_between(dated):
    edited = dated.design.binning(dated.study, ["late"]).fit(
        dated.candidates[["late"]][dated.developed], dated.y[dated.developed]
    )
    own = dated.champion.binning_.features_["late"].coding.edges
    edited.set_cuts("late", [3], reason="as the test has it", who="Ada")
    design = dated.design.model_copy(update={"edits": tuple(edited.edits_)})
    moved = cut_table(dated, [dated.rebuilt(np.flatnonzero(dated.developed), design=design)]).set_index("feature")
    late = dated.candidates["late"][dated.developed]
    between = [(late.between(cut, 3, inclusive="left")).mean() for cut in own]
    assert moved.loc["late", "cut_moved"] == pytest.approx(np.mean(between))


def test_the_strongest_features_are_those_whose_points_lie_farthest_apart(dated, builds):
    table = bin_table(dated, builds)
    reach = table.groupby("feature")["earned"].agg(np.ptp)
    shown = strongest(table, 1)
    assert shown["label"].iloc[0] == reach.idxmax()
    assert np.isnan(shown["earned"].iloc[0])
    assert len(shown) == 1 + (table["feature"] == reach.idxmax()).sum()
