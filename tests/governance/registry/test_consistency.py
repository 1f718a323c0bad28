import datetime as dt

import pytest

from riskbench.governance.registry.consistency import disagreements
from riskbench.governance.registry.states import move

TODAY, NOON = dt.date(2026, 11, 26), dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def test_records_that_agree_are_silent(registry):
    assert disagreements(registry, TODAY) == []


def test_a_model_that_is_not_where_its_versions_are_is_told(registry):
    registry.write(move(registry.models()[0], "in_validation", "li", "too early", NOON))
    assert disagreements(registry, TODAY) == [
        "models/loans.yaml: state: it is in_validation, but its versions make it in_development"
    ]


@pytest.mark.parametrize(
    ("of", "change", "told"),
    [
        ("versions", {"number": 3}, "its versions must be numbered from 1 on, got 1, 3"),
        ("versions", {"number": 2, "replaces": 7}, "replaces: loans has no version 7"),
        ("versions", {"number": 2}, "run: loans-1 is a version 2 times"),
        ("versions", {"model": "cards"}, "versions/cards-1.yaml: model: cards is not in the inventory"),
        ("findings", {"id": "F-0002", "model": "cards", "version": None}, "model: cards is not in the inventory"),
        ("findings", {"id": "F-0002", "version": 4}, "findings/F-0002.yaml: version: loans has no version 4"),
        ("exceptions", {"id": "E-0002", "version": 4}, "exceptions/E-0002.yaml: version: loans has no version 4"),
        ("reviews", {"model": "cards"}, "model: cards is not in the inventory"),
    ],
)
def test_what_one_record_says_of_another_must_be_so(registry, of, change, told):
    registry.write(getattr(registry, of)()[0].model_copy(update=change))
    assert any(told in line for line in disagreements(registry, TODAY))


def test_a_finding_accepted_without_an_exception_in_force_is_told(registry):
    finding = registry.findings()[0].model_copy(update={"exception": "E-0001"})
    registry.write(move(finding, "accepted", "li", "it may be", NOON))
    [line] = disagreements(registry, TODAY)
    assert line == "findings/F-0001.yaml: exception: E-0001 is not in force for F-0001: it weighs again"


def test_two_live_versions_are_told(registry):
    [first] = registry.versions()
    for number in (1, 2):
        version = first.model_copy(update={"number": number, "run": f"loans-{number}", "expires": TODAY})
        for state in ("in_validation", "approved", "live"):
            version = move(version, state, "chen", "so it is", NOON)
        registry.write(version)
    assert any("version 1 is live too; a model has one live version" in line for line in disagreements(registry, TODAY))
