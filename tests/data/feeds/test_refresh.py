import datetime as dt
import signal
import subprocess
import sys
import time

import pandas as pd
import pyarrow.parquet as pq
import pytest

from riskbench.core.files import sha256
from riskbench.core.ledger import BrokenLedger

FEB = dt.date(2024, 2, 1)
NOON = dt.datetime(2025, 1, 1, 12)

ONE_REFRESH = """
import sys
from pathlib import Path
from riskbench.data.feeds.description import load_feeds
from riskbench.data.feeds.refresh import refresh
from riskbench.data.study import Study
folder = Path(sys.argv[1])
study = Study.model_validate_json((folder / "study.json").read_text())
feed = load_feeds(study, folder)["reports"]
print("ready", flush=True)
print(len(refresh("reports", feed, study.tables["reports"], folder)), flush=True)
"""


def many(report, start: int, rows: int = 4000) -> list[dict]:
    return [report(f"p{start + i}", FEB, float(i)) for i in range(rows)]


def stored(fed) -> pd.DataFrame:
    tables = [pq.read_table(path).to_pandas() for path in fed.store().paths()]
    return pd.concat(tables).sort_values(["who", "event_", "content_"], ignore_index=True)


def in_a_process(fed) -> subprocess.Popen:
    (fed.folder / "study.json").write_text(fed.small.study().model_dump_json())
    command = [sys.executable, "-c", ONE_REFRESH, str(fed.folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_twice_is_once(fed, report):
    fed.deliver("a.csv", [report("c1", FEB, 3.0)])
    (line,) = fed.refresh()
    assert (line.rows, line.refused, line.kind) == (1, 0, "delivery")
    assert fed.refresh() == []


def test_a_file_is_known_by_its_bytes_and_not_by_its_name(fed, report):
    path = fed.deliver("a.csv", [report("c1", FEB, 3.0)])
    fed.refresh()
    path.rename(path.with_name("renamed.csv"))
    assert fed.refresh() == []
    fed.deliver("renamed.csv", [report("c1", FEB, 3.0), report("c2", FEB, 1.0)])
    assert [(line.rows, line.known) for line in fed.refresh()] == [(1, 1)]


def test_without_a_time_of_arrival_a_row_arrives_with_the_refresh_and_may_change_back(
    small, make_fed, feeds_text, report
):
    fed = make_fed(small, feeds_text.replace('arrived_at = "came"\n', ""))
    for hour, lines in enumerate([3.0, 4.0, 3.0, 3.0]):
        fed.deliver(f"{hour}.csv", [report("c1", FEB, lines), report("c2", FEB, float(hour))])
        fed.refresh(at=NOON + dt.timedelta(hours=hour))
    rows = stored(fed).query("who == 'c1'").sort_values("arrived_")
    assert rows["lines"].tolist() == [3.0, 4.0, 3.0]
    assert rows["arrived_"].tolist() == [NOON + dt.timedelta(hours=hour) for hour in range(3)]


def test_text_in_the_dialects_of_the_reader_is_taken(fed, report):
    path = fed.deliver("a.csv", [report("c1", FEB, 3.0)])
    path.write_text(
        "who;reported;lines;spoke;came\nc1;01.02.2024;1.234,5;2024-02-01;2024-02-01T09:00:00+01:00\nc2;13.02.2024;2,5;2024-02-13;2024-02-14\n"
    )
    fed.refresh()
    rows = stored(fed)
    assert rows["lines"].tolist() == [1234.5, 2.5]
    assert rows["arrived_"][0] == dt.datetime(2024, 2, 1, 8)  # in UTC


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        ({"who": None}, "who", "a key must not be missing"),
        ({"lines": "many"}, "lines", "the value must be of type number"),
        ({"lines": "inf"}, "lines", "a number must be finite"),
        ({"lines": -3}, "lines", "the value must be at least 0"),
        ({"reported": "soon"}, "reported", r"the value must be of type date (year-month-day)"),
        ({"spoke": None}, "spoke", "the time that a row speaks of must not be missing"),
        ({"spoke": "2026-01-01"}, "spoke", "the time that a row speaks of must not lie in the future"),
        ({"came": "2024-01-01"}, "spoke", "a row must not arrive before the time that it speaks of"),
        ({"came": "2026-01-01"}, "came", "the time of arrival must not lie in the future"),
        ({"came": None}, "came", "the time of arrival must not be missing"),
    ],
)
def test_a_row_that_breaks_a_rule_goes_to_quarantine_and_the_others_go_on(fed, report, change, column, rule):
    fed.small.content["tables"]["reports"]["columns"]["lines"] |= {"lower": 0}
    fed.deliver("a.csv", [report("c1", FEB, 3.0), report("c2", FEB, 4.0) | change, report("c3", FEB, 4.0)])
    (line,) = fed.refresh()
    assert (line.rows, line.refused) == (2, 1)
    said = {(row["file"], row["row"], row["column"], row["rule"]) for row in fed.refused()}
    assert ("a.csv", 2, column, rule) in said


