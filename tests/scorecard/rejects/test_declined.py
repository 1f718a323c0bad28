"""Who was declined: nobody where loans were booked, and then the reason."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.data.study import load_study
from riskbench.scorecard.rejects.declined import NobodyDeclined, declined, populations

SAMPLES = ["development", "out_of_time", "development", "out_of_time"]


def refused(study, samples):
    described = load_study(Path(__file__).parents[3] / "data" / study / "study.toml")
    decision, y = ["approve", "approve", "decline", "decline"], [1.0, np.nan, np.nan, np.nan]
    return declined(described, pd.DataFrame({"decision": decision, "y": y, "sample": samples})).tolist()


def test_declined_are_those_refused_without_a_label():
    assert refused("microloan", SAMPLES) == [False, False, True, True]


def test_where_loans_were_booked_nobody_was_declined():
    with pytest.raises(NobodyDeclined, match="the study holds booked loans only"):
        refused("taiwan", SAMPLES)


def test_where_a_sample_lacks_declined_applications_there_are_none():
    with pytest.raises(NobodyDeclined, match="the study has no declined applications"):
        refused("microloan", ["development"] * 4)


def test_populations_part_every_sample_whole():
    y = np.array([0.0, 1.0, 0.0, np.nan, np.nan, np.nan])
    table = pd.DataFrame({"sample": ["test"] * 5 + ["development"], "y": y})
    refused = pd.Series([False, False, False, True, True, False])
    who = populations(table, refused, pd.Series(np.full(6, 0.2)), ["development", "test"])
    assert who.groupby("sample")["share"].sum().to_numpy() == pytest.approx([1.0, 1.0])
    assert who.loc[who["sample"] == "test", "n"].tolist() == [3, 2, 0]
    assert who["bad_rate"].tolist()[3] == pytest.approx(1 / 3)
