"""The words of the status page, by key and language; what pages of the service share comes from the review queue."""

import functools
import tomllib
from importlib.resources import files

from riskbench.scorecard.reason_texts import Language
from riskbench.service.review import words as shared
from riskbench.service.review.words import Say


@functools.cache
def words() -> dict[str, dict[str, str]]:
    """Those of this page: by key, then by language."""
    return tomllib.loads(files("riskbench.service.status").joinpath("words.toml").read_text("utf-8"))


def say(language: Language) -> Say:
    """What says a key in a language, its braces filled.

    >>> say("en")("all_quiet"), say("zh")("all_quiet"), say("en")("logout")
    ('All quiet', '一切正常', 'Sign out')
    """
    known = {**shared.words(), **words()}

    def said(key: str, **values: object) -> str:
        return known[key][language].format(**values)

    return said


def kind(name: str, language: Language) -> str:
    """What a kind of rule is called; one that is not known, as it is written.

    >>> kind("stale_feed", "zh"), kind("of_another_house", "zh")
    ('数据馈送停滞', 'of_another_house')
    """
    known = words().get(f"kind_{name}")
    return known[language] if known else name
