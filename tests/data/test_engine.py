import datetime as dt
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from riskbench.core.errors import DataError
from riskbench.data.engine import Engine

ROOT = Path(__file__).parents[2]
EPOCH = dt.date(2024, 1, 1)
WITHIN = 30  # days, as the small study says
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # every example is a database: shrinking takes minutes


def on(day: int) -> dt.date:
    return EPOCH + dt.timedelta(days=day)


days = st.integers(0, 50).map(on)
customers = st.sampled_from(["c1", "c2", "c3"])
numbers = st.none() | st.integers(-5, 5).map(float)  # whole numbers: their sums are exact in any order
applications = st.lists(st.tuples(customers, days), min_size=1, max_size=6).map(
    lambda rows: [(f"a{i}", who, when, 1.0, "web", 1, 1) for i, (who, when) in enumerate(rows)]
)
reports = st.lists(st.tuples(customers, days, numbers), max_size=8, unique_by=lambda row: row[:2])
rates = st.lists(st.tuples(days, numbers), max_size=5, unique_by=lambda row: row[0])
account = st.lists(st.tuples(customers, days, numbers), max_size=12)
paid = st.lists(st.tuples(st.integers(0, 5), days, st.integers(0, 60)), max_size=10).map(
    lambda rows: [(f"a{i}", n + 1, when, 0.0, dpd, "current") for n, (i, when, dpd) in enumerate(rows)]
)


def newest(rows, when):
    """The last field of the newest row dated before the day `when`; NaN where there is none."""
    known = sorted((row for row in rows if row[-2] < when), key=lambda row: row[-2])
    return known[-1][-1] if known else None


def expected(rows: dict, who: str, when: dt.date, app: str) -> dict:
    """What one application may know, by the definition of each join."""
    window = sorted(
        ((booked, value) for owner, booked, value in rows["account"] if owner == who), key=lambda row: row[0]
    )
    window = [(booked, value) for booked, value in window if when - dt.timedelta(days=WITHIN) <= booked < when]
    values = [value for _, value in window if value is not None]
    last = max((booked for booked, value in window if value is not None), default=None)
    mine = {row[0] for row in rows["applications"] if row[1] == who} - {app}
    own = [row[4] for row in rows["paid"] if row[0] in mine and row[2] < when]
    return {
        "lines": newest([row for row in rows["reports"] if row[0] == who], when),
        "rate": newest(rows["rates"], when),
        "value_count": len(window),
        "value_mean": sum(values) / len(values) if values else None,
        "value_sum": sum(values) if values else None,
        "value_min": min(values, default=None),
        "value_max": max(values, default=None),
        "value_last": max((value for booked, value in window if booked == last and value is not None), default=None),
        "own_rows": len(own),
        "own_worst": max(own, default=None),
    }


@settings(max_examples=20, phases=UNSHRUNK)
@given(applications, reports, rates, account, paid)
def test_the_join_as_of_the_decision_is_what_its_definition_says(
    make_small, applications, reports, rates, account, paid
):
    with tempfile.TemporaryDirectory() as folder:
        small = make_small(Path(folder))
        drawn = {"applications": applications, "reports": reports, "rates": rates, "account": account, "paid": paid}
        small.rows |= drawn
        joined = small.joined().set_index("app")
    for app, who, when, *_ in applications:
        for name, value in expected(small.rows, who, when, app).items():
            np.testing.assert_equal(
                float(joined.loc[app, name]), np.nan if value is None else float(value), err_msg=name
            )


@settings(max_examples=4, phases=UNSHRUNK)
@given(st.randoms(use_true_random=False), account, reports)
def test_the_order_of_the_rows_decides_nothing(make_small, random, account, reports):
    frames = []
    for shuffled in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            small = make_small(Path(folder))
            small.rows |= {"account": list(account), "reports": list(reports)}
            if shuffled:
                for rows in small.rows.values():
                    random.shuffle(rows)
            frames.append(small.joined())
    pd.testing.assert_frame_equal(*frames)


def test_there_is_one_row_an_application_ordered_by_key(small):
    small.rows["applications"] = [(f"a{n}", "c1", on(n), 1.0, "web", 1, 1) for n in (3, 1, 2)]
    assert small.joined()["app"].tolist() == ["a1", "a2", "a3"]


def test_a_slow_query_draws_no_progress_on_a_page(small):
    connection = small.engine()._backend
    assert connection.raw_sql("SELECT current_setting('enable_progress_bar')").fetchone() == (False,)


def test_leakage_and_identifiers_stay_behind(small):
    joined = small.joined()
    assert {"calls", "name"}.isdisjoint(joined.columns)
    assert {"sex", "rating"} <= set(joined.columns)  # protected and price are kept, apart from the candidates


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_nothing_of_the_same_day_takes_part_whatever_the_hour(small, hour):
    # the decision is at 12:00 of 11 January; a record of that morning may speak of the decision itself
    small.types["applications"][2] = ("decided", pa.timestamp("us"))
    for table, column in (("reports", "reported"), ("account", "booked")):
        small.types[table][1] = (column, pa.timestamp("us"))
    noon, same = dt.datetime(2024, 1, 11, 12), dt.datetime(2024, 1, 11, hour)
    before = dt.datetime(2024, 1, 10, 23, 59)
    small.rows["applications"] = [("a1", "c1", noon, 1.0, "web", 1, 1)]
    small.rows["reports"] = [("c1", same, 7.0), ("c1", before, 3.0)]
    small.rows["account"] = [("c1", same, 7.0), ("c1", before, 3.0)]
    row = small.joined().iloc[0]
    assert (row["lines"], row["value_sum"], row["value_count"]) == (3.0, 3.0, 1)


