"""How an entry is chained: it is a line of a ledger (`core/ledger.py`), whose parts lie in the columns of a table."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from riskbench.core.ledger import START, Break, Known, hash_of, line_of
from riskbench.decision.log.record import Record, written

LOOKED_UP = (
    "id", "kind", "decision_id", "caller", "idempotency_key", "request_sha256", "at",
    "application", "customer", "bundle", "action", "arm",
)  # fmt: skip
NEAR = 1_000  # places to either side at which the own place of an entry is looked for


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of entries; `looked_up` are the columns that repeat what the content says."""

    seq: int
    content: str
    previous: str
    hash: str
    looked_up: tuple[Any, ...]


def hash_at(seq: int, previous: str, content: str) -> str:
    """The hash of an entry at a place in the chain, that of the ledger's line."""
    return hash_of(line_of(seq, previous, content))


def row_of(record: Record, seq: int, previous: str) -> dict[str, Any]:
    """The columns of a record as the entry `seq`, which follows the hash `previous`."""
    document = record.document
    content = written(document)
    named = dict(zip(LOOKED_UP, looked_up(document), strict=True))
    return named | {"seq": seq, "content": content, "previous": previous, "hash": hash_at(seq, previous, content)}


def looked_up(content: dict[str, Any]) -> tuple[Any, ...]:
    """The columns that repeat a content: of a decision its own id and action, of a switch the bundle that follows."""
    get = content.get
    id_, kind = content["id"], content["kind"]
    about = id_ if kind == "decision" else get("decision_id")
    action = content["said"]["action"] if "said" in content else get("to_action", get("action"))
    return (
        id_, kind, about, get("caller"), get("idempotency_key"), get("request_sha256"), get("at"),
        get("application"), get("customer"), get("bundle", get("after")), action, get("arm"),
    )  # fmt: skip


class Edited(ValueError):
    """A row is not what was written in its place; the text says how."""


def told(row: Row) -> dict[str, Any]:
    """What a row holds; raises `Edited` where the row alone shows that it is not what was written in its place."""
    if hash_at(row.seq, row.previous, row.content) != row.hash:
        raise Edited("it was edited: its hash is another one")
    try:
        content: dict[str, Any] = json.loads(row.content)
        same = looked_up(content) == row.looked_up
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Edited("it was edited: it holds no entry") from None
    if not same:
        raise Edited("it was edited: its columns do not say what its content says")
    return content


def first_break(rows: Iterator[Row], head: Known, known: Known | None, follower: Callable[[str], bool]) -> Break | None:
    """The first entry that is not what was written, found in one pass with one row in memory.

    `rows` in their order, `head` as the log has it, `known` a state seen before; `follower` tells whether any row, in
    whatever place, says that it follows a hash.
    """
    last, previous = 0, START
    for row in rows:
        if row.seq != last + 1:
            return Break(last + 1, "missing", f"entry {last + 1} is missing: entry {row.seq} stands in its place")
        try:
            told(row)
        except Edited as fault:
            return _misplaced(row, follower(previous)) or Break(row.seq, "edited", str(fault))
        if row.previous != previous:
            return Break(max(last, 1), "edited", f"it was edited: entry {row.seq} was written after another one")
        if known and row.seq == known.entries and row.hash != known.head:
            seen = f"entry {row.seq} was seen before with the hash {known.head[:16]}…"
            return Break(row.seq, "rewritten", f"it was rewritten: {seen}")
        last, previous = row.seq, row.hash
    return _end(Known(last, previous), head, known)


def _end(found: Known, head: Known, known: Known | None) -> Break | None:
    longest = max(known.entries if known else 0, head.entries)
    if found.entries < longest:
        text = f"it was truncated: {longest} entries were written, here are {found.entries}"
        return Break(found.entries + 1, "truncated", text)
    if found != head:
        text = f"it was rewritten: by the log's own account entry {head.entries} is the last, and has another hash"
        return Break(found.entries, "rewritten", text)
    return None


def _misplaced(row: Row, own_entry_is_there: bool) -> Break | None:
    near = range(max(1, row.seq - NEAR), row.seq + NEAR + 1)
    place = next((n for n in near if hash_at(n, row.previous, row.content) == row.hash), row.seq)
    if place == row.seq:
        return None
    if place < row.seq:
        return Break(row.seq, "repeated", f"it was repeated: entry {place} stands here once more")
    if own_entry_is_there:
        return Break(row.seq, "reordered", f"it was reordered: entry {place} stands in the place of entry {row.seq}")
    return Break(row.seq, "missing", f"entry {row.seq} is missing: entry {place} stands in its place")
