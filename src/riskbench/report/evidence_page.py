"""The evidence index: one row a figure, with its whole story; where every linked number of a dossier leads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from riskbench.core.evidence import Evidence, Input, Table
from riskbench.core.words import NBSP, count_rows, format_number
from riskbench.report.clean import clean_html
from riskbench.report.layout import Dossier, render
from riskbench.report.tables import html_table
from riskbench.report.tables.checks import sample_told
from riskbench.report.verdict import verdict

_KINDS = {"estimate": "estimate", "check": "check", "table": "table", "text": "sentence"}


@dataclass(frozen=True)
class _Row:
    """A figure and what its row shows of it; `id`, `html` and `table` are HTML, "" where there is none."""

    evidence: Evidence
    id: str
    about: str  # its sample, group, grade …
    html: str
    table: str
    size: str
    beside: Sequence[str]  # n, statistic, p-value
    inputs: str
    href: str  # of the cell that made it


@dataclass(frozen=True)
class _Section:
    """The figures of a stage, and the tables that any of them was computed from."""

    name: str
    heading: str
    rows: Sequence[_Row]
    inputs: Sequence[Input]


def render_evidence(evidence: Sequence[Evidence], dossier: Dossier) -> str:
    """The evidence index: a row `id="e-<id>"` a figure, by stage in the order of the pages, unknown stages last."""
    listed = [e for e in evidence if not e.id.endswith(".page.key_figures")]  # a list of ids, which the pages follow
    titles = {stage.name: stage.title for stage in dossier.stages}
    stages = [*titles, *sorted({e.stage for e in listed} - set(titles))]
    made = {stage.name for stage in dossier.stages if stage.made}
    sections = [
        _section(stage, titles.get(stage, stage), [e for e in listed if e.stage == stage], linked=stage in made)
        for stage in stages
    ]
    return render(
        "evidence.html.j2",
        "evidence",
        dossier,
        title="Evidence index",
        verdict=f"{_counted(listed)} {verdict([e for e in listed if e.kind == 'check'])}",
        sections=[section for section in sections if section.rows],
    )


def _counted(evidence: Sequence[Evidence]) -> str:
    counts = {word: sum(e.kind == kind for e in evidence) for kind, word in _KINDS.items()}
    parts = [f"{count} {word}{'s' * (count != 1)}" for word, count in counts.items() if count]
    return f"This dossier rests on {', '.join(parts[:-1])}{' and ' * (len(parts) > 1)}{parts[-1]}." if parts else ""


def _section(stage: str, heading: str, evidence: Sequence[Evidence], linked: bool) -> _Section:
    inputs = list(dict.fromkeys(source for e in evidence for source in e.inputs))
    return _Section(stage, heading, [_row(e, inputs, linked) for e in evidence], inputs)


def _row(e: Evidence, inputs: Sequence[Input], linked: bool) -> _Row:
    frame = pd.DataFrame(e.value.rows, columns=e.value.columns) if isinstance(e.value, Table) else None
    is_html = e.id.endswith(".page.conclusion") and isinstance(e.value, str)
    dims = e.dims.model_dump(exclude_none=True, exclude={"sample"})
    return _Row(
        evidence=e,
        id=re.sub(r"([._])", r"\1<wbr>", escape(e.id)),
        about=", ".join([*sample_told(e), *(f"{name} {text}" for name, text in dims.items())]),
        html=clean_html(str(e.value)) if is_html else "",
        table=html_table(frame, e.title) if frame is not None else "",
        size=count_rows(len(frame)) if frame is not None else "",
        beside=_beside(e),
        inputs=_inputs(e, inputs),
        href=f"{e.stage}.html#cell-{e.cell}" if linked and e.cell else "",
    )


def _beside(e: Evidence) -> list[str]:
    """What belongs to a value: the number of cases, and the statistic of its test."""
    given = {f"n{NBSP}=": e.n, "statistic": e.statistic, "p-value": e.p_value, "critical value": e.critical}
    return [f"{name}{NBSP}{format_number(number)}" for name, number in given.items() if number is not None]


def _inputs(e: Evidence, of_the_stage: Sequence[Input]) -> str:
    """The tables behind a figure by name; their hashes stand at the head of its stage."""
    if len(e.inputs) == len(of_the_stage) > 2:
        return f"all {len(of_the_stage)} tables"
    return ", ".join(source.table.removesuffix(".parquet") for source in e.inputs)
