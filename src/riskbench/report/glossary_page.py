"""The glossary as a page of the docs, `python -m riskbench.report.glossary_page FILE`, and of every dossier.

The terms are those of `core/glossary.toml`; how an evidence id reads is taken from the docstring of `core/evidence.py`.
"""

import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

from riskbench.core import evidence
from riskbench.core.files import write_text
from riskbench.core.glossary import Term, glossary
from riskbench.report.layout import Dossier, render
from riskbench.report.math import mathml

EXAMPLE = "validation.champion.auc.out_of_time"

_INTRODUCTION = """\
# Glossary

The words of the house: one term for each concept, in code, notebooks, evidence ids and pages.

<!-- made by `python -m riskbench.report.glossary_page docs/glossary.md` from core/glossary.toml: change that file -->
"""


@dataclass(frozen=True)
class IdPart:
    """One part of an evidence id: what it is called, how it reads in `EXAMPLE`, and what it says (Markdown)."""

    name: str
    example: str
    says: str


def id_parts() -> list[IdPart]:
    """The parts of an evidence id in their order, as the docstring of `core/evidence.py` explains them.

    >>> [part.name for part in id_parts()]
    ['stage', 'subject', 'statistic', 'sample']
    """
    explained = str(inspect.getdoc(evidence)).replace("`SAMPLES`", ", ".join(f"`{name}`" for name in evidence.SAMPLES))
    said = re.findall(r"^- \*(\w+)\*: (.+?)(?=\n- |\n\n)", explained, re.MULTILINE | re.DOTALL)
    return [
        IdPart(name, example, " ".join(says.split()))
        for (name, says), example in zip(said, EXAMPLE.split("."), strict=True)
    ]


def markdown() -> str:
    """The page for the docs: all terms by name, how an id reads, then a section for each room, a heading a term."""
    parts = [
        _INTRODUCTION,
        " · ".join(f"[{term.name}](#{term.key})" for term in _by_name()) + "\n",
        "## Evidence ids\n",
        f"Every figure of a run has an id. `{EXAMPLE}` reads:\n",
        *(f"- *{part.name}*, here `{part.example}`: {part.says}" for part in id_parts()),
        "",
    ]
    for section, terms in _sections():
        parts += [f"## {section}\n", *map(_entry, terms)]
    return "\n".join(parts)


def _entry(term: Term) -> str:
    facts = "\n".join(f"- {label}: {told}" for label, told in _facts(term))
    formula = f"$${term.formula}$$" if term.formula else ""
    paragraphs = (f'### <a id="{term.key}"></a>{term.name}', term.means, formula, term.where, facts)
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def render_glossary(dossier: Dossier) -> str:
    """The page of a dossier: the same content, one entry `id="t-<key>"` a term."""
    return render(
        "glossary.html.j2",
        "glossary",
        dossier,
        title="Glossary",
        terms=_by_name(),
        example=EXAMPLE,
        id_parts=[(part, _html(part.says)) for part in id_parts()],
        sections=[(section, [_Entry.of(term) for term in terms]) for section, terms in _sections()],
    )


@dataclass(frozen=True)
class _Entry:
    """A term, its texts ready to print (HTML)."""

    term: Term
    means: str
    formula: str
    where: str
    facts: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, term: Term) -> "_Entry":
        formula = mathml(term.formula, block=True) if term.formula else ""
        facts = [(label, _html(told)) for label, told in _facts(term)]
        return cls(term, _html(term.means), formula, _html(term.where), facts)


def _facts(term: Term) -> list[tuple[str, str]]:
    """The labelled lines below a term, those that it has (Markdown)."""
    lines = {
        "Source": term.source,
        "Elsewhere called": ", ".join(term.instead_of),
        "Columns of tables": ", ".join(f"`{column}`" for column in term.columns),
    }
    return [(label, told) for label, told in lines.items() if told]


def _by_name() -> list[Term]:
    return sorted(glossary().values(), key=lambda term: term.name.casefold())


def _sections() -> Iterator[tuple[str, list[Term]]]:
    for section, terms in groupby(glossary().values(), key=lambda term: term.section):
        yield section.capitalize(), list(terms)


def _html(text: str) -> str:
    """A sentence of the glossary as HTML: formulas between dollars, names of code between backticks."""
    pieces = re.split(r"\$(.+?)\$", text)
    words = [re.sub(r"`(.+?)`", r"<code>\1</code>", escape(piece, quote=False)) for piece in pieces[::2]]
    formulas = [*map(mathml, pieces[1::2]), ""]
    return "".join(word + formula for word, formula in zip(words, formulas, strict=True))


def main() -> None:
    """Write the page of the docs to the file named."""
    write_text(Path(sys.argv[1]), markdown())


if __name__ == "__main__":
    main()
