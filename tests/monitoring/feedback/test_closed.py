"""What is kept of closed days moves as a whole, and only from where a look began."""

import datetime as dt

import pandas as pd
import pytest

from riskbench.core.ledger import Known
from riskbench.monitoring.counts.store import CountStore
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.feedback.closed import ClosedLoans, Closing, Upto

DAYS = [dt.date(2026, 1, 1), dt.date(2026, 1, 2)]


def closing(turn: int, days: list[dt.date], anew: list[dt.date] | None = (), bad: int = 1) -> Closing:
    """One loan a day, `bad` of them counted."""
    row = {"model": "m", "segment": "", "subject": "outcome:final", "cell": "bad", "n": bad}
    counts = pd.DataFrame([row | {"day": day} for day in days]).assign(total=0.1, squares=0.01)
    loans = pd.DataFrame({"application": [f"{day:%d}" * 16 for day in days], "day": pd.to_datetime(days)})
    upto = Upto({"log": "a"}, dt.date(2026, 1, 3), (), DAYS[-1], Known(3, "h"), DAYS[0], turn)
    return Closing(upto, CountTable.of(counts), loans, dict.fromkeys(days, "1:2;"), anew)


@pytest.fixture
def place(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'monitoring.sqlite'}"


def test_what_is_kept_comes_back(place):
    given = closing(1, DAYS)
    with ClosedLoans(place, "shop") as closed:
        assert closed.keep(Upto(), given)
        assert closed.upto() == given.upto
        pd.testing.assert_frame_equal(closed.counts().frame, given.counts.frame)
        assert closed.controls() == dict.fromkeys(DAYS, "1:2;")
        assert closed.days_of(["01" * 16, "09" * 16]) == {"01" * 16: DAYS[0]}


def test_a_look_that_another_one_overtook_keeps_nothing(place):
    with ClosedLoans(place, "shop") as closed, ClosedLoans(place, "shop") as other:
        assert other.keep(Upto(), closing(1, DAYS[:1]))
        assert not closed.keep(Upto(), closing(1, DAYS))
        assert closed.controls().keys() == {DAYS[0]}


def test_days_counted_anew_replace_what_was_kept_of_them_alone(place):
    with ClosedLoans(place, "shop") as closed:
        closed.keep(Upto(), closing(1, DAYS))
        closed.keep(closed.upto(), closing(2, DAYS[1:], DAYS[1:], bad=5))
        assert closed.counts().frame["n"].tolist() == [1, 5]
        closed.keep(closed.upto(), closing(3, DAYS[:1], None, bad=7))
        assert closed.counts().frame["n"].tolist() == [7]


def test_counts_of_loans_are_none_of_decisions_and_those_of_a_study_its_own(place):
    with ClosedLoans(place, "shop") as closed, ClosedLoans(place, "bank") as bank, CountStore(place, "shop") as store:
        closed.keep(Upto(), closing(1, DAYS))
        assert store.counts().frame.empty
        assert bank.counts().frame.empty
        bank.keep(Upto(), closing(1, DAYS, None))
        assert len(closed.counts().frame) == len(bank.counts().frame) == 2
