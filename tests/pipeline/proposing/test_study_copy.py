"""A copy of a study with other samples, which leaves the user's own as it is."""

import datetime as dt
import shutil
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbench.core.errors import CannotRun
from riskbench.core.files import sha256
from riskbench.data.study import load_study
from riskbench.data.study.sections import Period
from riskbench.pipeline.proposing.study_copy import as_toml, candidate_content, recalibrated_content, write_copy
from riskbench.pipeline.proposing.window import Window
from riskbench.scorecard.edits.file import EDITS_FILE

STUDIES = ("microloan", "taiwan", "lendingclub", "south_german", "superlender")
WINDOW = Window(
    dt.date(2025, 4, 30),
    Period(first=dt.date(2023, 11, 1), last=dt.date(2024, 7, 31)),
    Period(first=dt.date(2024, 8, 1), last=dt.date(2024, 10, 31)),
)


@pytest.fixture
def home(pytestconfig, tmp_path):
    return shutil.copytree(
        pytestconfig.rootpath / "data" / "microloan", tmp_path / "home", ignore=shutil.ignore_patterns("feeds", "truth")
    )


@pytest.mark.parametrize("study", STUDIES)
def test_every_study_is_written_down_again_without_a_loss(pytestconfig, study):
    content = tomllib.loads((pytestconfig.rootpath / "data" / study / "study.toml").read_text("utf-8"))
    assert tomllib.loads(as_toml(content)) == content


scalars = st.text() | st.integers(-(2**40), 2**40) | st.booleans() | st.dates() | st.floats(-1e9, 1e9)
tables = st.recursive(
    st.dictionaries(st.text(), scalars | st.lists(st.text(), max_size=3), max_size=4),
    lambda inner: st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(tables)
def test_whatever_is_written_reads_back_the_same(content):
    assert tomllib.loads(as_toml(content)) == content


def test_a_candidate_knows_nothing_that_came_after_the_day(home, tmp_path):
    content = tomllib.loads((home / "study.toml").read_text("utf-8"))
    study = load_study(write_copy(home, candidate_content(content, WINDOW), tmp_path / "copy"))
    assert (study.samples.development, study.samples.out_of_time) == (WINDOW.development, WINDOW.holdout)
    assert study.samples.until == study.outcome.observed_until == WINDOW.as_of
    assert study.features == load_study(home / "study.toml").features


def test_the_data_are_linked_and_the_users_study_stays_as_it_is(home, tmp_path):
    before = {path.name: sha256(path) for path in home.iterdir() if path.is_file()}
    content = tomllib.loads((home / "study.toml").read_text("utf-8"))
    copy = write_copy(home, candidate_content(content, WINDOW), tmp_path / "copy").parent
    assert {path.name: sha256(path) for path in home.iterdir() if path.is_file()} == before
    assert (copy / "policy.yaml").read_bytes() == (home / "policy.yaml").read_bytes()
    assert not (copy / "policy.yaml").is_symlink()  # an edit of the user must not change what a run was made from


def test_edits_of_bins_are_of_one_card_and_stay_behind(home, tmp_path):
    (home / EDITS_FILE).write_text("", "utf-8")
    content = tomllib.loads((home / "study.toml").read_text("utf-8"))
    assert not (write_copy(home, content, tmp_path / "new").parent / EDITS_FILE).exists()
    assert (write_copy(home, content, tmp_path / "same", edits=True).parent / EDITS_FILE).exists()


def test_a_recalibrated_champion_keeps_its_samples_and_takes_its_level_from_the_newest_months(home, tmp_path):
    content = tomllib.loads((home / "study.toml").read_text("utf-8"))
    study = load_study(write_copy(home, recalibrated_content(content, WINDOW, "slope"), tmp_path / "copy"))
    asked = study.calibration
    assert (asked.kind, asked.months, asked.method) == ("recent", 3, "slope")
    assert study.samples.development == load_study(home / "study.toml").samples.development


def test_a_copy_is_written_once(home, tmp_path):
    content = tomllib.loads((home / "study.toml").read_text("utf-8"))
    write_copy(home, content, tmp_path / "copy")
    with pytest.raises(CannotRun, match="is not empty"):
        write_copy(home, content, tmp_path / "copy")
