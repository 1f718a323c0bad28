"""Whatever an owner of the tables does behind the log's back is found, by its place and its kind."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import DBAPIError

from riskbench.core.ledger import BrokenLedger, Known
from riskbench.decision.log.chain import hash_at
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.record import DecisionRecord

Make = Callable[..., DecisionRecord]
ByHand = Callable[..., None]


@pytest.fixture
def five(log: DecisionLog, record: Make) -> DecisionLog:
    """A log of five decisions."""
    log.append([record(score=500 + i) for i in range(5)])
    return log


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision_entries SET action = 'decline' WHERE seq = 3",
        "DELETE FROM decision_entries WHERE seq = 5",
        "DELETE FROM decision_entries",
        "UPDATE decision_head SET seq = 4",
        "DELETE FROM decision_head",
        "UPDATE decision_meta SET log_id = 'x'",
    ],
)
def test_the_database_refuses_to_change_what_was_written(statement: str, five: DecisionLog, by_hand: ByHand) -> None:
    with pytest.raises(DBAPIError, match="the decision log is only added to"):
        by_hand(statement)
    assert five.verify().broken is None


def test_a_row_cannot_be_put_in_the_place_of_another(five: DecisionLog, by_hand: ByHand, url: str) -> None:
    columns = "id, kind, decision_id, caller, at, content, previous, hash"
    taken = f"SELECT 3, {columns} FROM decision_entries WHERE seq = 4"
    statement = (
        f"INSERT OR REPLACE INTO decision_entries (seq, {columns}) {taken}"
        if url.startswith("sqlite")
        else f"INSERT INTO decision_entries (seq, {columns}) {taken} ON CONFLICT (seq) DO UPDATE SET hash = 'x'"
    )
    with pytest.raises(DBAPIError):
        by_hand(statement)
    assert five.verify().broken is None


SWAPPED = [
    "UPDATE decision_entries SET seq = 99 WHERE seq = 2",
    "UPDATE decision_entries SET seq = 2 WHERE seq = 3",
    "UPDATE decision_entries SET seq = 3 WHERE seq = 99",
]


@pytest.mark.parametrize(
    ("statements", "place", "kind"),
    [
        (["UPDATE decision_entries SET content = replace(content, '502', '999') WHERE seq = 3"], 3, "edited"),
        (["UPDATE decision_entries SET content = '' WHERE seq = 3"], 3, "edited"),
        (["UPDATE decision_entries SET action = 'decline' WHERE seq = 3"], 3, "edited"),
        (["UPDATE decision_entries SET hash = previous WHERE seq = 3"], 3, "edited"),
        (["DELETE FROM decision_entries WHERE seq = 3"], 3, "missing"),
        (
            [
                "DELETE FROM decision_entries WHERE seq = 3",
                "UPDATE decision_entries SET seq = 3 WHERE seq = 4",
                "UPDATE decision_entries SET seq = 4 WHERE seq = 5",
            ],
            3,
            "missing",
        ),
        (SWAPPED, 2, "reordered"),
        (["DELETE FROM decision_entries WHERE seq >= 4"], 4, "truncated"),
        (["UPDATE decision_entries SET seq = -1 WHERE seq = 5"], 1, "missing"),
        (["UPDATE decision_head SET hash = 'x'"], 5, "rewritten"),
        (["UPDATE decision_head SET seq = 4"], 5, "rewritten"),
    ],
)
def test_what_was_done_by_hand_is_found(
    statements: list[str], place: int, kind: str, five: DecisionLog, without_triggers: ByHand
) -> None:
    without_triggers(*statements)
    broken = five.verify().broken
    assert broken is not None
    assert (broken.line, broken.kind) == (place, kind)


def test_an_entry_that_stands_there_once_more_is_found(five: DecisionLog, url: str, without_triggers: ByHand) -> None:
    columns = "kind, caller, at, content, hash"
    again = f"SELECT 6, 'x', 'y', {columns} FROM decision_entries WHERE seq = 2"  # unique columns cannot be the same
    without_triggers(
        f"INSERT INTO decision_entries (seq, id, previous, {columns}) {again}", "UPDATE decision_head SET seq = 6"
    )
    broken = five.verify().broken
    assert broken is not None
    assert broken.line == 6


def test_an_end_that_was_cut_off_with_its_head_is_found_by_who_saw_it(
    five: DecisionLog, without_triggers: ByHand
) -> None:
    seen = five.head()
    without_triggers(
        "DELETE FROM decision_entries WHERE seq > 3",
        "UPDATE decision_head SET seq = 3, hash = (SELECT hash FROM decision_entries WHERE seq = 3)",
    )
    assert five.verify().broken is None, "by itself the log is whole"
    broken = five.verify(seen).broken
    assert broken is not None
    assert (broken.line, broken.kind, broken.text) == (
        4,
        "truncated",
        "it was truncated: 5 entries were written, here are 3",
    )


def test_a_chain_that_was_forged_anew_is_found_by_who_saw_it(
    five: DecisionLog, record: Make, without_triggers: ByHand
) -> None:
    seen = five.head()
    last = list(five.read())[-1]
    before = list(five.read())[-2].hash
    content = last.record.model_copy(update={"score": 700}).content
    forged = hash_at(5, before, content)
    without_triggers(
        f"UPDATE decision_entries SET content = '{content.replace(':', chr(92) + ':')}', hash = '{forged}' WHERE seq = 5",
        f"UPDATE decision_head SET hash = '{forged}'",
    )
    assert five.verify().broken is None
    broken = five.verify(seen).broken
    assert broken is not None
    assert (broken.line, broken.kind) == (5, "rewritten")


def test_what_was_seen_before_stays_true_while_the_log_grows(five: DecisionLog, record: Make) -> None:
    seen = five.head()
    five.append([record()])
    assert five.verify(seen).broken is None
    assert five.verify(Known(0, "0" * 64)).broken is None


def test_nothing_is_read_from_an_entry_that_was_edited(five: DecisionLog, without_triggers: ByHand) -> None:
    decision = list(five.read())[2].record.id
    without_triggers("UPDATE decision_entries SET content = replace(content, '502', '999') WHERE seq = 3")
    with pytest.raises(BrokenLedger, match="entry 3: it was edited: its hash is another one; nothing is read from it"):
        list(five.read())
    with pytest.raises(BrokenLedger, match="entry 3"):
        five.decision(decision)


def test_nothing_is_added_behind_an_end_that_is_another_one(
    five: DecisionLog, record: Make, without_triggers: ByHand
) -> None:
    without_triggers("DELETE FROM decision_entries WHERE seq = 5")
    with pytest.raises(BrokenLedger, match="does not end with the entry that its head names, 5; nothing is added"):
        five.append([record()])
