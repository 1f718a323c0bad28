"""What a column's name says of it, matched word by word with the lists of `vocabulary.py`.

A name is cut into words at punctuation and capitals, without accents and case, so that `DateOfBirth`, `date_of_birth`
and `date of birth` are one; a word made of listed stems alone is cut between them, so that `customerage` holds an age
and `mortgage` holds none.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache

from riskbench.data.drafting.vocabulary import BEFORE, COUNTED, LEAKAGE, PERSONS, SPAN, STATES, STEMS, THINGS


def words(name: str) -> tuple[str, ...]:
    """The words of a column's name, folded; digits at the end of a word say which one it is and are left out.

    >>> words("DateOfBirth"), words("LIMIT_BAL"), words("état civil 2")
    (('date', 'of', 'birth'), ('limit', 'bal'), ('etat', 'civil'))
    """
    return tuple(word for part in _parts(name) if (word := re.sub(r"[0-9]+$", "", part)))


def _parts(name: str) -> tuple[str, ...]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return tuple(part for part in re.split(r"[\W_]+", fold(spaced)) if part)


def fold(text: str) -> str:
    """Without accents and case: `É` is `e`, `ß` is `ss`, and Cyrillic `й` is `и`."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def says(name: str, phrases: str) -> str:
    """The first phrase of a list that the name holds, else an empty text.

    >>> says("total_rec_prncp", "recover* total_rec*"), says("corporate", "rate"), says("客户编号", "客户")
    ('total_rec*', '', '客户')
    >>> says("interestrate", "interest_rate"), says("ever_90dpd", "dpd"), says("stage2_flag", "stage#")
    ('interest_rate', 'dpd', 'stage#')
    """
    own = _readings(name)
    return next((phrase for phrase, pattern in _patterns(phrases) if pattern.search(own)), "")


def says_of(name: str, lists: Mapping[str, str]) -> tuple[str, str]:
    """The first entry of `lists` of which the name holds a phrase, and that phrase; else two empty texts."""
    for meaning, phrases in lists.items():
        if phrase := says(name, phrases):
            return meaning, phrase
    return "", ""


def age_of_a_thing(name: str) -> bool:
    """Whether an age in the name is that of a loan or a car: `policy_age`, but not `age_at_loan`."""
    return bool(says(name, THINGS)) and not says(name, PERSONS)


def known_later(name: str) -> tuple[str, str]:
    """What the name says that is known only after the decision, and the phrase; two empty texts where it does not.

    >>> known_later("collections_12_mths_ex_med"), known_later("default_12m"), known_later("employment_status")
    (('', ''), ('default', 'default'), ('', ''))
    """
    if says(name, BEFORE):
        return "", ""
    lists = LEAKAGE
    if says(name, SPAN):
        lists = {what: phrases for what, phrases in LEAKAGE.items() if what not in COUNTED}
    what, phrase = says_of(name, lists)
    return ("", "") if phrase == "status" and says(name, STATES) else (what, phrase)


@lru_cache(maxsize=4096)
def _readings(name: str) -> str:
    """The words of a name as patterns are sought in: with digits, without those at the end, and cut into stems."""
    return " ".join(f"_{'_'.join(reading)}_" for reading in (_parts(name), words(name), stems(name)))


def stems(name: str) -> tuple[str, ...]:
    """The words of a name without any digits, cut into the stems that they are made of.

    >>> stems("customerage"), stems("ever_90dpd"), stems("mortgage")
    (('customer', 'age'), ('ever', 'dpd'), ('mortgage',))
    """
    letters = [word for part in _parts(name) for word in re.findall(r"[^\W\d_]+", part)]
    return tuple(stem for word in letters for stem in _stems(word) or (word,))


def _stems(word: str) -> tuple[str, ...]:
    """The stems that a word is made of, none where something is left over."""
    for stem in _LONGEST_FIRST:
        if word == stem:
            return (stem,)
        if word.startswith(stem) and (rest := _stems(word[len(stem) :])):
            return (stem, *rest)
    return ()


_LONGEST_FIRST = sorted(STEMS.split(), key=len, reverse=True)


@cache
def _patterns(phrases: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((phrase, _pattern(phrase)) for phrase in phrases.split())


def _pattern(phrase: str) -> re.Pattern[str]:
    whole = phrase.startswith("=")
    text = re.escape(fold(phrase.removeprefix("="))).replace(r"\*", "[^_ ]*").replace(r"\#", "_?[0-9]+")
    if any("\u4e00" <= c <= "\u9fff" for c in phrase):
        return re.compile(text)
    return re.compile(rf"(?<!\S)_{text}_(?!\S)" if whole else f"_{text}_")
