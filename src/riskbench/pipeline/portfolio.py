"""All runs of a folder of reports, read fast and with patience: what cannot be read is named, and stops nothing.

Of a run's evidence only the few figures that the page shows are parsed, each where its id stands.
"""

import datetime as dt
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from riskbench.core.errors import RiskbenchError
from riskbench.core.evidence import Evidence
from riskbench.core.files import write_text
from riskbench.core.migration import evidence_of
from riskbench.core.status import WORST_FIRST, Status
from riskbench.data.study import STUDY_FILE
from riskbench.governance.key_figures import KEY_FIGURES
from riskbench.governance.manifest import MANIFEST
from riskbench.governance.registry.store import Registry
from riskbench.pipeline.dossier import DOSSIERS
from riskbench.pipeline.run_folder import EVIDENCE_FILE
from riskbench.report.portfolio_page import Portfolio, RunLine, render_portfolio

PAGE = "index.html"
HOLDOUTS = ("out_of_time", "test")  # the sample that judges a card is the first of these that it has
_CHECK = re.compile(r'\n    "kind": "check",(?:\n    .*)*?\n    "status": "(\w+)"')
_ENTRY = "\n  {\n"  # how an entry of the list begins, as evidence is written


def write_portfolio(reports: Path, registry: Path) -> Path:
    """Write the page of all runs below `reports` into it, and say where that is."""
    write_text(reports / PAGE, render_portfolio(read_portfolio(reports, registry)))
    return reports / PAGE


def read_portfolio(reports: Path, registry: Path) -> Portfolio:
    """All runs that are folders of `reports`; folders without anything of a run are passed over."""
    runs: list[RunLine] = []
    unread: dict[str, str] = {}
    aside = {registry.name, DOSSIERS}
    for folder in sorted(reports.iterdir()) if reports.is_dir() else []:
        if folder.is_dir() and folder.name not in aside and not folder.name.startswith("."):
            try:
                if line := _line(folder, reports):
                    runs.append(line)
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                unread[folder.name] = _why(error)
    known = Registry(registry)
    versions = _read(known.versions, registry.name, unread)
    findings = _read(known.findings, registry.name, unread)
    return Portfolio(runs, versions, findings, unread)


def figures_at(text: str, ids: Iterable[str]) -> dict[str, Evidence]:
    """Of evidence as it is written, the entries with these ids, without parsing the others.

    Raises ValueError where an id stands in something that is no entry of evidence.
    """
    found = {}
    for id_ in ids:
        at = text.find(f'"id": "{id_}"')
        start = text.rfind(_ENTRY, 0, at)
        if at >= 0 and start >= 0:
            entry, _ = json.JSONDecoder().raw_decode(text, start + len("\n  "))
            found[id_] = evidence_of(entry)
    return found


def _line(folder: Path, reports: Path) -> RunLine | None:
    if not (folder / MANIFEST).is_file():
        if (folder / STUDY_FILE).is_file():
            raise ValueError("a run that is not finished, or a draft")
        return None
    manifest = json.loads((folder / MANIFEST).read_bytes())
    if "run_id" not in manifest:
        return None  # a file of that name which is something else
    text = (folder / EVIDENCE_FILE).read_text("utf-8")
    title, synthetic = _study((folder / STUDY_FILE).read_bytes())
    later = Path(DOSSIERS) / folder.name / PAGE
    rerun = manifest.get("rerun") or {}
    return RunLine(
        run=folder.name,
        study=str(manifest["study"]),
        title=title,
        created=dt.datetime.fromisoformat(manifest["created"]).astimezone(dt.UTC),
        figures=_figures(text),
        counts=_counts(text),
        partial=bool(manifest["only"]),
        synthetic=synthetic,
        rerun_of=str(rerun.get("of", "")),
        by=str(rerun.get("by", "")),
        dossier=later.as_posix() if (reports / later).is_file() else "",
    )


def _figures(text: str) -> dict[str, Evidence]:
    """The key figures by name, each of the first of `HOLDOUTS` that it was recorded for."""
    found = {figure.name: figures_at(text, [f"{figure.stem}.{s}" for s in HOLDOUTS]) for figure in KEY_FIGURES}
    return {name: next(iter(there.values())) for name, there in found.items() if there}


def _counts(text: str) -> dict[Status, int]:
    """The number of checks by status, of evidence as it is written: keys of an entry stand in the order of letters."""
    count = Counter(_CHECK.findall(text))
    return {status: count[status] for status in WORST_FIRST if count[status]}


@cache
def _study(content: bytes) -> tuple[str, bool]:
    """Title and syntheticness of a study, by the bytes of its description: runs share it."""
    study: dict[str, Any] = tomllib.loads(content.decode())
    return str(study.get("title", study["name"])), study.get("source", {}).get("kind") == "synthetic"


def _read(read: Callable[[], list], name: str, unread: dict[str, str]) -> list:
    try:
        return read()
    except (RiskbenchError, OSError, ValueError) as error:
        unread[name] = _why(error)
        return []


def _why(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it lacks {error}"
    return str(error) or type(error).__name__
