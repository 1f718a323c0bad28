"""What is frozen is what is read back, and nothing that was changed is read at all."""

import dataclasses
import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from riskbench.monitoring.counts.baseline import (
    COUNTS,
    DOCUMENT,
    FOLDER,
    Baseline,
    BaselineError,
    load_baseline,
    save_baseline,
)
from riskbench.monitoring.counts.from_run import baseline_of
from riskbench.monitoring.warning.replay import month_ends

from .conftest import Lender, raw


@pytest.fixture(scope="module")
def baseline(lender: Lender) -> Baseline:
    return baseline_of(lender.tables(raw(1_500), development=600), lender.model)


@pytest.fixture
def saved(baseline: Baseline, tmp_path: Path) -> Path:
    save_baseline(baseline, tmp_path / FOLDER)
    return tmp_path


def test_a_baseline_is_read_back_as_it_was_frozen(baseline: Baseline, saved: Path):
    again = load_baseline(saved)
    assert again.record.yardstick == baseline.record.yardstick
    assert (again.first, again.last) == (baseline.first, baseline.last)
    for table in ("development", "rest", "later", "everyone"):
        pd.testing.assert_frame_equal(getattr(again, table).frame, getattr(baseline, table).frame)


def test_saving_twice_gives_the_same_bytes(baseline: Baseline, saved: Path, tmp_path: Path):
    save_baseline(baseline, tmp_path / "again")
    for name in (DOCUMENT, COUNTS):
        assert (saved / FOLDER / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_development_and_the_rest_add_up_to_all_applications_of_the_run(baseline: Baseline):
    actions = {
        name: getattr(baseline, name).where(subject="action")["n"].sum() for name in ("development", "rest", "everyone")
    }
    assert actions == {"development": 600, "rest": 900, "everyone": 1_500}


def test_later_begins_after_the_last_day_of_the_reference(baseline: Baseline):
    assert baseline.later.frame["day"].min() > pd.Timestamp(baseline.last)
    assert baseline.later.frame["day"].max() == pd.Timestamp(baseline.record.end)


def test_every_subject_counts_every_application_of_the_reference_once(baseline: Baseline):
    everyone = baseline.development.frame.query("segment == ''")
    counted = everyone[~everyone["subject"].str.startswith("outside:")].groupby("subject")["n"].sum()
    assert set(counted) == {600}
    assert {"score", "pd", "action", "rule", "feature:burden", "missing:income"} <= set(counted.index)


def test_a_run_that_knows_months_alone_counts_on_their_first_day_and_says_so(lender: Lender):
    tables = dataclasses.replace(lender.tables(raw(400), development=200), days=None)
    frozen = baseline_of(tables, lender.model)
    assert frozen.record.dated == "month"
    assert set(frozen.everyone.frame["day"].dt.day) == {1}


def test_data_that_end_within_a_month_end_there(lender: Lender):
    tables = dataclasses.replace(lender.tables(raw(400), 80), days=None, cut=dt.date(2026, 4, 12))
    frozen = baseline_of(tables, lender.model)
    assert (frozen.until, frozen.record.end) == (dt.date(2026, 4, 12), dt.date(2026, 4, 1))
    assert [at.date() for at in month_ends(frozen)] == [dt.date(2026, 3, 1), dt.date(2026, 4, 1)]  # April is not whole


def test_a_study_without_dates_has_a_reference_and_no_days(lender: Lender):
    tables = lender.tables(raw(400), development=200)
    undated = dataclasses.replace(tables, days=None, applications=tables.applications.assign(month=""))
    frozen = baseline_of(undated, lender.model)
    assert (frozen.record.dated, frozen.first, frozen.last) == ("none", None, None)
    assert frozen.development.where(subject="score")["n"].sum() == 200
    assert frozen.later.frame.empty


def test_an_empty_reference_is_refused(lender: Lender):
    with pytest.raises(ValueError, match="at least one score"):
        baseline_of(lender.tables(raw(50), development=0), lender.model)


def test_a_changed_byte_of_the_counts_is_found(saved: Path):
    path = saved / FOLDER / COUNTS
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(BaselineError, match="was changed"):
        load_baseline(saved)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text[:-20], "cut off"),
        (lambda text: text.replace('"study"', '"portfolio"'), "breaks a rule of baselines"),
        (lambda text: json.dumps(json.loads(text)), "canonical form"),
    ],
)
def test_a_document_that_is_no_baseline_is_refused(saved: Path, change, told: str):
    path = saved / FOLDER / DOCUMENT
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    with pytest.raises(BaselineError, match=told):
        load_baseline(saved)


def test_a_run_without_a_baseline_says_what_to_do(tmp_path: Path, saved: Path):
    with pytest.raises(BaselineError, match="run stage monitoring"):
        load_baseline(tmp_path / "nowhere")
    (saved / FOLDER / COUNTS).unlink()
    with pytest.raises(BaselineError, match="copy the run whole"):
        load_baseline(saved)
