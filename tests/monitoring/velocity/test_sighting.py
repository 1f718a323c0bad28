"""A decision looks the same to the windows, whether it was just made or is read from the log."""

import json

from riskbench.decision.log.record import DecisionRecord, Said
from riskbench.monitoring.velocity.sighting import sighting_in, sighting_of


def record(**fields) -> DecisionRecord:
    said = Said(action="refer", band="mid", rule="r", unknown=False, amount=0.0, hits=("r",))
    usual = {"caller": "web", "application": "a" * 32, "bundle": "b" * 64, "inputs": {"income": 1200.5, "kind": None}}
    return DecisionRecord(**usual | {"arm": "champion", "score": 510, "pd": 0.04, "said": said} | fields)


def test_the_record_and_its_entry_give_the_same_sighting() -> None:
    for made in (record(), record(customer="c" * 32, links={"device": "d" * 32}), record(score=None, pd=None)):
        assert sighting_in(json.loads(made.content)) == sighting_of(made)


def test_the_same_inputs_have_the_same_fingerprint_and_others_another() -> None:
    first, again, other = record(), record(), record(inputs={"income": 1200.6, "kind": None})
    assert sighting_of(first).inputs == sighting_of(again).inputs != sighting_of(other).inputs


def test_a_link_that_is_called_customer_does_not_stand_in_the_place_of_the_customer() -> None:
    assert sighting_of(record(customer="c" * 32, links={"customer": "d" * 32})).by["customer"] == "c" * 32
