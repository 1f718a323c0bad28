"""A page is what its notebook and the evidence give, to the byte; another one is named."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from riskbench.core.files import write_json
from riskbench.core.project import Project
from riskbench.pipeline.reperformance.pages import render_pages


def stale(run: Path, project: Path, tmp_path: Path) -> list[str]:
    pages = tmp_path / "pages"
    names = render_pages(run, pages, Project(project))
    return [name for name in names if (pages / name).read_bytes() != (run / name).read_bytes()]


def test_every_page_of_a_run_is_rendered_again_to_the_byte(finished: Any, tmp_path: Path) -> None:
    assert stale(finished.folder, finished.project, tmp_path) == []
    assert len(list((tmp_path / "pages").iterdir())) == len(list(finished.folder.glob("*.html")))


def test_a_run_that_was_moved_still_gives_its_pages(small: Path, finished: Any, tmp_path: Path) -> None:
    moved = Path(shutil.move(small, tmp_path / "moved"))
    assert stale(moved, finished.project, tmp_path) == []


def test_a_page_that_was_changed_under_fresh_hashes_is_named(
    small: Path, finished: Any, resealed: Callable, tmp_path: Path
) -> None:
    page = small / "intake.html"
    page.write_text(page.read_text("utf-8").replace("5,000", "6,000"), "utf-8")
    resealed(small)
    assert stale(small, finished.project, tmp_path) == ["intake.html"]


def test_evidence_that_was_changed_under_fresh_hashes_no_longer_gives_the_pages(
    small: Path, finished: Any, resealed: Callable, tmp_path: Path
) -> None:
    evidence = json.loads((small / "evidence.json").read_text())
    next(e for e in evidence if e["id"] == "intake.portfolio.applications")["value"] = 6000
    write_json(small / "evidence.json", evidence)
    resealed(small)
    assert "evidence.html" in stale(small, finished.project, tmp_path)


def test_a_manifest_of_another_time_or_name_no_longer_gives_the_summary(
    small: Path, finished: Any, resealed: Callable, tmp_path: Path
) -> None:
    resealed(small, created="2025-01-01T00:00:00+00:00")
    assert stale(small, finished.project, tmp_path) == ["index.html"]
