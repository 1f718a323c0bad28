"""Many callers, one transaction: whoever waits is written together, and each is answered when it is on the disk."""

import datetime as dt
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import Self

from riskbench.core.errors import RiskbenchError
from riskbench.decision.log.errors import LogBusy, LogError, LogFull, LogLost, QueueFull
from riskbench.decision.log.log import Appended, DecisionLog
from riskbench.decision.log.record import InterruptionRecord, Record, now

MOST = 64  # groups in one transaction
WAITING = 1_024  # groups that may wait
PAUSE = 1.0  # seconds between two attempts to write while the disk is full
_Answer = list[Appended] | Exception
_Waiting = tuple[Sequence[Record], "Future[list[Appended]]"]


class GroupWriter:
    """Writes to a log from one thread, in the order of arrival; `submit` returns at once, `append` waits.

    There is no delay: a transaction takes those who came while the one before it was written, at most `most`. A lost
    connection is tried once more, which writes nothing twice. While the disk is full, new records are refused with
    `LogFull`; the writer tries by itself, and the first entry that goes through tells since when nothing was written.
    """

    def __init__(self, log: DecisionLog, *, most: int = MOST, waiting: int = WAITING, pause: float = PAUSE):
        if min(most, waiting) < 1 or not pause > 0:
            raise ValueError(f"most, waiting and pause must be above 0, got {most}, {waiting} and {pause}")
        self._log, self._most, self._pause = log, most, pause
        self._queue: queue.Queue[_Waiting | None] = queue.Queue(waiting)
        self._lock, self._closed = threading.Lock(), False
        self._full: tuple[dt.datetime, LogFull] | None = None
        self._thread = threading.Thread(target=self._run, name="decision-log", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    @property
    def trouble(self) -> str:
        """Why nothing is written at present; empty where all is well."""
        return str(self._full[1]) if self._full else "" if self._thread.is_alive() else "the writer is closed"

    @property
    def waiting(self) -> int:
        """How many groups wait to be written."""
        return self._queue.qsize()

    def submit(self, records: Sequence[Record]) -> "Future[list[Appended]]":
        """Have records written together; the future holds what `DecisionLog.append` returns or raises.

        Raises `LogFull` while the disk is full, `QueueFull` where too many wait, `LogError` once it is closed: of these
        records nothing was written.
        """
        answer: Future[list[Appended]] = Future()
        with self._lock:  # so that nothing comes after the end
            if self._closed:
                raise LogError("the writer of the log is closed; nothing was written")
            if self._full:
                raise LogFull(str(self._full[1]))
            try:
                self._queue.put_nowait((records, answer))
            except queue.Full:
                told = f"{self._queue.maxsize} wait to be written to the log already; try again in a moment"
                raise QueueFull(told) from None
        return answer

    def append(self, records: Sequence[Record]) -> list[Appended]:
        """Have records written, and wait for it; raises as `submit` and `DecisionLog.append` do."""
        return self.submit(records).result()

    def close(self) -> None:
        """Write what waits, then end; the log itself stays open."""
        with self._lock:
            first, self._closed = not self._closed, True
        if first:
            self._queue.put(None)  # outside of the lock: a full queue empties meanwhile
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                first = self._queue.get(timeout=self._pause if self._full else None)
            except queue.Empty:
                self._try_again()
                continue
            waiting, ended = self._together(first)
            if waiting:
                self._answer(waiting)
            if ended:
                return

    def _together(self, first: _Waiting | None) -> tuple[list[_Waiting], bool]:
        """The first and who else waits; and whether the end is among them, which is always the last."""
        taken: list[_Waiting] = []
        item = first
        while item is not None:
            if item[1].set_running_or_notify_cancel():
                taken.append(item)
            if len(taken) >= self._most:
                return taken, False
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return taken, False
        return taken, True

    def _answer(self, waiting: Sequence[_Waiting]) -> None:
        try:
            answers = self._written([records for records, _ in waiting])
        except BaseException as error:  # whatever it is, nobody may wait for ever, and the next ones are tried
            if isinstance(error, LogFull):
                self._full = self._full or (now(), error)
            for _, future in waiting:
                future.set_exception(error)
            return
        self._full = None
        for (_, future), answer in zip(waiting, answers, strict=True):
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    def _written(self, groups: Sequence[Sequence[Record]]) -> list[_Answer]:
        try:
            return list(self._log.append_groups(groups))
        except LogLost:
            return list(self._log.append_groups(groups, again=True))
        except (LogFull, LogBusy):
            raise
        except Exception:
            if len(groups) == 1:
                raise
            return [answer for group in groups for answer in self._alone(group)]

    def _alone(self, group: Sequence[Record]) -> list[_Answer]:
        """What is wrong with one group is not to be the fault of those beside it."""
        try:
            return list(self._log.append_groups([group]))
        except Exception as error:
            return [error]

    def _try_again(self) -> None:
        if self._full is None:
            return
        since, error = self._full
        interruption = InterruptionRecord(caller="riskbench", since=since, reason=str(error)[:200])
        with suppress(RiskbenchError):  # still full, or another trouble by now: the next attempt comes after the pause
            self._log.append([interruption])
            self._full = None
