"""What a run was performed on is brought to where it is performed again, or said to be lost."""

from pathlib import Path

import pytest

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256
from riskbench.core.project import Project
from riskbench.data.study import load_study
from riskbench.governance.manifest import Manifest
from riskbench.pipeline.reperformance.place import _bring_data

STUDY = load_study(Path(__file__).parents[3] / "data" / "microloan" / "study.toml")  # of a synthetic portfolio
PART = "feeds/bureau/parts/0a.parquet"


@pytest.fixture
def manifest(tmp_path) -> Manifest:
    """Of a run that read a table and a part of a feed; both lie in the project below `there`."""
    home = tmp_path / "there" / "data" / "microloan"
    for name in ("applications.parquet", PART):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(name)
    return Manifest.model_construct(data={name: sha256(home / name) for name in ("applications.parquet", PART)})


def brought(tmp_path: Path, manifest: Manifest) -> list[str]:
    home = tmp_path / "again"
    home.mkdir()
    _bring_data(Project(tmp_path / "there"), STUDY, manifest, home)
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if not path.is_dir())


def test_tables_and_parts_of_feeds_are_linked(tmp_path, manifest):
    assert brought(tmp_path, manifest) == ["applications.parquet", PART, "source.json"]


def test_of_a_synthetic_portfolio_that_is_made_anew_the_feeds_are_brought_all_the_same(tmp_path, manifest):
    (tmp_path / "there" / "data" / "microloan" / "applications.parquet").unlink()
    assert brought(tmp_path, manifest) == [PART]


def test_a_part_of_a_feed_that_is_lost_is_said_since_nobody_makes_it_again(tmp_path, manifest):
    (tmp_path / "there" / "data" / "microloan" / PART).unlink()
    with pytest.raises(CannotRun, match=f"no file below data/ has the hash of {PART}"):
        brought(tmp_path, manifest)
