"""PDs of a group against the bad rates that followed."""

import numpy as np
import pandas as pd
import pytest

from riskbench import metrics
from riskbench.validation.fairness.calibration import calibration_by_group


def people(n=4000):
    rng = np.random.default_rng(0)
    group, pd_ = pd.Series(rng.choice(["fair", "too low"], n)), rng.uniform(0.05, 0.4, n)
    y = (rng.random(n) < np.where(group == "too low", 1.4 * pd_, pd_)).astype(float)
    return group, y, pd_


def test_pds_that_are_too_low_for_a_group_are_found():
    table = calibration_by_group(*people(), enough=30).set_index("group")
    assert table.loc["fair", "observed_to_expected_lower"] < 1 < table.loc["fair", "observed_to_expected_upper"]
    assert table.loc["too low", "observed_to_expected_lower"] > 1.25


def test_figures_are_counted_by_hand():
    # 4 bads of 10, mean PD .25: 1.6 times as many as expected
    table = calibration_by_group(pd.Series(["a"] * 10), [1] * 4 + [0] * 6, [0.2, 0.3] * 5, enough=2)
    wilson = metrics.wilson(4, 10)
    assert table.loc[0, ["expected_bad_rate", "observed_bad_rate", "observed_to_expected"]].tolist() == pytest.approx(
        [0.25, 0.4, 1.6]
    )
    assert table.loc[0, "observed_to_expected_upper"] == pytest.approx(wilson.upper / 0.25)


def test_the_slope_is_that_of_the_calibration_line():
    group, y, pd_ = people()
    own = (group == "fair").to_numpy()
    slope = metrics.calibration_line(y[own], pd_[own]).slope
    assert calibration_by_group(group, y, pd_, 30).loc[0, "calibration_slope"] == slope.value


def test_few_outcomes_give_no_row_and_equal_pds_no_slope():
    group, y = pd.Series(["a"] * 8 + ["b"] * 3), [0, 1] * 4 + [1, 1, np.nan]
    table = calibration_by_group(group, y, [0.3] * 11, enough=4)
    assert table["group"].tolist() == ["a"]
    assert table["calibration_slope"].isna().all()


def test_all_bad_or_nobody_labelled_gives_no_row():
    group = pd.Series(["a"] * 5)
    assert calibration_by_group(group, [1] * 5, [0.3] * 5, 1).empty
    assert calibration_by_group(group, [np.nan] * 5, [0.3] * 5, 1).empty
