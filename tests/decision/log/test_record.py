"""What a record is as a text, and what is no record."""

import datetime as dt
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from riskbench.decision.log.errors import LogError
from riskbench.decision.log.record import DecisionRecord, OverrideRecord, Said, SwitchRecord, outcome_fields, record_of
from riskbench.decision.outcome import Decision, Outcome

SAID = Said(action="approve", band="high", rule="", unknown=False, amount=100.0)
CELLS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text())


@given(st.dictionaries(st.text(), CELLS), st.floats(0, 1), st.datetimes())
def test_a_record_read_back_is_the_record_to_the_last_bit(inputs: dict, pd: float, at: dt.datetime) -> None:
    fields = {"application": "a" * 32, "bundle": "b" * 64, "arm": "champion", "score": 1, "said": SAID}
    written = DecisionRecord(caller="web", inputs=inputs, pd=pd, at=at.replace(tzinfo=dt.UTC), **fields)
    read = record_of(written.content)
    assert read == written
    assert read.content == written.content
    assert [type(value) for value in read.inputs.values()] == [type(written.inputs[name]) for name in read.inputs]


def test_a_text_is_in_one_form_with_the_time_in_utc(record: Callable[..., DecisionRecord]) -> None:
    summer = dt.timezone(dt.timedelta(hours=2))
    text = record(at=dt.datetime(2026, 7, 1, 1, 30, tzinfo=summer)).content
    assert json.loads(text)["at"] == "2026-06-30T23:30:00.000000Z"
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"colour": "red"}, "decision.colour: no such key is known here"),
        ({"version": 2}, "an entry of version 2 cannot be read here, 1 can; use a newer riskbench"),
        ({"kind": "guess"}, "does not match any of the expected tags"),
        ({"pd": 1.5}, "decision.pd: Input should be less than or equal to 1"),
        ({"bundle": "B" * 64}, "decision.bundle: String should match pattern"),
        ({"pd": None}, "score and pd are both given, or neither is"),
        ({"idempotency_key": "k"}, "idempotency_key and request_sha256 are given together"),
    ],
)
def test_what_is_no_record_is_refused_with_its_rule(
    change: dict, rule: str, record: Callable[..., DecisionRecord]
) -> None:
    with pytest.raises(LogError, match=rule):
        record_of(json.dumps(json.loads(record().content) | change))


def test_a_figure_that_is_none_is_never_written(record: Callable[..., DecisionRecord]) -> None:
    with pytest.raises(ValidationError, match="finite number"):
        record(inputs={"income": float("nan")})


def test_an_outcome_is_written_whole() -> None:
    said = Decision("limit", "middle", "", False, 40.0, 0.02, 0.27, ("old",), ("stale:bureau",))
    shadow = Decision("decline", "low", "", False, 0.0)
    fields = outcome_fields(Outcome(530, 0.1, "challenger", said, {"strict": shadow}, (("income", 3),)))
    written = DecisionRecord(caller="web", application="a" * 32, bundle="b" * 64, inputs={}, **fields)
    assert written.said.model_dump() == {
        "action": "limit", "band": "middle", "rule": "", "unknown": False, "amount": 40.0, "rate": 0.02,
        "all_in_rate": 0.27, "hits": ("old",), "alerts": ("stale:bureau",),
    }  # fmt: skip
    assert (written.arm, written.shadows["strict"].action, written.reasons) == (
        "challenger",
        "decline",
        (("income", 3),),
    )


def test_while_a_model_is_stopped_a_decision_has_no_score_and_refers(record: Callable[..., DecisionRecord]) -> None:
    referred = SAID.model_copy(update={"action": "refer", "amount": 0.0})
    assert record(score=None, pd=None, said=referred).stopped
    with pytest.raises(ValidationError, match="a person decides"):
        record(score=None, pd=None)


def test_people_and_switches_are_records_too() -> None:
    override = OverrideRecord(
        caller="desk", decision_id="c" * 32, actor="ana", reason="payslip seen", from_action="refer", from_amount=0,
        to_action="approve", to_amount=100,
    )  # fmt: skip
    assert record_of(override.content) == override
    switch = SwitchRecord(caller="admin", before=None, after="b" * 64, who="ben", approved=True)
    assert record_of(switch.content) == switch


def test_links_are_tokens_under_few_simple_names(record: Callable[..., DecisionRecord]) -> None:
    linked = record(links={"device": "d" * 32, "phone_2": "e" * 32})
    assert record_of(linked.content) == linked
    for links in ({"device": "D-17"}, {"a person": "d" * 32}, {f"n{n}": "d" * 32 for n in range(9)}):
        with pytest.raises(ValidationError):
            record(links=links)


def test_a_record_without_links_is_written_as_before_there_were_any(record: Callable[..., DecisionRecord]) -> None:
    content = record().content
    assert "links" not in content
    assert record_of(content).links == {}
