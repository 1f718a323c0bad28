"""What a switch of bundles would change, as a page that stands alone and as text for a terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from riskbench.core.errors import NotEvaluated
from riskbench.core.results import Estimate
from riskbench.core.status import WORDS
from riskbench.core.words import MINUS, MISSING, NBSP, bare_number, decimals_for, format_number
from riskbench.decision.effect.effect import Change, Effect
from riskbench.decision.effect.tables import TABLES, EffectTable
from riskbench.report.layout import render_alone
from riskbench.report.tables import Column, html_table, stacked, table
from riskbench.report.tables.frames import columns_of
from riskbench.report.tables.text import text_table

TITLE = "What the switch would change"
NOTE = (
    "In brackets: 95 % intervals over the sampling of applications; a change is of the same applications, after less "
    "before, and of percentages in percentage points. They say nothing of errors of the cards or of the assumptions."
)
ECONOMICS = "The two policies assume different economics, so part of a change of profit is a change of assumptions."


@dataclass(frozen=True)
class SwitchTold:
    """What is switched, in words: the kicker above the title, whose applications, and labelled lines."""

    kicker: str
    applications: str
    facts: Sequence[tuple[str, str]]


def render_effect(effect: Effect, told: SwitchTold) -> str:
    """The page of an effect, the answer first."""
    return render_alone(
        "effect.html.j2",
        title=TITLE,
        running="effect of a switch",
        kicker=told.kicker,
        conclusion=conclusion(effect, told.applications),
        strip=[
            (c.title, _change_of(c), f"percentage points, from {_value(c.before, c.unit)}") for c in effect.changes[:2]
        ]
        + [("Applications decided otherwise", *_otherwise(effect))],
        lacking=effect.lacking,
        changes=table(changes_columns(effect), "Figures before and after", changes_note(effect)),
        tables=[_shown(effect, of) for of in TABLES],
        facts=told.facts,
    )


def effect_lines(effect: Effect, told: SwitchTold) -> Iterator[str]:
    """The same as text, one part after the other."""
    yield conclusion(effect, told.applications)
    yield from effect.lacking
    yield f"\nFigures before and after\n{text_table(changes_columns(effect))}"
    for of in TABLES:
        try:
            yield f"\n{of.title}\n{text_table(columns_of(of.made(effect)))}"
        except NotEvaluated as lack:
            yield f"\n{of.title}: {WORDS['not_evaluated']}, because {lack}"
    yield f"\n{changes_note(effect)}"


def conclusion(effect: Effect, applications: str) -> str:
    """The answer in one sentence: what becomes of approvals and PDs."""
    approval, risk = effect.changes[:2]
    if not (approval.change.evaluated and risk.change.evaluated):
        return f"On {applications}, not all of the effect could be evaluated; what is lacking is said below."
    return (
        f"On {applications}, the share approved would go from {_value(approval.before, '%')} to "
        f"{_value(approval.after, '%')}, and the mean PD from {_value(risk.before, '%')} to {_value(risk.after, '%')}."
    )


def changes_columns(effect: Effect) -> list[Column]:
    """One row a figure: its value before and after, and the change, with intervals."""
    return [
        Column("figure", [_named(c) for c in effect.changes]),
        Column("before", [estimate_cell(c.before, c.unit) for c in effect.changes], numeric=True),
        Column("after", [estimate_cell(c.after, c.unit) for c in effect.changes], numeric=True),
        Column("change", [estimate_cell(c.change, c.unit, signed=True) for c in effect.changes], numeric=True),
    ]


def changes_note(effect: Effect) -> str:
    """What a reader of the figures must know."""
    economics = [side.bundle.credit_policy.economics for side in (effect.before, effect.after)]
    return f"{NOTE} {ECONOMICS}" if economics[0] != economics[1] else NOTE


def _shown(effect: Effect, of: EffectTable) -> str:
    try:
        return html_table(of.made(effect), of.title, note=of.note)
    except NotEvaluated as lack:
        told = f"{of.title}: {WORDS['not_evaluated']}, because {lack}."
        return f"<p>{escape(told, quote=False)}</p>"


def _otherwise(effect: Effect) -> tuple[str, str]:
    try:
        before, after = (side.applications["action"] for side in effect.decided())
    except NotEvaluated:
        return MISSING, WORDS["not_evaluated"]
    return f"{int((before != after).sum()):,}", f"of {len(before):,}, in any direction"


def _named(c: Change) -> str:
    return escape(c.title if c.unit in ("", "%") else f"{c.title}, {c.unit}", quote=False)


def _value(e: Estimate, unit: str) -> str:
    if e.value is None:
        return WORDS["not_evaluated"]
    return format_number(e.value, e.lower, e.upper, unit if unit == "%" else "")


def _change_of(c: Change) -> str:
    if c.change.value is None:
        return WORDS["not_evaluated"]
    return _signed(_value(c.change, c.unit).removesuffix(f"{NBSP}%"), c.change.value)


def _signed(text: str, value: float) -> str:
    return f"+{text}" if value > 0 and not text.startswith(MINUS) else text


def estimate_cell(e: Estimate, unit: str, signed: bool = False) -> str:
    """An estimate as the cell of a table: its value, below it the interval; or that it was not evaluated, and why.

    `signed` writes a change: with its sign, and of shares in percentage points.
    """
    if e.value is None:
        return stacked([WORDS["not_evaluated"], e.reason])
    decimals = decimals_for(e.value, e.lower, e.upper, unit)
    value, *bounds = (bare_number(x, decimals, unit) for x in e.bounded if x is not None)
    percent = f"{NBSP}%" if unit == "%" and not signed else ""  # a change of shares is in percentage points
    told = _signed(value, e.value) if signed else value
    return stacked([told + percent, *([f"({bounds[0]} to {bounds[1]})"] if bounds else [])])
