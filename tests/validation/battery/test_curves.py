"""The battery's curves as figures draw them."""

import numpy as np
import pytest

from riskbench import metrics
from riskbench.core.errors import NotEvaluated
from riskbench.validation.battery.curves import calibration_line_points, cap_points


def test_a_cap_curve_goes_from_corner_to_corner_and_its_area_is_that_of_the_gini(case, portfolio):
    y, pd = portfolio(3000)
    points = cap_points([case(y, pd), case(y, pd, "out_of_time")])
    gini = metrics.gini(y, pd).value
    assert points["series"].unique().tolist() == [f"test, Gini {gini:.3f}", f"out-of-time, Gini {gini:.3f}"]
    curve = points[:51]
    assert curve[["x", "y"]].iloc[[0, -1]].to_numpy().tolist() == [[0, 0], [1, 1]]
    gained = (np.trapezoid(curve["y"], curve["x"]) - 0.5) / ((1 - y.mean()) / 2)
    assert gained == pytest.approx(gini, abs=0.005)  # read off at 51 places


def test_a_sample_of_one_class_has_no_cap_curve(case, portfolio):
    points = cap_points([case([0, 0], [0.1, 0.2]), case(*portfolio(), "out_of_time")])
    assert points["series"].str.startswith("out-of-time").all()
    with pytest.raises(NotEvaluated, match="no sample has both bad and good cases"):
        cap_points([case([0, 0], [0.1, 0.2])])


def test_the_band_of_right_pds_holds_the_diagonal_and_that_of_wrong_ones_does_not(case, portfolio):
    right, wrong = (calibration_line_points(case(*portfolio(seed=1, shift=shift))) for shift in (0, 0.7))
    assert right["predicted"].between(right["lower"], right["upper"]).all()
    assert (wrong["lower"] > wrong["predicted"]).any()


def test_without_a_line_the_reason_is_told(case):
    with pytest.raises(NotEvaluated, match="all PDs are equal"):
        calibration_line_points(case([0, 1], [0.1, 0.1]))
