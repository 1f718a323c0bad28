import math
from datetime import UTC, date, datetime
from typing import Any

import pytest

from riskbench.decision.bundle.parts import InputColumn, WhenMissing
from riskbench.decision.inputs import Fault, InputReader, WrongInput, hours

KINDS = ("number", "integer", "boolean", "category", "text", "date", "timestamp")
NULLS = dict.fromkeys(KINDS)


def column(name: str, kind: str) -> InputColumn:
    return InputColumn(
        name=name,
        type=kind,
        role="feature",
        dimension="core",
        description="",
        read_by=["card"],
        when_missing=WhenMissing(),
    )


READER = InputReader([column(kind, kind) for kind in KINDS])


def read(kind: str, value: Any) -> Any:
    return READER(NULLS | {kind: value})[kind]


def faults(inputs: dict[str, Any]) -> list[Fault]:
    with pytest.raises(WrongInput) as wrong:
        READER(inputs)
    return list(wrong.value.faults)


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("number", 3, 3.0),
        ("number", -0.5, -0.5),
        ("integer", 3, 3.0),
        ("integer", 3.0, 3.0),
        ("boolean", "yes", "yes"),
        ("category", "a level that nobody knows", "a level that nobody knows"),
        ("text", "好", "好"),
        ("date", "2024-02-29", date(2024, 2, 29)),
        ("date", date(2024, 2, 29), date(2024, 2, 29)),
        ("timestamp", "2024-02-29T13:45:00", datetime(2024, 2, 29, 13, 45)),
        ("timestamp", datetime(2024, 2, 29), datetime(2024, 2, 29)),
        *((kind, None, None) for kind in KINDS),
    ],
)
def test_a_value_of_its_type_is_read(kind, given, expected):
    assert read(kind, given) == expected


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        pytest.param("number", 10**400, id="huge"),
        *(("number", value) for value in ("3", True, math.nan, math.inf, -math.inf, [1], b"1")),
        *(("integer", value) for value in (0.5, "3", False, math.nan)),
        *(("boolean", value) for value in (True, 1, 1.0)),
        *(("category", value) for value in (1, 1.0, True, math.nan, "\ud800", ["a"])),
        *(
            ("date", value)
            for value in ("2024-02-30", "20240229", "2024-W09-4", "29.02.2024", 20240229, datetime(2024, 2, 29))
        ),
        *(("timestamp", value) for value in ("13:45", "2024-02-29T13:45:00Z", datetime(2024, 2, 29, tzinfo=UTC), 1)),
    ],
)
def test_a_value_of_another_type_is_refused_and_not_repeated(kind, given):
    (fault,) = faults(NULLS | {kind: given})
    assert fault.column == kind
    assert fault.rule.startswith("must be")
    assert repr(given) not in fault.got


def test_a_column_that_is_absent_is_not_taken_for_a_missing_value():
    assert faults({kind: None for kind in KINDS if kind != "date"}) == [
        Fault("date", "must be given; a value that is not known is null", "nothing")
    ]


def test_a_column_that_nobody_asked_for_is_refused():
    assert faults(NULLS | {"salary": 5}) == [Fault("salary", "is nothing that the bundle asks for", "a number")]


def test_all_that_is_wrong_is_told_at_once():
    told = (
        "salary is nothing that the bundle asks for, got a text; number must be a finite number or null, got a text; "
    )
    with pytest.raises(WrongInput, match=f"^{told}date must be given"):
        READER({kind: None for kind in KINDS if kind != "date"} | {"number": "1", "salary": "1"})


@pytest.mark.parametrize("amount", [None, 0, -1.0, math.nan, "100", True])
def test_what_is_asked_for_must_be_an_amount(amount):
    with pytest.raises(WrongInput, match="amount must be a finite number above 0"):
        InputReader([column("amount", "number")], amount="amount")({"amount": amount})


def test_an_age_is_a_number_of_hours_or_null():
    assert hours(["bureau", "wallet"], {"bureau": 3, "wallet": None, "other": "x"}) == {"bureau": 3.0, "wallet": None}


@pytest.mark.parametrize("ages", [None, {}, {"bureau": "3"}, {"bureau": math.nan}, {"bureau": True}, {"bureau": -1}])
def test_an_age_that_is_not_given_is_refused(ages):
    with pytest.raises(WrongInput, match="the age of bureau must be"):
        hours(["bureau"], ages)
