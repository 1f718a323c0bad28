import datetime as dt
import shutil
from pathlib import Path

import pandas as pd
import pytest

from riskbench.data.synthetic import generate
from riskbench.service.enriching import NoFeeds
from riskbench.service.feeding import feeds_of

STUDY = Path(__file__).parents[2] / "data" / "microloan"
AT = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The study with few applications; its feeds have brought nothing beyond what its files hold."""
    folder = tmp_path_factory.mktemp("fed") / "microloan"
    folder.mkdir()
    generate(folder, applications=300)
    for name in ("study.toml", "feeds.toml"):
        shutil.copy(STUDY / name, folder)
    return folder


def test_what_a_request_leaves_out_comes_from_the_feeds_and_what_it_gives_stands(study):
    customer = pd.read_parquet(study / "applications.parquet")["customer_id"].iloc[0]
    feeds = feeds_of(study)
    inputs, ages = feeds.complete(customer, {"enquiries_6m": 3}, AT)
    assert inputs["enquiries_6m"] == 3
    assert {"delinquencies_12m", "mean_inflow"} <= feeds.columns & inputs.keys()
    assert ages == {"bureau": None, "payments": None}  # nothing has arrived, and so no age is known


def test_for_nobody_nothing_is_added(study):
    assert feeds_of(study).complete(None, {"enquiries_6m": 3}, AT) == ({"enquiries_6m": 3}, {})


def test_a_study_without_feeds_completes_nothing(study, tmp_path):
    folder = Path(shutil.copytree(study, tmp_path / "microloan"))
    (folder / "feeds.toml").unlink()
    assert isinstance(feeds_of(folder), NoFeeds)
