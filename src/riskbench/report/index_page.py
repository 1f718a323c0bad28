"""The summary of a run on one page: what is to be decided, what the evidence speaks for, and who stands by it.

Below it, the contents: every page in one line.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from riskbench.core.evidence import Evidence
from riskbench.core.status import WORST_FIRST
from riskbench.governance.key_figures import key_figures
from riskbench.governance.recommendation import DECISIVE, RULES, Concern, concerns, recommend
from riskbench.governance.standing import Standing
from riskbench.report.layout import Dossier, answer_of, judged, render
from riskbench.report.prose import anchor, figure_link, status_html
from riskbench.report.tables import Column, stacked, table
from riskbench.report.tables.checks import limits_told, sample_told
from riskbench.report.told import (
    Fact,
    conditions_told,
    day,
    decision_told,
    minute,
    signed_days,
    signers_told,
    version_told,
)
from riskbench.report.verdict import tally, verdict

FOREMOST = 5  # what matters most, on the one page
_TOKEN = re.compile(r"<(?P<end>/?)[^>]*>|[^<]+")


@dataclass(frozen=True)
class RunSummary:
    """What a run was about, in words that the pages about the whole run print.

    `decisions` say what the reader is asked to decide; `default_definition` says in sentences what counts as default;
    `facts` are labelled lines of the one page, `more` those that follow it, of which neighbours may share a label;
    `appendices` are (title, href); `cached` names stages taken unchanged from an earlier run; `holdout` is the sample
    that judges the card. `as_of` is when the registry was read, None in the folder of the run itself.
    """

    study_name: str
    study_title: str
    created: dt.datetime
    facts: Sequence[Fact] = ()
    more: Sequence[Fact] = ()
    decisions: Sequence[str] = ()
    default_definition: Sequence[str] = ()
    appendices: Sequence[tuple[str, str]] = ()
    cached: Sequence[str] = ()
    holdout: str = "test"
    as_of: dt.datetime | None = None

    @property
    def on(self) -> dt.date:
        """The day for which the pages speak."""
        return (self.as_of or self.created).date()


def render_index(summary: RunSummary, dossier: Dossier, evidence: Sequence[Evidence], standing: Standing) -> str:
    """The summary page of a run, the answer first."""
    checks = [e for e in evidence if e.kind == "check"]
    known = {e.id: e for e in evidence}
    absent = [stage.title for stage in dossier.stages if not stage.made]
    found = concerns(checks, standing, summary.on)
    asked = sum(e.status != "not_evaluated" for e in checks)
    advice = recommend(found, standing, absent, asked)
    return render(
        "index.html.j2",
        "index",
        dossier,
        title=summary.study_title,
        summary=summary,
        created=minute(summary.created),
        as_of=minute(summary.as_of) if summary.as_of else "",
        advice=advice,
        decision=decision_told(standing, advice.rule.word),
        blocking=sum(c.blocks for c in found),
        level=min((e.status for e in checks), key=WORST_FIRST.index, default=None),
        verdict=verdict(checks),
        counts=tally(checks, all_of_them=True),
        figures=[(of, judged(e, evidence) if e else None) for of, e in key_figures(known, summary.holdout)],
        foremost=foremost_table(found[:FOREMOST]),
        others=len(found) - FOREMOST,
        conditions=conditions_told(standing, known),
        features=known.get("scorecard.champion.features"),
        facts=_by_label(summary.facts),
        more=_by_label(summary.more),
        version=version_told(standing),
        signers=[(role, signed_days(signatures)) for role, _, signatures in signers_told(standing)],
        standing=standing,
        day=day,
        lines=_lines(dossier, evidence),
        absent=absent,
        rules=RULES,
        decisive=DECISIVE,
    )


def foremost_table(found: Sequence[Concern]) -> str:
    """What matters most: each concern with its weight and why, its value and limit; "" where there is none."""
    if not found:
        return ""
    columns = [
        Column("finding", [_concern(c) for c in found]),
        Column("status", [_level(c) for c in found]),
        Column("value", [_value(c.evidence) for c in found], numeric=True),
        Column("limit", [stacked(limits_told(c.evidence, "set by the study")) if c.evidence else "" for c in found]),
    ]
    return table(columns, "The findings that matter most, by weight", kind="open foremost")


def first_sentence(html: str) -> str:
    """The first sentence of a conclusion: up to a full stop outside every tag that is followed by another sentence.

    >>> first_sentence("AUC is <a href='x'>0.74. So</a>. The rest. And more.")
    "AUC is <a href='x'>0.74. So</a>."
    """
    depth, said = 0, ""
    for token in _TOKEN.finditer(html):
        if token[0].startswith("<"):
            depth += -1 if token["end"] else 1
        elif not depth and (stop := re.search(r"[.](?=\s+[A-Z<]|\s*$)", token[0])):
            return said + token[0][: stop.end()]
        said += token[0]
    return said


def _lines(dossier: Dossier, evidence: Sequence[Evidence]) -> list[tuple]:
    """The contents: page, what it says in one sentence (HTML), and its checks by status."""
    checks = [e for e in evidence if e.kind == "check"]
    return [
        (
            page,
            first_sentence(answer_of(page.name, evidence).conclusion) if page.is_stage else SAYS.get(page.name, ""),
            tally([e for e in checks if e.stage == page.name]) if page.is_stage else [],
        )
        for page in dossier.made[1:]
    ]


def _concern(concern: Concern) -> str:
    e, finding = concern.evidence, concern.finding
    title = escape(concern.title, quote=False)
    linked = f'<a href="{escape(anchor(e.id))}">{title}</a>' if e else f'<a href="findings.html">{title}</a>'
    about = [*(sample_told(e) if e else []), *([f"finding {finding.id}"] if finding else []), concern.set_aside]
    said = [text[0].upper() + text[1:] for text in (", ".join(filter(None, about)), concern.because) if text]
    return f"{linked}<small>{escape('. '.join(said), quote=False)}.</small>" if said else linked


def _level(concern: Concern) -> str:
    told = status_html(concern.status) if concern.evidence else "open"
    return f"{told}<small>{'decisive' if concern.decisive else concern.severity}</small>"


def _value(e: Evidence | None) -> str:
    return "" if e is None or e.value is None else figure_link(e)


def _by_label(facts: Sequence[Fact]) -> list[tuple[str, list[str]]]:
    return [(label, [text for _, text in told]) for label, told in groupby(facts, lambda fact: fact[0])]


SAYS = {
    "committee": "Five figures for the committee, one a page.",
    "checks": "Every check that does not meet its limit, by stage.",
    "findings": "Findings with owner and due date, exceptions, the review calendar and the change log.",
    "reperformance": "How to perform the run again, what was performed again, and what that cannot show.",
    "signatures": "Who signed what in which role, what signatures protect, and room to sign on paper.",
    "evidence": "Every figure with its method, its inputs and the cell that made it.",
    "glossary": "The words of this dossier, one term for each concept.",
}
