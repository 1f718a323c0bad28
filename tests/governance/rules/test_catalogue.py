"""The catalogue is strict, complete and careful about what it knows."""

import datetime as dt
from pathlib import Path

import pytest
from pydantic import ValidationError

from riskbench.governance.rules.catalogue import Ask, Catalogue, Rule, catalogue

STAGES = {path.stem.split("_", 1)[1] for path in (Path(__file__).parents[3] / "notebooks").glob("*.ipynb")}
LINE = {
    "id": "X-1",
    "jurisdiction": "EU",
    "instrument": "an act",
    "asks": "Something.",
    "force": "in force",
    "read": "full",
    "stage": "intake",
    "items": [{"what": "a thing", "evidence": ["intake.a.b"]}],
}


def test_it_holds_42_rules_of_four_jurisdictions_of_which_two_rest_on_memory():
    rules = catalogue().rules
    assert len(rules) == 42
    assert {rule.jurisdiction for rule in rules} == {"EU", "US", "UK", "CN"}
    assert [rule.id for rule in rules if rule.read == "memory"] == ["REGB-1002.2p", "CN-NETLOAN-LIFE"]


def test_what_is_not_in_force_yet_says_from_when():
    coming = [rule for rule in catalogue().rules if rule.force == "applies from"]
    assert {rule.since for rule in coming} == {dt.date(2027, 12, 2)}
    assert coming[0].force_told == "applies from 2027-12-02"


@pytest.mark.parametrize("rule", catalogue().rules, ids=lambda rule: rule.id)
def test_every_rule_stands_on_a_page_and_its_patterns_name_stages(rule):
    assert rule.stage in STAGES
    assert {pattern.split(".")[0] for ask in rule.items for pattern in ask.evidence} <= STAGES


def test_nothing_is_said_to_comply():
    text = " ".join(str(rule) for rule in catalogue().rules) + " ".join(catalogue().notes)
    assert "compl" not in text.lower().replace("complete", "").replace("complexity", "").replace("complain", "")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"colour": "red"}, "colour"),
        ({"force": "applies from"}, "since must say which"),
        ({"jurisdiction": "JP"}, "jurisdiction"),
        ({"items": []}, "items"),
        ({"items": [{"what": "a thing"}]}, "must name where it would be found, or say why it is a gap"),
        ({"items": [{"what": "a thing", "gap": "x", "blanks": ["use.intended"]}]}, "and not both"),
        ({"items": [{"what": "a thing", "blanks": ["use.nothing"]}]}, "is no blank of the model card"),
    ],
)
def test_a_line_that_leaves_something_open_is_refused(change, problem):
    with pytest.raises(ValidationError, match=problem):
        Rule.model_validate(LINE | change)


def test_an_id_stands_once():
    with pytest.raises(ValidationError, match="ids of rules must stand once, got X-1 again"):
        Catalogue.model_validate({"version": "1", "notes": [], "rules": [LINE, LINE]})


def test_a_gap_alone_is_an_answer():
    assert Ask(what="net assets", gap="a run does not know them").gap
