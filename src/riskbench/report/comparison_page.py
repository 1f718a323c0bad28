"""Two runs compared, as a page that stands alone: what is material first, each difference with its size and class."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from riskbench.core.words import MISSING
from riskbench.report.layout import render_alone
from riskbench.report.tables import Column, stacked, table

MOST = 400  # rows of one table; a page stays small enough for a mail


@dataclass(frozen=True)
class DifferenceRow:
    """One difference ready to print: where, both values, its size, and its class."""

    figure: str
    what: str
    ours: str
    theirs: str
    change: str = ""
    half_widths: str = ""
    weight: str = ""
    material: bool = False


@dataclass(frozen=True)
class ClassRow:
    """A class of differences: how many there are, whether they are material, and why."""

    name: str
    count: int
    material: bool
    because: str


@dataclass(frozen=True)
class Compared:
    """What a comparison is about: `title`, `kicker` above it, the sentence that answers, and labelled lines."""

    title: str
    kicker: str
    figures: int
    facts: Sequence[tuple[str, str]]
    headings: tuple[str, str] = ("first run", "second run")


def render_comparison(about: Compared, classes: Sequence[ClassRow], rows: Sequence[DifferenceRow]) -> str:
    """The page of a comparison, the answer first."""
    figures = len({row.figure for row in rows}), len({row.figure for row in rows if row.material})
    material, other = ([row for row in rows if row.material is wanted] for wanted in (True, False))
    return render_alone(
        "comparison.html.j2",
        title=about.title,
        running=about.kicker,
        kicker=about.kicker,
        conclusion=conclusion(about.figures, *figures),
        strip=[
            ("Figures compared", f"{about.figures:,}", "of either run"),
            ("Figures that differ", f"{figures[0]:,}", f"in {len(rows):,} values"),
            ("Materially", f"{figures[1]:,}", f"in {len(material):,} values, by the rules below"),
        ],
        classes=_classes(classes),
        material=difference_table(material, "Material differences", about.headings) if material else "",
        other=difference_table(other, "Differences that are not material", about.headings) if other else "",
        facts=about.facts,
    )


def conclusion(figures: int, differing: int, material: int) -> str:
    """The answer in one sentence; a table is one figure.

    >>> conclusion(900, 0, 0), conclusion(900, 12, 1)
    ('All 900 figures match.', 'Of 900 figures compared, 12 differ, 1 of them materially.')
    """
    if not differing:
        return f"All {figures:,} figures match."
    differ = "1 differs" if differing == 1 else f"{differing:,} differ"
    weighed = "none of them materially" if not material else f"{material:,} of them materially"
    return f"Of {figures:,} figures compared, {differ}, {weighed}."


def difference_table(rows: Sequence[DifferenceRow], caption: str, headings: tuple[str, str]) -> str:
    """Differences as a table, the first `MOST` of them."""
    shown = rows[:MOST]
    note = f"The first {MOST} of {len(rows):,}; the command prints all of them." if len(rows) > MOST else ""
    classed = any(row.weight for row in shown)
    columns = [
        Column("figure", [stacked([row.figure, row.what]) for row in shown]),
        Column(headings[0], [escape(row.ours, quote=False) for row in shown]),
        Column(headings[1], [escape(row.theirs, quote=False) for row in shown]),
        Column("change", [row.change or MISSING for row in shown], numeric=True),
        Column("half-widths", [row.half_widths or MISSING for row in shown], numeric=True),
    ]
    if classed:
        columns.append(Column("class", [escape(row.weight, quote=False) for row in shown]))
    return table(columns, caption, note)


def _classes(classes: Sequence[ClassRow]) -> str:
    return table(
        [
            Column("class", [escape(row.name, quote=False) for row in classes]),
            Column("differences", [f"{row.count:,}" for row in classes], numeric=True),
            Column("material", ["yes" if row.material else "no" for row in classes]),
            Column("why", [escape(row.because, quote=False) for row in classes]),
        ],
        "Classes of differences; the first that fits counts",
    )
