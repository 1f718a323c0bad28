"""What the pages of the queue share: who is signed in, what waits, how many keys were refused. One a process."""

from pathlib import Path

from riskbench.core.errors import CannotRun
from riskbench.decision.bundle.bundle import Bundle
from riskbench.decision.log.record import DecisionRecord
from riskbench.service.api_keys import ApiKey
from riskbench.service.desk import Desk
from riskbench.service.problems import Problem
from riskbench.service.review.board import Board
from riskbench.service.review.comparable import SCORES
from riskbench.service.review.facts import asked_for
from riskbench.service.review.sessions import Refusals, Sessions
from riskbench.service.telling import bundle_at, bundle_of_record

TRIES, WITHIN = 10, 300.0  # keys that may be refused at one address within so many seconds


class Room:
    """The state of the review queue of one service."""

    def __init__(self, desk: Desk):
        self.desk = desk
        self.sessions = Sessions(60 * desk.settings.idle_minutes)
        self.refusals = Refusals(TRIES, WITHIN)
        self.board = Board(desk.journal, self._asked)

    def key(self, id_: str) -> ApiKey | None:
        """The key of an id, as it is now; None where it was revoked, has expired, or may neither look nor decide."""
        try:
            known = {key.id: key for key in self.desk.keys.entries()}
        except (CannotRun, OSError) as error:
            raise Problem(503, "keys-unreadable", "The file of the keys cannot be read.") from error
        key = known.get(id_)
        return key if key and key.usable(self.desk.now().date()) and may_look(key) else None

    def scores(self, run: str) -> Path | None:
        """The table of scores of a run; None where no run is known."""
        runs = self.desk.settings.runs
        return runs / run / SCORES if runs and run else None

    def bundle(self, address: str) -> Bundle:
        """The bundle of an address; raises `Problem` (503) where it is not at hand."""
        return bundle_at(self.desk, address)

    def bundles(self, record: DecisionRecord) -> list[Bundle]:
        """The bundle that decided, and after it the one that decides now."""
        now = self.desk.standing.deciding
        return [bundle_of_record(self.desk, record), *([now.bundle] if now else [])]

    def _asked(self, record: DecisionRecord) -> float | None:
        try:
            return asked_for(record, bundle_of_record(self.desk, record))
        except Problem:  # its bundle is not at hand: it waits all the same
            return None


def may_look(key: ApiKey) -> bool:
    """Whether a key may see the queue."""
    return "read" in key.scopes or "override" in key.scopes
