"""A made run, its dossier and a registry, handed over."""

from collections.abc import Callable
from pathlib import Path

import pytest

from riskbench.governance.manifest import Manifest, StageRecord, environment_now, files_of, write_manifest
from riskbench.pipeline.handover.archive import HandOver, hand_over
from riskbench.pipeline.handover.crate import About

ABOUT = About("Micro-loans", "A dossier of a scorecard", "made by a program", "microloan-1")
ROWS, CARD = "artifacts/intake/applications.parquet", "artifacts/scorecard/card.json"
FILES = {"index.html": "<p>index", "intake.html": "<p>intake", "evidence.json": "[]", ROWS: "PAR1", CARD: "{}"}


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = write(tmp_path / "microloan-1", FILES)
    stage = {"state": "executed", "executed_in": "microloan-1", "seconds": 1.5, "key": "k"}
    stages = [
        StageRecord(stage="intake", parameters={"split": 3}, **stage),
        StageRecord(stage="features", parameters={"keep": None}, **stage),
    ]
    texts = {"study": "microloan", "study_sha256": "a", "code_sha256": "b", "lock_sha256": "c"}
    parts: dict = {"settings": {}, "only": [], "seeds": {}, "data": {}, "notebooks": {}}
    made = Manifest(
        run_id="microloan-1",
        created="2026-11-20T09:30:00+00:00",
        stages=stages,
        environment=environment_now(),
        files=files_of(folder),
        **texts,
        **parts,
    )
    write_manifest(folder, made)
    return folder


@pytest.fixture
def handed(run: Path, tmp_path: Path) -> Callable[..., HandOver]:
    """Hand the run over: `handed("a.zip", rows=True)`."""
    dossier = write(tmp_path / "dossier", {"index.html": "<p>summary", "appendix/card.csv": "a,b"})
    registry = write(tmp_path / "registry", {"ledger.jsonl": "{}\n"})
    records = {"ledger.jsonl": registry / "ledger.jsonl"}
    return lambda name="a.zip", **how: hand_over(run, dossier, records, ABOUT, tmp_path / "out" / name, **how)