def test_rows_of_the_application_itself_are_its_outcome_and_no_input(small):
    small.rows["paid"] = [("a1", 1, on(1), 0.0, 60, "late")]  # dated before the decision of a1, which is on day 10
    joined = small.joined().set_index("app")
    assert joined.loc["a1", "own_rows"] == 0
    assert joined.loc["a3", "own_worst"] == 60  # a later application of the same customer


def test_a_row_that_nobody_dated_was_never_known(small):
    small.rows["reports"] = [("c1", None, 1.0)]
    small.rows["account"] = [("c1", None, 1.0)]
    joined = small.joined()
    assert joined["lines"].isna().all()
    assert (joined["value_count"] == 0).all()


def test_without_rows_a_count_is_zero_and_the_rest_is_missing(small):
    row = small.joined().set_index("app").loc["a2"]
    assert row["value_count"] == 0
    assert row[["value_mean", "value_sum", "value_min", "value_max", "value_last"]].isna().all()


@pytest.mark.parametrize("values", [(4.0, 9.0), (9.0, 4.0)])
def test_the_last_of_several_values_of_one_day_is_the_largest(small, values):
    small.rows["account"] = [("c1", on(8), 20.0), *(("c1", on(9), value) for value in values), ("c1", on(9), None)]
    assert small.joined().set_index("app").loc["a1", "value_last"] == 9.0


def test_a_column_may_end_as_the_engine_s_own_names_do(small):
    small.columns["lien_right"] = {"role": "feature", "type": "number", "description": "d"}
    small.types["applications"].append(("lien_right", pa.float64()))
    small.rows["applications"] = [(*row, 1.0) for row in small.rows["applications"]]
    assert small.joined()["lien_right"].tolist() == [1.0, 1.0, 1.0]


def test_nan_in_a_file_is_missing_and_spoils_no_aggregate(small):
    small.rows["account"] = [("c1", on(5), float("nan")), ("c1", on(6), 4.0)]
    row = small.joined().set_index("app").loc["a1"]
    assert (row["value_mean"], row["value_max"], row["value_sum"]) == (4.0, 4.0, 4.0)


@pytest.mark.parametrize("content", [b"", b"not parquet", None])
def test_a_file_that_is_absent_or_not_parquet_is_refused_by_name(small, content):
    engine = small.engine()
    path = small.folder / "reports.parquet"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(DataError, match=r"table reports must be .*\(file reports.parquet\)") as caught:
        type(engine)(small.study(), small.folder)
    assert caught.value.remedy


def test_a_truncated_file_is_refused_by_name(small):
    engine = small.engine()
    path = small.folder / "reports.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="table reports must be readable Parquet"):
        type(engine)(small.study(), small.folder)


# --- what a formula of an aggregate sees, and what the clock decides ------------------------------------------------


def test_an_aggregate_may_be_of_a_formula_over_a_row_and_the_decision(small):
    small.content["tables"]["account"]["aggregates"] = {
        "days_ago": {"formula": "date_diff('day', booked, as_of)", "how": "max", "description": "d"},
        "doubled": {"formula": "value * 2", "how": "sum", "description": "d"},
    }
    first = small.joined().set_index("app").loc["a1"]  # decided on day 10; 5.0 was booked on day 9, 9.0 on day 10
    assert (first["days_ago"], first["doubled"]) == (1, 10)


def moments(small, joined_at: str, kind: str):
    """One application decided at noon of day 10, and one row of the account at `joined_at` of that day."""
    noon = dt.datetime.combine(on(10), dt.time(12))
    at = dt.datetime.combine(on(10), dt.time.fromisoformat(joined_at))
    small.columns["decided"] = {"role": "date", "type": kind, "description": "d"}
    small.content["tables"]["account"]["columns"]["booked"] = {"role": "date", "type": kind, "description": "d"}
    small.types["applications"][2] = ("decided", pa.timestamp("us"))
    small.types["account"][1] = ("booked", pa.timestamp("us"))
    small.rows["applications"] = [("a1", "c1", noon, 50.0, "web", 1, 2)]
    small.rows["account"] = [("c1", at, 5.0)]
    return small.joined()["value_count"].tolist()


@pytest.mark.parametrize(("at", "seen"), [("11:59", [1]), ("12:00", [0]), ("12:01", [0])])
def test_moments_are_compared_by_the_clock(small, at, seen):
    assert moments(small, at, "timestamp") == seen


@pytest.mark.parametrize("at", ["00:00", "11:59"])
def test_days_are_compared_by_the_day_even_where_the_file_holds_a_time(small, at):
    assert moments(small, at, "date") == [0]


IN_A_KERNEL = """
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

InteractiveShell.instance(config=Config(IPKernelApp={"name": "cold"}))  # by this DuckDB knows a notebook
from riskbench.data.engine import Engine
from riskbench.data.study import load_study

engine = Engine(load_study(Path("data/microloan/study.toml")).model_copy(update={"tables": {}}), Path("."))
print(engine._backend.raw_sql("SELECT current_setting('enable_progress_bar')").fetchone()[0])
"""


def test_a_kernel_that_was_not_forked_from_a_warm_one_opens_tables_too():
    done = subprocess.run([sys.executable, "-c", IN_A_KERNEL], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "False"), done.stderr


def test_applications_decided_after_the_last_day_of_the_samples_are_left_out(portfolio, collated):
    study, folder = portfolio
    day = dt.date(2024, 4, 30)
    cut = study.model_copy(update={"samples": study.samples.model_copy(update={"until": day})})
    left = Engine(cut, folder).collate()
    before = collated[pd.to_datetime(collated["decided_at"]).dt.date <= day].reset_index(drop=True)
    pd.testing.assert_frame_equal(left, before)  # and the others know exactly what they knew
    assert 0 < len(left) < len(collated)
