"""Each entry of the log is counted exactly once, by however many jobs, and whatever is killed when."""

import datetime as dt
import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from riskbench.core.project import Project
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import OverrideRecord
from riskbench.monitoring.counts import store as store_module
from riskbench.monitoring.counts.store import AnotherLog, CountStore, Taken
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Yardstick
from riskbench.monitoring.places import monitoring_url

from .conftest import NOW, Lender, decision_of, raw

SCRIPT = Path(__file__).with_name("count_until_killed.py")
Take = Callable[..., Taken]


class Broken:
    """A table that can be read, and into which no row can be written."""

    def __init__(self, table: sa.Table):
        self._table = table
        self.c = table.c

    def __clause_element__(self) -> sa.Table:
        return self._table

    def delete(self) -> sa.Delete:
        return self._table.delete()

    def insert(self) -> "Broken":
        return self

    def values(self, **_: object) -> str:
        return "no statement"


@pytest.fixture
def take(lender: Lender, yardstick: Yardstick) -> Take:
    def call(store: CountStore, log: DecisionLog, now: dt.datetime = NOW) -> Taken:
        return store.take(log, yardstick, {lender.bundle.address: lender.bundle}, now)

    return call


def filled(log: DecisionLog, lender: Lender, n: int, seed: int = 5, **fields) -> DecisionLog:
    log.append([decision_of(lender, row, **fields) for _, row in raw(n, seed).iterrows()])
    return log


def actions(store: CountStore, **asked) -> int:
    return int(store.counts(**asked).where(subject="action")["n"].sum())


def override_of(decision_id: str) -> OverrideRecord:
    acts = {"from_action": "decline", "from_amount": 0.0, "to_action": "approve", "to_amount": 100.0}
    return OverrideRecord(at=NOW, caller="web", decision_id=decision_id, actor="a", reason="r", **acts)


def rows(*found: tuple[str, str, str, int]) -> CountTable:
    columns = ["day", "segment", "cell", "n"]
    return CountTable.of(
        pd.DataFrame(found, columns=columns).assign(model="m", subject="action", total=1.0, squares=2.0)
    )


def test_what_is_counted_in_batches_is_what_is_counted_at_once(
    url: str, log: DecisionLog, lender: Lender, take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    filled(log, lender, 120)
    with (
        CountStore(url, "shop", kept=10_000) as store,
        CountStore(f"sqlite:///{tmp_path / 'whole.sqlite'}", "shop", kept=10_000) as whole,
    ):
        take(whole, log)
        monkeypatch.setattr(store_module, "BATCH", 50)
        assert take(store, log).entries == 120
        pd.testing.assert_frame_equal(store.counts().frame, whole.counts().frame, rtol=1e-12)


def test_a_second_call_counts_what_is_new_alone(url: str, log: DecisionLog, lender: Lender, take: Take):
    with CountStore(url, "shop") as store:
        assert (take(store, filled(log, lender, 10)).seq, actions(store)) == (10, 10)
        assert (take(store, log).entries, actions(store)) == (0, 10)
        assert (take(store, filled(log, lender, 5)).seq, actions(store)) == (15, 15)


def test_a_late_entry_lands_on_its_day(url: str, log: DecisionLog, lender: Lender, take: Take):
    old = dt.datetime(2026, 4, 2, tzinfo=dt.UTC)
    with CountStore(url, "shop") as store:
        take(store, filled(log, lender, 4, at=NOW))
        take(store, filled(log, lender, 3, at=old))
        assert actions(store, first=old.date(), last=old.date()) == 3
        assert actions(store, first=NOW.date()) == 4


def test_what_people_did_long_after_finds_the_decision_that_it_is_about(
    url: str, log: DecisionLog, lender: Lender, take: Take
):
    record = decision_of(lender, raw(5).iloc[1])
    log.append([record])
    with CountStore(url, "shop") as store:
        take(store, log)
        log.append([override_of(record.id)])
        take(store, log)
        found = store.counts().where(subject="override")
        assert (found["cell"].tolist(), found["model"].tolist()) == (["decline>approve"], [lender.bundle.address])


def test_of_two_jobs_at_once_one_waits_and_nothing_counts_twice(
    url: str, log: DecisionLog, lender: Lender, take: Take, monkeypatch: pytest.MonkeyPatch
):
    filled(log, lender, 60)
    monkeypatch.setattr(store_module, "BATCH", 10)
    with CountStore(url, "shop") as one, CountStore(url, "shop") as two, ThreadPoolExecutor(2) as pool:
        taken = list(pool.map(lambda store: take(store, log).entries, (one, two)))
        assert (sum(taken), actions(one)) == (60, 60)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_job_killed_at_any_moment_counts_each_entry_once(
    database: str, lender: Lender, yardstick: Yardstick, take: Take, tmp_path: Path, request: pytest.FixtureRequest
):
    place = f"sqlite:///{tmp_path / 'killed.sqlite'}"
    if database == "postgresql":
        place = request.getfixturevalue("postgres")
    with open_log(tmp_path / "log.sqlite", create=True) as log:
        filled(log, lender, 300)
        job = pickle.dumps((place, str(tmp_path / "log.sqlite"), yardstick, lender.bundle, NOW))
        (tmp_path / "job").write_bytes(job)
        command = [sys.executable, str(SCRIPT), str(tmp_path / "job"), "8"]
        told = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=240).stdout)
        assert all(position == counted for position, counted in told)
        assert len({position for position, _ in told} - {0, 300}) > 1, f"no job was killed between two batches: {told}"
        with CountStore(place, "shop") as store:
            take(store, log)
            assert actions(store) == 300


