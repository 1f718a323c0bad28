"""What is kept of closed days and read of open ones is what reading everything would find."""

import datetime as dt
import json
import pickle
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.core.project import Project
from riskbench.decision.log.places import token_key
from riskbench.decision.log.tokens import load_tokens
from riskbench.monitoring.feedback.closed import ClosedLoans
from riskbench.monitoring.watch.logged_loans import Turned

from .conftest import NEW, OLD, Shop, baseline_of, day

SCRIPT = Path(__file__).with_name("look_until_killed.py")
AGAIN = "how loans have turned out was counted anew: "


def bads(turned: Turned, subject: str = "outcome:2", segment: str = "") -> dict[str, int]:
    """How many loans went bad by an age, by the model that decided."""
    found = turned.table.where(subject=subject, segment=segment).query("cell == 'bad'")
    return found.groupby("model")["n"].sum().to_dict()


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found, expected, rtol=1e-9)


@pytest.fixture
def old_loans(shop: Shop, database: str) -> Shop:
    """Ten loans of the first ten days, of which the third went bad, looked at on day 120: all days are closed."""
    for number in range(10):
        shop.lend(f"a{number}", number, (0, 40) if number == 2 else (0, 0))
        shop.decide(f"a{number}", number)
    shop.arrive(119)
    assert bads(shop.look(database, 120)) == {OLD: 1}
    return shop


LOANS = st.lists(
    st.tuples(
        st.integers(0, 90),  # day of the decision
        st.sampled_from([0, 1, 5, 45]),  # delay: the last is far later than others of its month
        st.sampled_from([(0, 0), (40, 70), (0, 35)]),
        st.booleans(),  # booked
        st.sampled_from(["app", "web", None]),
    ),
    min_size=1,
    max_size=15,
)
STEPS = st.lists(st.integers(7, 50), min_size=2, max_size=5)  # days between looks
# at a look: decided (again) with a PD, or corrected
ACTS = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 4), st.sampled_from([0.1, 0.4, None, "late"])), max_size=12
)


@settings(max_examples=8)
@given(LOANS, STEPS, ACTS)
def test_whatever_comes_when_a_look_counts_what_reading_everything_counts(loans, steps, acts) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop, on = Shop(Project(Path(folder))), 20
        for number, (decided, delay, late, booked, channel) in enumerate(loans):
            shop.lend(f"a{number}", decided, late if booked else (), delay, booked=booked, channel=channel)
            if number % 4:  # some were decided before there was a log
                shop.decide(f"a{number}", decided, channel=channel)
        for turn, step in enumerate(steps):
            on += step
            for number, _, what in [act for act in acts if act[1] == turn and act[0] < len(loans)]:
                if what == "late":
                    mine = [row for row in shop.repayments if row["id"] == f"a{number}"]
                    mine[-1:] and mine[-1].update(dpd=90, past_due=500.0)
                else:
                    shop.decide(f"a{number}", on, what, NEW, loans[number][4])
            shop.arrive(on - 1)
            same(shop.look(f"sqlite:///{folder}/kept.sqlite", on).table.frame, shop.whole(on))


def test_what_is_closed_is_not_read_again_until_the_next_week(old_loans: Shop, database: str) -> None:
    with ClosedLoans(database, "shop") as closed:
        assert closed.upto().days.first == day(10)
    old_loans.repayments[1] |= {"dpd": 60, "past_due": 80.0}  # of the first loan, in its second month
    old_loans.arrive(120)
    assert day(121).isocalendar().week == day(120).isocalendar().week
    assert bads(old_loans.look(database, 121)) == {OLD: 1}
    old_loans.arrive(126)
    later = old_loans.look(database, 127)
    assert bads(later) == {OLD: 2}
    assert later.notes == ("closed days of which the study's tables tell otherwise now: 1; they were counted anew",)
    assert old_loans.look(database, 128).notes == ()


def test_a_closed_loan_that_is_decided_again_belongs_to_its_last_decision(old_loans: Shop, database: str) -> None:
    old_loans.decide("a2", 120, 0.5, NEW)
    turned = old_loans.look(database, 121)
    assert bads(turned) == {NEW: 1}
    assert turned.notes == ("loans of closed days of which a decision has come since: 1; their days were counted anew",)
    same(turned.table.frame, old_loans.whole(121))


def test_a_decision_that_is_written_down_long_after_its_loan_was_closed_counts(shop: Shop, database: str) -> None:
    shop.lend("a", 0, (0, 40))
    shop.arrive(119)
    assert bads(shop.look(database, 120)) == {}
    shop.decide("a", 0)
    assert bads(shop.look(database, 121)) == {OLD: 1}


def test_one_loan_that_never_settles_keeps_its_day_open_and_no_other(old_loans: Shop, database: str) -> None:
    old_loans.lend("slow", 20)
    old_loans.repayments[-1]["written"] = day(5_000)  # a slip of the pen
    for number in range(200):  # so many that it is not their slowest hundredth
        old_loans.lend(f"b{number}", 25)
    old_loans.arrive(5_100)
    old_loans.look(database, 121)
    with ClosedLoans(database, "shop") as closed:
        assert closed.upto().days.first == day(26)
        assert closed.upto().opened == (day(20),)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"days_past_due = 30": "days_past_due = 60"}, "the study defines outcomes otherwise"),
        ({"horizon_months = 2": "horizon_months = 1"}, "the study defines outcomes otherwise"),
    ],
)
def test_another_definition_of_outcomes_counts_anew_and_says_so(
    old_loans: Shop, database: str, change: dict[str, str], why: str
) -> None:
    old_loans.arrive(120)
    path = old_loans.folder / "study.toml"
    for before, after in change.items():
        path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
    turned = old_loans.look(database, 121)
    assert turned.notes == (AGAIN + why,)
    assert bads(turned) == {}  # 40 days in month 2 are less than 60, and none of the first month
    same(turned.table.frame, old_loans.whole(121))


