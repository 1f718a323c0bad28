"""When candidates are known: dates after the decision are told, and too many of them bar a candidate."""

from pathlib import Path

import pandas as pd
import pytest

from riskbench.core.thresholds import Thresholds
from riskbench.data.study import load_study
from riskbench.scorecard.selection import dates_known, known_too_late

DATA = Path(__file__).parents[3] / "data"
STUDY = load_study(DATA / "microloan" / "study.toml")
LENDINGCLUB = load_study(DATA / "lendingclub" / "study.toml")


def opened(days):
    day = pd.to_datetime(pd.Series(["2010-01-01"] * 200))
    return pd.DataFrame({"issue_d": day, "earliest_cr_line": day + pd.to_timedelta(days, unit="D")})


def test_a_feature_dated_after_the_decision_is_suspected():
    known = dates_known(LENDINGCLUB, opened([30] * 10 + [-30] * 190), pd.Index(["history_months", "term"]))
    assert known["after_decision"].tolist()[0] == pytest.approx(0.05)
    late = known_too_late(known, Thresholds())
    assert late == {
        "history_months": "leakage suspected: earliest_cr_line: after the decision in 5.0% of the rows, over 1.0%"
    }


def test_a_slip_of_the_pen_is_no_leakage():
    known = dates_known(LENDINGCLUB, opened([30] + [-30] * 199), pd.Index(["history_months"]))
    assert known_too_late(known, Thresholds()) == {}


def test_what_comes_from_dated_rows_is_read_as_of_the_decision():
    known = dates_known(STUDY, pd.DataFrame(index=[0]), pd.Index(["utilisation", "spent_share", "channel"]))
    assert known["known"].tolist() == ["read as of the decision", "read as of the decision", "not dated"]
