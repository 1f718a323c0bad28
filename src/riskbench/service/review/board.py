"""What waits for a person, and what was decided lately: two views of the log, kept up to date as it grows.

The log is only added to, so each look reads what was written since the last one, by whatever service. An application
waits where what holds of it is refer: also where a person referred it, and until both of two people have agreed.
"""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

from riskbench.decision.log.log import Appended
from riskbench.decision.log.record import DecisionRecord, OverrideRecord, Record, ReviewRecord
from riskbench.decision.log.selection import PAGE, Selection
from riskbench.decision.policy.section import Action
from riskbench.service.journal import Journal

WINDOW = 5_000  # entries of the log in which comparable cases are looked for


@dataclass(frozen=True, slots=True)
class Brief:
    """A decision in short; `amount` is what was asked for, None where that is not known.

    `opinion` is that of the first of two people: who, and what they said.
    """

    id: str
    at: dt.datetime
    bundle: str
    arm: str
    action: Action
    band: str
    rule: str
    unknown: bool
    score: int | None
    pd: float | None
    amount: float | None
    opinion: tuple[str, Action] | None = None


class Board:
    """`waiting` by id, in the order of the log, and the `recent` decisions; `by_people` is what people made of those.

    `asked` tells the amount that a record asks for.
    """

    def __init__(self, journal: Journal, asked: Callable[[DecisionRecord], float | None]):
        self._journal, self._asked = journal, asked
        self._seen = 0
        self._looking = asyncio.Lock()
        self.waiting: dict[str, Brief] = {}
        self.recent: dict[str, Brief] = {}
        self.by_people: dict[str, Action] = {}

    async def look(self) -> None:
        """Take note of what was written since the last look; raises `Problem` (503) where the log cannot be read."""
        async with self._looking:
            end = await self._journal.end()
            since, lately = self._seen, max(self._seen, end - WINDOW)
            async for record in self._read(Selection(kinds=("decision",), action="refer", after_seq=since), end):
                if isinstance(record, DecisionRecord):
                    self.waiting[record.id] = self.brief(record)
            async for record in self._read(Selection(kinds=("decision",), after_seq=lately), end):
                if isinstance(record, DecisionRecord):
                    self.recent[record.id] = self.brief(record)
            async for record in self._read(Selection(kinds=("override", "review"), after_seq=since), end):
                await self._change(record)
            for old in list(self.recent)[: max(0, len(self.recent) - WINDOW)]:
                del self.recent[old]
                self.by_people.pop(old, None)
            self._seen = end

    def ordered(self) -> list[Brief]:
        """What waits, the oldest first."""
        return sorted(self.waiting.values(), key=lambda brief: brief.at)

    async def _read(self, selection: Selection, end: int) -> AsyncIterator[Record]:
        while True:
            page: list[Appended] = await self._journal.page(replace(selection, limit=PAGE))
            for appended in page:
                if appended.seq > end:
                    return
                yield appended.record
            if len(page) < PAGE:
                return
            selection = replace(selection, after_seq=page[-1].seq)

    async def _change(self, record: Record) -> None:
        if isinstance(record, ReviewRecord) and not record.settles:
            if waits := self.waiting.get(record.decision_id):
                self.waiting[record.decision_id] = replace(waits, opinion=(record.reviewer, record.action))
        elif isinstance(record, OverrideRecord | ReviewRecord):
            action: Action = record.to_action if isinstance(record, OverrideRecord) else record.action
            if record.decision_id in self.recent:
                self.by_people[record.decision_id] = action
            if action != "refer":
                self.waiting.pop(record.decision_id, None)
            elif record.decision_id not in self.waiting:
                first = (await self._journal.decision(record.decision_id))[0]
                if isinstance(first, DecisionRecord):
                    self.waiting[first.id] = self.brief(first)

    def brief(self, record: DecisionRecord) -> Brief:
        """A decision in short."""
        said = record.said
        return Brief(
            id=record.id,
            at=record.at,
            bundle=record.bundle,
            arm=record.arm,
            action=said.action,
            band=said.band,
            rule=said.rule,
            unknown=said.unknown,
            score=record.score,
            pd=record.pd,
            amount=self._asked(record),
        )