def test_a_level_that_the_study_does_not_know_is_refused(fed, report):
    fed.small.content["tables"]["reports"]["columns"]["lines"] |= {
        "type": "category",
        "levels": ["few", "some"],
        "role": "context",
    }
    fed.deliver("a.csv", [report("c1", FEB, "few"), report("c2", FEB, "many")])
    assert [line.refused for line in fed.refresh()] == [1]
    assert fed.refused()[0]["value"] == "many"


def test_values_that_could_name_somebody_are_masked(fed, report):
    fed.deliver("a.csv", [report("c1", FEB, 1.0), report("customer-17", FEB, 2.0)])
    fed.refresh()
    fed.small.content["tables"]["reports"]["columns"]["who"]["levels"] = ["c1"]
    fed.deliver("b.csv", [report("c1", dt.date(2024, 2, 2), 1.0), report("customer-18", FEB, 2.0)])
    fed.refresh()
    assert [row["value"] for row in fed.refused()] == ["cu*********"]


def test_what_the_study_does_not_declare_is_left_out_and_said(fed, report):
    fed.deliver("a.csv", [report("c1", FEB, 3.0) | {"phone": "+999 712 345 678"}])
    (line,) = fed.refresh()
    assert line.dropped == ("phone",)
    assert "phone" not in stored(fed)


def test_one_delivery_must_not_say_two_things_of_one_key_and_time(small, make_fed, feeds_text, report):
    fed = make_fed(small, feeds_text.replace('arrived_at = "came"\n', "").replace("0.5", "0.9"))
    fed.deliver("a.csv", [report("c1", FEB, 3.0), report("c1", FEB, 4.0), report("c2", FEB, 4.0)])
    assert [(line.rows, line.refused) for line in fed.refresh()] == [(1, 2)]


def test_a_row_that_claims_to_have_come_too_long_ago_is_refused_where_a_feed_says_so(
    small, make_fed, feeds_text, report
):
    fed = make_fed(small, feeds_text.replace("hold_back_above = 0.5", "late_by_hours = 24\nhold_back_above = 0.5"))
    fed.deliver("a.csv", [report("c1", dt.date(2024, 3, 1), 3.0)])
    fed.refresh()
    fed.deliver("b.csv", [report("c2", dt.date(2024, 2, 29), 3.0), report("c3", dt.date(2024, 2, 28), 3.0)])
    assert [(line.rows, line.refused) for line in fed.refresh()] == [(1, 1)]
    assert "at most 24 hours before the newest" in fed.refused()[0]["rule"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("who,reported,spoke,came\nc1,2024-02-01,2024-02-01,2024-02-01\n", "a delivery must have the column lines"),
        ("who,reported,lines,spoke,came\nc1,2024-02-01\n", "every row must have 5 cells"),
    ],
)
def test_a_file_of_another_schema_is_refused_as_a_whole(fed, content, reason):
    path = fed.folder / "incoming" / "reports" / "a.csv"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    (line,) = fed.refresh()
    assert line.kind == "refused"
    assert reason in line.reason
    assert fed.refresh() == []  # said once


def test_a_column_of_another_type_is_refused_as_a_whole(fed, report):
    fed.deliver("a.parquet", [report("c1", FEB, True)])
    assert "column lines must be of type number, its type is boolean" in fed.refresh()[0].reason


def test_a_file_cut_short_is_refused_and_taken_once_it_is_whole(fed, report):
    path = fed.deliver("a.parquet", [report("c1", FEB, 1.0)])
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert "the file must be readable" in fed.refresh()[0].reason
    path.write_bytes(whole)
    assert [line.rows for line in fed.refresh()] == [1]


