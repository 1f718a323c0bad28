"""How a run is performed again, what was performed again and by whom, and what that cannot show."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from riskbench.core.evidence import FLOAT_TOLERANCE, Evidence
from riskbench.core.words import format_number
from riskbench.governance.registry.records import Verification
from riskbench.governance.standing import Standing
from riskbench.report.index_page import RunSummary
from riskbench.report.layout import Dossier, render
from riskbench.report.register import register
from riskbench.report.tables import Column, stacked, table
from riskbench.report.told import minute

EXACT = "exact: no difference at all (counts, words, choices)"
LAST_DIGITS = "the last digits of a sum may move between machines"
BY_SEED = "drawn anew by another seed it may move so far"


def render_reperformance(
    summary: RunSummary, dossier: Dossier, evidence: Sequence[Evidence], standing: Standing
) -> str:
    """The page of re-performance; without a record of one it says that there is none, and what to do."""
    done = list(reversed(standing.verifications))
    return render(
        "reperformance.html.j2",
        "reperformance",
        dossier,
        title="Re-performance",
        summary=summary,
        last=done[0] if done else None,
        minute=minute,
        done=_verifications_table(done),
        broken=[(v, list(v.broken.items()), v.differing) for v in done if not v.holds],
        tolerances=tolerances_table(evidence),
        figures=len(evidence),
    )


def tolerances_table(evidence: Sequence[Evidence]) -> str:
    """How many figures are compared within which tolerance, the tightest first; "" without any."""
    counts = sorted(Counter(e.tolerance for e in evidence).items())
    if not counts:
        return ""
    columns = [
        Column("tolerance", [f"{format_number(tolerance)}" for tolerance, _ in counts]),
        Column("figures", [format_number(count) for _, count in counts], numeric=True),
        Column("meaning", [_meaning(tolerance) for tolerance, _ in counts]),
    ]
    return table(columns, "Tolerances, relative to the larger of 1 and the value")


def _meaning(tolerance: float) -> str:
    if not tolerance:
        return EXACT
    return LAST_DIGITS if tolerance <= FLOAT_TOLERANCE else BY_SEED


def _verifications_table(done: Sequence[Verification]) -> str:
    columns = {
        "time": [minute(v.at) for v in done],
        "by": [escape(v.by) for v in done],
        "outcome": ["holds" if v.holds else "does not hold" for v in done],
        "files": [stacked([format_number(v.files), f"{len(v.broken)} broken"]) for v in done],
        "figures": [stacked([format_number(v.figures), f"{len(v.differing)} differ"]) for v in done],
        "where": [stacked([f"Python {v.python}", v.system, f"in {round(v.seconds):,} s"]) for v in done],
    }
    return register(columns, "Re-performances, the newest first")
