"""The decision log as the service uses it: nothing is answered before it is durable, and no fault of it is silent."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TypeVar

from riskbench.core.errors import RiskbenchError
from riskbench.decision.log.errors import KeyReused, LogError, LogFull, NoSuchDecision, QueueFull
from riskbench.decision.log.log import Appended, DecisionLog
from riskbench.decision.log.record import Record
from riskbench.decision.log.selection import Selection
from riskbench.decision.log.writer import GroupWriter
from riskbench.service.problems import Problem

T = TypeVar("T")
RETRY = {"Retry-After": "2"}


@dataclass
class Journal:
    """Reads from the log, and writes to it through one thread; `waiting` is how many writes are not durable yet."""

    log: DecisionLog
    writer: GroupWriter
    waiting: int = 0

    async def write(self, record: Record) -> Appended:
        """Write a record, and return once it is on the disk; for a key that is known, what was written then.

        Raises `Problem`: 409 for a key that came with another request, 404 where it is about no decision, 503 where
        the log cannot be written. Then nothing is written.
        """
        self.waiting += 1
        try:
            written: Future[list[Appended]] = self.writer.submit([record])
            (appended,) = await asyncio.shield(asyncio.wrap_future(written))
        except KeyReused:
            raise key_reused() from None
        except NoSuchDecision:
            raise no_such_decision() from None
        except (RiskbenchError, OSError) as error:
            raise _unwritten(error) from error
        finally:
            self.waiting -= 1
        return appended

    async def answered(self, caller: str, key: str, sha256: str) -> Appended | None:
        """What a key was answered with, where the request was the same; None where it was not used.

        Raises `Problem` as `write` does for another request, and 503 where the log cannot be read.
        """
        stored = await self._read(lambda: self.log.by_key(caller, key))
        if stored is not None and stored.record.request_sha256 != sha256:
            raise key_reused()
        return stored and replace(stored, replayed=True)

    async def decision(self, id_: str) -> list[Record]:
        """A decision and what people did about it; raises `Problem`: 404 where there is none, 503 without the log."""
        return await self._read(lambda: self.log.decision(id_))

    async def page(self, selection: Selection) -> list[Appended]:
        """The entries of a selection; raises `Problem` (503) where the log cannot be read."""
        return await self._read(lambda: list(self.log.read(selection)))

    async def end(self) -> int:
        """How many entries the log has; raises `Problem` (503) where it cannot be read."""
        return (await self._read(self.log.head)).entries

    async def trouble(self) -> str:
        """Why the log cannot be written or read now; empty where it can."""
        if self.writer.trouble:
            return "it cannot be written"
        try:
            await asyncio.to_thread(self.log.head)
        except (RiskbenchError, OSError) as error:
            return _named(error)
        return ""

    async def close(self) -> None:
        """Write what waits, then let go of the log."""
        await asyncio.to_thread(self.writer.close)
        self.log.close()

    async def _read(self, what: Callable[[], T]) -> T:
        try:
            return await asyncio.to_thread(what)
        except NoSuchDecision:
            raise no_such_decision() from None
        except (RiskbenchError, OSError) as error:
            raise Problem(503, "log-unreadable", f"The decision log cannot be read: {_named(error)}.") from error


def key_reused() -> Problem:
    """The problem of an idempotency key that stands for something else."""
    told = "The Idempotency-Key was used for another request. Use a new key for a new request."
    return Problem(409, "key-reused", told)


def no_such_decision() -> Problem:
    """The problem of an id that no decision has."""
    return Problem(404, "no-such-decision", "There is no decision of this id.")


def _unwritten(error: Exception) -> Problem:
    if isinstance(error, QueueFull):
        told = "More requests wait than may wait. Nothing was decided."
        return Problem(503, "busy", told, headers={"Retry-After": "1"})
    told = f"Nothing was decided, since the decision log cannot be written: {_named(error)}."
    return Problem(503, "log-unwritable", told, headers=RETRY)


def _named(error: Exception) -> str:
    """The kind of trouble, without a path or an address: those are for the operator's own log."""
    match error:
        case LogFull():
            return "its disk is full"
        case QueueFull():
            return "too much waits to be written"
        case LogError():
            return "its database refuses or cannot be reached"
    return "its place refuses"
