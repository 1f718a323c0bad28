"""The catalogue of rules: what each asks for in plain words, whether it is in force, and how well its text was read.

It stands in `catalogue.yaml`. Of each thing that a rule asks for, an entry says where it would be found: in evidence
(patterns of ids), in blanks that people fill, or in the registry; or that nothing here can show it, which is a gap.
"""

import datetime as dt
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from riskbench.governance.model_card_file import ModelCardFile

Jurisdiction = Literal["EU", "US", "UK", "CN"]
Force = Literal["in force", "applies from", "superseded", "draft", "voluntary"]
Read = Literal["full", "secondary", "memory"]
Held = Literal["signatures", "findings", "changes", "inventory", "exceptions", "reviews", "verifications"]

JURISDICTIONS: dict[Jurisdiction, str] = {
    "EU": "European Union",
    "US": "United States",
    "UK": "United Kingdom",
    "CN": "China",
}
READ: dict[Read, str] = {
    "full": "in full",
    "secondary": "in a summary",
    "memory": "from memory alone, to be verified",
}


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ask(_Line):
    """One thing that a rule asks for, and where it would be found; all that is named here is needed.

    `evidence` are patterns of ids, of which each must fit evidence that has a value and is no empty table; `blanks` are
    keys of `model_card.toml` that people must have filled in; `registry` names a kind of record that must exist; `gap`
    says why nothing here can show it.
    """

    what: str = Field(min_length=3)
    evidence: list[str] = []
    blanks: list[str] = []
    registry: Held | None = None
    gap: str = ""

    @model_validator(mode="after")
    def _found_somewhere_or_a_gap(self) -> Self:
        places = bool(self.evidence or self.blanks or self.registry)
        if places == bool(self.gap):
            raise ValueError(f"{self.what!r} must name where it would be found, or say why it is a gap, and not both")
        known = {blank.place for blank in ModelCardFile().blanks()}
        if unknown := sorted(set(self.blanks) - known):
            raise ValueError(f"{self.what!r} names {', '.join(unknown)}, which is no blank of the model card")
        return self


class Rule(_Line):
    """One rule. `since` is the day from which it applies, where a day is known; `note` says what else to know of it."""

    id: str = Field(pattern=r"^[A-Z0-9][A-Za-z0-9.\-]+$")
    jurisdiction: Jurisdiction
    instrument: str = Field(min_length=3)
    article: str = ""
    asks: str = Field(pattern=r"\.$")
    force: Force
    since: dt.date | None = None
    note: str = ""
    read: Read
    stage: str
    items: list[Ask] = Field(min_length=1)

    @model_validator(mode="after")
    def _what_comes_has_a_day(self) -> Self:
        if self.force == "applies from" and self.since is None:
            raise ValueError(f"rule {self.id} applies from a day: since must say which")
        return self

    @property
    def force_told(self) -> str:
        """Whether it is in force, with its day, in words."""
        if self.since is None:
            return self.force
        return f"{self.force}{'' if self.force == 'applies from' else ' since'} {self.since}"


class Catalogue(_Line):
    """The rules and what to know of all of them. An id stands once."""

    version: str
    notes: list[str]
    rules: list[Rule]

    @model_validator(mode="after")
    def _an_id_stands_once(self) -> Self:
        twice = [id_ for id_, times in Counter(rule.id for rule in self.rules).items() if times > 1]
        if twice:
            raise ValueError(f"ids of rules must stand once, got {', '.join(twice)} again")
        return self


@cache
def catalogue() -> Catalogue:
    """The catalogue of the package.

    >>> len(catalogue().rules), catalogue().rules[0].id
    (42, 'AIA-III-5b')
    """
    text = files("riskbench.governance.rules").joinpath("catalogue.yaml").read_text("utf-8")
    return Catalogue.model_validate(yaml.safe_load(text))
