"""A proposal as a page that stands alone: what the rules say, each with its figure, and what a change would do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

import pandas as pd

from riskbench.core.results import Estimate, Ruling
from riskbench.core.status import WORDS
from riskbench.report.effect_page import estimate_cell
from riskbench.report.layout import render_alone
from riskbench.report.tables import Column, html_table, table

HOLDS = {True: "holds", False: "does not hold", None: WORDS["not_evaluated"]}
PAGE_TITLE = {
    "keep": "Keep the champion",
    "recalibrate": "Recalibrate the champion",
    "rebuild": "Put another card in its place",
    "not_decided": "Not decided: people must look",
}


@dataclass(frozen=True)
class FigureTold:
    """One figure of the comparison, of champion, recalibrated champion and candidate; None where it is not theirs."""

    title: str
    unit: str
    champion: Estimate | None = None
    recalibrated: Estimate | None = None
    candidate: Estimate | None = None


@dataclass(frozen=True)
class ProposalTold:
    """All that the page of a proposal says. `parts` are tables with their caption and note, or a reason instead.

    `consequence` says what the run that is proposed would change; empty where none is.
    """

    verdict: str
    kicker: str
    conclusion: str
    consequence: str
    strip: Sequence[tuple[str, str, str]]
    rules: Sequence[Ruling]
    figures: Sequence[FigureTold]
    parts: Sequence[tuple[str, pd.DataFrame | str, str]]
    facts: Sequence[tuple[str, str]]
    commands: Sequence[str]
    caveats: Sequence[str] = field(default=())


def render_proposal(told: ProposalTold) -> str:
    """The page, the answer first."""
    return render_alone(
        "proposal.html.j2",
        title=PAGE_TITLE[told.verdict],
        running="proposal",
        kicker=told.kicker,
        conclusion=told.conclusion,
        consequence=told.consequence,
        strip=told.strip,
        rules=_rules(told.rules),
        figures=_figures(told.figures),
        parts=[_part(*part) for part in told.parts],
        facts=told.facts,
        commands=told.commands,
        caveats=told.caveats,
    )


def _rules(rules: Sequence[Ruling]) -> str:
    columns = [
        Column("rule", [escape(rule.asks, quote=False) for rule in rules]),
        Column("answer", [HOLDS[rule.holds] for rule in rules]),
        Column("figure", [estimate_cell(rule.estimate, rule.unit) for rule in rules], numeric=True),
        Column("limit", [escape(rule.limit, quote=False) for rule in rules]),
    ]
    note = (
        "In brackets: 95 % intervals. A rule without a figure is never taken to hold. That level or slope is off is "
        "shown by the likelihood-ratio test; of the line it is asked only that it saves log loss on rows that it was "
        "not fitted to, by its value and not by its interval."
    )
    return table(columns, "Every rule, and what it says", note)


def _figures(figures: Sequence[FigureTold]) -> str:
    def cells(of: str) -> list[str]:
        found = [getattr(figure, of) for figure in figures]
        return ["" if e is None else estimate_cell(e, f.unit) for e, f in zip(found, figures, strict=True)]

    names = [f.title if f.unit in ("", "%") else f"{f.title}, {f.unit}" for f in figures]
    columns = [
        Column("figure", [escape(name, quote=False) for name in names]),
        *(Column(of, cells(of), numeric=True) for of in ("champion", "recalibrated", "candidate")),
    ]
    note = (
        "In brackets: 95 % intervals, over loans with a known outcome. The recalibrated champion is judged by lines "
        "that were fitted without the row; it ranks as the champion does."
    )
    return table(columns, "Three options on the months held out", note)


def _part(title: str, content: pd.DataFrame | str, note: str) -> str:
    if isinstance(content, str):
        told = f"{title}: {WORDS['not_evaluated']}, because {content}."
        return f"<p>{escape(told, quote=False)}</p>"
    return html_table(content, title, note=note)
