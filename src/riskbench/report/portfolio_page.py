"""The page of all runs: by study the newest first, each with its version, its checks and its key figures."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from riskbench.core.evidence import Evidence
from riskbench.core.status import Status
from riskbench.core.words import MISSING, format_number, format_value
from riskbench.governance.key_figures import KEY_FIGURES
from riskbench.governance.registry.deadlines import DONE
from riskbench.governance.registry.records import Finding, Version
from riskbench.report.figures.sparkline import sparkline
from riskbench.report.layout import Dossier, Page, render
from riskbench.report.prose import status_html
from riskbench.report.tables import Column, table
from riskbench.report.told import day, minute, state_word

SHOWN = 12  # runs of a study on the page; older ones are folded


@dataclass(frozen=True)
class RunLine:
    """One run as the page of all runs shows it; paths are relative to that page.

    `figures` are the key figures by name and `counts` the checks by status, as far as the run has recorded them.
    `rerun_of` names the run that this one repeats, and `by` whose rerun it is. `dossier` is the page written later, ""
    where there is none.
    """

    run: str
    study: str
    title: str
    created: dt.datetime
    figures: Mapping[str, Evidence] = field(default_factory=dict)
    counts: Mapping[Status, int] = field(default_factory=dict)
    partial: bool = False
    synthetic: bool = False
    rerun_of: str = ""
    by: str = ""
    dossier: str = ""


@dataclass(frozen=True)
class Portfolio:
    """All runs, what the registry holds of them, and what could not be read, with the reason."""

    runs: Sequence[RunLine]
    versions: Sequence[Version] = ()
    findings: Sequence[Finding] = ()
    unread: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Study:
    """A study on the page: its newest runs, the older ones, and how its key figures moved."""

    name: str
    title: str
    newest: str
    older: str
    older_count: int
    trend: str


def render_portfolio(portfolio: Portfolio) -> str:
    """The page of all runs; it verifies nothing, and says so."""
    lines = sorted(portfolio.runs, key=lambda line: line.study)
    studies = [_study(list(own), portfolio) for _, own in groupby(lines, key=lambda line: line.study)]
    acting = [f for f in portfolio.findings if f.state not in DONE]
    return render(
        "portfolio.html.j2",
        "index",
        Dossier([Page(study.name, study.title) for study in studies]),
        title="All runs",
        runs=len(portfolio.runs),
        studies=studies,
        live=sum(version.state == "live" for version in portfolio.versions),
        findings=len(acting),
        high=sum(f.severity == "high" for f in acting),
        unread=portfolio.unread,
    )


def _study(lines: list[RunLine], portfolio: Portfolio) -> _Study:
    newest_first = in_order(lines)
    shown, older = newest_first[:SHOWN], newest_first[SHOWN:]
    title = max(lines, key=lambda line: line.created).title
    return _Study(
        lines[0].study,
        title,
        _runs_table(shown, portfolio, f"Runs of {lines[0].study}, the newest first"),
        _runs_table(older, portfolio, f"Older runs of {lines[0].study}") if older else "",
        len(older),
        _trend_table(lines),
    )


def in_order(lines: Iterable[RunLine]) -> list[RunLine]:
    """The newest run first, and each rerun directly below its original, where that is there."""
    newest_first = sorted(lines, key=lambda line: (line.created, line.run), reverse=True)
    names = {line.run for line in newest_first}
    own = [line for line in newest_first if line.rerun_of not in names or line.rerun_of == line.run]
    return [shown for line in own for shown in (line, *(r for r in newest_first if r.rerun_of == line.run != r.run))]


def _runs_table(lines: Sequence[RunLine], portfolio: Portfolio, caption: str) -> str:
    versions = {version.run: version for version in portfolio.versions}
    columns = [
        Column("run", [_run(line) for line in lines]),
        Column("version and state", [_version(versions.get(line.run), portfolio.findings) for line in lines]),
        Column("checks", [_counts(line.counts) for line in lines]),
        *(Column(figure.name, [_figure(line, figure.name) for line in lines], numeric=True) for figure in KEY_FIGURES),
    ]
    return table(columns, caption, kind="runs")


def _run(line: RunLine) -> str:
    about = [line.run]
    if line.rerun_of:
        about = [f"rerun of {line.rerun_of} by {line.by}" if line.by else f"rerun of {line.rerun_of}", *about]
    about += ["not all stages were run"] * line.partial + ["synthetic data"] * line.synthetic
    small = "".join(f"<small>{escape(text)}</small>" for text in about)
    href = line.dossier or f"{line.run}/index.html"
    return f'<a href="{escape(href)}">{minute(line.created)}</a>{small}'


def _version(version: Version | None, findings: Sequence[Finding]) -> str:
    if version is None:
        return "not registered"
    own = [f for f in findings if f.model == version.model and f.version in (None, version.number)]
    acting = sum(f.state not in DONE for f in own)
    told = [f"until {day(version.expires)}"] * (version.expires is not None)
    told += [f"{acting} open finding{'s' * (acting != 1)}"]
    head = f"{escape(version.model)} {version.number}, {state_word(version.state)}"
    return head + "".join(f"<small>{text}</small>" for text in told)


def _counts(counts: Mapping[Status, int]) -> str:
    return "".join(f"<div>{status_html(status)} {count}</div>" for status, count in counts.items() if count) or MISSING


def _figure(line: RunLine, name: str) -> str:
    e = line.figures.get(name)
    return MISSING if e is None or e.value is None else escape(format_value(e))


def _trend_table(lines: Sequence[RunLine]) -> str:
    """How each key figure moved over the runs of a study, reruns left out; "" where no figure has two values."""
    own = sorted((line for line in lines if not line.rerun_of), key=lambda line: (line.created, line.run))
    rows = []
    for figure in KEY_FIGURES:
        known = [e for line in own if (e := line.figures.get(figure.name)) and isinstance(e.value, int | float)]
        if len(known) > 1:
            values = [float(e.value) for e in known if isinstance(e.value, int | float)]
            first, newest = format_value(known[0]), format_value(known[-1])
            drawn = sparkline(values, f"{figure.name} over {len(values)} runs: {first} at first, {newest} now")
            ends = [format_number(end, unit=known[-1].unit) for end in (min(values), max(values))]
            rows.append((figure.name, drawn, str(len(values)), first, newest, *ends))
    if not rows:
        return ""
    heads = ("figure", "oldest to newest", "runs", "first", "newest", "lowest", "highest")
    columns = [
        Column(head, list(cells), numeric=i > 1)
        for i, (head, cells) in enumerate(zip(heads, zip(*rows, strict=True), strict=True))
    ]
    return table(columns, "Trend of the key figures on the holdout", kind="trend")
