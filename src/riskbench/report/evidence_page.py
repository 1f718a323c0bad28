"""The evidence index: one row a figure, with its whole story; where every linked number of a dossier leads."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

import pandas as pd

from riskbench.core.evidence import Evidence, Input, Setting, Table, has_provenance, statistic_of
from riskbench.core.glossary import Term, term_of
from riskbench.core.words import NBSP, count_rows, format_number
from riskbench.report.clean import clean_html
from riskbench.report.layout import Dossier, render
from riskbench.report.math import mathml
from riskbench.report.tables import html_table
from riskbench.report.tables.checks import sample_told
from riskbench.report.verdict import verdict

SHORT = 8  # digits of a hash that stand beside a name; the whole stands in the list at the end
ROWS = 20  # of a table; all of them stand on the page of its stage
_KINDS = {"estimate": "estimate", "check": "check", "table": "table", "text": "sentence"}


@dataclass(frozen=True)
class _Row:
    """A figure and what its row shows of it; all but `evidence` are texts or HTML, "" where there is none."""

    evidence: Evidence
    id: str
    about: str  # its sample, group, grade …
    html: str
    table: str
    size: str
    beside: Sequence[str]  # n, statistic, p-value
    formula: str
    terms: Sequence[tuple[str, str]]  # name and key of the words that it holds
    makers: Sequence[tuple[str, str]]  # their names and what they do
    rests_on: str  # in short: 3 inputs, 1 parameter
    inputs: Sequence[tuple[str, str, str]]  # name, short hash, and anchor in the list at the end
    parameters: Sequence[tuple[str, str]]
    href: str  # of the cell that made it


@dataclass(frozen=True)
class _Section:
    """The figures of a stage."""

    name: str
    heading: str
    rows: Sequence[_Row]


def render_evidence(evidence: Sequence[Evidence], dossier: Dossier) -> str:
    """The evidence index: a row `id="e-<id>"` a figure, by stage in the order of the pages, unknown stages last."""
    listed = [e for e in evidence if not e.id.endswith(".page.key_figures")]  # a list of ids, which the pages follow
    titles = {stage.name: stage.title for stage in dossier.stages}
    stages = [*titles, *sorted({e.stage for e in listed} - set(titles))]
    made = {stage.name for stage in dossier.stages if stage.made}
    anchors = _anchors(listed)
    sections = [
        _Section(stage, titles.get(stage, stage), [_row(e, anchors, stage in made) for e in listed if e.stage == stage])
        for stage in stages
    ]
    return render(
        "evidence.html.j2",
        "evidence",
        dossier,
        title="Evidence index",
        verdict=f"{_counted(listed)} {verdict([e for e in listed if e.kind == 'check'])}",
        traced=_traced(listed),
        inputs=[(source.table, at, source.sha256) for source, at in anchors.items()],
        sections=[section for section in sections if section.rows],
    )


def _counted(evidence: Sequence[Evidence]) -> str:
    counts = {word: sum(e.kind == kind for e in evidence) for kind, word in _KINDS.items()}
    parts = [f"{count} {word}{'s' * (count != 1)}" for word, count in counts.items() if count]
    return f"This dossier rests on {', '.join(parts[:-1])}{' and ' * (len(parts) > 1)}{parts[-1]}." if parts else ""


def _traced(evidence: Sequence[Evidence]) -> str:
    """How many figures can be followed back to their inputs, in a sentence."""
    followed = sum(map(has_provenance, evidence))
    if followed == len(evidence):
        return "Every one of them can be followed back to its cell, inputs, parameters and method."
    return f"Of them {followed} of {len(evidence)} can be followed back to cell, inputs, parameters and method."


def _anchors(evidence: Sequence[Evidence]) -> dict[Input, str]:
    """All that any figure was computed from, by name, and where on the page its hash stands."""
    inputs = sorted({source for e in evidence for source in e.inputs}, key=lambda source: (source.table, source.sha256))
    return {source: f"in-{number}" for number, source in enumerate(inputs, 1)}


def _row(e: Evidence, anchors: Mapping[Input, str], linked: bool) -> _Row:
    frame = pd.DataFrame(e.value.rows, columns=e.value.columns) if isinstance(e.value, Table) else None
    is_html = e.id.endswith(".page.conclusion") and isinstance(e.value, str)
    dims = e.dims.model_dump(exclude_none=True, exclude={"sample"})
    return _Row(
        evidence=e,
        id=_breaking(e.id),
        about=", ".join([*sample_told(e), *(f"{name} {text}" for name, text in dims.items())]),
        html=clean_html(str(e.value)) if is_html else "",
        table=_first_rows(frame, e.title) if frame is not None else "",
        size=count_rows(len(frame)) if frame is not None else "",
        beside=_beside(e),
        formula=_formula(e.formula) if e.formula else "",
        terms=[(term.name, term.key) for term in _terms(e)],
        makers=[(_breaking(maker.code.removeprefix("riskbench.")), _with_code(maker.does)) for maker in e.makers],
        rests_on=", ".join(_counts(e)),
        inputs=[(i.table.removesuffix(".parquet"), i.sha256[:SHORT], anchors[i]) for i in e.inputs],
        parameters=[(name, _setting(value)) for name, value in (e.parameters or {}).items()],
        href=f"{e.stage}.html#cell-{e.cell}" if linked and e.cell else "",
    )


def _breaking(name: str) -> str:
    """A name of code as HTML that may break behind its points and underscores."""
    return re.sub(r"([._])", r"\1<wbr>", escape(name))


def _with_code(text: str) -> str:
    """A sentence of a docstring as HTML."""
    return re.sub(r"`(.+?)`", r"<code>\1</code>", escape(text, quote=False))


def _first_rows(frame: pd.DataFrame, title: str) -> str:
    longer = f"The first {ROWS} of {len(frame):,} rows; all of them stand on the page of the stage."
    return html_table(frame.head(ROWS), title, note=longer if len(frame) > ROWS else "")


def _counts(e: Evidence) -> Iterator[str]:
    inputs, parameters = len(e.inputs), len(e.parameters or {})
    yield f"{inputs} input{'s' * (inputs != 1)}"
    if e.parameters is None:
        yield "parameters not on record"
    elif parameters:
        yield f"{parameters} parameter{'s' * (parameters != 1)}"


def _terms(e: Evidence) -> Iterable[Term]:
    """The terms of the glossary that a figure is, or that the columns of a table hold."""
    names = e.value.columns if isinstance(e.value, Table) else [statistic_of(e.id)]
    return {term.key: term for name in names if (term := term_of(name))}.values()


@cache
def _formula(latex: str) -> str:
    return mathml(latex)


def _setting(value: Setting) -> str:
    """The value of a parameter as its notebook would write it."""
    return repr(value)


def _beside(e: Evidence) -> list[str]:
    """What belongs to a value: the number of cases, and the statistic of its test."""
    given = {f"n{NBSP}=": e.n, "statistic": e.statistic, "p-value": e.p_value, "critical value": e.critical}
    return [f"{name}{NBSP}{format_number(number)}" for name, number in given.items() if number is not None]
