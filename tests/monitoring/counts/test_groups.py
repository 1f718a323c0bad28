"""Decisions by protected group stand beside the baseline, and everything else in it stays as it was."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.monitoring.counts.baseline import Baseline
from riskbench.monitoring.counts.from_run import RunTables, baseline_of
from riskbench.monitoring.counts.groups import DECISIONS, INTAKE, with_groups, with_groups_of_run

from .conftest import Lender, raw


@pytest.fixture(scope="module")
def tables(lender: Lender) -> RunTables:
    return lender.tables(raw(500), 200)


@pytest.fixture(scope="module")
def groups() -> pd.DataFrame:
    of = np.random.default_rng(5).choice(["F", "M", None], 500, p=[0.4, 0.5, 0.1])
    return pd.DataFrame({"sex": pd.Series(of, dtype="str"), "age_band": "young"})


@pytest.fixture(scope="module")
def grouped(lender: Lender, tables: RunTables, groups: pd.DataFrame) -> Baseline:
    return with_groups(baseline_of(tables, lender.model), tables.applications, tables.decisions, groups[["sex"]])


def test_groups_add_up_to_everyone_in_development_and_after_it(grouped: Baseline) -> None:
    for table in (grouped.development, grouped.rest):
        of_all = table.where(subject="action").groupby("cell")["n"].sum()
        named = table.frame[table.frame["segment"].str.startswith("sex=")].groupby("cell")["n"].sum()
        pd.testing.assert_series_equal(named, of_all)


def test_an_application_of_no_known_group_is_unknown(grouped: Baseline, groups: pd.DataFrame) -> None:
    counted = grouped.everyone.where(subject="action", segment="sex=unknown")["n"].sum()
    assert counted == groups["sex"].isna().sum()


def test_what_is_not_of_a_group_stays_as_it_was(lender: Lender, tables: RunTables, grouped: Baseline) -> None:
    rest = grouped.everyone.frame[~grouped.everyone.frame["segment"].str.startswith("sex=")]
    pd.testing.assert_frame_equal(
        rest.reset_index(drop=True), baseline_of(tables, lender.model).everyone.frame, check_dtype=False
    )


def test_a_folder_gives_the_groups_that_it_keeps(
    lender: Lender, tables: RunTables, groups: pd.DataFrame, tmp_path: Path
) -> None:
    for folder in (tmp_path / INTAKE, (tmp_path / DECISIONS).parent):
        folder.mkdir(parents=True)
    plain = baseline_of(tables, lender.model)
    assert with_groups_of_run(plain, tmp_path, ["sex"]) is plain  # a run that keeps no groups
    groups.to_parquet(tmp_path / INTAKE / "protected.parquet")
    tables.applications.to_parquet(tmp_path / INTAKE / "applications.parquet")
    tables.decisions.to_parquet(tmp_path / DECISIONS)
    found = with_groups_of_run(plain, tmp_path, ["sex", "religion"]).everyone.frame["segment"].unique()
    assert {name for name in found if not name.startswith("channel")} == {"", "sex=F", "sex=M", "sex=unknown"}
