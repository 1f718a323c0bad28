"""The status page says everything in both languages."""

import string

import pytest

from riskbench.service.review.words import words as shared
from riskbench.service.status.words import say, words


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
