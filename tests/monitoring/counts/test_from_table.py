"""A table in the engine is counted as a frame in memory is, whatever lies in it."""

import sqlite3
from contextlib import closing

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.monitoring.counts.from_frame import Seen, count_frame
from riskbench.monitoring.counts.from_run import baseline_of
from riskbench.monitoring.counts.from_table import Named, count_table
from riskbench.monitoring.counts.yardstick import Segment, Yardstick
from tests.examples import examples

from .conftest import Lender, raw

APPLICATION = st.fixed_dictionaries(
    {
        "asked": st.sampled_from(pd.to_datetime(["2026-03-01 00:00", "2026-03-01 13:30", "2026-04-02 00:00"]).tolist()),
        "burden": st.sampled_from([None, 0.0, 0.1, 0.1 + 0.2, 0.55, 1.0, 3.0, 1e9]),
        "enquiries": st.sampled_from([None, -999.0, 0.0, 1.0, 2.5, 7.0]),
        "channel": st.sampled_from([None, "app", "branch", "web", "fax", "missing", "other"]),
        "product": st.sampled_from([None, 6.0, 12.0, 24.0]),
        "score": st.sampled_from([None, 400.0, 500.0, 501.0, 540.0, 600.0]),
        "pd": st.sampled_from([0.03, 0.25, None]),
        "action": st.sampled_from(["approve", "refer", "decline"]),
        "rule": st.sampled_from(["", "debts", None]),
        "amount": st.sampled_from([0.0, 120.0, None]),
        "hits": st.sampled_from(["", "below:income", "above:income;debts", "level:channel;below:income"]),
    }
)
NAMED = Named(day="asked")
TYPES = {"burden": float, "enquiries": float, "product": float, "score": float, "pd": float, "amount": float}
TYPES |= dict.fromkeys(["channel", "action", "rule", "hits"], "str")


def yardstick(lender: Lender) -> Yardstick:
    segments = (Segment(column="channel", levels=("app", "web")), Segment(column="product", levels=("12", "6")))
    changed = {"edges": (500.0, 540.0), "segments": segments, "watched": ("channel", "burden", "product")}
    return Yardstick(model="m").for_bundle(lender.bundle).model_copy(update=changed)


def by_frame(rows: pd.DataFrame, of: Yardstick) -> pd.DataFrame:
    columns = rows[["burden", "enquiries", "channel", "product"]]
    seen = Seen(rows["asked"], columns, rows[["score", "pd"]], rows[["action", "rule", "amount", "hits"]])
    return count_frame(seen, of).frame


@settings(max_examples=examples(4))
@given(applications=st.lists(APPLICATION, min_size=1, max_size=60))
def test_a_table_gives_the_counts_of_a_frame(lender: Lender, applications: list[dict]):
    rows, of = pd.DataFrame(applications).astype(TYPES), yardstick(lender)
    found = count_table(ibis.memtable(rows), of, NAMED).frame
    pd.testing.assert_frame_equal(found, by_frame(rows, of), rtol=1e-12)


def test_many_segments_are_counted_apart_and_add_up_alike(lender: Lender, monkeypatch: pytest.MonkeyPatch):
    rows = pd.DataFrame({"asked": pd.Timestamp("2026-03-01"), "score": [480.0, 520, 560] * 9, "pd": 0.1})
    levels = tuple(f"{i:02d}" for i in range(27))
    parts = {
        name: pd.Series(levels, dtype="str").sample(frac=1, random_state=i).to_numpy() for i, name in enumerate("abc")
    }
    rows = rows.assign(**parts)
    of = Yardstick(model="m", edges=(500.0,), segments=tuple(Segment(column=name, levels=levels) for name in "abc"))
    found = count_table(ibis.memtable(rows), of, NAMED).frame
    pd.testing.assert_frame_equal(found, count_frame(Seen(rows["asked"], rows, rows[["score", "pd"]]), of).frame)


def test_a_parquet_file_of_a_run_gives_what_its_frames_give(lender: Lender, tmp_path):
    tables = lender.tables(raw(800), 400)
    baseline = baseline_of(tables, lender.model)
    seen = tables.seen
    seen.columns.assign(
        asked=seen.days, **seen.scores, **tables.decisions.drop(columns="amount"), lent=tables.decisions["amount"]
    ).to_parquet(tmp_path / "run.parquet")
    table = ibis.duckdb.connect(threads=2).read_parquet(tmp_path / "run.parquet")
    found = count_table(table, baseline.record.yardstick, Named(day="asked", amount="lent")).frame
    pd.testing.assert_frame_equal(found, baseline.everyone.frame, rtol=1e-12)


def test_what_the_table_lacks_is_not_counted_and_a_day_must_be_there(lender: Lender):
    rows = pd.DataFrame({"asked": pd.to_datetime(["2026-03-01", None]), "enquiries": [1.0, np.nan]})
    known = count_table(ibis.memtable(rows.head(1)), yardstick(lender), NAMED)
    assert set(known.frame["subject"]) == {"feature:enquiries"}
    with pytest.raises(ValueError, match="1 have none"):
        count_table(ibis.memtable(rows), yardstick(lender), NAMED)
    with pytest.raises(ValueError, match="must have its day, decided_at"):
        count_table(ibis.memtable(rows), yardstick(lender), Named(day="decided_at"))


def test_another_engine_than_duckdb_gives_the_same(lender: Lender, tmp_path):
    values = pd.array([-999, 0, 1, None, 2, 3, 5, 0], dtype="Int64")
    rows = pd.DataFrame({"asked": pd.to_datetime(["2026-03-01", "2026-03-02"] * 4), "enquiries": values})
    with closing(sqlite3.connect(tmp_path / "applications.sqlite")) as database:
        rows.to_sql("applications", database, index=False)
    table = ibis.sqlite.connect(tmp_path / "applications.sqlite").table("applications")
    found = count_table(table, yardstick(lender), NAMED).frame
    assert sorted(found["cell"].unique()) == sorted(set(lender.card.binning_.features_["enquiries"].labels))
    pd.testing.assert_frame_equal(found, count_table(ibis.memtable(rows), yardstick(lender), NAMED).frame)
    pd.testing.assert_frame_equal(found, count_frame(Seen(rows["asked"], rows), yardstick(lender)).frame)


def test_a_day_whose_values_are_all_missing_or_special_is_counted(lender: Lender):
    rows = pd.DataFrame({"asked": pd.to_datetime(["2026-03-01"] * 2 + ["2026-03-02"]), "enquiries": [-999, np.nan, 1]})
    found = count_table(ibis.memtable(rows), yardstick(lender), NAMED).frame
    pd.testing.assert_frame_equal(found, count_frame(Seen(rows["asked"], rows), yardstick(lender)).frame)
