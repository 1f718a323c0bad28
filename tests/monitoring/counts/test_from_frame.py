"""Counts of a frame are those that one would count by hand, and parts add up to the whole."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.monitoring.counts.from_frame import Seen, count_frame
from riskbench.monitoring.counts.from_run import baseline_of
from riskbench.monitoring.counts.table import CountTable
from riskbench.monitoring.counts.yardstick import Segment, Yardstick, segment_codes

from .conftest import Lender, raw

DAYS = pd.Series(pd.to_datetime(["2026-03-01 23:59", "2026-03-01 00:00", "2026-03-02 12:00", "2026-03-02 12:00"]))


def decisions(**columns: list) -> pd.DataFrame:
    usual = {
        "action": ["approve", "decline", "approve", "refer"],
        "rule": ["", "debts", "", ""],
        "amount": [100.0, 0, 50, 0],
    }
    return pd.DataFrame(usual | columns)


def counted(**parts) -> pd.DataFrame:
    return count_frame(
        Seen(DAYS, parts.pop("columns", pd.DataFrame(index=DAYS.index)), **parts), Yardstick(model="m")
    ).frame


def rows(frame: pd.DataFrame, subject: str) -> list[tuple]:
    found = frame[(frame["subject"] == subject) & (frame["segment"] == "")]
    return [(str(day.date()), cell, n) for day, cell, n in zip(found["day"], found["cell"], found["n"], strict=True)]


def test_actions_carry_the_amounts_that_are_lent():
    frame = counted(decisions=decisions(amount=[100.0, 0, 50, 0], action=["approve", "decline", "approve", "approve"]))
    approved = frame.query("subject == 'action' and cell == 'approve'").set_index("day")
    # 1 March: 100; 2 March: 50 and 0, so that squares are 2500
    assert approved[["n", "total", "squares"]].to_numpy().tolist() == [[1, 100.0, 10_000.0], [2, 50.0, 2_500.0]]


def test_a_day_is_that_of_the_decision_without_its_time():
    assert rows(counted(decisions=decisions()), "rule") == [
        ("2026-03-01", "", 1), ("2026-03-01", "debts", 1), ("2026-03-02", "", 2),
    ]  # fmt: skip


def test_values_outside_of_what_the_card_knows_are_told_by_the_checks_that_hit():
    frame = counted(decisions=decisions(hits=["", "below:income;debts", "above:income;level:channel", "debts"]))
    assert rows(frame, "outside:income") == [("2026-03-01", "below", 1), ("2026-03-02", "above", 1)]
    assert rows(frame, "outside:channel") == [("2026-03-02", "level", 1)]
    assert not frame["subject"].str.startswith("outside:debts").any()


def test_missing_values_are_counted_beside_those_that_are_known():
    columns = pd.DataFrame({"income": [1.0, np.nan, np.nan, 2.0]})
    found = count_frame(Seen(DAYS, columns), Yardstick(model="m", watched=("income", "absent"))).frame
    assert rows(found, "missing:income") == [
        ("2026-03-01", "known", 1), ("2026-03-01", "missing", 1), ("2026-03-02", "known", 1), ("2026-03-02", "missing", 1),
    ]  # fmt: skip
    assert set(found["subject"]) == {"missing:income"}


def test_protected_groups_are_counted_for_actions_alone():
    sex = pd.Series(["F", "M", None, "F"])
    frame = counted(decisions=decisions(), groups={"sex": sex})
    assert set(frame.loc[frame["segment"] != "", "subject"]) == {"action"}
    assert frame[frame["segment"] != ""].groupby("segment")["n"].sum().to_dict() == {
        "sex=F": 2,
        "sex=M": 1,
        "sex=unknown": 1,
    }


def test_a_level_that_a_segment_does_not_name_is_counted_as_other():
    segment = Segment.of(pd.Series(["a", "a", "b", "c", "c", None], name="kind"), most=2)
    assert segment.names == ("kind=a", "kind=c", "kind=other", "kind=unknown")
    assert segment_codes(segment, pd.Series(["b", "c", None])).tolist() == [2, 1, 3]


def test_whole_numbers_are_one_level_with_or_without_a_decimal_point():
    segment = Segment.of(pd.Series([6, 12], name="term"))
    assert segment.names[:2] == ("term=12", "term=6")
    assert segment_codes(segment, pd.Series([12.0, np.nan, 6.0])).tolist() == [0, 3, 1]


@pytest.mark.parametrize("subject", ["score", "pd", "action", "rule", "feature:burden", "missing:income"])
def test_the_segments_of_an_attribute_add_up_to_everyone(lender: Lender, subject: str):
    counts = baseline_of(lender.tables(raw(600), 300), lender.model).everyone
    parts = [
        counts.where(subject=subject, segment=f"channel={level}")
        for level in ("app", "branch", "web", "other", "unknown")
    ]
    added = pd.concat(parts).groupby(["day", "cell"])[["n", "total", "squares"]].sum()
    everyone = counts.where(subject=subject).set_index(["day", "cell"])[["n", "total", "squares"]]
    pd.testing.assert_frame_equal(added, everyone)


@given(cut=st.integers(0, 400))
def test_counts_of_two_parts_add_up_to_those_of_the_whole(lender: Lender, cut: int):
    frame = raw(400)
    whole = baseline_of(lender.tables(frame, 200), lender.model)
    seen, yardstick = lender.tables(frame, 200).seen, whole.record.yardstick
    parts = [
        count_frame(Seen(seen.days[rows], seen.columns[rows], seen.scores[rows], seen.decisions[rows]), yardstick)
        for rows in (slice(0, cut), slice(cut, None))
    ]
    pd.testing.assert_frame_equal(CountTable.merged(parts).frame, whole.everyone.frame)


def test_a_missing_day_and_parts_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="1 have none"):
        count_frame(
            Seen(DAYS.mask(DAYS.index == 1), pd.DataFrame(index=DAYS.index), decisions=decisions()),
            Yardstick(model="m"),
        )
    with pytest.raises(ValueError, match=r"all parts must have the 4 rows of days, got decisions 2"):
        counted(decisions=decisions().head(2))
