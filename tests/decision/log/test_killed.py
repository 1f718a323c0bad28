"""What was acknowledged is there, exactly once, however the process or the connection ended."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import DecisionRecord
from riskbench.decision.log.writer import GroupWriter

SCRIPT = Path(__file__).with_name("write_until_killed.py")


def acknowledged(url: str, kills: int) -> list[str]:
    command = [sys.executable, str(SCRIPT), url, str(kills), "20261126"]
    return json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)


def assert_there_once(log: DecisionLog, ids: list[str]) -> None:
    counts = Counter(appended.record.id for appended in log.read())
    assert len(ids) == len(set(ids)) > 0
    assert [counts[name] for name in ids] == [1] * len(ids)
    assert max(counts.values()) == 1
    assert log.verify().broken is None


@pytest.mark.parametrize(("database", "kills"), [("sqlite", 50), ("postgresql", 6)])
def test_a_process_killed_at_any_moment_loses_nothing_that_it_acknowledged(
    database: str, kills: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'log.sqlite'}" if database == "sqlite" else request.getfixturevalue("pg_url")
    ids = acknowledged(url, kills)
    assert len(ids) >= kills
    with open_log(url) as log:
        assert_there_once(log, ids)


def test_several_processes_on_one_file_never_fork_the_chain(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'log.sqlite'}"
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda _: acknowledged(url, 3), range(2))
    with open_log(url) as log:
        assert_there_once(log, first + second)


def test_a_connection_that_the_server_ends_is_taken_up_again(
    pg_url: str, record: Callable[..., DecisionRecord]
) -> None:
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query LIKE '%decision_%'"
    server = sa.create_engine(pg_url)
    with open_log(pg_url, create=True) as log, GroupWriter(log) as writer, server.connect() as other:
        written = []
        for i in range(60):
            waiting = [writer.submit([record()]) for _ in range(4)]
            if i % 6 == 0:
                other.exec_driver_sql(ending.replace("%", "%%"))
                other.commit()
            written += [a.record.id for future in waiting for a in future.result(10)]
        assert len(written) == 240
        assert_there_once(log, written)
    server.dispose()
