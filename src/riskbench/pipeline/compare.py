"""Two runs, figure by figure. A run of an older schema is read by today's ids and columns."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from riskbench.core.errors import CannotRun
from riskbench.core.evidence import Evidence, Table
from riskbench.core.thresholds import Threshold
from riskbench.data.study import STUDY_FILE
from riskbench.pipeline.run_folder import EVIDENCE_FILE, read_evidence

# What a figure says. Where it came from (inputs, cell) is provenance: pseudonyms alone change the hash of a table.
COMPARED = (
    *("kind", "title", "value", "unit", "lower", "upper", "level", "method", "n", "statistic", "p_value", "critical"),
    *("threshold", "status", "reason", "source", "dims"),
)
ONLY_FIRST, ONLY_SECOND = "only in the first", "only in the second"
SHOWN = 60  # characters of a value
IN_WORDS = ("title", "method", "reason", "source", "order of the rows", "order of the columns")
SMALLEST = 1e-300  # what is divided by is never zero
NAMING = 3  # columns that may be needed to name a row, at most
ORDER = "order of the rows"


@dataclass(frozen=True)
class Difference:
    """One figure, or one cell of a table, that is not the same in two runs.

    `half_width` is half the interval of the figure, the wider of the two runs', where it has one; `kind` is that of the
    evidence; `column` is named where a table's cell differs, and `scale` is then the largest size in that column of
    either table. The rows of a drawing often have no name: they are `unnamed`, and stand beside each other by position.
    """

    id: str
    what: str
    ours: Any
    theirs: Any
    half_width: float | None = None
    kind: str = ""
    column: str = ""
    scale: float = 0.0
    unnamed: bool = False

    @property
    def absolute(self) -> float | None:
        """How far the second is from the first; None where one is no number."""
        return float(self.theirs) - float(self.ours) if _number(self.ours) and _number(self.theirs) else None

    @property
    def relative(self) -> float | None:
        """The same as a share of the larger of the two, or of the largest in the column; None without numbers."""
        if self.absolute is None:
            return None
        return abs(self.absolute) / max(abs(self.ours), abs(self.theirs), self.scale, SMALLEST)

    @property
    def half_widths(self) -> float | None:
        """The same in half-widths of the interval; None where there is no interval."""
        return abs(self.absolute) / self.half_width if self.absolute is not None and self.half_width else None

    @property
    def in_words(self) -> bool:
        """Whether only a text differs, a title or a sentence, and no figure."""
        texts = isinstance(self.ours, str) and isinstance(self.theirs, str)
        return self.what in IN_WORDS or (self.what == "value" and texts)

    def __str__(self) -> str:
        ours, theirs = short(self.ours, self.theirs)
        alone = {ONLY_FIRST: ours, ONLY_SECOND: theirs}.get(self.what)
        return f"{self.id}: {self.what}: {alone or f'{ours} against {theirs}'}"


def compare_runs(ours: Path, theirs: Path) -> tuple[int, list[Difference]]:
    """The number of figures compared and those that differ between two run folders.

    Raises `CannotRun` where one is no finished run, or the two are runs of different studies.
    """
    for folder in (ours, theirs):
        if not (folder / EVIDENCE_FILE).is_file():
            raise CannotRun(f"{folder} is not a finished run: it has no {EVIDENCE_FILE}")
    studies = [tomllib.loads((folder / STUDY_FILE).read_text("utf-8"))["name"] for folder in (ours, theirs)]
    if studies[0] != studies[1]:
        raise CannotRun(f"these are runs of different studies: {studies[0]} and {studies[1]}")
    return compare_evidence(read_evidence(ours / EVIDENCE_FILE), read_evidence(theirs / EVIDENCE_FILE))


def compare_evidence(ours: Iterable[Evidence], theirs: Iterable[Evidence]) -> tuple[int, list[Difference]]:
    """The number of figures in either list and those that differ beyond the tighter of their two tolerances."""
    left, right = {e.id: e for e in ours}, {e.id: e for e in theirs}
    differences = [d for id_ in left.keys() & right.keys() for d in _differences(left[id_], right[id_])]
    alone = [left[id_] for id_ in left.keys() - right.keys()]
    differences += [Difference(e.id, ONLY_FIRST, e.value, None, kind=e.kind) for e in alone]
    alone = [right[id_] for id_ in right.keys() - left.keys()]
    differences += [Difference(e.id, ONLY_SECOND, None, e.value, kind=e.kind) for e in alone]
    return len(left.keys() | right.keys()), sorted(differences, key=lambda d: (d.id, d.what))


def provenance_differences(ours: Iterable[Evidence], theirs: Iterable[Evidence]) -> list[Difference]:
    """Figures that two performances of one run trace to other cells or tables, or state another tolerance for.

    The hashes of tables are left out: pseudonyms change them.
    """
    right = {e.id: e for e in theirs}
    return [
        Difference(e.id, name, *values, kind=e.kind)
        for e in ours
        if e.id in right
        for name, values in _traces(e, right[e.id])
        if values[0] != values[1]
    ]


def _traces(a: Evidence, b: Evidence) -> list[tuple[str, tuple[Any, Any]]]:
    tables = tuple(", ".join(source.table for source in e.inputs) for e in (a, b))
    return [("cell", (a.cell, b.cell)), ("inputs", (tables[0], tables[1])), ("tolerance", (a.tolerance, b.tolerance))]


def _differences(ours: Evidence, theirs: Evidence) -> Iterator[Difference]:
    tolerance = min(ours.tolerance, theirs.tolerance)  # who changes a figure may also loosen its tolerance
    half_width = _wider(_half(ours.lower, ours.upper), _half(theirs.lower, theirs.upper))
    tests = all(e.value == e.p_value is not None for e in (ours, theirs))  # a p-value is told once, as what it is
    for name in COMPARED:
        if name == "value" and tests:
            continue
        a, b = (_compared(e, name) for e in (ours, theirs))
        if isinstance(a, Table) and isinstance(b, Table):
            yield from (replace(d, kind=ours.kind) for d in _table_differences(ours.id, a, b, tolerance))
        elif not same(a, b, tolerance):
            yield Difference(
                ours.id, name, a, b, half_width if name in ("value", "lower", "upper") else None, ours.kind
            )


def _compared(e: Evidence, name: str) -> Any:
    """One field; of a threshold the limits alone, whose source is a field of its own."""
    value = getattr(e, name)
    return value.model_copy(update={"source": ""}) if isinstance(value, Threshold) else value


def _half(lower: Any, upper: Any) -> float | None:
    return (upper - lower) / 2 if _number(lower) and _number(upper) else None


def _wider(*halves: float | None) -> float | None:
    return max((half for half in halves if half), default=None)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _table_differences(figure: str, a: Table, b: Table, tolerance: float) -> Iterator[Difference]:
    """Row by row, by the columns that name them where these are unique, else by position."""
    for column in a.columns:
        if column not in b.columns:
            yield Difference(figure, f"column {column}", "there", None)
    for column in b.columns:
        if column not in a.columns:
            yield Difference(figure, f"column {column}", None, "there")
    common = [column for column in a.columns if column in b.columns]
    if common != [column for column in b.columns if column in a.columns]:
        yield Difference(figure, "order of the columns", ", ".join(a.columns), ", ".join(b.columns))
    left, right = _named_rows(a, b, common)
    unnamed = "row 1" in left or "row 1" in right
    scales = {column: _largest(column, *left.values(), *right.values()) for column in common}
    for name in [*left, *(name for name in right if name not in left)]:
        there = ["there" if name in rows else None for rows in (left, right)]
        if None in there:
            yield Difference(figure, f"{name}: row", there[0], there[1], unnamed=unnamed)
    if [name for name in left if name in right] != [name for name in right if name in left]:
        yield Difference(figure, ORDER, ", ".join(left), ", ".join(right))
    bounds = _bounds(common)
    for name in (name for name in left if name in right):
        x, y = left[name], right[name]
        for column in (column for column in common if not same(x[column], y[column], tolerance)):
            half = _wider(*(_half(*(row[bound] for bound in bounds[column])) for row in (x, y) if column in bounds))
            values = x[column], y[column]
            what = f"{name}, {column}"
            yield Difference(figure, what, *values, half, column=column, scale=scales[column], unnamed=unnamed)


def _named_rows(a: Table, b: Table, common: list[str]) -> tuple[dict[str, dict], dict[str, dict]]:
    """The rows of two tables by name: the fewest leading columns that are unique in both.

    Fractions name a row only where both tables have the same: a grid has, the points of a curve have not.
    """
    tables = [[dict(zip(t.columns, row, strict=True)) for row in t.rows] for t in (a, b)]
    for many in range(1, min(NAMING, len(common)) + 1):
        naming = common[:many]
        fractions = any(isinstance(row[column], float) for column in naming for rows in tables for row in rows)
        named = [{" / ".join(str(row[column]) for column in naming): row for row in rows} for rows in tables]
        unique = all(len(names) == len(rows) for names, rows in zip(named, tables, strict=True))
        if unique and (not fractions or named[0].keys() == named[1].keys()):
            return named[0], named[1]
    by_position = [{f"row {i}": row for i, row in enumerate(rows, 1)} for rows in tables]
    return by_position[0], by_position[1]


def _largest(column: str, *rows: dict) -> float:
    return max((abs(row[column]) for row in rows if _number(row[column])), default=0.0)


def _bounds(columns: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The two bounds beside a column of values, for the value and for the bounds themselves."""
    found: dict[str, tuple[str, str]] = {}
    for value, lower, upper in zip(columns, columns[1:], columns[2:], strict=False):
        if lower.endswith("lower") and upper == lower.removesuffix("lower") + "upper":
            found |= dict.fromkeys((value, lower, upper), (lower, upper))
    return found


def same(a: Any, b: Any, tolerance: float) -> bool:
    """Whether two values agree: numbers within `tolerance` relative to max(1, |a|, |b|), all else exactly.

    >>> same(1e9, 1e9 + 0.5, 1e-9), same(3, 4, 0), same(None, 0.0, 1), same("a", "a", 0), same(True, 1, 0)
    (True, False, False, True, False)
    """
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    numbers = isinstance(a, int | float) and isinstance(b, int | float)
    return abs(a - b) <= tolerance * max(1.0, abs(a), abs(b)) if numbers else a == b


def short(ours: Any, theirs: Any) -> list[str]:
    """Both values without mark-up and, where they are long, from a little before they part."""
    texts = [re.sub(r"<[^>]*>", "", "not evaluated" if value is None else str(value)) for value in (ours, theirs)]
    pairs = zip((ours, theirs), texts, strict=True)
    rounded = [f"{value:.6g}" if isinstance(value, float) else text for value, text in pairs]
    texts = rounded if rounded[0] != rounded[1] else texts
    parts = next((i for i, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    start = max(0, parts - 20) if max(map(len, texts)) > SHOWN else 0
    cut = [("..." if start else "") + text[start:] for text in texts]
    return [text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..." for text in cut]
