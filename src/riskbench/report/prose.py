"""Sentences whose numbers are evidence, as HTML: each number leads to its entry, and no word can outlive its number."""

from collections.abc import Mapping
from html import escape
from string import Formatter

from riskbench.core.evidence import Evidence
from riskbench.core.status import SHAPES, WORDS, Status
from riskbench.core.words import NBSP, format_evidence, format_interval, format_number, format_value


def status_html(status: Status) -> str:
    """The status as HTML: a coloured shape and its word."""
    if status == "information":
        return ""
    return (
        f'<span class="status status-{status}"><span class="shape" aria-hidden="true">{SHAPES[status]}</span>'
        f"{NBSP}{WORDS[status]}</span>"
    )


def anchor(evidence_id: str) -> str:
    """Where a figure is explained: its row in the evidence index."""
    return f"evidence.html#e-{evidence_id}"


def evidence_sign(evidence_id: str) -> str:
    """A quiet word behind a caption or a sentence that leads to its entry; on paper the id stands in its place."""
    return f' <a class="traced" href="{escape(anchor(evidence_id))}" title="{escape(evidence_id)}">evidence</a>'


def figure_link(e: Evidence, interval: bool = True) -> str:
    """The value as a link to its evidence, with its interval in brackets after it when asked for."""
    about = ", ".join(filter(None, (e.title, e.method, f"n = {format_number(e.n)}" if e.n is not None else "")))
    bounds = format_interval(e, between="–") if interval else ""
    after = f' <span class="interval">({escape(bounds)})</span>' if bounds else ""
    return _linked(e, format_evidence(e) if e.value is None else format_value(e), about) + after


def _linked(e: Evidence, told: str, about: str = "") -> str:
    kind = "figure said" if e.value is None or isinstance(e.value, str) else "figure"  # words wrap, a number does not
    return f'<a class="{kind}" href="{escape(anchor(e.id))}" title="{escape(about or e.title)}">{escape(told)}</a>'


def prose(template: str, evidence: Mapping[str, Evidence]) -> str:
    """A sentence whose numbers come from evidence, as HTML.

    `{name}` is the value with its interval, linked to the evidence index; `{name:value}` the value alone;
    `{name:interval}` the interval and `{name:n}` the number of cases, linked too; `{name:status}` shape and word. The
    rest of the template is plain text and is escaped. Raises ValueError on a name or a form that is not known.

    >>> e = Evidence(id="validation.champion.auc.test", stage="validation", kind="estimate", title="AUC", value=0.7723)
    >>> prose("AUC is {auc:value} & holds.", {"auc": e})
    'AUC is <a class="figure" href="evidence.html#e-validation.champion.auc.test" title="AUC">0.772</a> &amp; holds.'
    """
    pieces = []
    for text, name, form, _ in Formatter().parse(template):
        pieces.append(escape(text, quote=False))
        if name is None:
            continue
        if name not in evidence:
            raise ValueError(f"prose may only name evidence that it was given ({', '.join(evidence)}), got {name!r}")
        pieces.append(_inserted(evidence[name], form or "", name))
    return "".join(pieces)


def _inserted(e: Evidence, form: str, name: str) -> str:
    if form in ("", "value"):
        return figure_link(e, interval=not form)
    if form == "status":
        return status_html(e.status)
    if form in ("interval", "n"):
        return _linked(e, format_interval(e) if form == "interval" else format_number(e.n))
    raise ValueError(f"prose knows the forms value, interval, n and status, got {{{name}:{form}}}")
