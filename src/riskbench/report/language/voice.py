"""Who answers for a page, unit by unit: the contract between reading a page and writing it in a language."""

from typing import Protocol


class Voice(Protocol):
    """`say` gives a unit in the page's language, or None; `number` writes what is opaque.

    `marks` is the language to name on what `say` left as it is, or "" for none.
    """

    marks: str

    def say(self, msgid: str) -> str | None:
        """The unit in the language of the page, or None where it is not known."""

    def number(self, raw: str) -> str:
        """A number, a date or an identifier in the language of the page."""
