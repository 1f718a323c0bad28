"""The band between the methods of reject inference."""

import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard.rejects.sensitivity import COLUMNS, bands, compare, conclusion, nothing_said, populations

Y = np.array([0.0, 1.0, 0.0, np.nan, np.nan, np.nan])
DECLINED = np.array([False, False, False, True, True, False])
PDS = pd.DataFrame(
    {
        "champion": [0.1, 0.4, 0.2, 0.3, 0.6, 0.5],
        "fuzzy_2": [0.1, 0.4, 0.2, 0.5, 0.8, 0.6],
        "nothing": [0.1, 0.2, 0.6, 0.3, 0.05, 0.6],
    }
)
SAID = compare(PDS, Y, DECLINED, 0.5).set_index("method")


def test_each_method_says_how_risky_the_declined_and_all_are():
    assert SAID["declined_pd"].tolist() == pytest.approx([0.45, 0.65, 0.175])
    assert SAID.loc["champion", "everyone_pd"] == pytest.approx(2.1 / 6)


def test_each_method_accepts_the_same_number_by_its_own_pds():
    # of six three are accepted: .1 .2 .3, .1 .2 .4, and .05 .1 .2
    assert SAID["accepted_bad_rate"].tolist() == pytest.approx([0.2, 0.7 / 3, 0.35 / 3])


def test_swap_ins_were_declined_and_are_accepted_now():
    assert SAID["swap_ins"].tolist() == [1, 0, 1]
    assert SAID["swap_in_bad_rate"].tolist() == pytest.approx([0.3, np.nan, 0.05], nan_ok=True)


def test_moved_is_the_share_decided_otherwise_than_by_the_champion():
    # fuzzy_2 takes the second for the fourth; doing nothing the second and the fifth for the third and the fourth
    assert SAID["moved"].tolist() == pytest.approx([0, 2 / 6, 4 / 6])


def test_the_auc_is_that_on_the_known():
    assert SAID["auc"].tolist() == [1.0, 1.0, 0.5]


def test_the_band_reaches_from_the_lowest_to_the_highest_and_holds_the_champion():
    found = {check.name: check.estimate for check in bands(SAID.reset_index(), "test")}
    band = found["declined.mean_pd.test"]
    assert (band.value, band.lower, band.upper) == pytest.approx((0.45, 0.175, 0.65))
    assert band.level is None
    assert "no confidence" in band.method


def test_a_band_judges_nothing():
    assert {check.status for check in bands(SAID.reset_index(), "test")} == {"information"}


def test_each_figure_counts_its_own_applications():
    # 2 of 6 declined, 3 accepted, 1 of them declined then
    assert [check.estimate.n for check in bands(SAID.reset_index(), "test")] == [2, 6, 3, 1]


def test_without_declined_applications_the_conclusion_says_so_once():
    assert conclusion(nothing_said(), "booked") == (
        "The study holds booked loans only: nothing can be said of the declined ({hidden:status})."
    )
    assert "has no declined applications" in conclusion(nothing_said(), "through_the_door")
    assert list(nothing_said().columns) == COLUMNS == list(SAID.reset_index().columns)


def test_the_conclusion_says_by_which_chosen_assumption_the_band_ends():
    told = conclusion(SAID.reset_index(), "through_the_door")
    assert "chosen, not estimated (Fuzzy, odds × 2)" in told
    alone = SAID.loc[["champion", "nothing"]].reset_index()
    assert "No method says more of the declined than the champion." in conclusion(alone, "through_the_door")


@pytest.mark.parametrize("share", [0.0, 1.0, 1.5])
def test_a_share_of_none_or_all_is_refused(share):
    with pytest.raises(ValueError, match=r"share must lie in \(0, 1\), got"):
        compare(PDS, Y, DECLINED, share)


def test_populations_part_every_sample_whole():
    table = pd.DataFrame({"sample": ["test"] * 5 + ["development"], "y": Y})
    who = populations(table, pd.Series(DECLINED), PDS["champion"], ["development", "test"])
    assert who.groupby("sample")["share"].sum().to_numpy() == pytest.approx([1.0, 1.0])
    assert who.loc[who["sample"] == "test", "n"].tolist() == [3, 2, 0]
    assert who["bad_rate"].tolist()[3] == pytest.approx(1 / 3)
