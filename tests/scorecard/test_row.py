import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbench.scorecard import Scorecard, WoeBinning
from riskbench.scorecard.row import RowScorer

SPECIAL = -999.0
EMPLOYMENT = ["salaried", "public", "informal", "retired", "1", "7"]


@st.composite
def cards(draw: st.DrawFn) -> Scorecard:
    """A card on a number with a special value, a number with ties and gaps, and texts with rare levels."""
    rng, n = np.random.default_rng(draw(st.integers(0, 10_000))), 400
    X = pd.DataFrame(
        {
            "income": np.where(rng.random(n) < 0.1, SPECIAL, rng.normal(1000, 300, n).round(draw(st.integers(-2, 1)))),
            "late": np.where(rng.random(n) < 0.1, np.nan, rng.poisson(2, n)),
            "employment": pd.Series(rng.choice(EMPLOYMENT, n, p=[0.4, 0.25, 0.2, 0.1, 0.04, 0.01]), dtype="str"),
        }
    )
    risk = X["late"].fillna(4) - X["income"] / 1000 + (X["employment"] == "informal")
    y = (rng.random(n) < 1 / (1 + np.exp(1 - risk))).astype(int)
    binning = WoeBinning(max_bins=draw(st.integers(2, 6)), special_values={"income": [SPECIAL]})
    card = Scorecard(binning, pdo=draw(st.sampled_from([10, 20, 47])), from_zero=draw(st.booleans())).fit(X, y)
    return card.recalibrated(draw(st.floats(-3, 3)), draw(st.floats(0.2, 2)))


def rows_of(card: Scorecard, draw: st.DrawFn) -> pd.DataFrame:
    """Values at, just below and beside every edge, special and missing ones, and levels never seen."""
    values = {}
    for name in ("income", "late"):
        edges = card.binning_.features_[name].coding.edges.tolist() if name in card.points_ else [0.0]
        beside = [*edges, *(math.nextafter(edge, -math.inf) for edge in edges), SPECIAL, -0.0, 0.0, math.nan]
        values[name] = st.sampled_from(beside) | st.floats(allow_nan=True)
    values["employment"] = st.sampled_from([*EMPLOYMENT, None]) | st.text(max_size=3)
    drawn = draw(st.lists(st.fixed_dictionaries(values), min_size=1, max_size=30))
    return pd.DataFrame(drawn).astype({"income": float, "late": float, "employment": "str"})


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_row_has_the_score_the_pd_and_the_reasons_that_the_frame_has(data):
    card = data.draw(cards())
    X = rows_of(card, data.draw)
    scored = [RowScorer(card)(row) for row in X.to_dict("records")]
    assert [one.score for one in scored] == card.points(X).tolist()
    np.testing.assert_array_equal([one.pd for one in scored], card.predict_proba(X)[:, 1])
    told = card.reasons(X).to_numpy().tolist()
    assert [[name for name, _ in one.reasons] for one in scored] == [[n for n in row if n] for row in told]
    bins = card.binning_.bins(X)
    assert all(bins.at[at, name] == place for at, one in enumerate(scored) for name, place in one.reasons)


@pytest.fixture(scope="module")
def card() -> Scorecard:
    """Two features: 0 late payments are worth more than 1, and "a" is worth more than "b"."""
    X = pd.DataFrame({"late": [0, 0, 0, 1, 1, 1] * 40, "kind": pd.Series(["a", "b"] * 120, dtype="str")})
    return Scorecard(WoeBinning(max_bins=2)).fit(X, [0, 0, 1, 0, 1, 1] * 20 + [0, 1, 1, 0, 1, 1] * 20)


@pytest.mark.parametrize("late", [1, 1.0, True, np.float64(1), np.int64(1)])
def test_a_number_is_a_number_however_python_holds_it(card, late):
    assert RowScorer(card)({"late": late, "kind": "a"}) == RowScorer(card)({"late": 1.0, "kind": "a"})


@pytest.mark.parametrize("missing", [None, math.nan])
def test_a_missing_value_has_the_last_bin(card, missing):
    expected = card.points(pd.DataFrame({"late": [np.nan], "kind": pd.Series([None], dtype="str")}))
    assert RowScorer(card)({"late": missing, "kind": missing}).score == expected[0]


def test_a_feature_that_is_not_there_is_an_error_and_not_a_missing_value(card):
    with pytest.raises(KeyError, match="kind"):
        RowScorer(card)({"late": 1.0})


def test_a_text_is_no_number(card):
    with pytest.raises(ValueError, match="late must be a number, got '1'"):
        RowScorer(card)({"late": "1", "kind": "a"})


def test_so_many_reasons_are_told_as_are_asked_for(card):
    worst = {"late": 1.0, "kind": "b"}
    assert len(RowScorer(card, reasons=1)(worst).reasons) == 1
    with pytest.raises(ValueError, match="at least 1, got 0"):
        RowScorer(card, reasons=0)


def test_a_score_beyond_all_bounds_has_a_pd_of_0(card):
    assert RowScorer(card.shifted(-900.0))({"late": 0.0, "kind": "a"}).pd == 0.0
