"""The queue is what the log says is still to be decided, however it came to be, and whoever wrote it."""

import asyncio

import pytest

from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import DecisionRecord, OverrideRecord, ReviewRecord, Said
from riskbench.decision.log.writer import GroupWriter
from riskbench.service.journal import Journal
from riskbench.service.review.board import Board

SAID = {"band": "review", "rule": "", "unknown": False, "amount": 0.0}


@pytest.fixture
def log(tmp_path):
    with open_log(tmp_path / "log.sqlite", create=True) as log:
        yield log


@pytest.fixture
def board(log):
    writer = GroupWriter(log)
    yield Board(Journal(log, writer), lambda record: 500.0)
    writer.close()


def decision(action="refer"):
    said = Said(action=action, **SAID | {"amount": 500.0 if action == "approve" else 0.0})
    own = {"application": "a" * 32, "bundle": "0" * 64, "inputs": {}, "arm": "champion"}
    return DecisionRecord(caller="shop", score=520, pd=0.1, said=said, **own)


def override(about, action):
    given = {"actor": "li", "reason": "x", "from_action": "refer", "from_amount": 0.0, "to_amount": 0.0}
    return OverrideRecord(caller="li", decision_id=about.id, to_action=action, **given)


def review(about, action="decline", settles=True):
    own = {"reviewer": "wang", "amount": 0.0, "reason": "x"}
    return ReviewRecord(caller="review queue", decision_id=about.id, action=action, settles=settles, **own)


def waiting(board):
    asyncio.run(board.look())
    return [brief.id for brief in board.ordered()]


def test_what_was_referred_waits_until_a_person_decides_it(log, board):
    first, second, approved = decision(), decision(), decision("approve")
    log.append([first, second, approved])
    assert waiting(board) == [first.id, second.id]
    log.append([review(first)])
    assert waiting(board) == [second.id]
    log.append([override(second, "approve")])
    assert waiting(board) == []


def test_what_a_person_refers_waits_too_and_what_is_reopened_waits_again(log, board):
    first, approved = decision(), decision("approve")
    log.append([first, approved, override(approved, "refer"), review(first)])
    assert waiting(board) == [approved.id]
    log.append([override(first, "refer")])
    assert waiting(board) == [first.id, approved.id]


def test_the_first_of_two_people_settles_nothing_and_is_named(log, board):
    first = decision()
    log.append([first, review(first, "approve", settles=False)])
    assert waiting(board) == [first.id]
    assert board.waiting[first.id].opinion == ("wang", "approve")
    log.append([review(first, "approve")])
    assert waiting(board) == []
    assert board.by_people == {first.id: "approve"}


def test_a_look_after_each_entry_sees_what_one_look_at_the_end_sees(log, board):
    first, second, third = decision(), decision(), decision("approve")
    entries = [first, second, review(first), third, override(third, "refer"), override(second, "decline"),
               override(first, "refer")]  # fmt: skip
    for entry in entries:
        log.append([entry])
        step_by_step = waiting(board)
    once = Board(board._journal, lambda record: 500.0)
    assert step_by_step == waiting(once) == [first.id, third.id]
    assert once.by_people == board.by_people
