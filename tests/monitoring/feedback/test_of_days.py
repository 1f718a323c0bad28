"""Each loan is led back to the last decision of its application, with the segments of that decision."""

import datetime as dt
from pathlib import Path

import pytest

from riskbench.decision.log.opening import open_log
from riskbench.decision.log.record import DecisionRecord, Said
from riskbench.monitoring.counts.yardstick import Segment
from riskbench.monitoring.feedback import of_days
from riskbench.monitoring.feedback.of_days import last_decisions

CHANNEL = Segment(column="channel", levels=("app", "web"))
AT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def decision(letter: str, pd: float | None = 0.25, bundle: str = "b", **inputs: object) -> DecisionRecord:
    said = Said(action="refer", band="low", rule="", unknown=False, amount=0.0)
    score = None if pd is None else 500
    return DecisionRecord(
        caller="web", application=letter * 32, bundle=bundle * 64, inputs=inputs, arm="champion", score=score, pd=pd,
        said=said, at=AT,
    )  # fmt: skip


def found(folder: Path, *records: DecisionRecord, asked: str = "abc") -> dict[str, tuple]:
    with open_log(folder / "log.sqlite", create=True) as log:
        log.append(records)
        frame = last_decisions(log, [letter * 32 for letter in asked], [CHANNEL])
    named = frame.assign(application=frame["application"].str[0], model=frame["model"].str[0])
    return {row[0]: row[1:] for row in named[["application", "model", "pd", "channel"]].itertuples(index=False)}


def test_the_last_decision_counts_with_its_model_pd_and_segment(tmp_path: Path):
    first, last, other = (
        decision("a", channel="app"),
        decision("a", 0.5, "c", channel="fax"),
        decision("b", channel=None),
    )
    assert found(tmp_path, first, last, other, decision("d", channel="web")) == {
        "a": ("c", 0.5, "other"),
        "b": ("b", 0.25, "unknown"),
    }


def test_an_application_whose_model_was_stopped_at_last_has_no_loan(tmp_path: Path):
    assert found(tmp_path, decision("a", channel="app"), decision("a", None), decision("b", channel="web")) == {
        "b": ("b", 0.25, "web")
    }


def test_however_many_are_asked_for_at_once_the_answer_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    records = [decision(letter, channel="app") for letter in "abc"]
    whole = found(tmp_path, *records)
    monkeypatch.setattr(of_days, "AT_ONCE", 1)
    assert found(tmp_path, asked="abc") == whole
