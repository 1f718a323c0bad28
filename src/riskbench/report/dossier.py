"""The two pages about a whole run: its summary, which answers first, and its evidence index, where numbers lead."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from riskbench.core.evidence import Evidence, Table
from riskbench.core.status import OPEN, WORDS, WORST_FIRST, Status
from riskbench.core.words import MISSING, count_rows, limits
from riskbench.report.clean import clean_html
from riskbench.report.figures import LONGEST_PRINTED
from riskbench.report.layout import NOT_STAGES, Page, answer_of, render, stages_of
from riskbench.report.prose import anchor, figure_link, status_html
from riskbench.report.tables import Column, html_table, stacked, table

_JUDGED = WORST_FIRST[:4]  # without what is for information
_VERBS: dict[Status, tuple[str, str]] = {
    "red": ("fails", "fail"),
    "amber": ("is to be watched", "are to be watched"),
    "not_evaluated": ("was not evaluated", "were not evaluated"),
    "green": ("meets its limit", "meet their limits"),
}


@dataclass(frozen=True)
class RunSummary:
    """What a run was about, in words that the summary page prints.

    `created` is an ISO date or time. `facts` are labelled lines (population, data with its hash, samples …);
    `decisions` say what the reader is asked to decide; `default_definition` says in sentences what counts as default;
    `appendices` are (title, href); `cached` names stages taken unchanged from an earlier run; `signed_by` who signed.
    """

    run_id: str
    study_name: str
    study_title: str
    synthetic: bool
    created: str
    facts: Sequence[tuple[str, str]] = ()
    decisions: Sequence[str] = ()
    default_definition: Sequence[str] = ()
    appendices: Sequence[tuple[str, str]] = ()
    cached: Sequence[str] = ()
    signed_by: Sequence[str] = ()


def render_index(summary: RunSummary, pages: Sequence[Page], evidence: Sequence[Evidence]) -> str:
    """The summary page of a run: the verdict, what is not green, what each stage found, how to perform it again."""
    checks = [e for e in evidence if e.kind == "check"]
    unfinished = [page.title for page in stages_of(pages) if page.state != "done"]
    late = f" {len(unfinished)} of {len(stages_of(pages))} stages did not finish or were not run." if unfinished else ""
    signers = ", ".join(summary.signed_by)
    return render(
        "index.html.j2",
        _page("index", pages),
        pages,
        title=summary.study_title,
        run=summary.run_id,
        summary=summary,
        verdict=verdict(checks) + late,
        counts=[(status, sum(e.status == status for e in checks)) for status in reversed(_JUDGED)],
        open_checks=open_checks_table(checks),
        stages=[
            (page, answer_of(page.name, evidence), _tally(page.name, checks))
            for page in stages_of(pages)
            if page.state != "not run"
        ],
        absent=[page.title for page in stages_of(pages) if page.state == "not run"],
        signed=f"This run was signed by {signers} when the page was made." if signers
        else "When this page was made, the run was not signed.",
    )  # fmt: skip


def verdict(checks: Sequence[Evidence]) -> str:
    """One sentence that counts the checks by status, the worst first.

    >>> verdict([])
    'No check was recorded.'
    """
    if not checks:
        return "No check was recorded."
    count = Counter(e.status for e in checks)
    parts = [f"{count[status]} {_VERBS[status][count[status] > 1]}" for status in _JUDGED if count[status]]
    if len(parts) == 1 and count["green"]:
        return f"All {len(checks)} checks meet their limits." if len(checks) > 1 else "The one check meets its limit."
    said = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"Of {len(checks)} checks, {said}." if len(checks) > 1 else f"The one check {said[2:]}."


def open_checks_table(checks: Sequence[Evidence]) -> str:
    """Every check that is not green with its reason: red first, then amber, then what was not evaluated. "" if none."""
    rows = [e for status in OPEN for e in checks if e.status == status]
    if not rows:
        return ""
    columns = [
        Column("status", [status_html(e.status) for e in rows]),
        Column("check", [f"{escape(e.title, quote=False)} <small>{escape(e.stage)}</small>" for e in rows]),
        Column("value", [figure_link(e) if e.value is not None else MISSING for e in rows], numeric=True),
        Column("limit, or why not", [_why(e) for e in rows]),
    ]
    return table(columns, "Checks that fail, are to be watched or were not evaluated", kind="open")


def _why(e: Evidence) -> str:
    if e.value is None:
        return f'<a class="why" href="{escape(anchor(e.id))}">{escape(e.reason or WORDS[e.status])}</a>'
    override = e.threshold.override_reason if e.threshold else ""
    return stacked([*limits(e.threshold, e.unit), *([f"set by the study: {override}"] if override else [])])


def _tally(stage: str, checks: Sequence[Evidence]) -> list[tuple[Status, int]]:
    count = Counter(e.status for e in checks if e.stage == stage)
    return [(status, count[status]) for status in _JUDGED if count[status]]


def _page(name: str, pages: Sequence[Page]) -> Page:
    return next((page for page in pages if page.name == name), Page(name, name, f"{name}.html"))


@dataclass(frozen=True)
class _Row:
    evidence: Evidence
    table: str
    size: str
    long: bool
    html: str
    dims: Sequence[tuple[str, str]]
    href: str


def render_evidence(evidence: Sequence[Evidence], pages: Sequence[Page], *, run: str = "") -> str:
    """The evidence index: one row `id="e-<id>"` a figure, grouped by stage in the order of the pages."""
    hrefs = {page.name: page.href for page in pages if page.state != "not run"}
    titles = {page.name: page.title for page in pages if page.name not in NOT_STAGES}
    stages = [*titles, *sorted({e.stage for e in evidence} - set(titles))]
    groups = [(titles.get(stage, stage), [_row(e, hrefs) for e in evidence if e.stage == stage]) for stage in stages]
    return render(
        "evidence.html.j2",
        _page("evidence", pages),
        pages,
        title="Evidence index",
        run=run,
        verdict=f"{len(evidence)} figures stand behind this dossier. "
        + verdict([e for e in evidence if e.kind == "check"]),
        groups=[(heading, rows) for heading, rows in groups if rows],
    )


def _row(e: Evidence, hrefs: dict[str, str]) -> _Row:
    shown, size, html, long = "", "", "", False
    if isinstance(e.value, Table):
        size = count_rows(len(e.value.rows))
        long = len(e.value.rows) > LONGEST_PRINTED
        shown = html_table(pd.DataFrame(e.value.rows, columns=e.value.columns), e.title)
    elif e.id.endswith(".page.conclusion") and isinstance(e.value, str):
        html = clean_html(e.value)
    dims = [(name, str(text)) for name, text in e.dims.model_dump(exclude_none=True).items()]
    href = f"{hrefs[e.stage]}#cell-{e.cell}" if e.cell and e.stage in hrefs else ""
    return _Row(e, shown, size, long, html, dims, href)
