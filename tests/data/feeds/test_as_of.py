"""What is known at a moment: engine and live feeds against a brute force that reads like the definition."""

import datetime as dt
import tempfile
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from riskbench.data.engine import Engine
from riskbench.data.feeds.as_of import values_in_force, versions_in_force
from riskbench.data.sources import ensure_data
from tests.examples import examples

UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # every example is a database: shrinking takes minutes
START = dt.datetime(2024, 1, 1)
REACH = dt.timedelta(days=30)  # of the account, as the small study says

hours = st.integers(0, 60 * 4).map(lambda quarter: quarter * 6)  # of sixty days, so that times meet
customers = st.sampled_from(["c1", "c2"])
values = st.none() | st.integers(-5, 5).map(float)  # whole numbers: their sums are exact in any order
arriving = st.lists(
    st.tuples(customers, hours, st.sampled_from([0, 6, 24, 500]), values),  # owner, event, hours on the way, value
    max_size=10,
    unique_by=lambda row: row[:3],
)
filed = st.lists(st.tuples(customers, hours, values), max_size=5)
decided = st.lists(st.tuples(customers, hours), min_size=1, max_size=4)
cuts = st.lists(st.integers(0, 9), max_size=3)


def at(hour):
    return START + dt.timedelta(hours=hour)


def versions(file, arrived, clock):
    """(owner, event, arrival, from a feed, value) of every row: a day in a file is known from its end on."""
    end = dt.timedelta(0) if clock else dt.timedelta(days=1, microseconds=-1)
    return [(who, e, e + end, 0, v) for who, e, v in file] + [(w, at(e), at(e + d), 1, v) for w, e, d, v in arrived]


def known(rows, who, moment):
    """The version in force of each event that had arrived before a moment and whose event is not after it."""
    seen = sorted(row[1:] for row in rows if row[0] == who and row[2] < moment and row[1] <= moment)
    return [
        max((row for row in seen if row[0] == event), key=lambda row: row[:3])
        for event in dict.fromkeys(r[0] for r in seen)
    ]


def expected(reports, account, who, decision, clock):
    moment = decision if clock else dt.datetime.combine(decision.date(), dt.time())
    newest = known(reports, who, moment)
    window = [row for row in known(account, who, moment) if _rounded(row[0], clock) >= moment - REACH]
    there = [value for *_, value in window if value is not None]
    last = [value for *_, value in window if value is not None]
    return {
        "lines": newest[-1][-1] if newest else None,
        "value_count": len(window),
        "value_sum": sum(there) if there else None,
        "value_max": max(there, default=None),
        "value_last": last[-1] if last else None,
    }


def _rounded(moment, clock):
    return moment if clock else dt.datetime.combine(moment.date(), dt.time())


def study_of(make_small, folder, file_reports, file_account, decisions, clock, squares):
    small = make_small(Path(folder))
    aggregates = small.content["tables"]["account"]["aggregates"]
    for how in ("first", "distinct"):
        aggregates[f"value_{how}"] = {"column": "value", "how": how, "description": "d"}
    for how in ("days_since_first", "days_since_last"):
        aggregates[how] = {"how": how, "description": "d"}
    window = {"column": "value", "how": "sum", "within_days": 10, "skip_days": 3, "description": "d"}
    aggregates["value_before"] = window
    if squares:  # which are asked of DuckDB, and all others with them
        aggregates["value_sd"] = {"column": "value", "how": "sd", "description": "d"}
    if clock:
        for table, column in (("applications", "decided"), ("reports", "reported"), ("account", "booked")):
            small.content["tables"][table]["columns"][column]["type"] = "timestamp"
            small.types[table] = [
                (name, pa.timestamp("us") if name == column else kind) for name, kind in small.types[table]
            ]
    small.rows["applications"] = [(f"a{i}", who, when, 1.0, "web", 1, 1) for i, (who, when) in enumerate(decisions)]
    small.rows["reports"], small.rows["account"], small.rows["paid"] = file_reports, file_account, []
    return small


