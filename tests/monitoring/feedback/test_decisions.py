"""The decisions of a log as rows: what was said, and what held in the end."""

import pytest

from riskbench.monitoring.feedback.decisions import COLUMNS, decisions_of

SAID = {"action": "decline", "band": "low", "rule": "", "amount": 0.0}


def decision(id_: str = "d1", application: str = "a1", **other) -> dict:
    made = {"kind": "decision", "id": id_, "at": "2026-03-01T23:30:00.000000Z", "application": application}
    return made | {"bundle": "b", "run": "r", "arm": "champion", "pd": 0.2, "score": 480, "said": SAID} | other


def test_a_decision_is_a_row_without_anything_personal():
    row = decisions_of([decision(customer="c", inputs={"income": 5})])
    assert list(row.columns) == COLUMNS
    assert row[["decision", "model", "band", "action", "override"]].values.tolist() == [
        ["d1", "b", "low", "decline", False]
    ]


@pytest.mark.parametrize(
    ("entry", "action", "override"),
    [
        ({"kind": "override", "decision_id": "d1", "to_action": "approve"}, "approve", True),
        ({"kind": "review", "decision_id": "d1", "action": "limit", "settles": True}, "limit", False),
        ({"kind": "review", "decision_id": "d1", "action": "limit", "settles": False}, "decline", False),
        ({"kind": "override", "decision_id": "another", "to_action": "approve"}, "decline", False),
    ],
)
def test_what_people_decided_replaces_what_was_said(entry, action, override):
    row = decisions_of([decision(), entry]).iloc[0]
    assert (row["said"], row["action"], row["override"]) == ("decline", action, override)


def test_a_decision_of_a_stopped_model_has_neither_score_nor_pd():
    assert decisions_of([decision(score=None, pd=None)])[["score", "pd"]].isna().all(axis=None)


def test_a_log_without_decisions_gives_no_rows():
    assert list(decisions_of([]).columns) == COLUMNS
