"""The role of every column, guessed from its name and its values, each with its reason.

A guess that is wrong on the safe side costs a feature; one that is wrong on the other side lets a person's name or the
outcome itself into a model. So personal data and suspected leakage are left out until a person has looked at them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np

from riskbench.core.thresholds import Thresholds
from riskbench.data.drafting import names, values, vocabulary
from riskbench.data.drafting.facts import MOST_LEVELS, Facts
from riskbench.data.drafting.leakage import suspicion
from riskbench.data.drafting.request import Request
from riskbench.data.study.schema import Kind, Role

SPOILT = ", but not row"  # so the reading says which cells kept a column from its type


@dataclass(frozen=True)
class Guess:
    """What a column is taken for, and why; `attribute` names what a protected column is about."""

    facts: Facts
    role: Role
    kind: Kind
    reason: str
    attribute: str = ""

    @property
    def name(self) -> str:
        """The column."""
        return self.facts.name


@dataclass(frozen=True, eq=False)
class Known:
    """What the guesses build on: what the user named, the labels and the decision days, key and customer."""

    request: Request
    y: np.ndarray
    decided: np.ndarray | None
    key: str | None
    customer: str | None
    limits: Thresholds


def guess_roles(facts: Mapping[str, Facts], known: Known) -> list[Guess]:
    """One guess a column, in the order of the table."""
    return [_guess(column, known) for column in facts.values()]


def find_key(facts: Mapping[str, Facts], taken: Collection[str]) -> tuple[str | None, str]:
    """The column that names each row, and why; None where rows must be numbered.

    A column counts as a key when every row has a value of its own and its name is that of a key, or its values are
    numbers in an unbroken row. Other columns without repeats (an income in a small table) are not keys.
    """
    able = [f for f in facts.values() if f.unique and f.name not in taken and (f.kind == "integer" or f.textual)]
    for column in able:
        if phrase := names.says(column.name, vocabulary.KEY):
            return column.name, f"every row has a value of its own, and its name has {phrase!r}"
    for column in able:
        if column.kind == "integer" and np.ptp(column.numbers) == column.rows - 1:
            return column.name, "numbers the rows without a gap"
    return None, "no column names the rows: they are numbered in the order of the source"


def find_customer(facts: Mapping[str, Facts], taken: Collection[str]) -> tuple[str | None, str]:
    """The column that says whose each application is, and why; None where only the application itself is known."""
    for column in facts.values():
        phrase = names.says(column.name, vocabulary.CUSTOMER)
        named = len(names.stems(column.name)) == 1 or names.says(column.name, vocabulary.KEY)
        if not phrase or not named or column.name in taken or column.missing:
            continue
        many = column.distinct > MOST_LEVELS or column.distinct * 5 > column.rows
        if (column.kind == "integer" or column.textual) and many and not column.unique:
            rows = column.rows / column.distinct
            return column.name, f"its name has {phrase!r}, and its values come back ({rows:.1f} rows each)"
    return None, "no column says whose an application is: each counts as another customer"


def _guess(facts: Facts, known: Known) -> Guess:
    if facts.name == known.request.target:
        return Guess(facts, "outcome", _outcome_kind(facts), "named with --target")
    if facts.name == known.request.date:
        return Guess(facts, "date", "date", "named with --date: all is read as of this day")
    if facts.name in (known.key, known.customer):
        return Guess(facts, "key", "text" if facts.textual else facts.kind, "")
    spoilt = _spoilt(facts)
    for guess in (_protected, _personal, _leakage, _price, _dated):
        if found := guess(facts, known):
            return replace(found, reason=f"{spoilt}; {found.reason}") if spoilt else found
    return Guess(facts, "context", "text", spoilt) if spoilt else _feature(facts)


def _spoilt(facts: Facts) -> str:
    """Why a text is no number or date, where a few cells alone are to blame; else empty."""
    if not facts.textual or SPOILT not in facts.how:
        return ""
    what = "date" if "all are dates" in facts.how else "number"
    cells = facts.how.partition(SPOILT)[2].partition(";")[0]
    return f"it would be a {what} but for row{cells.rstrip()}"


def _outcome_kind(facts: Facts) -> Kind:
    return "category" if facts.textual else facts.kind


def _protected(facts: Facts, known: Known) -> Guess | None:
    attribute, phrase = names.says_of(facts.name, vocabulary.PROTECTED)
    kind: Kind = "category" if facts.textual else facts.kind
    if facts.name in known.request.protected:
        return Guess(facts, "protected", kind, "named with --protected", attribute)
    if attribute and not (attribute in ("age", "birth") and names.age_of_a_thing(facts.name)):
        return Guess(facts, "protected", kind, f"its name has {phrase!r}", attribute)
    if values.of_a_sex(facts):
        return Guess(facts, "protected", kind, "its values are those of a sex", "sex")
    return None


def _personal(facts: Facts, known: Known) -> Guess | None:
    kind: Kind = "text" if facts.textual else facts.kind
    if said := values.personal_among_numbers(facts) if _spoilt(facts) else values.personal(facts):
        return Guess(facts, "identifier", kind, said)
    what, phrase = names.says_of(facts.name, vocabulary.PERSON)
    if what and _tells(facts):
        return Guess(facts, "identifier", kind, f"its name has {phrase!r}, so it may hold {what}")
    what, phrase = names.says_of(facts.name, vocabulary.PERSONAL)
    if what and (facts.distinct > MOST_LEVELS or 2 * facts.distinct > facts.rows):
        return Guess(facts, "identifier", kind, f"its name has {phrase!r}, so it may hold {what}")
    many = facts.distinct > MOST_LEVELS and facts.kind != "date" and facts.kind != "number"
    if many and names.words(facts.name)[-1:] in (("id",), ("uuid",), ("guid",)):
        return Guess(facts, "identifier", kind, "its name is that of an identifier, and it has many values")
    return None


def _tells(facts: Facts) -> bool:
    """Whether a column named after persons holds texts of them, and not their kind or that there is one."""
    held = facts.textual and facts.distinct > 0 and not values.yes_or_no(facts)
    return held and not names.says(facts.name, vocabulary.NO_PERSON)


def _leakage(facts: Facts, known: Known) -> Guess | None:
    kind: Kind = "category" if facts.textual else facts.kind
    if said := suspicion(facts, known.y, known.decided, known.limits):
        return Guess(facts, "leakage", kind, said)
    what, phrase = names.known_later(facts.name)
    if what:
        return Guess(facts, "leakage", kind, f"its name has {phrase!r}: {what} may be known only after the decision")
    return None


def _price(facts: Facts, known: Known) -> Guess | None:
    what, phrase = names.says_of(facts.name, vocabulary.PRICE)
    plain = facts.kind == "date" or (facts.kind == "boolean" and what != vocabulary.DECIDED)
    if not what or plain or names.says(facts.name, f"{vocabulary.OTHERS} {vocabulary.BEFORE}"):
        return None
    kind: Kind = "category" if facts.textual else facts.kind
    return Guess(facts, "price", kind, f"its name has {phrase!r}: {what} is set by the lender itself")


def _dated(facts: Facts, known: Known) -> Guess | None:
    if facts.kind != "date":
        return None
    if known.decided is None:
        return Guess(facts, "context", "date", "a date says nothing by itself; with --date its age would be a feature")
    return Guess(facts, "context", "date", "a date; the days from it to the decision are the feature")


def _feature(facts: Facts) -> Guess:
    if not facts.distinct:
        return Guess(facts, "context", "text" if facts.textual else facts.kind, "no cell has a value")
    if facts.distinct == 1 and not facts.missing:
        kind: Kind = "category" if facts.textual else facts.kind
        return Guess(facts, "feature", kind, "one value alone: selection will drop it")
    if facts.textual:
        return Guess(facts, "feature", "category", f"{facts.distinct:,} levels")
    if (
        facts.kind == "integer"
        and facts.distinct <= MOST_LEVELS
        and names.words(facts.name)[-1:] in (("id",), ("code",))
    ):
        return Guess(facts, "feature", "category", f"numbers that name and do not measure, {facts.distinct} levels")
    return Guess(facts, "feature", facts.kind, "neither name nor values speak against it")


def find_amount(guesses: Collection[Guess]) -> tuple[str | None, str]:
    """The column of the amount asked for: named like one, and positive in every row."""
    able = [
        g
        for g in guesses
        if g.role in ("feature", "price") and g.facts.numeric and not g.facts.missing and not _excluded(g.name)
    ]
    named = {phrase: g for g in reversed(able) if (phrase := names.says(g.name, vocabulary.AMOUNT))}
    for phrase in vocabulary.AMOUNT.split():
        if phrase in named and np.isfinite(named[phrase].facts.numbers).all() and named[phrase].facts.numbers.min() > 0:
            return named[phrase].name, f"its name has {phrase!r}, and it is positive in every row"
    return None, "no column is named like an amount and positive in every row: each loan counts as one unit"


def _excluded(name: str) -> bool:
    return bool(names.says(name, vocabulary.NOT_THE_AMOUNT))
