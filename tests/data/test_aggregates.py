import datetime as dt
import re
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from riskbench.core.errors import broken_rules
from riskbench.data.candidates import columns_behind

EPOCH = dt.datetime(2024, 1, 1)
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # every example is a database: shrinking takes minutes
HOWS = ("count", "distinct", "mean", "sum", "min", "max", "first", "last", "sd", "trend")
RECENCY = ("days_since_first", "days_since_last")
WINDOWS = {
    "all": {},
    "near": {"within_days": 30},
    "before": {"within_days": 30, "skip_days": 30},
    "old": {"skip_days": 20},
}


def declared() -> dict:
    """Every statistic in every window, of all rows and of the positive ones."""
    made = {}
    for window, days in WINDOWS.items():
        for suffix, condition in (("", {}), ("_pos", {"where": "value > 0"})):
            for how in HOWS:
                made[f"{how}_{window}{suffix}"] = {"column": "value", "how": how, "description": "d"} | days | condition
            for how in RECENCY:
                made[f"{how}_{window}{suffix}"] = {"how": how, "description": "d"} | days | condition
        made[f"share_{window}"] = {"how": "share", "where": "value > 0", "description": "d"} | days
    return made


def by_pandas(rows: pd.DataFrame, moment: pd.Timestamp, as_of: pd.Timestamp) -> dict:
    """What one application may know, by the definition of each statistic."""
    found = {}
    for window, days in WINDOWS.items():
        end = moment - pd.Timedelta(days=days.get("skip_days", 0))
        inside = rows[rows["at"] < end]
        if "within_days" in days:
            inside = inside[inside["at"] >= end - pd.Timedelta(days=days["within_days"])]
        found[f"share_{window}"] = (inside["value"] > 0).mean() if len(inside) else np.nan
        for suffix, chosen in (("", inside), ("_pos", inside[inside["value"] > 0])):
            there = chosen.dropna(subset="value").sort_values(["at", "value"])
            values, age = there["value"], (as_of.normalize() - chosen["at"].dt.normalize()).dt.days
            t = -age[there.index] / 30
            found |= {
                f"count_{window}{suffix}": len(chosen),
                f"distinct_{window}{suffix}": values.nunique(),
                f"mean_{window}{suffix}": values.mean(),
                f"sum_{window}{suffix}": values.sum(min_count=1),
                f"min_{window}{suffix}": values.min(),
                f"max_{window}{suffix}": values.max(),
                f"first_{window}{suffix}": values.iloc[0] if len(values) else np.nan,
                f"last_{window}{suffix}": values.iloc[-1] if len(values) else np.nan,
                f"sd_{window}{suffix}": values.std(),
                f"trend_{window}{suffix}": np.polyfit(t, values, 1)[0] if t.nunique() > 1 and len(t) > 2 else np.nan,
                f"days_since_first_{window}{suffix}": age.max(),
                f"days_since_last_{window}{suffix}": age.min(),
            }
    return found


def account_of(small, kind: str) -> None:
    """The account with every statistic, its dates and the decision's of this type."""
    date = {"role": "date", "type": kind, "description": "d"}
    small.columns["decided"] = date
    table = small.content["tables"]["account"]
    table["columns"]["booked"] = date
    table["aggregates"] = declared()
    del table["within_days"]
    for name, position in (("applications", 2), ("account", 1)):
        small.types[name][position] = (small.types[name][position][0], pa.timestamp("us"))


moments = st.integers(0, 24 * 130).map(lambda hours: EPOCH + dt.timedelta(hours=hours))
customers = st.sampled_from(["c1", "c2", "c3"])
values = st.none() | st.integers(-3, 5).map(float)  # whole numbers: their sums are exact in any order


