"""The glossary: what each term means, written once in `glossary.toml`, and how the columns that hold it are printed."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Section = Literal["portfolio", "scorecard", "decision", "validation", "fairness", "monitoring", "governance"]


class Term(BaseModel):
    """One term: its name, its meaning, where it comes from, and the columns of tables that hold it.

    `means` and `where` are sentences that may hold `code` and $formulas$; `formula` is LaTeX, and `where` explains its
    symbols. `instead_of` are words for it that the house does not use.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    section: Section
    name: str = Field(min_length=1)
    means: str = Field(pattern=r"[.)]$")
    formula: str = ""
    where: str = ""
    source: str = ""
    columns: tuple[str, ...] = ()
    format: str = ""
    instead_of: tuple[str, ...] = ()


@cache
def glossary() -> Mapping[str, Term]:
    """Every term by its key, in the order of the file.

    >>> glossary()["bad_rate"].name
    'bad rate'
    """
    content = tomllib.loads(files("riskbench.core").joinpath("glossary.toml").read_text("utf-8"))
    return {
        key: Term(section=section, key=key, **line) for section, lines in content.items() for key, line in lines.items()
    }


@cache
def column_formats() -> Mapping[str, str]:
    """How the numbers of a column are printed, by the column's name; columns that no term claims are not there.

    >>> column_formats()["expected_bad_rate"]
    '%'
    """
    return {column: term.format for term in glossary().values() for column in term.columns if term.format}


def term_of(name: str) -> Term | None:
    """The term that a statistic or a column is: by its key, or by the column of tables that holds it.

    >>> term_of("auc").section, term_of("iv").key, term_of("rows")
    ('validation', 'iv', None)
    """
    return glossary().get(name) or _terms_by_column().get(name)


@cache
def _terms_by_column() -> Mapping[str, Term]:
    return {column: term for term in glossary().values() for column in term.columns}
