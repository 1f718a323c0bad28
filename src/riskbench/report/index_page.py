"""The summary of a run: the verdict, what is to be decided, which checks are open, what each stage found."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from riskbench.core.evidence import Evidence
from riskbench.core.status import OPEN, WORST_FIRST, Status
from riskbench.core.words import MISSING
from riskbench.report.layout import Dossier, answer_of, render
from riskbench.report.prose import anchor, figure_link
from riskbench.report.tables import Column, stacked, table
from riskbench.report.tables.checks import judgement, limits_told, sample_told

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

    `facts` are labelled lines (population, data with its hash, limitations …), of which neighbours may share a label;
    `decisions` say what the reader is asked to decide; `default_definition` says in sentences what counts as default;
    `appendices` are (title, href); `cached` names stages taken unchanged from an earlier run; `signed_by` who signed.
    """

    study_name: str
    study_title: str
    created: dt.datetime
    facts: Sequence[tuple[str, str]] = ()
    decisions: Sequence[str] = ()
    default_definition: Sequence[str] = ()
    appendices: Sequence[tuple[str, str]] = ()
    cached: Sequence[str] = ()
    signed_by: Sequence[str] = ()


def render_index(summary: RunSummary, dossier: Dossier, evidence: Sequence[Evidence]) -> str:
    """The summary page of a run, the answer first."""
    checks = [e for e in evidence if e.kind == "check"]
    absent = [stage.title for stage in dossier.stages if not stage.made]
    late = f" {len(absent)} of {len(dossier.stages)} stages were not run." if absent else ""
    signers = ", ".join(summary.signed_by)
    return render(
        "index.html.j2",
        "index",
        dossier,
        title=summary.study_title,
        summary=summary,
        created=f"{summary.created.day} {summary.created:%B %Y, %H:%M} UTC",
        verdict=verdict(checks) + late,
        counts=tally(checks, all_of_them=True),
        facts=[(label, [text for _, text in told]) for label, told in groupby(summary.facts, lambda fact: fact[0])],
        open_checks=open_checks_table(checks, dossier),
        found=[
            (stage, answer_of(stage.name, evidence).conclusion, tally([e for e in checks if e.stage == stage.name]))
            for stage in dossier.stages
            if stage.made
        ],
        absent=absent,
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
    parts = [f"{count} {_VERBS[status][count > 1]}" for status, count in tally(checks)]
    if len(parts) == 1 and checks[0].status == "green":
        return f"All {len(checks)} checks meet their limits." if len(checks) > 1 else "The one check meets its limit."
    said = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"Of {len(checks)} checks, {said}." if len(checks) > 1 else f"The one check {said[2:]}."


def tally(checks: Sequence[Evidence], all_of_them: bool = False) -> list[tuple[Status, int]]:
    """How many checks there are of each status, the worst first; of those that there are, or of all."""
    count = Counter(e.status for e in checks)
    return [(status, count[status]) for status in _JUDGED if count[status] or all_of_them]


def open_checks_table(checks: Sequence[Evidence], dossier: Dossier) -> str:
    """Every check that does not meet its limit, the worst first, each linked to its evidence; "" if there is none.

    Checks of one limit that were not evaluated for one and the same reason share a row.
    """
    judged = [[e] for status in OPEN for e in checks if e.status == status and e.value is not None]
    missing: dict[tuple[Status, str, str], list[Evidence]] = {}
    for e in (e for e in checks if e.status in OPEN and e.value is None):
        missing.setdefault((e.status, e.reason, _limit(e)), []).append(e)
    rows = sorted([*judged, *missing.values()], key=lambda row: OPEN.index(row[0].status))
    if not rows:
        return ""
    titles = {stage.name: stage.title for stage in dossier.stages}
    columns = [
        Column("check", ["".join(_named(e, titles) for e in row) for row in rows]),
        Column("status", [judgement(row[0]) for row in rows]),
        Column("value", [figure_link(row[0]) if row[0].value is not None else MISSING for row in rows], numeric=True),
        Column("limit", [_limit(row[0]) for row in rows]),
    ]
    return table(columns, "Checks that fail, are to be watched or were not evaluated", kind="open")


def _named(e: Evidence, stages: dict[str, str]) -> str:
    about = ", ".join([stages.get(e.stage, e.stage), *sample_told(e)])
    title = escape(e.title, quote=False)
    linked = f'<a href="{escape(anchor(e.id))}">{title}</a>' if e.value is None else title
    return f"<div>{linked}<small>{escape(about, quote=False)}</small></div>"


def _limit(e: Evidence) -> str:
    override = e.threshold.override_reason if e.threshold else ""
    return stacked(limits_told(e, f"set by the study: {override}"))
