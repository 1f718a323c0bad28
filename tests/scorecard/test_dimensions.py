"""What each dimension adds to the card, in both readings."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from riskbench.data.study import load_study
from riskbench.scorecard.design import card_builder, declared_binning
from riskbench.scorecard.dimensions import NO_CANDIDATE, NO_PLACE, NOT_IN_CARD, dimension_table
from riskbench.scorecard.selection import select

DATA = Path(__file__).parents[2] / "data"
STUDY = load_study(DATA / "microloan" / "study.toml")


def sample(seed, n=4000):
    draw = np.random.default_rng(seed)
    X = pd.DataFrame(
        {name: draw.normal(size=n) for name in ("utilisation", "mean_inflow", "night_share", "term_months")}
    )
    odds = 1.5 + X["mean_inflow"] - 0.7 * X["utilisation"]
    return X, pd.Series((draw.random(n) < 1 / (1 + np.exp(odds))).astype(float))


DEVELOPMENT, TEST = sample(0), sample(1)
FUNNEL = select(*DEVELOPMENT, declared_binning(STUDY, DEVELOPMENT[0]).fit(*DEVELOPMENT), STUDY.limits)
WORTH = dimension_table(STUDY, FUNNEL, card_builder(STUDY), DEVELOPMENT, TEST).set_index("dimension")


def test_every_dimension_has_a_row_and_one_without_candidates_says_so():
    assert WORTH.index.tolist() == ["core", "bureau", "income", "device", "payment", "social", "macro"]
    assert WORTH.loc["macro", "reason"] == NO_CANDIDATE
    assert np.isnan(WORTH.loc["macro", "lost"])


def test_a_dimension_that_carries_the_outcome_is_missed_in_both_readings():
    payment, bureau = WORTH.loc["payment"], WORTH.loc["bureau"]
    assert payment["alone"] > bureau["alone"] > 0.6
    assert payment["lost"] > bureau["lost"] > 0
    assert payment["lost_lower"] > 0
    assert payment["p_value"] < 0.001


def test_what_the_card_does_not_use_cannot_be_lost_and_says_so():
    device = WORTH.loc["device"]
    assert device["chosen"] == 0
    assert device[["lost", "lost_lower", "lost_upper", "p_value"]].isna().all()
    assert device["reason"] == f"{NO_PLACE}; {NOT_IN_CARD}"


def test_a_card_of_one_dimension_without_it_ranks_nobody():
    names = ["mean_inflow"]
    funnel = FUNNEL[FUNNEL["feature"].isin(names)]
    samples = [(X[names], y) for X, y in (DEVELOPMENT, TEST)]
    worth = dimension_table(STUDY, funnel, card_builder(STUDY), *samples).set_index("dimension").loc["payment"]
    assert worth["lost"] == pytest.approx(worth["alone"] - 0.5)
