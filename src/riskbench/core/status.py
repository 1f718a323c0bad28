"""The five answers that a check can give, their words and their shapes: what a page prints, it takes from here."""

from collections.abc import Mapping
from typing import Literal

Light = Literal["green", "amber", "red"]
Status = Literal["green", "amber", "red", "not_evaluated", "information"]

WORDS: Mapping[Status, str] = {
    "green": "meets",
    "amber": "watch",
    "red": "fails",
    "not_evaluated": "not evaluated",
    "information": "",
}
SHAPES: Mapping[Status, str] = {"green": "●", "amber": "▲", "red": "■", "not_evaluated": "○", "information": ""}
WORST_FIRST: tuple[Status, ...] = ("red", "amber", "not_evaluated", "green", "information")
OPEN: tuple[Status, ...] = WORST_FIRST[:3]  # what a reader must see: the checks that do not meet their limit


def status_word(status: Status) -> str:
    """Shape and word of a status, readable without colour; "" for information.

    >>> status_word("amber")
    '▲ watch'
    """
    return f"{SHAPES[status]} {WORDS[status]}".strip()