@pytest.mark.parametrize("kind", ["date", "timestamp"])
@settings(max_examples=2, phases=UNSHRUNK, deadline=None)
@given(
    st.lists(st.tuples(customers, moments), min_size=6, max_size=10),
    st.lists(st.tuples(customers, moments, values), min_size=30, max_size=80),
    st.randoms(use_true_random=False),
)
def test_every_statistic_is_what_pandas_computes_of_the_rows_before_the_decision(make_small, kind, who, rows, order):
    with tempfile.TemporaryDirectory() as folder:
        small = make_small(Path(folder))
        account_of(small, kind)
        small.rows["applications"] = [(f"a{i}", c, when, 1.0, "web", 1, 1) for i, (c, when) in enumerate(who)]
        small.rows["account"] = order.sample(rows, len(rows))
        joined = small.joined().set_index("app")
    account = pd.DataFrame(rows, columns=["who", "at", "value"]).astype({"value": float, "at": "datetime64[us]"})
    for i, (customer, when) in enumerate(who):
        as_of = pd.Timestamp(when)
        moment = as_of if kind == "timestamp" else as_of.normalize()
        mine = account[account["who"] == customer]
        if kind == "date":  # by the day, whatever time the file holds
            mine = mine.assign(at=mine["at"].dt.normalize())
        expected = pd.Series(by_pandas(mine, moment, as_of), dtype=float)
        made = joined.loc[f"a{i}", expected.index].astype(float)
        np.testing.assert_allclose(made, expected, rtol=1e-9, atol=1e-9, err_msg=str(list(expected.index)))


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("aggregate", "said"),
    [
        ({"how": "sum"}, "an aggregate is of a column or of a formula"),
        ({"how": "share"}, "a share is of the rows that meet `where`"),
        ({"how": "share", "where": "value > 0", "column": "value"}, "a share is of the rows that meet `where`"),
        ({"how": "count", "within_days": 20, "skip_days": 20}, "'made' reaches 40 days back, the table 30 at most"),
        ({"how": "count", "skip_days": 30}, "'made' reaches 31 days back, the table 30 at most"),
        ({"how": "count", "within_days": 0}, "within_days: Input should be greater than 0"),
        ({"how": "count", "where": "sum(value) > 0"}, "formula 'made' must be one row-wise expression"),
        ({"how": "count", "where": "who = 'c1'"}, "aggregates.made: column 'who' is key, it may not be read"),
        ({"how": "mean", "formula": "ratio(value, who)"}, r"formula 'made': ratio\(a, b\) takes a number there"),
        ({"how": "mean", "formula": "ratio(value, sex)"}, "aggregates.made: column 'sex' is not declared"),
        ({"how": "mean", "formula": "rato(value, 1)"}, "did you mean ratio?"),
        ({"how": "median", "column": "value"}, "how: Input should be 'count'"),
    ],
)
def test_an_aggregate_that_cannot_be_meant_is_refused(small, aggregate, said):
    small.content["tables"]["account"]["aggregates"]["made"] = {"description": "d"} | aggregate
    with pytest.raises(ValidationError) as caught:
        small.study()
    assert re.search(said, "; ".join(broken_rules(caught.value, "study")))


def test_how_long_ago_a_row_was_is_not_told_where_its_date_is_protected(small):
    table = small.content["tables"]["account"]
    table["columns"]["booked"] = {"role": "protected", "type": "date", "description": "d"}
    table["aggregates"] = {"ago": {"how": "days_since_last", "description": "d"}}
    with pytest.raises(ValidationError, match=r"aggregates\.ago: column 'booked' is protected"):
        small.study()


def test_an_aggregate_stands_on_what_its_condition_and_its_dates_are(small):
    account = small.content["tables"]["account"]
    account["columns"]["kind"] = {"role": "context", "type": "category", "description": "d"}
    account["aggregates"] = {
        "ago": {"how": "days_since_last", "where": "kind = 'x'", "description": "d"},
        "paid": {"how": "mean", "formula": "ratio(value, days_since(booked))", "description": "d"},
    }
    assert columns_behind(small.study(), ["ago"]) == {"booked", "kind"}
    assert columns_behind(small.study(), ["paid"]) == {"value", "booked"}


def test_functions_in_an_aggregate_count_up_to_the_decision(small):
    small.content["tables"]["account"]["aggregates"] = {
        "days": {"formula": "days_since(booked)", "how": "max", "description": "d"}
    }
    assert small.joined().set_index("app").loc["a1", "days"] == 1  # decided on day 10, booked on day 9
