"""Running sums answer as the count table does, and tell nothing of what came later."""

import datetime as dt

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.warning.periods import Span
from riskbench.monitoring.warning.sums import Sums

FIRST = dt.date(2026, 1, 1)
ROWS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["", "c=a"]), st.sampled_from(["x", "y"]), st.integers(1, 9)),
    min_size=1,
)


def table(rows) -> CountTable:
    frame = pd.DataFrame(rows, columns=["day", "segment", "cell", "n"])
    frame["day"] = pd.Timestamp(FIRST) + pd.to_timedelta(frame["day"], unit="D")
    return CountTable.of(frame.assign(model="", subject="s", total=2.0 * frame["n"], squares=4.0 * frame["n"]))


def span(first: int, last: int) -> Span:
    return Span(FIRST + dt.timedelta(days=first), FIRST + dt.timedelta(days=last))


@given(ROWS, st.integers(0, 40), st.integers(0, 40))
def test_a_span_sums_its_days_and_no_other(rows, first, length) -> None:
    found = Sums.of_table(table(rows)).all("s", [span(first, first + length)], "c=a")[0].tolist()
    n = sum(row[3] for row in rows if row[1] == "c=a" and first <= row[0] <= first + length)
    assert found == [n, 2.0 * n, 4.0 * n]


@given(ROWS, st.integers(0, 41))
def test_until_a_day_is_as_if_later_rows_had_never_been(rows, day) -> None:
    end = FIRST + dt.timedelta(days=day)
    seen, cut = Sums.of_table(table(rows)).until(end), Sums.of_table(table([row for row in rows if row[0] < day]))
    for segment in ("", "c=a"):
        assert seen.cells("s", segment) == cut.cells("s", segment)
        assert seen.days("s", segment) == cut.days("s", segment)
        assert seen.all("s", [span(0, 40)], segment).tolist() == cut.all("s", [span(0, 40)], segment).tolist()
    assert (seen.segments("c", "s"), seen.named("")) == (cut.segments("c", "s"), cut.named(""))