def deliver(fed, feed, column, value, arrived, cuts):
    """The rows in as many files as cuts say, the later rows first."""
    rows = [{"who": w, column: at(e), value: v, "spoke": at(e), "came": at(e + d)} for w, e, d, v in reversed(arrived)]
    frame = pd.DataFrame(rows, columns=["who", column, value, "spoke", "came"]).astype({value: float})
    for i, rows in enumerate(np.array_split(np.arange(len(frame)), sorted(cuts))):
        if len(rows):
            fed.deliver(f"{i}.parquet", frame.iloc[rows], feed)
            fed.refresh(feed)


@settings(max_examples=15, phases=UNSHRUNK)
@given(arriving, arriving, filed, filed, decided, st.booleans(), st.booleans(), cuts)
def test_training_and_live_know_what_the_definition_says(
    make_small, make_fed, reports, account, old_reports, old_account, decisions, clock, squares, cuts
):
    old = [sorted({(who, _rounded(at(h), clock)): (who, _rounded(at(h), clock), v) for who, h, v in file}.values(), key=str)
           for file in (old_reports, old_account)]  # fmt: skip
    decisions = [(who, _rounded(at(hour), clock)) for who, hour in decisions]
    with tempfile.TemporaryDirectory() as folder:
        fed = make_fed(study_of(make_small, folder, *old, decisions, clock, squares))
        deliver(fed, "reports", "reported", "lines", reports, cuts)
        deliver(fed, "account", "booked", "value", account, cuts)
        joined, live = fed.joined(), fed.live()
        for i, (who, when) in enumerate(decisions):
            should = expected(versions(old[0], reports, clock), versions(old[1], account, clock), who, when, clock)
            trained = {
                name: None if pd.isna(joined.loc[f"a{i}", name]) else joined.loc[f"a{i}", name] for name in should
            }
            assert trained == should
            asked = live.values({"who": who}, when if clock else when + dt.timedelta(hours=15))
            assert {name: asked.columns[name] for name in should} == should
            for name, value in asked.columns.items():
                trained = joined.loc[f"a{i}", name]
                if name == "value_sd" and value is not None:  # its last bits depend on the order of the rows
                    assert value == pytest.approx(trained, rel=1e-12)
                else:
                    assert value == trained or (value is None and pd.isna(trained)), name


def test_a_row_with_an_early_event_that_arrived_late_is_not_known_before(fed, report):
    fed.deliver("late.csv", [report("c1", dt.date(2024, 1, 8), 7.0, came=dt.datetime(2024, 3, 1))])
    fed.refresh()
    assert fed.joined().loc["a1", "lines"] == 1.0  # decided on 11 January: the report of the file, of the 6th
    assert fed.joined().loc["a3", "lines"] == 2.0  # decided on 31 March: that of 20 February, a later event


def test_a_correction_counts_from_its_arrival_on(fed, report):
    right = report("c1", dt.date(2024, 2, 20), 8.0, came=dt.datetime(2024, 3, 30, 23))
    fed.deliver("correction.csv", [right])
    fed.refresh()
    live = fed.live()
    assert live.values({"who": "c1"}, dt.datetime(2024, 3, 30, 23, 30)).columns["lines"] == 2.0  # by the day
    assert live.values({"who": "c1"}, dt.datetime(2024, 3, 31)).columns["lines"] == 8.0
    assert fed.joined().loc["a3", "lines"] == 8.0


def test_what_arrives_at_the_very_moment_is_not_known_and_what_it_corrects_still_is(fed):
    row = {"who": "c1", "booked": dt.date(2024, 3, 20), "spoke": dt.datetime(2024, 3, 20)}
    midnight = dt.datetime(2024, 3, 31)  # of the day of the decision on a3
    came = [dt.datetime(2024, 3, 21), midnight]
    fed.deliver(
        "a.parquet", [row | {"value": value, "came": at} for value, at in zip((4.0, 6.0), came, strict=True)], "account"
    )
    fed.refresh("account")
    assert fed.joined().loc["a3", ["value_count", "value_sum"]].tolist() == [1, 4.0]
    assert fed.live().values({"who": "c1"}, midnight).columns["value_sum"] == 4.0
    assert fed.live().values({"who": "c1"}, midnight + dt.timedelta(days=1)).columns["value_sum"] == 6.0


