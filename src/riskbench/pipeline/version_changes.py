"""What changed between two versions of a model: what went in, what the card is made of, and what came out."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from riskbench.core.errors import CannotRun
from riskbench.core.evidence import Evidence, Table
from riskbench.core.words import format_evidence
from riskbench.data.study import STUDY_FILE
from riskbench.governance.manifest import Manifest, read_manifest
from riskbench.pipeline.compare import compare_evidence
from riskbench.pipeline.run_folder import ARTIFACTS, EVIDENCE_FILE, read_evidence

COLUMNS = ("part", "before", "after")
ABSENT = "none"


def changes(before: Path, after: Path) -> pd.DataFrame:
    """One row a change from the run in `before` to that in `after`: `part`, what was, what is.

    First what went in (study, settings, seeds, data, notebooks, code, lock), then the features of the card, then the
    key figures of each page that differ beyond their tolerance, and how many figures differ in all. Raises `CannotRun`
    where a folder is no finished run, or its manifest was changed.
    """
    rows = [*_inputs(_manifest(before), _manifest(after)), *_card(before, after), *_figures(before, after)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _manifest(folder: Path) -> Manifest:
    try:
        return read_manifest(folder)
    except ValueError as error:
        raise CannotRun(f"{folder}: {error}") from None


def _inputs(old: Manifest, new: Manifest) -> Iterator[tuple[str, str, str]]:
    yield from _keys("setting", _flat(old.settings), _flat(new.settings))
    yield from _keys("seed of", old.seeds, new.seeds)
    for part, was, now in (("data", old.data, new.data), ("notebook", old.notebooks, new.notebooks)):
        yield from _keys(part, _short(was), _short(now))
    single = (
        (STUDY_FILE, old.study_sha256, new.study_sha256),
        ("code of the package", old.code_sha256, new.code_sha256),
        ("lock of the environment", old.lock_sha256, new.lock_sha256),
        ("Python", old.environment.python, new.environment.python),
    )
    for part, a, b in single:
        if a != b:
            yield part, a[:12] or ABSENT, b[:12] or ABSENT


def _card(before: Path, after: Path) -> Iterator[tuple[str, str, str]]:
    """Features that came and went, and for those that stayed whether their points are the same."""
    old, new = (_points(folder) for folder in (before, after))
    for feature in [*old, *(name for name in new if name not in old)]:
        if feature not in new or feature not in old:
            yield f"feature {feature}", _held(feature, old), _held(feature, new)
        elif old[feature] != new[feature]:
            yield f"points of {feature}", _span(old[feature]), _span(new[feature])


def _points(folder: Path) -> dict[str, list[float]]:
    path = folder / ARTIFACTS / "scorecard" / "card.json"
    if not path.is_file():
        return {}
    parts = json.loads(path.read_text("utf-8"))["points"]
    return {part["feature"]: [*map(float, part["points"])] for part in parts}


def _held(feature: str, card: Mapping[str, Any]) -> str:
    return "in the card" if feature in card else "not in the card"


def _span(points: list[float]) -> str:
    return f"{len(points)} bins, {min(points):g} to {max(points):g}"


def _figures(before: Path, after: Path) -> Iterator[tuple[str, str, str]]:
    old, new = ({e.id: e for e in read_evidence(folder / EVIDENCE_FILE)} for folder in (before, after))
    compared, differences = compare_evidence(old.values(), new.values())
    differing = {d.id for d in differences if not d.in_words}
    for id_ in _key_figures(old, new):
        if id_ in differing:
            title = (new.get(id_) or old[id_]).title
            yield f"{title} ({id_})", _told(old.get(id_)), _told(new.get(id_))
    if differing:
        yield "figures that differ", f"of {compared}", str(len(differing))


def _told(e: Evidence | None) -> str:
    return format_evidence(e) if e else ABSENT


def _key_figures(*runs: Mapping[str, Evidence]) -> list[str]:
    """The figures that the pages lead with, and the checks whose light changed."""
    tables = [e.value for run in runs for e in run.values() if e.id.endswith(".page.key_figures")]
    leading = [str(row[0]) for table in tables if isinstance(table, Table) for row in table.rows]
    old, new = runs
    turned = [id_ for id_, e in new.items() if e.kind == "check" and id_ in old and old[id_].status != e.status]
    return list(dict.fromkeys([*leading, *turned]))


def _keys(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key in [*old, *(key for key in new if key not in old)]:
        if old.get(key) != new.get(key):
            yield f"{part} {key}", str(old.get(key, ABSENT)), str(new.get(key, ABSENT))


def _flat(settings: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {f"{stage}.{name}": value for stage, values in settings.items() for name, value in values.items()}


def _short(hashes: Mapping[str, str]) -> dict[str, str]:
    return {name: hash_[:12] for name, hash_ in hashes.items()}
