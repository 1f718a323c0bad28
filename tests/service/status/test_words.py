"""The status page says everything in both languages."""

import string

import pytest

from riskbench.monitoring.alerts import watchdog
from riskbench.monitoring.warning.rule import Rule
from riskbench.monitoring.warning.warnings import Warnings
from riskbench.monitoring.watch import watch
from riskbench.service.review.words import words as shared
from riskbench.service.status.words import kind, say, words


@pytest.mark.parametrize("key", words())
def test_both_languages_say_a_thing_and_fill_the_same_braces(key):
    filled = {
        language: {name for _, name, *_ in string.Formatter().parse(text) if name}
        for language, text in words()[key].items()
    }
    assert filled.keys() == {"en", "zh"}
    assert filled["en"] == filled["zh"]
    assert all(words()[key].values())


def test_what_the_queue_says_can_be_said_as_well():
    assert say("en")("logout") == shared()["logout"]["en"]


def test_every_kind_of_rule_is_called_something_in_both_languages():
    kinds = [of.model_fields["kind"].annotation.__args__[0] for of in family()]
    assert len(kinds) > 15
    for name in (*kinds, watch.KIND, watchdog.KIND, "channel"):
        assert kind(name, "zh") != name


def family() -> list[type[Rule]]:
    return list(Warnings.model_fields["rules"].annotation.__args__[0].__args__[0].__args__)