def test_two_studies_of_one_log_count_all_of_it_each_for_itself(url: str, log: DecisionLog, lender: Lender, take: Take):
    with CountStore(url, "shop") as one, CountStore(url, "bank") as two:
        take(one, filled(log, lender, 4))
        assert (two.position(), actions(two)) == (None, 0)
        filled(log, lender, 3)
        assert (take(two, log).entries, take(one, log).entries) == (7, 3)
        assert (actions(one), actions(two)) == (7, 7)


def test_two_studies_with_a_log_each_share_a_database(
    url: str, log: DecisionLog, lender: Lender, take: Take, tmp_path: Path
):
    with (
        CountStore(url, "shop") as one,
        CountStore(url, "bank") as two,
        open_log(tmp_path / "bank.sqlite", create=True) as other,
    ):
        take(one, filled(log, lender, 4))
        take(two, filled(other, lender, 3))
        assert (take(one, log).entries, take(two, other).entries) == (0, 0)
        assert (actions(one), actions(two)) == (4, 3)


def test_another_log_is_refused(url: str, log: DecisionLog, lender: Lender, take: Take, tmp_path: Path):
    with CountStore(url, "shop") as store, open_log(tmp_path / "other.sqlite", create=True) as other:
        take(store, filled(log, lender, 3))
        with pytest.raises(AnotherLog, match=r"counted so far for shop is the log .* What to do: restore the log"):
            take(store, filled(other, lender, 3))
        assert actions(store) == 3


@pytest.mark.parametrize(
    ("kept", "told"), [(2, "was cut off: it was counted up to entry 5"), (4, "was replaced: its entry 5")]
)
def test_a_log_that_was_cut_off_or_written_anew_from_an_old_copy_is_refused(
    url: str, log: DecisionLog, lender: Lender, take: Take, tmp_path: Path, kept: int, told: str
):
    filled(log, lender, kept)
    log.close()  # so that the file is whole
    shutil.copy(tmp_path / "log.sqlite", tmp_path / "copy.sqlite")
    with (
        CountStore(url, "shop") as store,
        open_log(tmp_path / "log.sqlite") as went_on,
        open_log(tmp_path / "copy.sqlite") as copy,
    ):
        take(store, filled(went_on, lender, 5 - kept, seed=6))
        filled(copy, lender, 1, seed=7)
        with pytest.raises(AnotherLog, match=told):
            take(store, copy)
        assert actions(store) == 5


def test_a_failure_in_a_batch_leaves_counts_and_position_as_they_were(
    url: str, log: DecisionLog, lender: Lender, take: Take, monkeypatch: pytest.MonkeyPatch
):
    with CountStore(url, "shop") as store:
        take(store, filled(log, lender, 3))
        filled(log, lender, 4)
        with monkeypatch.context() as patch:
            # the very last statements of a batch fail: the counts are in the transaction already
            patch.setattr(store_module.tables, "POSITION", Broken(store_module.tables.POSITION))
            with pytest.raises(sa.exc.ObjectNotExecutableError):
                take(store, log)
        assert (store.position().entries, actions(store)) == (3, 3)
        assert (take(store, log).entries, actions(store)) == (4, 7)


def test_old_days_of_segments_become_months_and_those_of_everyone_stay(url: str):
    table = rows(
        ("2026-01-05", "", "approve", 3), ("2026-01-09", "", "approve", 2), ("2026-04-09", "c=app", "approve", 1),
        ("2026-01-05", "c=app", "approve", 3), ("2026-01-09", "c=app", "approve", 2),
    )  # fmt: skip
    with CountStore(url, "shop", kept=60) as store:
        store.add(table)
        store.roll_up(NOW.date())  # 60 days before 1 May: 2 March
        assert store.rolled_before == dt.date(2026, 3, 1)
        store.add(rows(("2026-01-20", "c=app", "approve", 10)))  # late
        found = store.counts()
        assert by_day(found, "") == [("2026-01-05", 3), ("2026-01-09", 2)]
        assert by_day(found, "c=app") == [("2026-01-01", 15), ("2026-04-09", 1)]
        month = found.where(subject="action", segment="c=app").iloc[0]
        assert (month["total"], month["squares"]) == (3.0, 6.0)  # of three rows, 1 and 2 each


def test_counts_come_back_as_they_were_given(url: str):
    table = rows(("2026-01-05", "", "refer", 3), ("2025-12-31", "channel=中文", "é;|", 2), ("2026-01-05", "", "", 1))
    with CountStore(url, "shop") as store:
        store.add(table)
        pd.testing.assert_frame_equal(store.counts().frame, table.frame)
        pd.testing.assert_frame_equal(
            store.counts(everyone=True).frame, table.frame.query("segment == ''").reset_index(drop=True)
        )


def test_an_empty_store_has_counts_without_rows(url: str):
    with CountStore(url, "shop") as store:
        pd.testing.assert_frame_equal(store.counts().frame, CountTable.empty().frame)


def test_the_database_of_a_project_lies_outside_of_every_run(tmp_path: Path):
    with CountStore(monitoring_url(Project(tmp_path)), "shop") as store:
        assert store.position() is None
    assert (tmp_path / ".riskbench" / "monitoring" / "monitoring.sqlite").is_file()


def by_day(table: CountTable, segment: str) -> list[tuple[str, int]]:
    found = table.where(subject="action", segment=segment)
    return [(str(day.date()), n) for day, n in zip(found["day"], found["n"], strict=True)]
