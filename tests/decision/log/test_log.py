"""What goes into a log comes out, once and in order, in both databases."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from riskbench.core.ledger import START, Known
from riskbench.decision.log.errors import KeyReused, LogError, NoSuchDecision
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import DecisionRecord, ReviewRecord
from riskbench.decision.log.selection import Selection

Make = Callable[..., DecisionRecord]


def review_of(decision: str) -> ReviewRecord:
    return ReviewRecord(caller="desk", decision_id=decision, reviewer="ana", action="decline", amount=0, reason="debts")


def test_an_empty_log_is_whole(log: DecisionLog) -> None:
    assert log.head() == Known(0, START)
    assert log.verify().broken is None
    assert list(log.read()) == []


def test_a_decision_is_found_with_what_people_did_about_it(log: DecisionLog, record: Make) -> None:
    decision, other = record(), record()
    log.append([decision, other])
    review = review_of(decision.id)
    log.append([review])
    assert log.decision(decision.id) == [decision, review]
    with pytest.raises(NoSuchDecision, match="there is no decision 0000"):
        log.decision("0" * 32)


def test_the_decisions_of_applications_are_found_in_order_and_those_of_others_are_not(
    log: DecisionLog, record: Make
) -> None:
    first, other, again = (record(application=letter * 32) for letter in "aba")
    log.append([first, other, again])
    log.append([review_of(first.id)])
    assert [content["id"] for content in log.decided(["a" * 32, "c" * 32])] == [first.id, again.id]
    assert log.decided([]) == []


def test_decisions_of_many_applications_are_found_by_an_index(tmp_path: Path, record: Make) -> None:
    with open_log(tmp_path / "log.sqlite", create=True) as log:
        log.append([record()])
        seen: list[str] = []
        sa.event.listen(log._engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
        wanted = [f"{number:032x}" for number in range(1_000)]
        log.decided(wanted)
        with log._engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[-1]}", (*wanted, "decision")).all()
    assert "USING INDEX decision_entries_application (application=?)" in str(plan)


def test_nothing_is_said_about_a_decision_that_is_not_there(log: DecisionLog, record: Make) -> None:
    decision = record()
    with pytest.raises(NoSuchDecision, match="which the log does not hold"):
        log.append([decision, review_of("0" * 32)])
    assert log.head().entries == 0, "all or none"
    log.append([decision, review_of(decision.id)])
    with pytest.raises(NoSuchDecision, match="which the log does not hold"):
        log.append([review_of(log.decision(decision.id)[1].id)])  # a review is no decision


def test_the_same_request_is_answered_once(log: DecisionLog, keyed: Callable) -> None:
    first = log.append([keyed("k", "1")])[0]
    again = log.append([keyed("k", "1")])[0]
    assert (again.record, again.seq, again.replayed, first.replayed) == (first.record, 1, True, False)
    assert log.by_key("web", "k") == log.append([keyed("k", "1")])[0].__class__(1, first.hash, first.record)
    assert log.by_key("web", "other") is None
    assert log.head().entries == 1


def test_a_key_for_another_request_is_refused_and_nothing_is_written(
    log: DecisionLog, keyed: Callable, record: Make
) -> None:
    log.append([keyed("k", "1")])
    with pytest.raises(KeyReused, match="'k' was used for another request"):
        log.append([record(), keyed("k", "2")])
    assert log.head().entries == 1


def test_the_same_key_of_another_caller_is_another_key(log: DecisionLog, keyed: Callable) -> None:
    first, second = keyed("k", "1"), keyed("k", "2").model_copy(update={"caller": "app"})
    assert [a.replayed for a in log.append([first, second])] == [False, False]


def test_of_groups_only_the_one_that_is_refused_is_left_out(log: DecisionLog, keyed: Callable, record: Make) -> None:
    groups = [[keyed("k", "1")], [record(), keyed("k", "2")], [keyed("k", "1")], [record()]]
    written, refused, replayed, last = log.append_groups(groups)
    assert isinstance(refused, KeyReused)
    assert replayed[0].record == written[0].record
    assert (last[0].seq, log.head().entries) == (2, 2)
    assert log.verify().broken is None


def test_what_may_have_been_written_is_not_written_twice(log: DecisionLog, record: Make) -> None:
    decision = record()
    log.append([decision])
    assert log.append_groups([[decision]], again=True)[0][0].replayed
    with pytest.raises(LogError):
        log.append([decision])  # the same id as a new one
    assert log.head().entries == 1


def test_a_selection_is_read_in_order_across_pages(
    log: DecisionLog, record: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskbench.decision.log.log.PAGE", 3)
    days = [record(at=dt.datetime(2026, 3, day, tzinfo=dt.UTC)) for day in range(1, 11)]
    log.append([*days, review_of(days[0].id)])
    assert [a.seq for a in log.read()] == list(range(1, 12))
    since, until = (dt.datetime(2026, 3, day, tzinfo=dt.UTC) for day in (3, 9))
    assert [a.seq for a in log.read(Selection(since=since, until=until))] == [3, 4, 5, 6, 7, 8]
    assert [a.seq for a in log.read(Selection(kinds=("decision",), after_seq=4, limit=5))] == [5, 6, 7, 8, 9]
    assert [a.record.kind for a in log.read(Selection(kinds=("review",)))] == ["review"]
    assert [a.seq for a in log.read(Selection(application="a" * 32, action="approve", limit=2))] == [1, 2]


def test_a_selection_says_what_it_cannot_be() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Selection(since=dt.datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="kinds must be among decision"):
        Selection(kinds=("guess",))


def test_writers_on_several_connections_never_fork_the_chain(url: str, log: DecisionLog, record: Make) -> None:
    def write(_: int) -> None:
        with open_log(url, patience=30) as own:
            for _ in range(10):
                own.append([record(), record()])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    assert log.verify().known.entries == 80
    assert log.verify().broken is None


def test_of_several_that_find_no_log_one_makes_it(url: str) -> None:
    def opened(_: int) -> str:
        with open_log(url, create=True) as log:
            return log.log_id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(opened, range(4)))) == 1
