"""Keep, recalibrate or rebuild: every answer by its rule, on portfolios whose truth is known."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from riskbench.core.results import Estimate
from riskbench.core.thresholds import Override, Thresholds
from riskbench.pipeline.proposing.comparison import Figure
from riskbench.pipeline.proposing.rules import recommend

HOLDS, SLOPE = Estimate(0.0, -0.05, 0.05), Estimate(1.0, 0.9, 1.1)
TEST, LINE, GAIN = Estimate(0.6), Estimate(0.0, -0.001, 0.001), Estimate(0.002, -0.004, 0.008)
PROFIT, FALL = Estimate(0.5, -1.0, 2.0), Estimate(0.01, 0.0, 0.02)


@dataclass(frozen=True)
class Of:
    """The figures of a comparison, all of them as they are where nothing has changed."""

    bads: int = 300
    built: int = 600
    level: Estimate = HOLDS
    slope: Estimate = SLOPE
    test: Estimate = TEST
    line: Estimate = LINE
    gain: Estimate = GAIN
    profit: Estimate = PROFIT
    fall: Estimate = FALL
    protected: tuple = ("sex",)

    @property
    def y(self):
        return np.repeat([1.0, 0.0], [self.bads, 2000])

    @property
    def held(self):
        study = type("Study", (), {"currency": "units", "protected": self.protected})
        return type("Held", (), {"bads": self.built, "study": study})

    def of_level(self, option):
        figures = {"level": self.level, "slope": self.slope, "calibration": self.test}
        return [Figure(option, name, name, e) for name, e in figures.items()]

    @property
    def ranking(self):
        return [Figure("candidate", "auc_gain", "", self.gain)]

    @property
    def at_equal_approval(self):
        return [Figure("candidate", name, "", self.profit) for name in ("bad_rate_gain", "profit_gain")]

    def gain_of_line(self, method):
        return self.line

    @property
    def largest_fall(self):
        return self.fall


MOVED = Of(level=Estimate(0.4, 0.3, 0.5), test=Estimate(0.0001), line=Estimate(0.01, 0.005, 0.015))
BETTER = Of(gain=Estimate(0.03, 0.015, 0.045))


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        (Of(), "keep"),
        (MOVED, "recalibrate"),
        (BETTER, "rebuild"),
        (replace(MOVED, gain=BETTER.gain), "rebuild"),  # a new card brings its own level
        (replace(MOVED, level=Estimate(0.05, 0.01, 0.09)), "keep"),  # beyond chance, and too little to matter
        (replace(MOVED, level=Estimate(0.4, -0.1, 0.9)), "keep"),  # large, and no more than chance
        (replace(MOVED, test=Estimate(0.2)), "keep"),
        (replace(MOVED, line=Estimate(-0.001, -0.003, 0.001)), "not_decided"),  # it harms on rows it has not seen
        (replace(MOVED, line=Estimate(0.001, -0.001, 0.003)), "recalibrate"),
        (replace(BETTER, gain=Estimate(0.009, 0.005, 0.013)), "keep"),  # beyond chance, and below the floor
        (replace(BETTER, gain=Estimate(0.03, -0.001, 0.061)), "keep"),  # above the floor, and no more than chance
        (replace(BETTER, built=199), "keep"),
        (replace(BETTER, profit=Estimate(-2.0, -3.0, -1.0)), "keep"),
        (replace(BETTER, fall=Estimate(0.06, 0.02, 0.1)), "not_decided"),
        (replace(BETTER, fall=Estimate(0.12, 0.0, 0.3)), "rebuild"),  # a small group, and no more than chance
        (replace(BETTER, fall=Estimate.missing("none"), protected=()), "rebuild"),
        (replace(BETTER, bads=49), "not_decided"),
        (replace(BETTER, gain=Estimate.missing("no outcomes")), "not_decided"),
    ],
)
def test_each_answer_follows_from_the_rules(figures, verdict):
    assert recommend(figures, Thresholds()).verdict == verdict


def test_a_slope_that_is_off_asks_for_another_spread():
    found = recommend(replace(MOVED, level=HOLDS, slope=Estimate(0.6, 0.5, 0.7)), Thresholds())
    assert (found.verdict, found.method) == ("recalibrate", "slope")
    assert found.rule("slope").holds is False


def test_a_study_may_set_its_own_floor():
    stricter = Thresholds({"propose.auc_gain": Override(green=0.05, amber=0.05, reason="a card costs us a year")})
    found = recommend(BETTER, stricter)
    assert (found.verdict, found.rule("ranks_better").holds) == ("keep", False)


def test_what_has_no_figure_never_holds():
    found = recommend(Of(gain=Estimate.missing("no outcomes"), slope=Estimate.missing("no line")), Thresholds())
    assert found.rule("ranks_better").holds is None
    assert found.rule("slope").holds is None
    assert found.because.endswith("not evaluated, no outcomes")
