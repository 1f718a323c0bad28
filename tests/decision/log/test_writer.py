"""A group writer answers everybody, each with what concerns him."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from riskbench.decision.log.errors import KeyReused, LogBusy, LogError, LogFull, NoSuchDecision, QueueFull
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import DecisionRecord, ReviewRecord, Said
from riskbench.decision.log.selection import Selection
from riskbench.decision.log.writer import GroupWriter

Make = Callable[..., DecisionRecord]


@contextmanager
def held(url: str) -> Iterator[None]:
    """The log is held by somebody else, so that whoever comes has to wait."""
    engine = sa.create_engine(url)
    with engine.connect() as other:
        sqlite = url.startswith("sqlite")
        other.exec_driver_sql("BEGIN IMMEDIATE" if sqlite else "SELECT * FROM decision_head FOR UPDATE")
        yield
        other.rollback()
    engine.dispose()


def test_everybody_is_answered_with_his_own(log: DecisionLog, record: Make) -> None:
    records = [record(caller=f"caller {i}") for i in range(100)]
    with GroupWriter(log) as writer, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: writer.append([one]), records))
    assert [answer[0].record for answer in answers] == records
    assert sorted(answer[0].seq for answer in answers) == list(range(1, 101))
    assert log.verify().broken is None


def test_who_waits_is_written_in_one_transaction_in_the_order_of_arrival(
    url: str, log: DecisionLog, record: Make
) -> None:
    with GroupWriter(log, most=3) as writer:
        with held(url):
            futures = [writer.submit([record()]) for _ in range(7)]
            assert not wait(futures, 0.1).done
        assert [future.result(5)[0].seq for future in futures] == [1, 2, 3, 4, 5, 6, 7]


def test_what_is_wrong_with_one_is_told_to_that_one_alone(
    url: str, log: DecisionLog, keyed: Callable, record: Make
) -> None:
    taken = record()
    review = ReviewRecord(caller="d", decision_id="0" * 32, reviewer="a", action="decline", amount=0, reason="b")
    log.append([taken])
    with GroupWriter(log) as writer:
        with held(url):
            futures = [
                writer.submit([r]) for r in (record(), keyed("k", "1"), keyed("k", "2"), review, taken, record())
            ]
        errors = [type(future.exception(5)) for future in futures]
    assert errors == [type(None), type(None), KeyReused, NoSuchDecision, LogError, type(None)]
    assert log.verify().known.entries == 4


def test_the_same_key_at_the_same_time_is_one_decision(log: DecisionLog, keyed: Callable) -> None:
    with GroupWriter(log) as writer, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: writer.append([keyed("k", "1")])[0], range(16)))
    assert len({answer.record.id for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1


def test_no_more_wait_than_may(url: str, log: DecisionLog, record: Make) -> None:
    with GroupWriter(log, most=1, waiting=2) as writer:
        with held(url):
            taken = writer.submit([record()])
            while not taken.running():
                time.sleep(0.001)
            futures = [taken, writer.submit([record()]), writer.submit([record()])]
            with pytest.raises(QueueFull, match="2 wait to be written to the log already; try again in a moment"):
                writer.submit([record()])
            assert writer.waiting == 2
        assert [future.result(5)[0].seq for future in futures] == [1, 2, 3]


def test_what_waits_is_written_before_the_end_and_nothing_after_it(url: str, log: DecisionLog, record: Make) -> None:
    writer = GroupWriter(log)
    with held(url):
        futures = [writer.submit([record()]) for _ in range(5)]
        closing = threading.Thread(target=writer.close)
        closing.start()
    closing.join(10)
    assert [future.result(0)[0].seq for future in futures] == [1, 2, 3, 4, 5]
    with pytest.raises(LogError, match="the writer of the log is closed; nothing was written"):
        writer.submit([record()])
    assert writer.trouble == "the writer is closed"


def test_who_gave_up_waiting_is_not_written(url: str, log: DecisionLog, record: Make) -> None:
    with GroupWriter(log, most=1) as writer:
        with held(url):
            first, second = writer.submit([record()]), writer.submit([record()])
            assert second.cancel()
        first.result(5)
    assert log.head().entries == 1


def test_a_log_that_others_hold_for_too_long_fails_those_who_waited_and_nobody_after(url: str, record: Make) -> None:
    with open_log(url, create=True, patience=0.05) as log, GroupWriter(log) as writer:
        with held(url), pytest.raises(LogBusy):
            writer.append([record()])
        assert writer.append([record()])[0].seq == 1


def test_a_full_disk_refuses_and_recovers_by_itself(tmp_path: Path, record: Make, mount: Callable) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    mount(folder, "size=512k")
    written: list[Future] = []
    with open_log(folder / "log.sqlite", create=True) as log, GroupWriter(log, pause=0.05) as writer:

        def fill() -> None:
            for _ in range(5_000):
                written.append(writer.submit([record()]))
                written[-1].result(5)

        with pytest.raises(LogFull, match="no space is left"):
            fill()
        with pytest.raises(LogFull):  # without any attempt on the disk
            writer.submit([record()])
        assert "no space is left" in writer.trouble
        mount(folder, "remount,size=8m")
        deadline = time.monotonic() + 10
        while writer.trouble and time.monotonic() < deadline:
            time.sleep(0.01)
        after = writer.append([record()])[0]
        kept = [future.result()[0].record.id for future in written if not future.exception()]
        assert [a.record.id for a in log.read(Selection(kinds=("decision",)))] == [*kept, after.record.id]
        (interruption,) = (a.record for a in log.read(Selection(kinds=("interruption",))))
        assert interruption.since < interruption.at
        assert log.verify().broken is None


def test_a_fault_in_a_record_is_its_own_and_the_writer_goes_on(log: DecisionLog, record: Make) -> None:
    unwritable = record().model_copy(update={"said": Said.model_construct(action="approve", amount=float("nan"))})
    with GroupWriter(log) as writer:
        with pytest.raises(ValueError, match="Out of range float values"):
            writer.append([unwritable])
        assert writer.append([record()])[0].seq == 1
