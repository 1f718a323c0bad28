"""What arrives for the default study, by the real command line."""

import json
import shutil
from pathlib import Path

import pytest

from riskbench.data.feeds.store import FeedStore
from riskbench.data.sources import ensure_data
from riskbench.data.study import load_study

ROOT = Path(__file__).parents[2]
HEAD = "customer_id,reported_at,open_loans,delinquencies_12m,utilisation,enquiries_6m,months_since_oldest"


@pytest.fixture(scope="module")
def made(make_project, tmp_path_factory):
    project = make_project(tmp_path_factory.mktemp("fed") / "project")
    folder = project / "data" / "microloan"
    shutil.copy(ROOT / "data" / "microloan" / "feeds.toml", folder)
    ensure_data(load_study(folder / "study.toml"), folder)
    return project


@pytest.fixture
def project(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "project"))


def deliver(project: Path, *rows: str, header: str = HEAD, name: str = "a.csv") -> None:
    path = project / "data" / "microloan" / "incoming" / "bureau" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows, ""]))


def test_a_delivery_is_tried_taken_and_told(riskbench, project):
    deliver(project, "C000000001,2026-01-05,2,0,0.4,1,30")
    tried = riskbench("data", "refresh", "microloan", "--dry-run", cwd=project)
    assert "bureau: a.csv: 1 row would be taken" in tried.stdout
    taken = riskbench("data", "refresh", "microloan", cwd=project)
    assert (
        taken.returncode,
        "bureau: a.csv: 1 row taken" in taken.stdout,
        "payments: nothing new" in taken.stdout,
    ) == (0, True, True)
    assert "payments: there is no folder incoming/payments yet" in taken.stdout
    assert "bureau: nothing new" in riskbench("data", "refresh", "microloan", cwd=project).stdout
    told = json.loads(riskbench("data", "feeds", "microloan", "--json", cwd=project).stdout)
    assert [(one["feed"], one["state"], one["rows"]) for one in told] == [
        ("bureau", "on time", 1),
        ("payments", "nothing yet", 0),
    ]


def test_a_refused_delivery_is_explained_and_the_code_is_one(riskbench, project):
    deliver(project, "C000000001,2026-01-05,2,0,many,1,30")
    refused = riskbench("data", "refresh", "microloan", "--feed", "bureau", cwd=project)
    assert refused.returncode == 1
    assert "held back: 1 of 1 rows (100.0%) break a rule" in refused.stdout
    assert "column utilisation: the value must be of type number" in refused.stdout
    assert riskbench("data", "feeds", "microloan", cwd=project).returncode == 1


def test_quarantine_shows_each_broken_rule_with_a_masked_key(riskbench, project):
    good = [f"C{i:09},2026-01-05,2,0,0.4,1,30" for i in range(20)]
    deliver(project, *good, "C000000001,2026-01-06,2,0,-0.5,1,30")
    riskbench("data", "refresh", "microloan", cwd=project)
    shown = riskbench("data", "quarantine", "microloan", cwd=project).stdout
    assert (
        "a.csv, row 21, column utilisation: the value must be at least 0, got -0.5. Correct it or leave it empty."
        in shown
    )
    assert "C000000001" not in shown
    assert "data refresh microloan --retry" in shown


def test_what_was_not_taken_is_shown_until_its_file_brings_what_is(riskbench, project):
    deliver(project, "C000000001,2026-01-05,two,0,0.4,1,30")
    assert riskbench("data", "refresh", "microloan", cwd=project).returncode == 1
    shown = riskbench("data", "quarantine", "microloan", cwd=project).stdout
    assert "bureau: a.csv: held back: 1 of 1 rows (100.0%) break a rule" in shown
    assert "data refresh microloan --retry" in shown
    deliver(project, "C000000001,2026-01-05,2,0,0.4,1,30")
    assert riskbench("data", "refresh", "microloan", cwd=project).returncode == 0
    assert riskbench("data", "quarantine", "microloan", cwd=project).stdout == "Nothing is in quarantine.\n"
    assert riskbench("data", "feeds", "microloan", cwd=project).returncode == 0


def test_a_source_that_cannot_be_read_does_not_keep_the_other_feeds_waiting(riskbench, project):
    text = project / "data" / "microloan" / "feeds.toml"
    broken = '{ url = "sqlite:///nowhere.db", table = "t", watermark = "w" }'
    text.write_text(text.read_text().replace('{ folder = "incoming/payments", pattern = "*" }', broken))
    deliver(project, "C000000001,2026-01-05,2,0,0.4,1,30")
    done = riskbench("data", "refresh", "microloan", cwd=project)
    assert done.returncode == 2
    assert "bureau: a.csv: 1 row taken" in done.stdout
    assert "there is no SQLite database nowhere.db" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("microloan", "--feed", "none"), "has no feed 'none'; there are: bureau, payments"),
        (("taiwan",), "no study 'taiwan'"),
    ],
)
def test_what_is_not_there_is_said(riskbench, project, words, said):
    done = riskbench("data", "refresh", *words, cwd=project)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_run_names_what_feeds_brought_among_its_data(riskbench, project):
    folder = project / "data" / "microloan"
    deliver(project, "C000000001,2026-01-05,2,0,0.4,1,30")
    riskbench("data", "refresh", "microloan", cwd=project)
    found = ensure_data(load_study(folder / "study.toml"), folder)
    assert sorted(name.split("/")[2] for name in found if name.startswith("feeds/bureau/")) == ["parts", "pinned"]
    assert all((folder / name).is_file() for name in found)


def test_small_parts_are_put_together_when_asked(riskbench, project):
    for day in (5, 6):
        deliver(project, f"C000000001,2026-01-0{day},2,0,0.4,1,30", name=f"{day}.csv")
    assert riskbench("data", "refresh", "microloan", "--compact", cwd=project).returncode == 0
    kinds = [line.kind for line in FeedStore(project / "data" / "microloan", "bureau").state().lines]
    assert kinds == ["delivery", "delivery", "compaction"]
