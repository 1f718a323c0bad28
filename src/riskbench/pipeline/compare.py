"""Two runs, figure by figure. A run of an older schema is read by today's ids and columns."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
IN_WORDS = ("title", "method", "reason", "source")


@dataclass(frozen=True)
class Difference:
    """One figure that is not the same in two runs."""

    id: str
    what: str
    ours: Any
    theirs: Any

    @property
    def in_words(self) -> bool:
        """Whether only a text differs, a title or a sentence, and no figure."""
        texts = isinstance(self.ours, str) and isinstance(self.theirs, str)
        return self.what in IN_WORDS or (self.what == "value" and texts)

    def __str__(self) -> str:
        ours, theirs = _short(self.ours, self.theirs)
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
    differences += [Difference(id_, ONLY_FIRST, left[id_].value, None) for id_ in left.keys() - right.keys()]
    differences += [Difference(id_, ONLY_SECOND, None, right[id_].value) for id_ in right.keys() - left.keys()]
    return len(left.keys() | right.keys()), sorted(differences, key=lambda d: (d.id, d.what))


def _differences(ours: Evidence, theirs: Evidence) -> Iterator[Difference]:
    tolerance = min(ours.tolerance, theirs.tolerance)  # who changes a figure may also loosen its tolerance
    for name in COMPARED:
        a, b = (_compared(e, name) for e in (ours, theirs))
        if isinstance(a, Table) and isinstance(b, Table):
            yield from _table_differences(ours.id, a, b, tolerance)
        elif not same(a, b, tolerance):
            yield Difference(ours.id, name, a, b)


def _compared(e: Evidence, name: str) -> Any:
    """One field; of a threshold the limits alone, whose source is a field of its own."""
    value = getattr(e, name)
    return value.model_copy(update={"source": ""}) if isinstance(value, Threshold) else value


def _table_differences(figure: str, a: Table, b: Table, tolerance: float) -> Iterator[Difference]:
    if a.columns != b.columns or len(a.rows) != len(b.rows):
        shapes = [f"{len(t.rows)} rows of {', '.join(t.columns)}" for t in (a, b)]
        yield Difference(figure, "shape", *shapes)
        return
    for i, (left, right) in enumerate(zip(a.rows, b.rows, strict=True), 1):
        for column, x, y in zip(a.columns, left, right, strict=True):
            if not same(x, y, tolerance):
                yield Difference(figure, f"row {i}, {column}", x, y)


def same(a: Any, b: Any, tolerance: float) -> bool:
    """Whether two values agree: numbers within `tolerance` relative to max(1, |a|, |b|), all else exactly.

    >>> same(1e9, 1e9 + 0.5, 1e-9), same(3, 4, 0), same(None, 0.0, 1), same("a", "a", 0), same(True, 1, 0)
    (True, False, False, True, False)
    """
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    numbers = isinstance(a, int | float) and isinstance(b, int | float)
    return abs(a - b) <= tolerance * max(1.0, abs(a), abs(b)) if numbers else a == b


def _short(ours: Any, theirs: Any) -> list[str]:
    """Both values without mark-up and, where they are long, from a little before they part."""
    texts = [re.sub(r"<[^>]*>", "", "not evaluated" if value is None else str(value)) for value in (ours, theirs)]
    parts = next((i for i, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    start = max(0, parts - 20) if max(map(len, texts)) > SHOWN else 0
    cut = [("..." if start else "") + text[start:] for text in texts]
    return [text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..." for text in cut]
