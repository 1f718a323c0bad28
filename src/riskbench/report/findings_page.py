"""Findings, exceptions, the review calendar and the change log of a run, as the registry holds them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from riskbench.core.evidence import Evidence
from riskbench.governance.recommendation import HEAVIEST_FIRST, concerns
from riskbench.governance.registry.deadlines import exception_told, finding_told, overdue, weighs
from riskbench.governance.registry.records import Finding, RiskException, Step
from riskbench.governance.standing import Standing
from riskbench.report.index_page import RunSummary
from riskbench.report.layout import Dossier, render
from riskbench.report.prose import anchor
from riskbench.report.register import register
from riskbench.report.tables import stacked
from riskbench.report.told import day, minute, state_word


class _Change(NamedTuple):
    """A step of any record, and the record that it belongs to."""

    at: dt.datetime
    what: str
    step: Step


def render_findings(summary: RunSummary, dossier: Dossier, evidence: Sequence[Evidence], standing: Standing) -> str:
    """The page of findings and exceptions; without a registry it says what there is not yet, and what to do."""
    checks = [e for e in evidence if e.kind == "check"]
    acting = [f for f in standing.findings if weighs(f, standing.exceptions, summary.on)]
    return render(
        "findings.html.j2",
        "findings",
        dossier,
        title="Findings",
        standing=standing,
        open=len(acting),
        high=sum(f.severity == "high" for f in acting),
        unconfirmed=sum(f.state == "draft" for f in acting),
        late=sum(overdue(f, summary.on) > 0 for f in acting),
        findings=_findings_table(standing, {e.id for e in evidence}, summary.on),
        details=[(f, _steps_table(f.history, f.id)) for f in standing.findings],
        drafts=[c for c in concerns(checks, standing, summary.on) if c.status == "red" and c.finding is None],
        exceptions=_exceptions_table(standing.exceptions, summary.on),
        reviews=_reviews_table(standing, summary.on),
        changes=_changes_table(sorted(_changes(standing), key=lambda change: change.at, reverse=True)),
        state=state_word,
        anchor=anchor,
    )


def _findings_table(standing: Standing, known: set[str], on: dt.date) -> str:
    def rank(f: Finding) -> tuple[bool, int, str]:
        return not weighs(f, standing.exceptions, on), HEAVIEST_FIRST.index(f.severity), f.id

    rows = sorted(standing.findings, key=rank)
    columns = {
        "finding": [_finding(f, known) for f in rows],
        "severity": [stacked([f.severity, *filter(None, [f.severity_because])]) for f in rows],
        "state": [escape(finding_told(f, standing.exceptions, on)) for f in rows],
        "owner": [escape(f.owner) or "nobody yet" for f in rows],
    }
    return register(columns, "Findings, those that weigh first")


def _finding(finding: Finding, known: set[str]) -> str:
    title = f'<a href="#{finding.id}">{finding.id}</a> <span>{escape(finding.title, quote=False)}</span>'
    if finding.evidence in known:
        title += f'<small><a href="{escape(anchor(finding.evidence))}">{escape(finding.evidence)}</a></small>'
    return title


def _exceptions_table(exceptions: Sequence[RiskException], on: dt.date) -> str:
    columns = {
        "exception": [stacked([e.id, f"about {e.about}"]) for e in exceptions],
        "state": [escape(exception_told(e, on)) for e in exceptions],
        "why": [stacked([e.because, *filter(None, [e.compensated_by])]) for e in exceptions],
        "asked for, granted": [stacked([e.requested_by, e.granted_by or "nobody yet"]) for e in exceptions],
    }
    return register(columns, "Exceptions: what is set aside, for how long, and what makes up for it")


def _reviews_table(standing: Standing, on: dt.date) -> str:
    reviews = standing.reviews
    columns = {
        "due": [stacked([day(r.due), *["overdue"] * (overdue(r, on) > 0)]) for r in reviews],
        "kind": [state_word(r.kind) for r in reviews],
        "what is looked at": [escape(r.what, quote=False) for r in reviews],
        "done": [stacked([day(r.done), *filter(None, [r.by])]) if r.done else "not yet" for r in reviews],
        "outcome": [escape(r.outcome, quote=False) or "–" for r in reviews],
    }
    return register(columns, "Review calendar")


def _steps_table(steps: Sequence[Step], what: str) -> str:
    return _changes_table([_Change(step.at, what, step) for step in steps], f"Changes: {what}") if steps else ""


def _changes(standing: Standing) -> Iterator[_Change]:
    histories = [("model", standing.model.history)] if standing.model else []
    histories += [(f"version {version.number}", version.history) for version in standing.versions]
    histories += [(record.id, record.history) for record in standing.findings]
    histories += [(record.id, record.history) for record in standing.exceptions]
    return (_Change(step.at, what, step) for what, steps in histories for step in steps)


def _changes_table(changes: Sequence[_Change], caption: str = "Changes") -> str:
    columns = {
        "time": [minute(change.at) for change in changes],
        "what": [escape(change.what) for change in changes],
        "change": [_moved(change.step) for change in changes],
        "by": [escape(change.step.by) for change in changes],
        "why": [escape(change.step.because, quote=False) for change in changes],
    }
    return register(columns, caption)


def _moved(step: Step) -> str:
    if step.before == step.after:
        return state_word(step.after)
    return f"{state_word(step.before) or 'new'} → {state_word(step.after)}"
