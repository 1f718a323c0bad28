import datetime as dt
import threading
import time

import pandas as pd
import pytest

from riskbench.core.errors import DataError
from riskbench.data.feeds.live import LiveFeeds

FEB = dt.date(2024, 2, 1)


def test_ages_are_hours_since_the_newest_arrival_of_the_feed_and_of_the_value(fed, report):
    fed.deliver("a.csv", [report("c1", FEB, 3.0), report("c2", dt.date(2024, 2, 3), 4.0)])
    fed.refresh()
    known = fed.live().values({"who": "c1"}, dt.datetime(2024, 2, 4, 3))
    assert known.columns["lines"] == 3.0
    assert known.value_ages["reports"] == 3 * 24 + 2  # arrived on the first at one o'clock
    assert known.ages["reports"] == 24 + 2  # c2's, on the third at one o'clock
    assert known.ages["account"] is None


def test_the_engine_gives_the_same_ages_for_many_moments(fed, report):
    fed.deliver("a.csv", [report("c1", FEB, 3.0), report("c2", dt.date(2024, 2, 3), 4.0)])
    fed.refresh()
    moments = pd.Series(
        pd.to_datetime(["2024-01-31", "2024-02-01 01:00", "2024-02-02 01:30", "2024-02-09"], format="ISO8601")
    )
    live = [fed.live().values({"who": "c1"}, moment.to_pydatetime()).ages["reports"] for moment in moments]
    assert live == [None, 0, 24.5, 143]
    ages = fed.engine().ages(moments)
    assert ages["reports"].isna().tolist() == [True, False, False, False]
    assert ages["reports"].tolist()[1:] == live[1:]
    assert ages["account"].isna().all()


def test_what_arrives_is_known_without_a_restart(fed, report):
    live = fed.live()
    at = dt.datetime(2024, 2, 5)
    assert live.values({"who": "c2"}, at).columns["lines"] is None
    fed.deliver("a.csv", [report("c2", FEB, 3.0)])
    fed.refresh()
    assert live.values({"who": "c2"}, at).columns["lines"] == 3.0


def test_in_the_background_the_rows_of_before_answer_until_the_new_ones_are_read(fed, report):
    live, at = LiveFeeds(fed.small.study(), fed.folder, background=True), dt.datetime(2024, 2, 5)
    fed.deliver("a.csv", [report("c2", FEB, 3.0)])
    fed.refresh()
    seen = [live.values({"who": "c2"}, at).columns["lines"]]
    until = time.monotonic() + 60
    while seen[-1] is None and time.monotonic() < until:
        seen.append(live.values({"who": "c2"}, at).columns["lines"])
    assert seen[0] is None
    assert seen[-1] == 3.0


def test_a_moment_with_a_zone_is_brought_to_utc(fed, report):
    fed.deliver("a.csv", [report("c2", FEB, 3.0)])
    fed.refresh()
    east = dt.timezone(dt.timedelta(hours=8))
    live = fed.live()
    assert live.values({"who": "c2"}, dt.datetime(2024, 2, 2, 7, tzinfo=east)).columns["lines"] is None
    assert live.values({"who": "c2"}, dt.datetime(2024, 2, 2, 8, tzinfo=east)).columns["lines"] == 3.0


def test_an_unknown_customer_has_no_values_and_counts_of_zero(fed):
    columns = fed.live().values({"who": "nobody"}, dt.datetime(2024, 2, 5)).columns
    assert (columns["lines"], columns["value_count"], columns["value_sum"]) == (None, 0, None)


def test_a_missing_key_is_said(fed):
    with pytest.raises(DataError, match="keys must name who, which a fed table joins on, got phone"):
        fed.live().values({"phone": "1"}, dt.datetime(2024, 2, 5))


def test_several_threads_ask_while_deliveries_arrive(fed, report):
    live, wrong = fed.live(), []

    def ask() -> None:
        for _ in range(40):
            found = live.values({"who": "c1"}, dt.datetime(2024, 3, 31)).columns
            if found["lines"] not in (2.0, 5.0) or found["value_count"] != 0:
                wrong.append(found)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    fed.deliver("a.csv", [report("c1", dt.date(2024, 3, 1), 5.0)])
    fed.refresh()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert live.values({"who": "c1"}, dt.datetime(2024, 3, 31)).columns["lines"] == 5.0


def test_formulas_and_rows_of_earlier_applications_are_summarised_as_in_training(small, make_fed):
    small.content["tables"]["own"]["aggregates"]["late_share"] = {
        "how": "share",
        "where": "dpd > 5",
        "description": "d",
    }
    small.content["tables"]["own"]["aggregates"]["since"] = {
        "how": "mean", "formula": "date_diff('day', due_date, as_of)", "description": "d",
    }  # fmt: skip
    text = """
schema_version = 1
[feeds.own]
table = "own"
key = ["app"]
event_at = "due_date"
arrived_at = "came"
source = { folder = "incoming/own" }
expected_every_hours = 24
"""
    fed = make_fed(small, text)
    rows = [
        {"app": "a1", "due_date": dt.date(2024, 3, day), "dpd": day, "came": dt.datetime(2024, 3, day, 9)}
        for day in (2, 9)
    ]
    fed.deliver("a.parquet", rows, "own")
    fed.refresh("own")
    trained = fed.joined().loc["a3", ["own_rows", "own_worst", "late_share", "since"]].to_dict()
    asked = fed.live().values({"who": "c1", "app": "a3"}, dt.datetime(2024, 3, 31, 18)).columns
    # two rows of the file (10 February: 0 days, 11 March: 30 days) and two of the feed
    assert (
        dict(asked) == trained == {"own_rows": 4, "own_worst": 30, "late_share": 0.5, "since": (50 + 20 + 29 + 22) / 4}
    )
