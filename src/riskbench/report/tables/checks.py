"""Checks in one table: the worst first, each with its status, its value and the limit that it is held to."""

from collections.abc import Iterable, Sequence
from html import escape

from riskbench.core.evidence import SAMPLES, Evidence
from riskbench.core.results import CheckResult
from riskbench.core.status import WORST_FIRST
from riskbench.core.words import MISSING, format_interval, format_number, format_value, limits
from riskbench.report.prose import anchor, figure_link, status_html
from riskbench.report.tables.markup import Column, stacked, table

NOT_RECORDED = "shown"  # the stage of a check that no run has written down: it has no entry to lead to


def checks_table(checks: Iterable[Evidence | CheckResult], caption: str = "Checks", note: str = "") -> str:
    """Every check in one table: status in shape and word, value with interval, limit, n.

    The worst come first; within a status the order given is kept. What is for information alone has no status. The
    value of a check that is recorded leads to its entry; where there is none, the name does.
    """
    rows = sorted((as_evidence(check) for check in checks), key=lambda e: WORST_FIRST.index(e.status))
    columns = [
        Column("check", [_named(e) for e in rows]),
        Column("status", [judgement(e) for e in rows]),
        Column("value", [_judged_value(e) for e in rows], numeric=True),
        Column("limit", [stacked(limits_told(e, "set by the study")) if e.threshold else "" for e in rows]),
        Column("n", [format_number(e.n) for e in rows], numeric=True),
    ]
    return table(columns, caption, note or _note(rows), kind="checks")


def _note(rows: Sequence[Evidence]) -> str:
    """What a reader must know of the table: the level of its intervals, and what has no status."""
    levels = {e.level for e in rows if format_interval(e) and e.level}
    said = [f"In brackets: intervals at {format_number(100 * level, decimals=0)} %." for level in levels]
    told = ["Without a status: for information."] * any(e.status == "information" for e in rows)
    return " ".join([*(said if len(said) == 1 else []), *told])


def sample_told(e: Evidence) -> list[str]:
    """The sample that a figure belongs to, as pages call it; [] where it belongs to none."""
    return [SAMPLES[e.dims.sample]] if e.dims.sample else []


def limits_told(e: Evidence, override: str) -> list[str]:
    """The limits of a check in short, and where the study set them, the words of `override`."""
    return limits(e.threshold, e.unit) + [override] * bool(e.threshold and e.threshold.override_reason)


def judgement(e: Evidence) -> str:
    """The status of a check, and below it why it was not evaluated; "" for what is for information alone."""
    why = f"<small>{escape(e.reason, quote=False)}</small>" if e.value is None and e.reason else ""
    return status_html(e.status) + why


def as_evidence(check: Evidence | CheckResult) -> Evidence:
    """A check result as the evidence that it will become; the stage is not known yet and does not show."""
    return check if isinstance(check, Evidence) else Evidence.of(NOT_RECORDED, check)


def _named(e: Evidence) -> str:
    told = stacked([e.title, *sample_told(e)])
    if e.value is not None or e.stage == NOT_RECORDED:
        return told
    title, _, rest = told.partition("<small>")
    return f'<a href="{escape(anchor(e.id))}">{title}</a>' + (f"<small>{rest}" if rest else "")


def _judged_value(e: Evidence) -> str:
    interval = format_interval(e, between="–")
    below = f"<small>({escape(interval, quote=False)})</small>" if interval else ""
    if e.value is None:
        return MISSING
    return (escape(format_value(e)) if e.stage == NOT_RECORDED else figure_link(e, interval=False)) + below
