"""The conclusion of the page names what has moved in the newest month, and never calls green what was not judged."""

import numpy as np
import pandas as pd

from riskbench.core.thresholds import Thresholds
from riskbench.monitoring.drift_told import conclusion
from riskbench.monitoring.population.window import Window

SAME = [0] * 500 + [1] * 500
MOVED = [0] * 900 + [1] * 100  # shares .5 .5 become .9 .1: PSI .4 ln 1.8 + .4 ln 5 = .88, above .25
BIT = [0] * 680 + [1] * 320  # .68 .32: .18 ln 1.36 + .18 ln 1.5625 = .136, above .10


def told(score: list[int], features: dict[str, list[int]], month: str = "2026-02") -> str:
    n = len(score)
    reference = np.arange(1000 + n) < 1000
    codes = pd.DataFrame({name: SAME + now for name, now in {"score": score, **features}.items()})
    months = (month,) if month else ()
    window = Window(
        reference, ~reference, pd.Series([month] * (1000 + n)), months, "now", "development", "" if month else "x"
    )
    return conclusion(codes[["score"]], codes[list(features)], window, Thresholds()).split(" PSI of")[0]


def test_what_fails_is_named_before_what_is_to_be_watched():
    said = told(SAME, {"age": BIT, "income": MOVED, "term": SAME})
    assert said == (
        "In the newest month the score has not moved beyond its limit; features that fail: income; "
        "features to be watched: age."
    )


def test_a_quiet_month_is_said_to_be_quiet():
    assert told(SAME, {"age": SAME}).endswith("beyond its limit; no feature fails or is to be watched.")


def test_too_few_applications_are_no_quiet_month():
    few = [0] * 30 + [1] * 5
    said = told(few, {"age": few})
    assert said == "In the newest month it could not be judged whether the score has moved; no feature could be judged."


def test_without_months_the_holdout_answers():
    assert told(MOVED, {"age": SAME}, month="").startswith("In the holdout the score has moved beyond its limit;")


def test_of_many_features_five_are_named_and_the_others_counted():
    assert "a0, a1, a2, a3, a4 and 2 more" in told(SAME, {f"a{i}": MOVED for i in range(7)})
