"""The ledger: what was added stays, and a change is found in its line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.ledger import START, BrokenLedger, Known, appending, line_of, read_chain

ADD = "import sys, pathlib; from riskbench.core.ledger import appending\nfor i in range(10):\n    with appending(pathlib.Path(sys.argv[1])) as end: end.add(f'{sys.argv[2]}{i}')"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "registry" / "ledger.jsonl"
    for content in ("one", "two", "three", "four"):
        with appending(path) as end:
            end.add(content)
    return path


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def broken(path: Path, known: Known | None = None) -> tuple[int, str] | None:
    found = read_chain(path, known).broken
    return (found.line, found.kind) if found else None


def test_a_ledger_that_is_not_there_has_no_lines_and_the_head_of_the_start(tmp_path: Path) -> None:
    assert read_chain(tmp_path / "none.jsonl").known == Known(0, START)


def test_what_was_added_is_read_in_order_and_the_chain_holds(ledger: Path) -> None:
    chain = read_chain(ledger)
    assert [chain.content(i) for i in (1, 2, 3, 4)] == ["one", "two", "three", "four"]
    assert chain.broken is None


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ([0, 2, 1, 3], (2, "reordered")),
        ([3, 0, 1, 2], (1, "reordered")),
        ([0, 2, 3], (2, "missing")),
        ([1, 2, 3], (1, "missing")),
        ([0, 1, 1, 2, 3], (3, "repeated")),
        ([0, 1, 2, 3, 0], (5, "repeated")),
        ([0, 1, 2], (4, "truncated")),
        ([], (1, "truncated")),
    ],
)
def test_moved_lost_and_repeated_lines_are_told_apart(
    ledger: Path, order: list[int], expected: tuple[int, str]
) -> None:
    known, lines = read_chain(ledger).known, lines_of(ledger)
    ledger.write_bytes(b"".join(lines[i] for i in order))
    assert broken(ledger, known) == expected


def test_without_a_known_head_a_cut_end_cannot_be_told(ledger: Path) -> None:
    ledger.write_bytes(b"".join(lines_of(ledger)[:2]))
    assert broken(ledger) is None


@given(st.data())
def test_a_changed_byte_is_found_at_its_line_or_the_one_beside(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    for content in ("one", "two", "three"):
        with appending(path) as end:
            end.add(content)
    known, whole = read_chain(path).known, path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ data.draw(st.integers(1, 255))]) + whole[at + 1 :])
    found = broken(path, known)
    assert found
    assert abs(found[0] - (whole[:at].count(b"\n") + 1)) <= 1


@given(st.binary(max_size=200))
def test_any_bytes_are_read_and_never_taken_for_a_ledger(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    path.write_bytes(content)
    chain = read_chain(path)
    assert (chain.broken is None) == (content == b"")


def test_a_whole_chain_that_was_forged_again_is_not_the_one_that_was_seen(ledger: Path) -> None:
    known = read_chain(ledger).known
    ledger.unlink()
    for content in ("one", "two", "three", "forged", "five"):
        with appending(ledger) as end:
            end.add(content)
    assert broken(ledger) is None
    assert broken(ledger, known) == (4, "rewritten")


def test_nothing_is_added_to_a_broken_ledger(ledger: Path) -> None:
    ledger.write_bytes(ledger.read_bytes().replace(b"two", b"TWO"))
    with pytest.raises(BrokenLedger, match=r"ledger\.jsonl, line 2: it was edited"), appending(ledger):
        pass


def test_a_line_that_was_not_finished_is_no_line(ledger: Path) -> None:
    ledger.write_bytes(ledger.read_bytes()[:-1])
    assert broken(ledger) == (4, "edited")


def test_numbers_written_otherwise_are_an_edit(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_bytes(line_of(1, START, "one").replace(b":1,", b":1.0,") + b"\n")
    assert broken(path) == (1, "edited")


def test_a_line_that_cannot_be_written_leaves_the_ledger_as_it_was(ledger: Path) -> None:
    before = ledger.read_bytes()
    ledger.parent.joinpath("ledger").mkdir()
    with appending(ledger) as end:
        end._path = ledger.parent / "ledger"  # a folder stands in the way
        with pytest.raises(IsADirectoryError):
            end.add("five")
    assert ledger.read_bytes() == before


def test_writers_at_the_same_time_do_not_fork_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    writers = [
        subprocess.Popen([sys.executable, "-c", ADD, str(path), name], env=os.environ | {"PYTHONWARNINGS": "error"})
        for name in ("a", "b", "c")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    chain = read_chain(path)
    assert (chain.broken, len(chain.lines)) == (None, 30)
    assert sorted(chain.content(i) for i in range(1, 31)) == sorted(f"{w}{i}" for w in "abc" for i in range(10))
