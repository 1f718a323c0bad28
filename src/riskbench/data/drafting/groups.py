"""Groups of a protected attribute: bands of an age, the level itself of a category."""

import re
from contextlib import suppress
from itertools import pairwise

import numpy as np

from riskbench.core.errors import StudyError
from riskbench.data.drafting import names, vocabulary
from riskbench.data.drafting.facts import MOST_LEVELS, Facts
from riskbench.data.features.expressions import columns_of

MOST_GROUPS = 12
AGES = (25, 40, 60)
OLDEST = 120
YEARS = (1900, 2100)


def quoted(name: str) -> str:
    """A column's name as SQL takes it, whatever it holds: as it is where that reads as a column, else in quotes.

    >>> quoted("income"), quoted('net "income" €'), quoted("case")
    ('income', '"net ""income"" €"', '"case"')
    """
    if re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
        with suppress(StudyError):
            if columns_of(name, f"{name} + 1") == {name}:
                return name
    return '"' + name.replace('"', '""') + '"'


def group_formula(facts: Facts, as_of: str | None) -> str:
    """The SQL expression that tells the groups apart; empty where the column has none that could be compared."""
    column = quoted(facts.name)
    if not facts.distinct:
        return ""
    if facts.kind == "date":
        return _born(f"extract(year from {column})", column, as_of)
    if facts.kind == "boolean":
        return f"case when {column} then 'yes' when not {column} then 'no' end"
    if facts.numeric and names.says(facts.name, vocabulary.PROTECTED["birth"]) and _within(facts, *YEARS):
        return _born(column, column, as_of)
    if facts.numeric and names.says(facts.name, vocabulary.PROTECTED["age"]) and _within(facts, 0, OLDEST):
        return _bands(column, column, AGES, ("{0} or younger", "{0} to {1}", "over {0}"))
    if facts.distinct <= MOST_GROUPS:
        return column
    if facts.numeric:
        cuts = np.unique(np.round(np.quantile(facts.numbers[facts.filled], (0.25, 0.5, 0.75)), 6))
        return _bands(column, column, [float(cut) for cut in cuts], ("to {0:g}", "{0:g} to {1:g}", "over {0:g}"))
    if facts.distinct > max(MOST_LEVELS, facts.rows // 20):
        return ""  # groups of a few persons each
    most = [text for text, _ in facts.counts[: MOST_GROUPS - 1]]
    listed = ", ".join(literal(text) for text in most)
    return f"case when {column} in ({listed}) then {column} when {column} is not null then 'another' end"


def literal(text: str) -> str:
    """A text as an SQL constant."""
    return "'" + text.replace("'", "''") + "'"


def _within(facts: Facts, lowest: float, highest: float) -> bool:
    known = facts.numbers[facts.filled]
    return bool(known.min() >= lowest and known.max() <= highest)


def _born(year: str, column: str, as_of: str | None) -> str:
    """Bands of age at the decision where it is dated, else of the year of birth."""
    if as_of is not None:
        age = f"extract(year from {quoted(as_of)}) - {year}"
        return _bands(age, column, AGES, ("{0} or younger", "{0} to {1}", "over {0}"))
    return _bands(year, column, (1950, 1965, 1980, 1995), ("born to {0}", "born {0} to {1}", "born after {0}"))


def _bands(value: str, column: str, cuts: tuple[float, ...] | list[float], words: tuple[str, str, str]) -> str:
    first, middle, last = words
    step = 1 if all(float(cut).is_integer() for cut in cuts) else 0
    cases = [f"when {value} <= {cuts[0]:g} then {literal(first.format(cuts[0]))}"]
    for low, high in pairwise(cuts):
        cases.append(f"when {value} <= {high:g} then {literal(middle.format(low + step, high))}")
    return f"case {' '.join(cases)} when {column} is not null then {literal(last.format(cuts[-1]))} end"
