"""The decisions as a table, from the log to a file."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from riskbench.core.ledger import BrokenLedger
from riskbench.decision.log.export import export
from riskbench.decision.log.log import DecisionLog
from riskbench.decision.log.record import DecisionRecord, OverrideRecord, record_of
from riskbench.decision.log.selection import Selection

Make = Callable[..., DecisionRecord]


def test_every_entry_is_a_row_and_can_be_read_back(
    log: DecisionLog, record: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskbench.decision.log.export.ROWS", 3)
    decisions = [record(score=500 + i) for i in range(7)]
    override = OverrideRecord(
        caller="desk", decision_id=decisions[0].id, actor="ana", reason="payslip", from_action="refer", from_amount=0,
        to_action="approve", to_amount=50,
    )  # fmt: skip
    log.append([*decisions, override])
    assert export(log, tmp_path / "all.parquet") == 8
    table = pd.read_parquet(tmp_path / "all.parquet")
    assert [record_of(content) for content in table["content"]] == [*decisions, override]
    assert table["score"].tolist()[:7] == [500, 501, 502, 503, 504, 505, 506]
    assert table["amount"].tolist()[:7] == [100.0] * 7
    assert table.loc[7, ["kind", "decision_id", "action"]].tolist() == ["override", decisions[0].id, "approve"]
    assert export(log, tmp_path / "one.parquet", Selection(kinds=("override",))) == 1


def test_nothing_is_left_where_an_entry_was_edited(
    log: DecisionLog, record: Make, tmp_path: Path, without_triggers: Callable
) -> None:
    log.append([record(), record()])
    without_triggers("UPDATE decision_entries SET content = replace(content, '510', '999') WHERE seq = 2")
    with pytest.raises(BrokenLedger):
        export(log, tmp_path / "all.parquet")
    assert list(tmp_path.glob("*.parquet")) == []


def test_links_stand_in_a_column_of_their_own(log: DecisionLog, record: Make, tmp_path: Path) -> None:
    log.append([record(links={"device": "d" * 32}), record()])
    export(log, tmp_path / "all.parquet")
    assert pq.read_table(tmp_path / "all.parquet")["links"].to_pylist() == [[("device", "d" * 32)], None]
