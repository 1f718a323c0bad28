"""What champion and methods say of the same applications, and the range between them."""

import numpy as np
import pandas as pd
import pytest

from riskbench.scorecard.rejects.comparison import compare, conclusion, ranges, upper_end, verdict

Y = np.array([0.0, 1.0, 0.0, np.nan, np.nan, np.nan])
DECLINED = np.array([False, False, False, True, True, False])
PDS = pd.DataFrame(
    {
        "Champion, as applied": [0.1, 0.4, 0.2, 0.3, 0.6, 0.5],
        "Fuzzy, odds × 2": [0.1, 0.4, 0.2, 0.5, 0.8, 0.6],
        "Doing nothing": [0.1, 0.2, 0.6, 0.3, 0.05, 0.6],
    }
)
SAID = compare(PDS, Y, DECLINED, 0.5).set_index("method")


def test_each_method_says_how_risky_the_declined_and_all_are():
    assert SAID["declined_pd"].tolist() == pytest.approx([0.45, 0.65, 0.175])
    assert SAID.loc["Champion, as applied", "everyone_pd"] == pytest.approx(2.1 / 6)


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


def test_the_range_reaches_from_the_lowest_to_the_highest_and_holds_the_champion():
    found = {check.name: check.estimate for check in ranges(SAID.reset_index(), "test")}
    reach = found["declined.mean_pd.test"]
    assert (reach.value, reach.lower, reach.upper) == pytest.approx((0.45, 0.175, 0.65))
    assert reach.level is None
    assert "no confidence" in reach.method


def test_a_range_judges_nothing():
    assert {check.status for check in ranges(SAID.reset_index(), "test")} == {"information"}


def test_each_figure_counts_its_own_applications():
    # 2 of 6 declined, 3 accepted, 1 of them declined then
    assert [check.estimate.n for check in ranges(SAID.reset_index(), "test")] == [2, 6, 3, 1]


def test_the_conclusion_says_by_which_chosen_assumption_the_range_ends():
    assert "chosen, not estimated (Fuzzy, odds × 2)" in conclusion(SAID.reset_index())
    alone = SAID.loc[["Champion, as applied", "Doing nothing"]].reset_index()
    assert upper_end(alone) == "No method says more of the declined than the champion."


@pytest.mark.parametrize("share", [0.0, 1.0, 1.5])
def test_a_share_of_none_or_all_is_refused(share):
    with pytest.raises(ValueError, match=r"share must lie in \(0, 1\), got"):
        compare(PDS, Y, DECLINED, share)


def test_the_verdict_counts_who_is_closer_who_is_farther_and_who_cannot_be_told():
    told = pd.DataFrame({"bias": [-0.03, 0.01, 0.2, 0.0], "lower": [0, -0.2, 0.1, -0.1], "upper": [0, -0.1, 0.2, 0.1]})
    text = verdict(told)
    assert text.startswith("Closer to the true PDs of the declined than the champion: 1 of 3 methods;")
    assert "farther off: 1; not to be told from it: 1." in text
    assert "−3.0 percentage points" in text
    assert "inside the range" in text
