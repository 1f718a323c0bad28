"""Entries of the log give the counts that a run would give for the same applications, and what people did beside."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from riskbench.decision.log.record import OverrideRecord, ReviewRecord, Said, ShadowBundle
from riskbench.decision.outcome import Decision
from riskbench.monitoring.counts.from_log import Counting, LogCounts, count_entries
from riskbench.monitoring.counts.from_run import baseline_of
from riskbench.monitoring.counts.yardstick import Yardstick

from .conftest import NOW, Lender, decision_of, raw

DECLINE = Said.of(Decision("decline", "low", "", unknown=False, amount=0.0))


def counted(records: list, lender: Lender, yardstick: Yardstick, earlier: Mapping[str, Any] | None = None) -> LogCounts:
    bundles = {lender.bundle.address: lender.bundle}
    documents = [record.document for record in records]
    return count_entries(documents, Counting(yardstick, bundles, (earlier or {}).__getitem__), NOW)


def cells(found: LogCounts, subject: str, segment: str = "") -> dict[str, int]:
    return found.table.where(subject=subject, segment=segment).groupby("cell")["n"].sum().to_dict()


def test_logged_decisions_give_the_counts_of_a_run(lender: Lender, yardstick: Yardstick):
    rows = raw(300, seed=11)
    tables = lender.tables(rows, 100)
    by_run = baseline_of(tables, lender.model).everyone.frame
    by_log = counted([decision_of(lender, row) for _, row in rows.iterrows()], lender, yardstick).table.frame
    # the run of this test cuts its own bands of the score; all else is of one card
    same = [frame[frame["subject"] != "score"].reset_index(drop=True) for frame in (by_log, by_run)]
    pd.testing.assert_frame_equal(*same, rtol=1e-12)


def test_what_came_while_the_model_was_stopped_is_counted_and_is_no_action_of_a_policy(
    lender: Lender, yardstick: Yardstick
):
    row = raw(5).iloc[0]
    said = Said(action="refer", band="", rule="", unknown=False, amount=0.0)
    found = counted([decision_of(lender, row, score=None, pd=None, said=said, reasons=())], lender, yardstick)
    assert set(found.table.frame["subject"]) == {"stopped"}
    assert cells(found, "stopped") == {"refer": 1}


def test_what_a_bundle_decided_is_counted_on_its_own_edges_whatever_others_have(lender: Lender, yardstick: Yardstick):
    own = yardstick.model_copy(update={"edges": (-1000.0,)})  # all points lie above it
    counting = Counting(yardstick, {lender.bundle.address: lender.bundle}, {}.__getitem__, {lender.bundle.address: own})
    found = count_entries([decision_of(lender, raw(1).iloc[0]).document], counting, NOW)
    assert cells(found, "score") == {">= -1000": 1}


def test_a_bundle_that_is_not_at_hand_is_counted_without_features_and_told(lender: Lender, yardstick: Yardstick):
    found = counted([decision_of(lender, row, bundle="f" * 64) for _, row in raw(20).iterrows()], lender, yardstick)
    assert found.without_features == {"f" * 64: 20}
    assert not found.table.frame["subject"].str.startswith("feature:").any()
    assert sum(cells(found, "score").values()) == sum(cells(found, "missing:enquiries").values()) == 20


def test_a_record_that_lacks_what_the_card_reads_is_counted_without_features(lender: Lender, yardstick: Yardstick):
    row = raw(5).iloc[0]
    found = counted([decision_of(lender, row, inputs={"amount": 100.0}), decision_of(lender, row)], lender, yardstick)
    assert found.without_features == {lender.bundle.address: 1}
    assert sum(cells(found, "action").values()) == 2
    assert sum(cells(found, "feature:burden").values()) == 1


def test_an_unheard_of_level_is_outside_and_in_the_segment_of_others(lender: Lender, yardstick: Yardstick):
    row = raw(5).iloc[0].copy()
    row["channel"] = "fax"
    found = counted([decision_of(lender, row)], lender, yardstick)
    assert cells(found, "outside:channel") == {"level": 1}
    assert cells(found, "action", "channel=other") == {"refer": 1}


def test_shadows_stand_beside_what_was_decided(lender: Lender, yardstick: Yardstick):
    row = raw(5).iloc[0]
    shadows = {"shadow_bundles": {"e" * 64: ShadowBundle(problem="no")}, "shadows": {"strict": DECLINE}}
    record = decision_of(lender, row, **shadows)
    found = counted([record, decision_of(lender, row)], lender, yardstick)
    assert cells(found, "shadow:strict") == {f"{record.said.action}>decline": 1}
    assert cells(found, "shadow:" + "e" * 64) == {f"{record.said.action}>failed": 1}


def test_what_people_made_of_decisions_counts_on_the_day_of_their_act(lender: Lender, yardstick: Yardstick):
    record, later = decision_of(lender, raw(5).iloc[0]), dt.datetime(2026, 4, 28, 23, tzinfo=dt.UTC)
    override = OverrideRecord(
        at=later, caller="web", decision_id=record.id, actor="a", reason="r",
        from_action="decline", from_amount=0.0, to_action="approve", to_amount=100.0,
    )  # fmt: skip
    review = {
        "at": later,
        "caller": "web",
        "decision_id": record.id,
        "reviewer": "b",
        "action": "decline",
        "amount": 0.0,
        "reason": "r",
    }
    acts = [override, ReviewRecord(**review), ReviewRecord(**review, settles=False)]
    found = counted(acts, lender, yardstick, {record.id: record.document})
    assert cells(found, "override") == {"decline>approve": 1}
    assert cells(found, "review") == {"decline": 1}  # the first of two people settles nothing
    assert set(found.table.frame["day"]) == {pd.Timestamp("2026-04-28")}
    assert set(found.table.frame["model"]) == {lender.bundle.address}
    segment = f"channel={record.inputs['channel'] or 'unknown'}"
    assert cells(found, "review", segment) == {"decline": 1}


@pytest.mark.parametrize(("ahead", "skewed"), [(dt.timedelta(minutes=4), 0), (dt.timedelta(days=3), 1)])
def test_an_entry_from_the_future_counts_on_its_day_and_is_reported(
    lender: Lender, yardstick: Yardstick, ahead: dt.timedelta, skewed: int
):
    found = counted([decision_of(lender, raw(5).iloc[0], at=NOW + ahead)], lender, yardstick)
    assert found.skewed == skewed
    assert found.skew[:10] == ("2026-05-04" if skewed else "")
    assert set(found.table.frame["day"]) == {pd.Timestamp((NOW + ahead).date())}


def test_nothing_gives_nothing(lender: Lender, yardstick: Yardstick):
    found = counted([], lender, yardstick)
    assert (found.entries, len(found.table.frame)) == (0, 0)
