import string

import pytest

from riskbench.service.review.codes import CODES
from riskbench.service.review.words import duration, say, words


@pytest.mark.parametrize("key", words())
def test_both_languages_say_a_thing_and_fill_the_same_braces(key):
    filled = {
        language: {name for _, name, *_ in string.Formatter().parse(text) if name}
        for language, text in words()[key].items()
    }
    assert filled.keys() == {"en", "zh"}
    assert filled["en"] == filled["zh"]
    assert all(words()[key].values())


def test_every_reason_has_words_and_a_verdict_that_it_fits():
    assert all(code.en and code.zh and code.fits for code in CODES)
    assert len({code.code for code in CODES}) == len(CODES)
    assert all(
        len("; ".join(code.en for code in CODES if verdict in code.fits)) > 0 for verdict in ("approve", "decline")
    )


@pytest.mark.parametrize(("seconds", "told"), [(-5, "0 min"), (7199, "119 min"), (7200, "2 h"), (259_200, "3 d")])
def test_a_duration_is_told_in_a_unit_of_which_two_are_full(seconds, told):
    assert duration(seconds, say("en")) == told
