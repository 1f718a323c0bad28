"""The open checks: every check of a run that does not meet its limit, by stage, the worst first."""

from collections.abc import Sequence
from html import escape

from riskbench.core.evidence import Evidence
from riskbench.core.status import OPEN, Status
from riskbench.core.words import MISSING
from riskbench.governance.recommendation import decisive
from riskbench.governance.registry.drafts import severity_of
from riskbench.report.layout import Dossier, render
from riskbench.report.prose import anchor, figure_link
from riskbench.report.tables import Column, stacked, table
from riskbench.report.tables.checks import judgement, limits_told, sample_told
from riskbench.report.verdict import tally, verdict


def render_checks(dossier: Dossier, evidence: Sequence[Evidence]) -> str:
    """The page of the checks that are not green, one table a stage."""
    checks = [e for e in evidence if e.kind == "check"]
    return render(
        "checks.html.j2",
        "checks",
        dossier,
        title="Open checks",
        verdict=verdict(checks),
        sections=[
            (stage, tally([e for e in checks if e.stage == stage.name]), open_checks_table(checks, stage.name))
            for stage in dossier.stages
            if any(e.stage == stage.name and e.status in OPEN for e in checks)
        ],
        clean=[
            stage.title
            for stage in dossier.stages
            if (own := [e for e in checks if e.stage == stage.name]) and all(e.status == "green" for e in own)
        ],
    )


def open_checks_table(checks: Sequence[Evidence], stage: str) -> str:
    """The checks of a stage that do not meet their limit, the worst first, each linked to its evidence.

    Checks of one limit that were not evaluated for one and the same reason share a row. "" where there is none.
    """
    own = [e for e in checks if e.stage == stage and e.status in OPEN]
    judged = [[e] for e in own if e.value is not None]
    missing: dict[tuple[Status, str, str], list[Evidence]] = {}
    for e in (e for e in own if e.value is None):
        missing.setdefault((e.status, e.reason, _limit(e)), []).append(e)
    rows = sorted([*judged, *missing.values()], key=lambda row: OPEN.index(row[0].status))
    if not rows:
        return ""
    columns = [
        Column("check", ["".join(map(_named, row)) for row in rows]),
        Column("status", [judgement(row[0]) for row in rows]),
        Column("value", [figure_link(row[0]) if row[0].value is not None else MISSING for row in rows], numeric=True),
        Column("limit", [_limit(row[0]) for row in rows]),
        Column("weight", [_weight(row[0]) for row in rows]),
    ]
    return table(columns, "Checks that fail, are to be watched or were not evaluated", kind="open")


def _named(e: Evidence) -> str:
    title = escape(e.title, quote=False)
    linked = f'<a href="{escape(anchor(e.id))}">{title}</a>' if e.value is None else title
    about = "".join(f"<small>{escape(sample, quote=False)}</small>" for sample in sample_told(e))
    return f"<div>{linked}{about}</div>"


def _weight(e: Evidence) -> str:
    return "decisive" if decisive(e) else severity_of(e)[0]


def _limit(e: Evidence) -> str:
    override = e.threshold.override_reason if e.threshold else ""
    return stacked(limits_told(e, f"set by the study: {override}"))
