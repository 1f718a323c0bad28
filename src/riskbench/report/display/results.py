"""Estimates, checks and evidence as a modeller sees them who ends a cell with one: in one line, and as HTML."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from riskbench.core import words
from riskbench.core.evidence import Evidence, Table
from riskbench.core.results import CheckResult, Estimate
from riskbench.core.status import status_word
from riskbench.report.tables import checks_table, html_table
from riskbench.report.tables.checks import as_evidence, sample_told


def estimate_text(estimate: Estimate) -> str:
    """An estimate in one line.

    >>> estimate_text(Estimate(0.75, 0.7, 0.8, level=0.95, n=400, method="DeLong")).replace(words.NBSP, " ")
    '0.750 (95 % interval 0.700 to 0.800), n = 400, DeLong'
    """
    said = [words.format_evidence(as_evidence(_named(estimate)))]
    said += [f"n = {words.format_number(estimate.n)}"] if estimate.n is not None else []
    said += [f"p = {words.format_number(estimate.p_value)}"] if estimate.p_value is not None else []
    return ", ".join([*said, *([estimate.method] if estimate.method else [])])


def result_text(result: CheckResult | Evidence) -> str:
    """A check, or a piece of evidence, in one line: title, value, status."""
    e = as_evidence(result)
    about = ", ".join([e.title, *sample_told(e)])
    value = re.sub(r"<[^>]*>", "", e.value) if isinstance(e.value, str) else words.format_evidence(e)
    judged = status_word(e.status) if e.kind == "check" and e.value is not None else ""
    return f"{about}: {value}" + (f", {judged}" if judged else "")


def estimate_html(estimate: Estimate) -> str:
    """An estimate as a sentence."""
    return f"<p>{escape(estimate_text(estimate), quote=False)}</p>"


def result_html(result: CheckResult | Evidence) -> str:
    """A check or a figure as a table of one row, a recorded table as a table, a recorded sentence as a sentence."""
    if isinstance(result, Evidence) and isinstance(result.value, Table):
        return html_table(pd.DataFrame(result.value.rows, columns=result.value.columns), result.title)
    if isinstance(result, Evidence) and result.kind == "text":
        text = str(result.value)  # a conclusion is HTML already, made by `prose`
        return f"<p>{text if result.id.endswith('.page.conclusion') else escape(text, quote=False)}</p>"
    return checks_table([result], "Check" if result.threshold else "Estimate")


def several_html(things: Sequence[Any] | Mapping[Any, Any]) -> str | None:
    """Estimates, checks and evidence, and nothing else, as one table; None for any other collection."""
    named = things if isinstance(things, Mapping) else {}
    items = list(things.values()) if isinstance(things, Mapping) else list(things)
    if not items or not all(isinstance(item, Estimate | CheckResult | Evidence) for item in items):
        return None
    titles = [str(key) for key in named] or [""] * len(items)
    rows = [
        _named(item, title) if isinstance(item, Estimate) else item for item, title in zip(items, titles, strict=True)
    ]
    return checks_table([row for row in rows if getattr(row, "kind", "") != "text"], "Results")


def _named(estimate: Estimate, title: str = "") -> CheckResult:
    return CheckResult("estimate.value", title or estimate.method or "Estimate", estimate)