def test_too_many_bad_rows_hold_a_delivery_back_until_the_rule_has_changed(fed, report):
    lines = fed.small.content["tables"]["reports"]["columns"]["lines"]
    lines["upper"] = 5
    fed.deliver("a.csv", [report("c1", FEB, 3.0), report("c2", FEB, 9.0), report("c3", FEB, 9.0)])
    assert [(line.kind, line.rows) for line in fed.refresh()] == [("held", 0)]
    assert fed.store().paths() == []
    lines["upper"] = 10
    assert fed.refresh() == []
    assert [line.rows for line in fed.refresh(retry=True)] == [3]


def test_what_passes_a_changed_rule_is_released_from_quarantine(fed, report):
    lines = fed.small.content["tables"]["reports"]["columns"]["lines"]
    lines["upper"] = 5
    fed.deliver(
        "a.csv", [report("c1", FEB, 3.0), report("c2", FEB, 9.0), report("c3", FEB, 4.0), report("c4", FEB, 50.0)]
    )
    fed.refresh()
    assert fed.refresh(retry=True) == []
    lines["upper"] = 10
    assert [(line.kind, line.rows, line.refused) for line in fed.refresh(retry=True)] == [("release", 1, 1)]
    assert [(row["file"], row["row"], row["value"]) for row in fed.refused()] == [("a.csv", 4, "50")]
    assert sorted(stored(fed)["lines"]) == [3.0, 4.0, 9.0]


def test_a_dry_run_tells_the_same_and_writes_nothing(fed, report):
    fed.deliver("a.csv", [report("c1", FEB, 3.0), report(None, FEB, 3.0)])
    dry = fed.refresh(dry=True)
    assert fed.store().state().lines == ()
    (line,) = fed.refresh()
    assert (dry[0].rows, dry[0].refused) == (line.rows, line.refused) == (1, 1)


def test_killed_at_any_point_a_feed_is_as_before_or_after_a_delivery(
    fed, report, make_small, make_fed, tmp_path_factory
):
    for i in range(3):
        fed.deliver(f"{i}.parquet", many(report, 4000 * i))
    for parts in (1, 2, 3):  # killed as soon as so many parts are seen, which is before their line is written
        process = in_a_process(fed)
        assert process.stdout.readline() == "ready\n"
        while process.poll() is None and len(list(fed.store().folder.glob("parts/*.parquet"))) < parts:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        state = fed.store().state()
        assert len(state.parts) <= parts
        assert all(sha256(path) == path.stem for path in fed.store().paths())
        assert len(fed.engine().collate()) == 3
    fed.refresh()
    other = make_fed(make_small(tmp_path_factory.mktemp("unkilled")))
    for i in range(3):
        other.deliver(f"{i}.parquet", many(report, 4000 * i))
    other.refresh()
    pd.testing.assert_frame_equal(stored(fed), stored(other))
    assert not list(fed.store().folder.rglob("*.partial"))


def test_of_two_at_once_one_waits(fed, report):
    for i in range(2):
        fed.deliver(f"{i}.parquet", many(report, 4000 * i))
    both = [in_a_process(fed) for _ in range(2)]
    taken = sorted(process.communicate()[0].split()[-1] for process in both)
    assert taken == ["0", "2"]
    assert len(stored(fed)) == 8000


def test_a_ledger_that_was_edited_is_refused(fed, report):
    fed.deliver("a.csv", [report("c1", FEB, 3.0)])
    fed.refresh()
    ledger = fed.store().ledger
    ledger.write_text(ledger.read_text().replace("a.csv", "b.csv").replace('"number":1', '"number": 1'))
    with pytest.raises(BrokenLedger, match=r"feeds/reports/ledger\.jsonl, line 1"):
        fed.engine()


def test_a_run_pins_what_it_read_and_finds_it_again_without_the_ledger(fed, report, make_small, tmp_path_factory):
    fed.deliver("a.csv", [report("c1", dt.date(2024, 3, 1), 7.0)])
    fed.refresh()
    pinned, before = fed.store().pin(), fed.joined()
    fed.deliver("b.csv", [report("c1", dt.date(2024, 3, 2), 9.0)])
    fed.refresh()
    assert fed.joined().loc["a3", "lines"] == 9.0
    again = make_small(tmp_path_factory.mktemp("again"))
    again.engine()
    for name, hash_ in pinned.items():
        (again.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (again.folder / name).write_bytes((fed.folder / name).read_bytes())
        assert sha256(again.folder / name) == hash_
    (again.folder / "feeds.toml").write_bytes((fed.folder / "feeds.toml").read_bytes())
    pd.testing.assert_frame_equal(again.joined().set_index("app"), before)