def test_another_baseline_counts_anew_by_its_segments(old_loans: Shop, database: str) -> None:
    other = baseline_of(NEW, ("web",))
    turned = old_loans.look(database, 121, other)
    assert turned.notes == (f"{AGAIN}other segments are asked for; another baseline holds",)
    assert bads(turned, segment="channel=other") == {OLD: 1}


def test_another_log_counts_anew(old_loans: Shop, database: str) -> None:
    old_loans.log.unlink()
    old_loans.decide("a2", 3, bundle=NEW)
    turned = old_loans.look(database, 121)
    assert turned.notes == (f"{AGAIN}the decision log is another one",)
    assert bads(turned) == {NEW: 1}


def test_a_clock_that_was_set_back_counts_anew_what_was_known_then(old_loans: Shop, database: str) -> None:
    turned = old_loans.look(database, 40)
    assert turned.notes == (f"{AGAIN}the clock was set back, from after {day(119)}",)
    assert bads(turned) == {}
    assert bads(old_loans.look(database, 120)) == {OLD: 1}


def test_a_look_counts_once_a_day(old_loans: Shop, database: str) -> None:
    first = old_loans.look(database, 121).table.frame
    same(old_loans.look(database, 121).table.frame, first)


def test_of_jobs_at_once_each_sees_every_loan_once(shop: Shop, database: str) -> None:
    for number in range(40):
        shop.lend(f"a{number}", number, (0, 40))
        shop.decide(f"a{number}", number)
    shop.arrive(150)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: bads(shop.look(database, 151)), range(4)))
    assert found == [{OLD: 40}] * 4
    assert bads(shop.look(database, 152)) == {OLD: 40}


def test_a_look_killed_at_any_moment_counts_each_loan_once(shop: Shop, database: str, tmp_path: Path) -> None:
    names = [f"a{number}" for number in range(300)]
    for number, name in enumerate(names):
        shop.lend(name, number % 100, (0, 40))
    shop.decide_all(names)
    shop.arrive(400)
    tokens, ends = load_tokens(token_key(shop.project)), [100, 130, 160, 190, 220]
    moments = [dt.datetime.combine(day(on), dt.time(12), dt.UTC) for on in ends]
    job = (shop.project, database, str(shop.log), baseline_of(), [*map(tokens.application, names)], moments)
    (tmp_path / "job").write_bytes(pickle.dumps(job))
    command = [sys.executable, str(SCRIPT), str(tmp_path / "job")]
    told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=240).stdout)
    assert all(remembered == counted for remembered, counted in told)
    assert len({remembered for remembered, _ in told}) > 1, f"no look was killed before, or none after it kept: {told}"
    same(shop.look(database, 250).table.frame, shop.whole(250))


def test_two_studies_in_one_database_keep_their_own(old_loans: Shop, database: str) -> None:
    with ClosedLoans(database, "bank") as other:
        assert (other.upto().first, len(other.counts().frame), other.controls()) == (None, 0, {})


def test_an_input_that_no_record_has_makes_no_segment_and_a_missing_one_is_unknown(shop: Shop, database: str) -> None:
    for number, channel in enumerate(["app", None]):
        shop.lend(f"a{number}", 0, (0, 40))
        shop.decide(f"a{number}", 0, channel=channel)
    shop.arrive(99)
    turned = shop.look(database, 100)
    assert set(turned.table.frame["segment"]) == {"", "channel=app", "channel=unknown"}
    assert bads(turned, segment="channel=unknown") == {OLD: 1}


def test_nothing_is_known_without_a_key_of_tokens(shop: Shop, database: str) -> None:
    shop.lend("a", 0)
    shop.arrive(99)
    assert shop.look(database, 100).table.frame.empty


def test_a_loan_whose_day_is_corrected_after_it_was_closed_counts_once_on_its_new_day(shop, database) -> None:
    shop.lend("a", 0, (0, 40))
    shop.decide("a", 0)
    shop.arrive(119)
    shop.look(database, 120)
    shop.applications[0]["decided"] = day(20)
    shop.arrive(126)
    looked = [shop.look(database, on) for on in (121, 127)]  # the second is the first of a week, and checks sums
    assert [bads(turned) for turned in looked][-1] == {OLD: 1}
    same(looked[-1].table.frame, shop.whole(127))


def test_a_job_that_is_started_anew_on_a_day_finds_the_work_of_the_day_done_and_its_notes(old_loans, database) -> None:
    old_loans.decide("a2", 120, 0.5, NEW)
    first, again = (old_loans.look(database, 121) for _ in range(2))
    assert again.notes == first.notes != ()
    same(again.table.frame, first.table.frame)
    with ClosedLoans(database, "shop") as closed:
        assert closed.upto().turn == 2