def test_a_table_of_two_times_without_a_feed_takes_the_latest_event(small):
    small.content["tables"]["reports"]["columns"]["of"] = {"role": "date", "type": "date", "description": "d"}
    small.content["tables"]["reports"]["event_at"] = "of"
    small.types["reports"].append(("of", pa.date32()))
    day = dt.date(2024, 1, 1) + dt.timedelta(days=1)
    small.rows["reports"] = [
        ("c1", dt.date(2024, 1, 4), 1.0, day),
        ("c1", dt.date(2024, 1, 6), 2.0, dt.date(2024, 1, 1)),
    ]
    assert small.joined().set_index("app").loc["a1", "lines"] == 1.0  # its event is later, though it was known first


def test_nothing_changes_while_nothing_has_arrived(small, make_fed):
    before = small.joined()
    after = make_fed(small).engine().collate()
    pd.testing.assert_frame_equal(before, after, check_exact=True)


def test_compaction_keeps_every_answer(fed, report):
    from riskbench.data.feeds.compact import compact

    for i in range(3):
        fed.deliver(f"{i}.csv", [report("c1", dt.date(2024, 2, 1 + i), float(i))])
        fed.refresh()
    before, parts = fed.joined(), fed.store().paths()
    assert compact("reports", fed.feed(), fed.folder) == 3
    pd.testing.assert_frame_equal(before, fed.joined(), check_exact=True)
    assert len(fed.store().paths()) == 1
    assert all(path.is_file() for path in parts)  # for whoever still reads them


def test_a_run_reads_what_it_has_hashed_though_more_arrives_meanwhile(fed, report):
    fed.deliver("first.csv", [report("c1", dt.date(2024, 2, 1), 1.5)])
    fed.refresh()
    before, hashed = fed.engine(), ensure_data(fed.small.study(), fed.folder)
    fed.deliver("second.csv", [report("c1", dt.date(2024, 2, 25), 9.0)])
    fed.refresh()
    after = Engine(fed.small.study(), fed.folder, hashed)
    pd.testing.assert_frame_equal(after.collate(), before.collate(), check_exact=True)
    moments = pd.Series([dt.datetime(2024, 3, 1)])
    assert after.ages(moments)["reports"].tolist() == [(29 * 24 - 1)]  # since 1 February, one in the morning
    assert fed.engine().ages(moments)["reports"].tolist() == [(5 * 24 - 1)]
    assert fed.joined().loc["a3", "lines"] == 9.0


def test_a_run_that_hashed_before_anything_arrived_reads_none_of_it(fed, report):
    hashed = ensure_data(fed.small.study(), fed.folder)
    before = fed.joined()
    fed.deliver("first.csv", [report("c1", dt.date(2024, 2, 25), 9.0)])
    fed.refresh()
    after = Engine(fed.small.study(), fed.folder, hashed).collate().set_index("app")
    pd.testing.assert_frame_equal(after, before, check_exact=True)


@settings(max_examples=examples(12), phases=UNSHRUNK)
@given(arriving, decided)
def test_the_value_of_a_moment_is_what_the_definition_says(rows, decisions):
    versions_ = [{"who": w, "event_": at(e), "arrived_": at(e + d), "content_": f"{n:03}", "v": float(n)}
                 for n, (w, e, d, _) in enumerate(rows)]  # fmt: skip
    kinds = {
        "who": "string",
        "event_": "timestamp(6)",
        "arrived_": "timestamp(6)",
        "content_": "string",
        "v": "float64",
    }
    table = ibis.memtable(pd.DataFrame(versions_, columns=list(kinds)), schema=kinds)
    backend = ibis.duckdb.connect()
    latest = backend.to_pandas(values_in_force(table, ["who"]))
    versions_there = backend.to_pandas(versions_in_force(table, ["who"]))
    for who, hour in decisions:
        moment = at(hour)
        brute = known([(w, at(e), at(e + d), 0, float(n)) for n, (w, e, d, _) in enumerate(rows)], who, moment)
        before = latest[(latest["who"] == who) & (latest["seen_"] < moment)].sort_values("seen_")
        assert before["v"].tolist()[-1:] == [row[-1] for row in brute[-1:]]
        mine = versions_there[versions_there["who"] == who]
        there = (mine["seen_"] < moment) & (mine["until_"].isna() | (mine["until_"] >= moment))
        assert sorted(mine.loc[there, "v"]) == sorted(row[-1] for row in brute)
